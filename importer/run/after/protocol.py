"""One attachment's way through the protocol: what is sent, what an answer means, how it is found again.

    planned -> sending -> created | rejected | planned | in-doubt -> created | planned | conflict

A metafield has an idempotency mark, its namespace and key: 409 says that one is there, a look-up whether it is ours. A
shipment has the first line of its comments: a list of the order's shipments, no earlier than the settle time after
the send, says whether it was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from importer.ledger import Attachment, AttachmentKey, State
from importer.model import SHIPMENT_MARK, Body
from importer.run.protocol import in_doubt, not_created, not_found
from importer.run.reading import patiently
from importer.store import PAGE, Answer, CallFailed, Created, OrdersClient, Rejected, is_last

SHIPMENT, METAFIELD = "shipment", "metafield"


class CannotSend(Exception):
    """The order as the store shows it does not take this shipment; the text says why."""


def keys_of(order_id: int, after: Body) -> dict[AttachmentKey, Body]:
    """Everything that hangs on an order, in the sequence in which it is sent."""
    shipments = {
        AttachmentKey(order_id, SHIPMENT, str(number)): one for number, one in enumerate(after.get("shipments", ()), 1)
    }
    metafields = {
        AttachmentKey(order_id, METAFIELD, f"{one['namespace']}/{one['key']}"): one
        for one in after.get("metafields", ())
    }
    return shipments | metafields


def path_of(key: AttachmentKey) -> str:
    """Where it is made and listed. Source: V2 createOrderShipments, V3 createOrderMetafield."""
    return f"/v{2 if key.kind == SHIPMENT else 3}/orders/{key.order_id}/{key.kind}s"


def shipment_body(shipment: Body, lines: Sequence[Body]) -> Body:
    """A shipment as V2 takes it. `lines`: the order's lines by rising id, as the store shows them.

    Raises CannotSend. Source: V2 `orderShipment_Post`: order_address_id, items of order_product_id and quantity.
    """
    left = {number: _left(line) for number, line in enumerate(lines)}
    wanted = dict(shipment["lines"]) if "lines" in shipment else {number: some for number, some in left.items() if some}
    if not wanted:
        raise CannotSend("nothing of the order is left to be shipped")
    over = [number for number, quantity in wanted.items() if left.get(number, 0) < quantity]
    if over:
        raise CannotSend(f"line {over[0] + 1} of the order has less left to be shipped than the parcel holds")
    addresses = {int(lines[number].get("order_address_id") or 0) for number in wanted}
    if len(addresses) > 1 or 0 in addresses:
        raise CannotSend("its lines have no shipping address, or not the same one")
    items = [{"order_product_id": lines[number]["id"], "quantity": some} for number, some in wanted.items()]
    own = {name: value for name, value in shipment.items() if name != "lines"}
    return {**own, "order_address_id": addresses.pop(), "items": items}


def ship(shipment: Body, lines: Sequence[Body]) -> None:
    """Counts what a shipment has taken, so that the next one of the order does not take it again."""
    taken = {item["order_product_id"]: item["quantity"] for item in shipment["items"]}
    for line in lines:
        line["quantity_shipped"] = int(line.get("quantity_shipped") or 0) + taken.get(line["id"], 0)


def _left(line: Body) -> int:
    return max(int(line.get("quantity") or 0) - int(line.get("quantity_shipped") or 0), 0)


# -- the protocol ------------------------------------------------------------------------------------------------------


def intend(row: Attachment, body_hash: str, now: datetime, run: str) -> Attachment:
    """The intent to send: durable before the POST, fencing off every earlier attempt."""
    begun = replace(row, state=State.SENDING, attempt=row.attempt + 1, body_hash=body_hash, sent_at=now)
    return replace(begun, not_before=None, run=run, message="")


def after_answer(row: Attachment, answer: Answer, settle: float) -> Attachment:
    """Where the answer to its POST leaves an attachment that was being sent."""
    if isinstance(answer, Created):
        return replace(row, state=State.CREATED, remote_id=answer.order_id)
    settle = settle_time(row, settle)
    if isinstance(answer, Rejected) and answer.status == 409 and row.key.kind == METAFIELD:
        return in_doubt(row, f"409 {answer.message}".strip(), settle)
    return not_created(row, answer, settle)


def settle_time(row: Attachment, settle: float) -> float:
    """Seconds from a send until a look-up may decide. A metafield may be sent twice: the second finds the first."""
    return settle if row.key.kind == SHIPMENT else 0.0


def after_lookup(row: Attachment, body: Body, found: Sequence[Body], most_doubts: int) -> Attachment:
    """What the attachments found in its place mean for one in doubt.

    One of ours: adopted. None: planned again, or rejected once the store has failed it `most_doubts` times. A metafield
    of another value, or a shipment made twice: conflict.
    """
    ours = [one for one in found if row.key.kind == SHIPMENT or one.get("value") == body["value"]]
    if len(ours) == 1:
        return replace(
            row, state=State.CREATED, remote_id=int(ours[0]["id"]), not_before=None, message="found by look-up"
        )
    if ours:
        return replace(row, state=State.CONFLICT, message=f"the order has it {len(ours)} times")
    if found:
        return replace(row, state=State.CONFLICT, message="the order has another value in its place")
    return not_found(row, most_doubts)


def is_due(row: Attachment, now: datetime) -> bool:
    """Whether one in doubt may be looked up."""
    return row.not_before is None or row.not_before <= now


# -- looking it up -----------------------------------------------------------------------------------------------------


def look_up(client: OrdersClient, key: AttachmentKey) -> list[Body] | None:
    """What the store has in the attachment's place; None where it does not say. Raises StoreRefused."""
    try:
        return _shipments(client, key) if key.kind == SHIPMENT else _metafields(client, key)
    except CallFailed:
        return None


def _shipments(client: OrdersClient, key: AttachmentKey) -> list[Body]:
    """The order's shipments that bear the mark. Source: V2 `GET /orders/{id}/shipments`, 204 for none."""
    mark = re.compile(rf"{re.escape(SHIPMENT_MARK.format(number=key.name))}\b")
    found: list[Body] = []
    for page in range(1, 1_000):
        listed: list[Any] = patiently(partial(client.read, path_of(key), page=page, limit=PAGE)) or []
        found += [one for one in listed if mark.match(str(one.get("comments") or ""))]
        if is_last(listed):
            break
    return found


def _metafields(client: OrdersClient, key: AttachmentKey) -> list[Body]:
    """The order's metafield of that namespace and key. Source: V3 `GET /orders/{id}/metafields`."""
    namespace, _, name = key.name.partition("/")
    answer = patiently(partial(client.read, path_of(key), namespace=namespace, key=name, limit=PAGE)) or {}
    listed = answer.get("data") or []
    return [one for one in listed if (one.get("namespace"), one.get("key")) == (namespace, name)]
