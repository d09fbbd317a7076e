"""Bring changed orders up to date in the store: only what changed, and nothing that a person has taken over since.

For each field whose body changed, three values are held against each other: what the store showed when we last wrote,
what it shows now, and what the body says now. Shown now is what we want: nothing to do, a run that died has done it.
Shown now is not what it was: a person owns the field, it is left alone unless `overwrite` names it. Else it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from importer.ledger import Doing, Ledger, LedgerEntry, State
from importer.model import Body, MappedOrder
from importer.run.claims import PATHS, changed, claimed, merged, shown, signature
from importer.run.delta import Change, change_of
from importer.run.parcel import body_hash, source_hash, without_personal_data
from importer.run.protocol import is_living, is_ours
from importer.run.reading import patiently
from importer.run.revision import DERIVED, NEVER, UNCHANGEABLE, Revision, Wish, revise
from importer.store import CallFailed, OrdersClient, Rejected

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Task:
    """One order to bring up to date."""

    order: MappedOrder
    change: Change

    @property
    def entry(self) -> LedgerEntry:
        """Its row."""
        return self.change.entry

    @property
    def body(self) -> Body:
        """What it is to be."""
        return self.order.body or {}


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of one order: the row it leads to, fields written, fields left alone, or why nothing was done."""

    entry: LedgerEntry
    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failure: str = ""


@dataclass(slots=True)
class Updates:
    """The counts of one update. `settled`: there was nothing to write. Lists: (source id, order id, fields or why)."""

    puts: int = 0
    settled: int = 0
    statuses: int = 0
    kept: list[tuple[str, int, str]] = field(default_factory=list)
    failed: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, one: Updated) -> None:
        """Counts one order."""
        order = (one.entry.source_id, one.entry.order_id or 0)
        self.puts += bool(one.written)
        self.settled += not one.written and not one.failure
        self.statuses += "status_id" in one.written
        if one.kept:
            self.kept.append((*order, ", ".join(one.kept)))
        if one.failure:
            self.failed.append((*order, one.failure))


def update(
    orders: Iterable[MappedOrder],
    client: OrdersClient,
    ledger: Ledger,
    namespace: str,
    *,
    plan: str = "",
    overwrite: frozenset[str] = frozenset(),
    concurrency: int = 4,
    advance: Callable[[int], None] = lambda _: None,
) -> Updates:
    """Puts every valid order that was created from another body; others are passed over. May be repeated.

    `overwrite`: fields that are written although somebody changed them in the store. Raises StoreRefused, LedgerError.
    """
    updates = Updates()
    with ThreadPoolExecutor(concurrency) as crew:
        for tasks in _batches(orders, ledger, namespace):
            begun = ledger.move([replace(task.entry, doing=Doing.UPDATING) for task in tasks])
            held = {entry.source_id for entry in begun}
            ours = [task for task in tasks if task.entry.source_id in held]
            done = list(crew.map(partial(_update, client, plan, overwrite), ours))
            ledger.move([one.entry for one in done])
            for one in done:
                updates.add(one)
            advance(len(tasks))
    return updates


def _batches(orders: Iterable[MappedOrder], ledger: Ledger, namespace: str) -> Iterator[list[Task]]:
    valid = (order for order in orders if order.sendable)
    while chunk := list(islice(valid, _AT_ONCE)):
        rows = ledger.entries(namespace, [order.source.source_id for order in chunk])
        tasks = [task for order in chunk if (task := _task(order, rows.get(order.source.source_id)))]
        if tasks:
            yield tasks


def _task(order: MappedOrder, row: LedgerEntry | None) -> Task | None:
    if row is None or row.state is not State.CREATED:
        return None
    change = change_of(order, row)
    return Task(order, change) if change else None


def _update(client: OrdersClient, plan: str, overwrite: frozenset[str], task: Task) -> Updated:
    """One order: look, decide, put. Raises StoreRefused."""
    try:
        return _put(client, plan, overwrite, task)
    except CallFailed as failed:
        words = failed.answer.message if isinstance(failed.answer, Rejected) else str(failed)
        return Updated(task.entry, failure=without_personal_data(words, task.body))


def _put(client: OrdersClient, plan: str, overwrite: frozenset[str], task: Task) -> Updated:
    entry, order_id = task.entry, task.entry.order_id or 0
    before = patiently(partial(client.get, order_id))
    if before is None or not is_living(before) or not is_ours(before, entry):
        return Updated(entry, failure="not in the store any more, archived, or its marks are not ours")
    wish = _wish(task, before, overwrite)
    revision = revise(client, order_id, task.body, before, wish)
    revision.kept += [path for path in _wanted(task, before) if path not in wish.paths]
    revision.kept += [path for path in task.change.fields if path in UNCHANGEABLE]
    after = patiently(partial(client.update, order_id, revision.fields)) if revision.fields else before
    kept = tuple(dict.fromkeys(revision.kept))
    return Updated(_recorded(task, plan, after, wish, revision), tuple(revision.fields), kept)


def _wanted(task: Task, before: Body) -> list[str]:
    """The paths at which the store does not show yet what the body says."""
    claims, now = claimed(task.body), shown(before)
    fields = task.change.fields or [path for path in PATHS if path in claims]
    passed_over = NEVER | DERIVED | UNCHANGEABLE
    there = {path for path in fields if path in claims and now.get(path) == claims[path]}
    return [path for path in fields if path not in passed_over and path not in there]


def _wish(task: Task, before: Body, overwrite: frozenset[str]) -> Wish:
    owned = _owned(task.entry, before)
    hidden = owned == ["date_modified"] and task.entry.doing is not Doing.UPDATING
    lines_owned = bool({"items_total", "subtotal_ex_tax", "subtotal_inc_tax"} & set(owned))
    paths = [path for path in _wanted(task, before) if path not in owned or path in overwrite]
    return Wish(paths, owned, hidden or lines_owned, overwrite)


def _owned(entry: LedgerEntry, order: Body) -> list[str]:
    """The paths at which the store does not show any more what it showed when we last wrote."""
    return changed(entry.shown, signature(shown(order), entry.external_merchant_id))


def _recorded(task: Task, plan: str, after: Body, wish: Wish, revision: Revision) -> LedgerEntry:
    """The row after the update. What is left to others stays in it as it was, so that it is seen again."""
    entry, body, mark = task.entry, task.body, task.entry.external_merchant_id
    claims, seen = claimed(body), shown(after)
    written = {*wish.paths, *revision.fields} - set(revision.kept)
    as_wished = {path for path in claims if seen.get(path) == claims[path]}
    theirs = [path for path in wish.owned if path not in written | as_wished]
    if entry.doing is Doing.UPDATING and theirs == ["date_modified"]:
        theirs = []
    sent, now = signature(claims, mark), signature(seen, mark)
    return replace(
        entry,
        external_order_id=str(body["external_order_id"]),
        body_hash=entry.body_hash if revision.kept else body_hash(body),
        source_hash=source_hash(task.order.source),
        sent=merged(entry.sent, sent, revision.kept) if entry.sent else sent,
        shown=merged(entry.shown, now, theirs) if entry.shown else now,
        plan=entry.plan if revision.kept else plan,
        message="updated",
        doing=Doing.NOTHING,
        status_before=_status_before(entry, revision),
    )


def _status_before(entry: LedgerEntry, revision: Revision) -> int | None:
    """Where something is still to be attached to the order: the status that it has after the last."""
    if entry.status_before is None or "status_id" not in revision.fields:
        return entry.status_before
    return int(revision.fields["status_id"])
