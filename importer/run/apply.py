"""Plan, then apply: the pass without the network, the verdict, then the sending."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.model import MappedOrder
from importer.run.after.attach import attach
from importer.run.after.attached import Attached
from importer.run.line import Line, open_line
from importer.run.parking import Parking
from importer.run.resume import Unsent
from importer.run.rightful import rightful
from importer.run.settings import ProgressCallback, RunResult, Settings, Stop
from importer.run.submit import never_sent, submit
from importer.run.update import Updates, update
from importer.sources import ExportFiles
from importer.store import CallFailed, OrdersClient


@dataclass(frozen=True, slots=True)
class Migration:
    """One run: what is sent, how it is mapped, to whom, where that is recorded, and how.

    `now`: the wall clock, for orders that are dated in the future. `split`: orders that the plan found in more than one
    place of the export; no part of them is sent.
    """

    export: Path | ExportFiles
    mapping: Mapping
    client: OrdersClient
    ledger: Ledger
    settings: Settings
    now: Callable[[], datetime]
    split: Container[str] = ()

    def line(self) -> AbstractContextManager[Line]:
        """The line over the export, opened anew."""
        return open_line(self.export, self.mapping, self.settings.namespace)

    def chosen(self) -> Generator[MappedOrder]:
        """Every order that may be sent, among those that the run was told to send."""
        with self.line() as line:
            for order in self.sendable(line.orders(self.now())):
                if not self.settings.only or order.source.source_id in self.settings.only:
                    yield order

    def sendable(self, orders: Iterable[MappedOrder]) -> Iterator[MappedOrder]:
        """Those of the orders that may be sent."""
        return (order for order in orders if order.sendable and order.source.source_id not in self.split)


def apply(migration: Migration, progress: ProgressCallback | None = None) -> RunResult:
    """Sends every valid order of the export. Refused and skipped orders were listed by the plan and are passed over."""
    client, ledger, settings = migration.client, migration.ledger, migration.settings
    so_far, parking = RunResult(), Parking(ledger, settings.namespace)
    with migration.line() as line:
        unsent = Unsent(line.export.orders(), ledger, settings, so_far)
        orders = migration.sendable(parking.through(line.mapped(unsent, migration.now())))
        try:
            orders = rightful(orders, client, ledger, settings, migration.now())
        except CallFailed as failed:
            so_far.close(ledger.counts(settings.namespace), Stop.UNREACHABLE, never_sent(client, str(failed)))
            return so_far
        submit(orders, client, ledger, settings, progress=progress, so_far=so_far)
    so_far.parked = parking.parked
    return so_far


def apply_changes(migration: Migration, overwrite: frozenset[str] = frozenset()) -> Updates:
    """Brings the orders that were created from another body up to date in the store: see `update.py`."""
    settings = migration.settings
    with closing(migration.chosen()) as wanted:
        return update(
            wanted,
            migration.client,
            migration.ledger,
            settings.namespace,
            plan=settings.plan,
            overwrite=overwrite,
            concurrency=settings.concurrency,
        )


def apply_after(migration: Migration, *, notify: bool = True) -> Attached:
    """Sends what hangs on the orders that are created, by the mapping's section `after`: see `attach.py`."""
    return attach(migration.chosen, migration.client, migration.ledger, migration.settings, notify=notify)
