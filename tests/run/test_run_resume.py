"""Resuming: what was created from the same plan is not even mapped again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stub_store import StubStore, mapped

from importer.ledger import Ledger
from importer.model import MappedOrder, SourceOrder
from importer.run.resume import Unsent
from importer.run.settings import Settings
from importer.run.submit import submit
from importer.store import OrdersClient

SETTINGS = Settings("shop", settle=1.0, concurrency=8, plan="plan 1")


class Mapper:
    """Counts what it maps."""

    def __init__(self) -> None:
        self.mapped = 0

    def __call__(self, orders: Iterator[SourceOrder]) -> Iterator[MappedOrder]:
        """Every order, mapped."""
        for order in orders:
            self.mapped += 1
            yield mapped(int(order.source_id))


def sources(count: int) -> Iterator[SourceOrder]:
    """An export."""
    return (SourceOrder(str(number), ()) for number in range(count))


def test_a_resumed_run_maps_only_what_is_not_there(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Created orders of the same plan are passed over unmapped and counted; rejected ones and new ones are mapped."""
    store.fault = lambda number: (400, [{"message": "no"}]) if number == 3 else None
    submit(Mapper()(sources(60)), client, ledger, SETTINGS)
    mapper = Mapper()
    unsent = Unsent(sources(65), ledger, "shop", "plan 1")
    result = submit(mapper(iter(unsent)), client, ledger, SETTINGS)
    assert (unsent.skipped, mapper.mapped, result.created, result.rejected_before) == (59, 6, 5, 1)


def test_another_plan_is_mapped_in_full(client: OrdersClient, ledger: Ledger) -> None:
    """A new export or mapping may have changed any order: each is mapped, compared and skipped."""
    submit(Mapper()(sources(10)), client, ledger, SETTINGS)
    mapper = Mapper()
    unsent = Unsent(sources(10), ledger, "shop", "plan 2")
    result = submit(mapper(iter(unsent)), client, ledger, replace(SETTINGS, plan="plan 2"))
    assert (unsent.skipped, mapper.mapped, result.skipped) == (0, 10, 10)
