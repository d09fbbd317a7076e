"""What hangs on an order that was created: shipments and metafields, each sent once and known by a row of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from importer.ledger.entry import State


class AttachmentKey(NamedTuple):
    """What identifies an attachment in one store.

    `kind`: `shipment` or `metafield`. `name`: the shipment's number within its order (`1`), the metafield's
    `namespace/key`.
    """

    order_id: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of one attachment: ids, a hash, state and times; nothing of what it says.

    key         identifies it; `namespace`, `source_id` say of which source order
    remote_id   its own id in the store
    attempt     counts intents, and fences: what continues an older attempt is refused
    doubts      counts lost answers
    body_hash   of what was sent last
    """

    key: AttachmentKey
    namespace: str
    source_id: str
    state: State = State.PLANNED
    remote_id: int | None = None
    attempt: int = 0
    doubts: int = 0
    body_hash: str = ""
    sent_at: datetime | None = None
    not_before: datetime | None = None
    run: str = ""
    message: str = ""
