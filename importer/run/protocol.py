"""Exactly once, as four pure functions from one ledger entry to the next.

    planned -> sending -> created | rejected | planned | in-doubt -> created | rejected | planned | conflict

A durable `sending` precedes every POST (intend). The answer moves it on (after_answer). An answer that is lost, or a
process that died (after_death), leaves it in doubt until a look-up decides (after_lookup), no earlier than the settle
time after the send. A test checks every interleaving of two workers over these functions; `ledger.MOVES` is the same
picture as data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from importer.ledger import Attachment, LedgerEntry, State
from importer.model import M_MIG, Body
from importer.run.claims import shown, signature
from importer.store import Answer, Created, InDoubt, NotCreated, Refused, Rejected

Row = TypeVar("Row", LedgerEntry, Attachment)
"""An order's row, or one of what hangs on it: `after/protocol.py` has what is different there."""


def intend(entry: LedgerEntry, body_hash: str, plan: str, now: datetime, run: str) -> LedgerEntry:
    """The intent to send: durable before the POST, fencing off every earlier attempt."""
    return replace(
        entry,
        state=State.SENDING,
        attempt=entry.attempt + 1,
        generation=entry.generation + (entry.state is State.ARCHIVED),
        body_hash=body_hash,
        plan=plan,
        sent_at=now,
        not_before=None,
        run=run,
        message="",
    )


def after_answer(entry: LedgerEntry, answer: Answer, settle: float) -> LedgerEntry:
    """Where the answer to its POST leaves an order that was being sent."""
    if isinstance(answer, Created):
        return replace(entry, state=State.CREATED, order_id=answer.order_id, shown=_shown(entry, answer.order))
    return not_created(entry, answer, settle)


def not_created(row: Row, answer: Rejected | NotCreated | Refused | InDoubt, settle: float) -> Row:
    """Where any answer but a creation leaves what was being sent."""
    match answer:
        case Rejected(status, message):
            return replace(row, state=State.REJECTED, message=f"{status} {message}".strip())
        case NotCreated(reason) | Refused(reason, lost=False):
            return replace(row, state=State.PLANNED, message=reason)
        case InDoubt(reason) | Refused(reason):
            return in_doubt(row, reason, settle)


def in_doubt(row: Row, reason: str, settle: float) -> Row:
    """The answer was lost; a look-up may decide once it has settled."""
    not_before = _settled(row, settle)
    return replace(row, state=State.IN_DOUBT, doubts=row.doubts + 1, not_before=not_before, message=reason)


def after_death(row: Row, settle: float) -> Row:
    """Where a process that died while sending leaves a row. The store did not fail it: no doubt is counted."""
    return replace(in_doubt(row, "the run ended before the answer", settle), doubts=row.doubts)


def reopened(row: Row, settle: float) -> Row:
    """What was rejected, or is in conflict, is taken up again: a look-up decides what is there by now.

    A store that said no may have made it all the same.
    """
    return replace(row, state=State.IN_DOUBT, doubts=0, not_before=_settled(row, settle))


def after_lookup(entry: LedgerEntry, found: Sequence[Body], most_doubts: int) -> LedgerEntry:
    """What the orders found under its external_order_id mean for an order in doubt.

    One of ours: adopted. None: planned again, or rejected once the store has failed it `most_doubts` times. Several of
    ours, or one that nobody marked: conflict. Archived orders and other migrations' orders of that number do not count,
    nor do orders of an earlier generation: they were undone, and ids rise.
    """
    living = [order for order in found if is_living(order) and int(order["id"]) > (entry.order_id or 0)]
    ours = [order for order in living if is_ours(order, entry)]
    if len(ours) == 1:
        adopted = replace(entry, state=State.CREATED, order_id=int(ours[0]["id"]), shown=_shown(entry, ours[0]))
        return replace(adopted, not_before=None, message="found by look-up")
    if ours:
        ids = ", ".join(str(order["id"]) for order in ours)
        return replace(entry, state=State.CONFLICT, message=f"the store has it {len(ours)} times: orders {ids}")
    strangers = [order for order in living if not _of_another_migration(order)]
    if strangers:
        return replace(
            entry, state=State.CONFLICT, message=f"order {strangers[0]['id']} has its number, but not its mark"
        )
    return not_found(entry, most_doubts)


def not_found(row: Row, most_doubts: int) -> Row:
    """What was in doubt is not in the store: planned again, or rejected once the store has failed it so many times."""
    if row.doubts >= most_doubts:
        message = f"the store failed {row.doubts} times without making it: {row.message}"
        return replace(row, state=State.REJECTED, not_before=None, message=message)
    return replace(row, state=State.PLANNED, not_before=None, message="not found by look-up")


def _shown(entry: LedgerEntry, order: Body | None) -> str:
    return signature(shown(order), entry.external_merchant_id) if order else ""


def is_living(order: Body) -> bool:
    """Whether an order of the store is not archived; only what says so plainly is."""
    return order.get("is_deleted") not in (True, 1, "true", "1")


def is_ours(order: Body, entry: LedgerEntry) -> bool:
    """Whether an order of the store is the one that this entry sent."""
    return (
        str(order.get("external_order_id")) == entry.external_order_id
        and order.get("external_merchant_id") == entry.external_merchant_id
        and order.get("external_source") == M_MIG
    )


def _of_another_migration(order: Body) -> bool:
    """Order 1001 of another old shop: marked, and the mark is not ours."""
    return order.get("external_source") == M_MIG and ":" in str(order.get("external_merchant_id"))


def _settled(row: Row, settle: float) -> datetime:
    """The moment from which a look-up may decide."""
    assert row.sent_at is not None  # noqa: S101 - what was sent has a time: `intend` set it
    return row.sent_at + timedelta(seconds=settle)
