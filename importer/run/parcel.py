"""An order made ready for the wire: its invariants enforced, its hash taken."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from importer.errors import UsageError
from importer.ledger import LedgerEntry, State
from importer.model import M_MIG, Body, MappedOrder, SourceOrder, mark_of
from importer.run.claims import changed, claimed, signature


@dataclass(frozen=True, slots=True)
class Parcel:
    """One order on its way: what to send, and where it stands. No body: an earlier run left it, it has not come by."""

    entry: LedgerEntry
    body: Body | None = None
    hash: str = ""
    source: SourceOrder | None = None

    @property
    def signed(self) -> LedgerEntry:
        """The entry with what identifies this body and its source, field by field: see `claims.py`."""
        if self.body is None or self.source is None:
            return self.entry
        sent = signature(claimed(self.body), self.entry.external_merchant_id)
        return replace(self.entry, source_hash=source_hash(self.source), sent=sent)


def recognised(parcel: Parcel, entry: LedgerEntry, plan: str) -> LedgerEntry:
    """The entry of an order that was adopted while only the store knew of it.

    It counts as sent from this very body where the store shows nothing else; where it does, it is a changed order.
    """
    signed = parcel.signed
    if entry.state is not State.CREATED or entry.body_hash or not signed.sent or changed(signed.sent, entry.shown):
        return entry
    return replace(entry, body_hash=parcel.hash, plan=plan, source_hash=signed.source_hash, sent=signed.sent)


def pack(order: MappedOrder, namespace: str) -> Parcel:
    """The order as it is sent. Raises UsageError where the body lacks the marks by which it is found again."""
    body, source_id = order.sendable, order.source.source_id
    if body is None:
        raise UsageError(f"order {source_id} is not valid and must not be sent; validate first")
    number = body.get("external_order_id")
    if not isinstance(number, str) or not number.strip():
        raise UsageError(
            f"order {source_id}: external_order_id is {number!r}; it must be the old order number, as text"
        )
    _hold(source_id, body, "external_merchant_id", mark_of(namespace, source_id))
    _hold(source_id, body, "external_source", M_MIG)
    if not body.get("date_created"):
        raise UsageError(f"order {source_id}: date_created is missing; the order would be dated today")
    return Parcel(LedgerEntry(namespace, source_id, number), body, body_hash(body), order.source)


def _hold(source_id: str, body: Body, field: str, value: str) -> None:
    if body.get(field) != value:
        raise UsageError(
            f"order {source_id}: {field} is {body.get(field)!r}, it must be {value!r}; the mapping must not set it"
        )


def body_hash(body: Body) -> str:
    """32 hex digits that change with any value of the body, not with the order of its keys."""
    return hashlib.blake2b(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def source_hash(source: SourceOrder) -> str:
    """16 hex digits that change with anything that the export holds of an order, in a joined file too."""
    cells = orjson.dumps([row.cells for row in (*source.rows, *source.lines)], default=str)
    return hashlib.blake2b(cells, digest_size=8).hexdigest()


_PERSONAL = (
    "billing_address",
    "shipping_addresses",
    "consignments",
    "customer_message",
    "staff_notes",
    "ip_address",
    "ip_address_v6",
)
_EMAIL = re.compile(r"[^\s'\"<>]+@[^\s'\"<>]+")
_LONGEST = 300


def without_personal_data(message: str, body: Body) -> str:
    """A store's message as the ledger may keep it: field and rule stay, values go; at most 300 characters.

    A store can only repeat what we sent: each text of the body's personal fields is masked, and every e-mail.
    """
    return masked(message, [body.get(field) for field in _PERSONAL])


def masked(message: str, private: Any) -> str:
    """A store's message without any text of `private`, and without e-mails; at most 300 characters."""
    values = {text for text in _texts(private) if len(text) > 1}
    for value in sorted(values, key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "[value]", message)
    return _EMAIL.sub("[e-mail]", message)[:_LONGEST]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)
