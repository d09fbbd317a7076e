"""An order's sums: computed from its lines unless the body overrides them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from importer.sandbox.amounts import ZERO, exactly, shown
from importer.sandbox.lines import settle_line

if TYPE_CHECKING:
    from importer.sandbox.checks import Body
    from importer.sandbox.state import Record

COSTS = ("shipping", "handling", "wrapping")

MONEY = (
    "subtotal_ex_tax",
    "subtotal_inc_tax",
    "discount_amount",
    *(name for cost in COSTS for name in (f"base_{cost}_cost", f"{cost}_cost_ex_tax", f"{cost}_cost_inc_tax")),
    "total_ex_tax",
    "total_inc_tax",
)
"""Every amount of an order that a body may set."""


def settle(record: Record, given: Body) -> None:
    """Bring an order's sums up to date after `given` was taken into it.

    An override stands until it is overridden again: "the system will not re-calculate the other" (orders guide).
    """
    order, stated = record["order"], record["stated"]
    for name in MONEY:
        if name in given:
            order[name] = shown(exactly(given[name]))
            stated[name] = True
    _sum_lines(record)
    for cost in COSTS:
        _complete_cost(order, stated, cost)
    _spread_discount(record, "discount_amount" in given)
    _sum_total(record)
    for name in ("subtotal", "total"):
        order[f"{name}_tax"] = shown(Decimal(order[f"{name}_inc_tax"]) - Decimal(order[f"{name}_ex_tax"]))


def _sum_lines(record: Record) -> None:
    order, stated, lines = record["order"], record["stated"], record["lines"]
    order["items_total"] = sum(line["quantity"] for line in lines)
    for side in ("ex", "inc"):
        if f"subtotal_{side}_tax" not in stated:
            order[f"subtotal_{side}_tax"] = shown(_sum(lines, f"total_{side}_tax"))
        if f"wrapping_cost_{side}_tax" not in stated:
            order[f"wrapping_cost_{side}_tax"] = shown(_sum(lines, f"wrapping_cost_{side}_tax"))


def _sum(rows: list[Record], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), ZERO)


def _complete_cost(order: Record, stated: Record, cost: str) -> None:
    ex, inc, base = f"{cost}_cost_ex_tax", f"{cost}_cost_inc_tax", f"base_{cost}_cost"
    if ex in stated and inc not in stated:
        order[inc] = order[ex]
    if inc in stated and ex not in stated:
        order[ex] = order[inc]
    if base not in stated:
        order[base] = order[ex]
    order[f"{cost}_cost_tax"] = shown(Decimal(order[inc]) - Decimal(order[ex]))


def _spread_discount(record: Record, afresh: bool) -> None:
    """A manual discount lies on the lines in proportion to their price.

    Source: V2 `orderProductAppliedDiscounts`: "(total_manual_discount*price_ex_tax)/subtotal_ex_tax". Once spread, the
    order's discount is what the lines still carry.
    """
    order, lines = record["order"], record["lines"]
    if not afresh:
        carried = sum((Decimal(one["amount"]) for line in lines for one in line["applied_discounts"]), ZERO)
        order["discount_amount"] = shown(carried) if record["spread"] else order["discount_amount"]
        return
    whole, weights = Decimal(order["discount_amount"]), [max(Decimal(line["total_ex_tax"]), ZERO) for line in lines]
    record["spread"] = bool(whole) and sum(weights, ZERO) > 0
    shares = _shares(whole, weights) if record["spread"] else [ZERO] * len(lines)
    for line, share in zip(lines, shares, strict=True):
        line["applied_discounts"] = [_manual(share)] if share else []
        settle_line(line)


def _shares(whole: Decimal, weights: list[Decimal]) -> list[Decimal]:
    total = sum(weights, ZERO)
    shares = [Decimal(shown(whole * weight / total)) for weight in weights]
    largest = max(range(len(weights)), key=weights.__getitem__)
    shares[largest] += whole - sum(shares, ZERO)
    return shares


def _manual(share: Decimal) -> Record:
    return {
        "id": "manual-discount",
        "amount": shown(share),
        "name": "Manual Discount",
        "code": None,
        "target": "order",
    }


def _sum_total(record: Record) -> None:
    """A discount is an amount with tax; without tax it counts in the proportion of the subtotals.

    Source: V2 example order 218: 67.84 + 12.00 - 10.00 = 69.84 with tax, and 64.53 without.
    """
    order, stated, fees = record["order"], record["stated"], record["fees"]
    subtotals = {side: Decimal(order[f"subtotal_{side}_tax"]) for side in ("ex", "inc")}
    discount = Decimal(order["discount_amount"])
    ratio = subtotals["ex"] / subtotals["inc"] if subtotals["inc"] else Decimal(1)
    for side, off in (("inc", discount), ("ex", discount * ratio)):
        if f"total_{side}_tax" not in stated:
            costs = sum((Decimal(order[f"{cost}_cost_{side}_tax"]) for cost in COSTS), ZERO)
            order[f"total_{side}_tax"] = shown(subtotals[side] + costs + _sum(fees, f"cost_{side}_tax") - off)
