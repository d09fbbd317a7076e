"""Before the first order is sent: whether this is the ledger that knows what was sent before.

A lost ledger, an older copy of it, or a --namespace that was forgotten would send a shop a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain

from importer.errors import LedgerError
from importer.ledger import Ledger, LedgerEntry, State
from importer.model import Body, MappedOrder
from importer.run.parcel import source_hash
from importer.run.protocol import intend, is_living, is_ours
from importer.run.reading import in_pages, orders_of, patiently
from importer.run.reconcile import source_id_of
from importer.run.settings import Settings
from importer.store import CallFailed, OrdersClient, Rejected

_UNSENT = frozenset({State.PLANNED, State.PARKED, State.ARCHIVED})


def rightful(
    orders: Iterator[MappedOrder], client: OrdersClient, ledger: Ledger, settings: Settings, now: datetime
) -> Iterator[MappedOrder]:
    """The same orders, once the store was asked what it has of them that this ledger does not know.

    Errors: LedgerError where another ledger, or another namespace, has sent them; CallFailed, StoreRefused.
    """
    if any(ledger.counts(settings.namespace).values()):
        doubt_what_is_newer(client, ledger, settings, now)
        return orders
    first = next(orders, None)
    if first is None:
        return iter(())
    _must_be_unknown_to_the_ledger(first, ledger)
    _must_be_unknown_to_the_store(first, client, settings.namespace)
    return chain([first], orders)


def doubt_what_is_newer(client: OrdersClient, ledger: Ledger, settings: Settings, now: datetime) -> None:
    """Orders of ours that the store made after the ledger's last one, and that it never sent, are in doubt from now on.

    The ledger is an older copy then, such as a restored backup: each is looked up and adopted, none is sent again.
    """
    newest = ledger.newest(settings.namespace)
    for page in in_pages(orders_of(client, min_id=newest + 1)):
        named = ((source_id_of(order, settings.namespace), order) for order in page if is_living(order))
        ours = {source_id: order for source_id, order in named if source_id is not None}
        rows = ledger.entries(settings.namespace, list(ours))
        unsent = [row for row in map(partial(_row, rows, settings.namespace), ours.items()) if row.state in _UNSENT]
        sent = ledger.move([intend(row, "", "", now, settings.run) for row in unsent])
        said = "the store has it, and this ledger had not sent it"
        ledger.move([replace(row, state=State.IN_DOUBT, not_before=now, message=said) for row in sent])


def _row(rows: dict[str, LedgerEntry], namespace: str, found: tuple[str, Body]) -> LedgerEntry:
    source_id, order = found
    return rows.get(source_id) or LedgerEntry(namespace, source_id, str(order.get("external_order_id") or ""))


def _must_be_unknown_to_the_ledger(order: MappedOrder, ledger: Ledger) -> None:
    """The very same order under another namespace is the same shop, called otherwise."""
    source_id, content = order.source.source_id, source_hash(order.source)
    for entry in ledger.in_state(State.CREATED):
        if entry.source_id == source_id and entry.source_hash == content:
            raise LedgerError(
                f"this ledger has sent this very order {source_id} before, as order {entry.order_id}, under the"
                f" namespace '{entry.namespace}': pass --namespace {entry.namespace}, or start another ledger"
            )


def _must_be_unknown_to_the_store(order: MappedOrder, client: OrdersClient, namespace: str) -> None:
    """A store that knows no such look-up decides nothing."""
    sought = LedgerEntry(namespace, order.source.source_id, (order.body or {})["external_order_id"])
    found = _found(client, sought.external_order_id)
    known = [one["id"] for one in found if is_living(one) and is_ours(one, sought)]
    if known:
        raise LedgerError(
            f"this ledger knows no order, but the store has {order.source.source_id} already, as order {known[0]}:"
            " another ledger sent it; find that ledger, or choose another --namespace for another shop"
        )


def _found(client: OrdersClient, number: str) -> list[Body]:
    try:
        return patiently(partial(client.find, number))
    except CallFailed as failed:
        if isinstance(failed.answer, Rejected):
            return []
        raise
