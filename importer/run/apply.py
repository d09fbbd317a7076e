"""Plan, then apply: the pass without the network, the verdict, then the sending."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from importer.errors import LedgerError
from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.model import M_MIG, Body, MappedOrder
from importer.run.line import open_line
from importer.run.parking import Parking
from importer.run.settings import ProgressCallback, RunResult, Settings
from importer.run.submit import submit
from importer.run.update import Updates, update
from importer.sources import ExportFiles
from importer.store import CallFailed, OrdersClient


def apply(
    export: Path | ExportFiles,
    mapping: Mapping,
    client: OrdersClient,
    ledger: Ledger,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    split: Container[str] = (),
    progress: ProgressCallback | None = None,
) -> RunResult:
    """Sends every valid order of the export. Refused and skipped orders were listed by the plan and are passed over.

    `split`: orders that the plan found in more than one place of the export; no part of them is sent.
    """
    parking = Parking(ledger, settings.namespace)
    with open_line(export, mapping, settings.namespace) as line:
        orders = _sendable(parking.through(line.orders(now())), split)
        if not any(ledger.counts(settings.namespace).values()):
            orders = _first_unknown(orders, client, settings.namespace)
        result = submit(orders, client, ledger, settings, progress=progress)
    return replace(result, parked=parking.parked)


def _first_unknown(orders: Iterator[MappedOrder], client: OrdersClient, namespace: str) -> Iterator[MappedOrder]:
    """The same orders, after one look into the store on behalf of a ledger that knows none of them.

    A lost or wrong ledger would send a whole shop a second time. A look-up that fails decides nothing.
    Errors: LedgerError where the store has the first order with our mark already.
    """
    first = next(orders, None)
    if first is None:
        return iter(())
    number, mark = (first.body or {})["external_order_id"], f"{namespace}:{first.source.source_id}"
    with suppress(CallFailed):
        known = [order["id"] for order in client.find(number) if _is_living(order, mark)]
        if known:
            raise LedgerError(
                f"this ledger knows no order, but the store has {first.source.source_id} already, as order {known[0]}:"
                " another ledger sent it; find that ledger, or choose another --namespace for another shop"
            )
    return chain([first], orders)


def _is_living(order: Body, mark: str) -> bool:
    return (
        order.get("external_merchant_id") == mark
        and order.get("external_source") == M_MIG
        and not order.get("is_deleted")
    )


def apply_changes(
    export: Path | ExportFiles,
    mapping: Mapping,
    client: OrdersClient,
    ledger: Ledger,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    split: Container[str] = (),
    overwrite: frozenset[str] = frozenset(),
) -> Updates:
    """Brings the orders that were created from another body up to date in the store: see `update.py`."""
    with open_line(export, mapping, settings.namespace) as line:
        orders = _sendable(line.orders(now()), split)
        wanted = (order for order in orders if not settings.only or order.source.source_id in settings.only)
        return update(
            wanted,
            client,
            ledger,
            settings.namespace,
            plan=settings.plan,
            overwrite=overwrite,
            concurrency=settings.concurrency,
        )


def _sendable(orders: Iterator[MappedOrder], split: Container[str]) -> Iterator[MappedOrder]:
    for order in orders:
        if order.body is not None and not order.problems and order.source.source_id not in split:
            yield order
