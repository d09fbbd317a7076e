"""Read the store back and prove that it holds what the export held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from importer.model import M_MIG, MappedOrder
from importer.store import OrdersClient

Money = dict[str, Decimal]


@dataclass(slots=True)
class ReadBack:
    """Both sides, counted: orders and money by currency in the export and in the store; what is not equal by name."""

    orders: int = 0
    found: int = 0
    export: Money = field(default_factory=dict)
    store: Money = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the store has each order once, with its total."""
        return not (self.missing or self.doubled or self.different)


def read_back(orders: Iterable[MappedOrder], client: OrdersClient) -> ReadBack:
    """Compares the valid orders of an export with every migrated order of the store, by external_merchant_id."""
    stored, doubled = _totals_in_store(client)
    result = ReadBack(doubled=doubled)
    for order in orders:
        if order.body is not None and not order.problems:
            _compare(order, stored.get(order.body["external_merchant_id"]), result)
    return result


def _totals_in_store(client: OrdersClient) -> tuple[dict[str, Decimal], list[str]]:
    """external_merchant_id -> total_inc_tax of all orders that some migration made, and the ids found twice."""
    totals: dict[str, Decimal] = {}
    doubled: list[str] = []
    for page in client.pages():
        for order in page:
            if order.get("external_source") != M_MIG or order.get("is_deleted"):
                continue
            mark = str(order.get("external_merchant_id"))
            if mark in totals:
                doubled.append(mark)
            totals[mark] = Decimal(str(order["total_inc_tax"]))
    return totals, doubled


def _compare(order: MappedOrder, stored: Decimal | None, result: ReadBack) -> None:
    assert order.body is not None  # noqa: S101 - the caller passes valid orders only
    total = Decimal(order.body["total_inc_tax"])
    result.orders += 1
    result.export[order.currency] = result.export.get(order.currency, Decimal(0)) + total
    if stored is None:
        result.missing.append(order.source.source_id)
        return
    result.found += 1
    result.store[order.currency] = result.store.get(order.currency, Decimal(0)) + stored
    if stored != total:
        result.different.append(order.source.source_id)
