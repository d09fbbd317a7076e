"""What became of the things that hang on orders: the counts of a run, and one order under way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from importer.ledger import Attachment, AttachmentKey, LedgerEntry
from importer.model import Body
from importer.run.after.protocol import SHIPMENT
from importer.run.settings import Stop


@dataclass(slots=True)
class Attached:
    """What a run did with what hangs on its orders.

    created     kind -> made by this run; `adopted` of them were found by a look-up
    created_before    by an earlier run; people read it as `skipped`. `rejected_before` were left alone
    held_back   shipments that were not sent because the store would tell customers
    changed, failed    (source id, order id, what and why)
    in_doubt, conflict    rows of the namespace that are left in that state
    """

    created: dict[str, int] = field(default_factory=dict)
    adopted: int = 0
    created_before: int = 0
    held_back: int = 0
    rejected: int = 0
    rejected_before: int = 0
    in_doubt: int = 0
    conflict: int = 0
    changed: list[tuple[str, int, str]] = field(default_factory=list)
    failed: list[tuple[str, int, str]] = field(default_factory=list)
    stop: Stop | None = None
    message: str = ""

    def halt(self, stop: Stop, message: str) -> None:
        """Let the run end early, for the first reason there is; "" is none."""
        if message and not self.stop:
            self.stop, self.message = stop, message

    @property
    def sound(self) -> bool:
        """Whether everything hangs that should."""
        return not (self.rejected or self.rejected_before or self.failed or self.in_doubt or self.conflict or self.stop)


@dataclass(slots=True)
class Work:
    """One order with something to send: what hangs on it, the rows that it has, and what is to be done in turn."""

    entry: LedgerEntry
    bodies: dict[AttachmentKey, Body]
    rows: dict[AttachmentKey, Attachment]
    queue: deque[AttachmentKey] = field(default_factory=deque)
    doubtful: bool = False

    @property
    def begun(self) -> bool:
        """Whether something was sent already and it was not seen to the end."""
        return self.entry.status_before is not None

    def row(self, key: AttachmentKey) -> Attachment:
        """Its row, a new one where it has none."""
        return self.rows.get(key) or Attachment(key, self.entry.namespace, self.entry.source_id)

    @property
    def ships(self) -> bool:
        """Whether a shipment of it may be sent now."""
        return any(key.kind == SHIPMENT for key in self.queue)


def named(work: Work, key: AttachmentKey | None, why: str) -> tuple[str, int, str]:
    """As a report names it: source id, order id, what and why."""
    what = f"{key.kind} {key.name}: {why}" if key else why
    return work.entry.source_id, work.entry.order_id or 0, what
