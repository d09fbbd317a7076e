"""Take a run back: archive what it created and nobody has touched since. The API deletes no order.

A ledger row says that it is being undone before its order is archived, so that after a crash our archiving and a
person's are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from importer.ledger import Doing, Ledger, LedgerEntry, State
from importer.model import Body
from importer.run.claims import changed, seconds, shown, signature
from importer.run.protocol import is_living, is_ours
from importer.run.reading import orders_of, patiently
from importer.store import CallFailed, OrdersClient

_AT_ONCE = 50
"""Orders between two looks at the store: what a person changes is noticed up to a few seconds before the archiving."""
_THREADS = 4


@dataclass(slots=True)
class Undoing:
    """What an undo found, or did. Each list has (source id, order id, why)."""

    archived: int = 0
    touched: list[tuple[str, int, str]] = field(default_factory=list)
    missing: list[tuple[str, int, str]] = field(default_factory=list)
    failed: list[tuple[str, int, str]] = field(default_factory=list)


def plan_undo(client: OrdersClient, ledger: Ledger, run: str, settle: float) -> Undoing:
    """What an undo would archive, and what it would leave; writes nothing. Raises CallFailed, StoreRefused."""
    undoing = Undoing()
    for batch in _batches(client, ledger, run):
        undoing.archived += len(_untouched(batch, settle, undoing))
    return undoing


def undo(
    client: OrdersClient, ledger: Ledger, run: str, settle: float, advance: Callable[[int], None] = lambda _: None
) -> Undoing:
    """Archives the untouched orders of the run. May be repeated. Raises CallFailed, StoreRefused, LedgerError."""
    undoing = Undoing()
    with ThreadPoolExecutor(_THREADS) as crew:
        for batch in _batches(client, ledger, run):
            ours = ledger.move([replace(entry, doing=Doing.UNDOING) for entry in _untouched(batch, settle, undoing)])
            failures = list(crew.map(partial(_archive, client), ours))
            done = [entry for entry, failure in zip(ours, failures, strict=True) if not failure]
            ledger.move([_undone(entry) for entry in done])
            undoing.failed += [_named(entry, why) for entry, why in zip(ours, failures, strict=True) if why]
            undoing.archived += len(done)
            advance(len(batch))
    return undoing


Batch = list[tuple[LedgerEntry, Body | None]]


def _batches(client: OrdersClient, ledger: Ledger, run: str) -> Iterator[Batch]:
    """The run's orders with what the store shows of each now, some at a time, by rising order id."""
    last = 0
    while rows := ledger.created_by(run, last, _AT_ONCE):
        ids = [row.order_id or 0 for row in rows]
        last = ids[-1]
        listed = {int(order["id"]): order for order in orders_of(client, min_id=ids[0], max_id=last)}
        yield [(row, _order(client, row.order_id or 0, listed)) for row in rows]


def _order(client: OrdersClient, order_id: int, listed: dict[int, Body]) -> Body | None:
    """An order that no list shows may be archived or hidden: ask for it by its id."""
    return listed[order_id] if order_id in listed else patiently(partial(client.get, order_id))


def _untouched(batch: Batch, settle: float, undoing: Undoing) -> list[LedgerEntry]:
    """The rows whose orders may be archived; the others are added to what was found."""
    free = []
    for entry, order in batch:
        if order is None:
            undoing.missing.append(_named(entry, "not in the store"))
        elif why := touched(entry, order, settle):
            undoing.touched.append(_named(entry, why))
        else:
            free.append(entry)
    return free


def touched(entry: LedgerEntry, order: Body, settle: float) -> str:
    """What somebody has done to an order since it was written, "" for nothing.

    Every field that the store showed then must be the same now, `date_modified` among them. A store that showed nothing
    then is believed when it says that the order was last modified before its send had settled.
    """
    if not is_ours(order, entry):
        return "its marks are not ours any more"
    if not is_living(order):
        return "" if entry.doing is Doing.UNDOING else "archived already"
    differing = changed(entry.shown, signature(shown(order), entry.external_merchant_id))
    if differing and entry.doing is Doing.UPDATING:
        return "an update of it was cut short: end it with `importer run --update`, then undo"
    if differing:
        return "changed since: " + ", ".join(differing)
    return "" if entry.shown.strip("-") else _modified_later(entry, order, settle)


def _modified_later(entry: LedgerEntry, order: Body, settle: float) -> str:
    modified = seconds(order.get("date_modified"))
    if modified is None or entry.sent_at is None:
        return "nothing tells whether it was changed since"
    written = entry.sent_at + timedelta(seconds=settle)
    return "" if modified <= written.timestamp() else "modified since"


def _archive(client: OrdersClient, entry: LedgerEntry) -> str:
    """Archives one order; gives why it could not be. Raises StoreRefused. Source: DELETE /v2/orders/{id}."""
    try:
        patiently(partial(client.archive, entry.order_id or 0))
    except CallFailed as failed:
        return str(failed)
    return ""


def _undone(entry: LedgerEntry) -> LedgerEntry:
    archived = replace(entry, state=State.ARCHIVED, message="undone")
    return replace(archived, doing=Doing.NOTHING, status_before=None, touched=False)


def _named(entry: LedgerEntry, why: str) -> tuple[str, int, str]:
    return entry.source_id, entry.order_id or 0, why
