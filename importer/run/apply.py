"""Plan, then apply: the pass without the network, the verdict, then the sending."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.model import MappedOrder
from importer.run.line import open_line
from importer.run.parking import Parking
from importer.run.settings import ProgressCallback, RunResult, Settings
from importer.run.submit import submit
from importer.run.update import Updates, update
from importer.sources import ExportFiles
from importer.store import OrdersClient


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
        orders = parking.through(line.orders(now()))
        result = submit(_sendable(orders, split), client, ledger, settings, progress=progress)
    return replace(result, parked=parking.parked)


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
