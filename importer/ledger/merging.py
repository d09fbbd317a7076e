"""Ledgers of shards as one: what two of them say of one order, and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from importer.ledger.attachment import Attachment
from importer.ledger.dump import Row
from importer.ledger.entry import Ledger, LedgerEntry, State

_AT_ONCE = 500
_UNKNOWN = (State.SENDING, State.IN_DOUBT)
_WEIGHT = {state: weight for weight, state in enumerate(("parked", "planned", "rejected", "archived", "created"))}
"""Of two rows of one order whose fates are known, the weightier one stands; a conflict outweighs all."""


@dataclass(slots=True)
class Merged:
    """What a merge did. `twice`: orders that two shards created, each with its order ids."""

    rows: int = 0
    attachments: int = 0
    doubtful: int = 0
    twice: list[str] = field(default_factory=list)


def merge(rows: Iterable[Row], target: Ledger, merged: Merged) -> None:
    """Bring a shard's rows into the target, and count them."""
    for chunk in _chunks(rows):
        entries = [row for row in chunk if isinstance(row, LedgerEntry)]
        for namespace in dict.fromkeys(entry.namespace for entry in entries):
            ours = [entry for entry in entries if entry.namespace == namespace]
            there = target.entries(namespace, [entry.source_id for entry in ours])
            target.take_in([_counted(there.get(entry.source_id), entry, merged) for entry in ours])
        attachments = [row for row in chunk if isinstance(row, Attachment)]
        held = {row.key: row for row in target.attachments(list({row.key.order_id for row in attachments}))}
        news = [row for row in attachments if row.key not in held or held[row.key].state is not State.CREATED]
        target.take_in(news)
        merged.rows += len(entries)
        merged.attachments += len(attachments)


def _counted(there: LedgerEntry | None, new: LedgerEntry, merged: Merged) -> LedgerEntry:
    if there is None or there == new:
        return new
    row = of_two(there, new)
    if row.state is State.CONFLICT and there.state is not State.CONFLICT:
        merged.twice.append(f"{new.external_merchant_id}: {row.message}")
    merged.doubtful += row.state is State.IN_DOUBT
    return row


def of_two(one: LedgerEntry, other: LedgerEntry) -> LedgerEntry:
    """What two ledgers of one store say together of one order.

    Created twice: a conflict, for a person. Created once, and perhaps a second time, or perhaps by either: in doubt, so
    that the next run looks into the store. Undone in one, an older copy of which is the other: undone. Else what is
    known better.
    """
    latest = max(one, other, key=lambda entry: (entry.generation, entry.attempt))
    if State.CONFLICT in (one.state, other.state):
        return one if one.state is State.CONFLICT else other
    ids = sorted({entry.order_id for entry in (one, other) if entry.state is State.CREATED and entry.order_id})
    if len(ids) > 1:
        said = f"sent twice, by two ledgers: orders {ids[0]} and {ids[1]}; archive one of them in the store"
        return replace(latest, state=State.CONFLICT, order_id=None, message=said)
    if one.state in _UNKNOWN or other.state in _UNKNOWN:
        sent = [time for time in (one.sent_at, other.sent_at) if time]
        doubt = replace(
            latest, state=State.IN_DOUBT, order_id=None, sent_at=max(sent), message="two ledgers know of it"
        )
        settled = [time for time in (one.not_before, other.not_before) if time]
        return replace(doubt, not_before=max(settled, default=None), attempt=max(one.attempt, other.attempt))
    undone = [entry for entry in (one, other) if entry.state is State.ARCHIVED and [entry.order_id] == ids]
    return undone[0] if undone else max(one, other, key=lambda entry: _WEIGHT[entry.state])


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while chunk := list(islice(left, _AT_ONCE)):
        yield chunk
