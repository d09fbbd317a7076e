"""The body's own arithmetic: lines, discount, shipping, handling, wrapping and fees make the total, ex and inc.

    sum(price * quantity) + shipping + handling + wrapping + fees - discount = total

Each line is rounded half-even to the currency's minor unit before it is added; the one discount serves both sides; what
wrapping costs on a line is part of the order's wrapping cost. Amounts here are whole ten-thousandths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from importer.model import Problem
from importer.orders.amounts import ONE, amount, line_amount, minor_digits_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from importer.model import Body


class Side(NamedTuple):
    """The names of the fields of one side of the body: without tax, or with it."""

    price: str
    subtotal: str
    total: str
    shipping: str
    handling: str
    wrapping: str
    fee: str


SIDES = tuple(
    Side(
        f"price_{tax}",
        f"subtotal_{tax}",
        f"total_{tax}",
        f"shipping_cost_{tax}",
        f"handling_cost_{tax}",
        f"wrapping_cost_{tax}",
        f"cost_{tax}",
    )
    for tax in ("ex_tax", "inc_tax")
)


def lines(body: Body) -> list[Body]:
    """The lines of the order, shipped or collected. Source: Orders V2 createOrder, products or consignments."""
    products: list[Body] | None = body.get("products")
    return body["consignments"]["pickups"][0]["line_items"] if products is None else products


def line_path(body: Body, number: int) -> str:
    """Where the line lies in the body: `products[0]`, or its place in the pickup."""
    return f"products[{number}]" if "products" in body else f"consignments.pickups[0].line_items[{number}]"


def subtotals(body: Body, _: datetime) -> Iterator[Problem]:
    """The subtotal is not the sum of the lines.

    Source: Orders V2 order_Shared.subtotal_ex_tax, an override that the store does not re-calculate.
    """
    if "subtotal_ex_tax" not in body:
        return
    for side in SIDES:
        stated = amount(body[side.subtotal])
        gap = _gap(body, side, stated)
        if gap:
            rule = f"but {side.price} times quantity makes {shown(stated - gap)} over the lines"
            yield _unequal("subtotal-gap", side.subtotal, stated, rule, gap)


def totals(body: Body, _: datetime) -> Iterator[Problem]:
    """The total is not the sum of lines, shipping, handling, wrapping and fees, less the discount.

    Source: Orders V2 order_Shared.total_ex_tax, an override that the store does not re-calculate.
    """
    if "total_ex_tax" not in body:
        return
    for side in SIDES:
        stated = amount(body[side.total])
        goods = stated - _charges(body, side)
        subtotal = body.get(side.subtotal)
        gap = _gap(body, side, goods) if subtotal is None else goods - amount(subtotal)
        if gap:
            rule = f"but lines, shipping, handling, wrapping and fees less discount make {shown(stated - gap)}"
            yield _unequal("total-gap", side.total, stated, rule, gap)


def _unequal(code: str, path: str, stated: int, rule: str, gap: int) -> Problem:
    message = f"{path} is {shown(stated)}, {rule}: a gap of {shown(gap)}; correct what the mapping states as money"
    return Problem(code, path, message)


def _gap(body: Body, side: Side, goods: int) -> int:
    """How far `goods` is from the sum of the lines; 0 when it is 0 under one of the minor units."""
    first = 0
    for digits in minor_digits_of(body.get("default_currency_code")):
        gap = goods
        for line in lines(body):
            if side.price not in line:
                return 0  # a catalogue line without a price leaves it to the store
            gap -= line_amount(line[side.price], line["quantity"], digits)
        if not gap:
            return 0
        first = first or gap
    return first


def _charges(body: Body, side: Side) -> int:
    """What one side has beside the lines: shipping, handling, wrapping and fees, less the discount."""
    total = -amount(body.get("discount_amount", "0"))
    if side.shipping in body:
        total += amount(body[side.shipping])
    if side.handling in body:
        total += amount(body[side.handling])
    for fee in body.get("fees", ()):
        total += fee_cost(fee, side.fee)
    return total + (amount(body[side.wrapping]) if side.wrapping in body else wrapped_lines(body, side))


def fee_cost(fee: Body, name: str) -> int:
    """`cost_ex_tax` or `cost_inc_tax` of a fee, from the other two where it is absent.

    Source: Orders V2 orderFees_Post, at least two of the three costs.
    """
    if name in fee:
        return amount(fee[name])
    if name == "cost_inc_tax":
        return amount(fee["cost_ex_tax"]) + amount(fee["cost_tax"])
    return amount(fee["cost_inc_tax"]) - amount(fee["cost_tax"])


def wrapped_lines(body: Body, side: Side) -> int:
    """What the lines' gift wrapping costs on one side."""
    total = 0
    for line in lines(body):
        if side.wrapping in line:
            total += round(line[side.wrapping] * ONE)
    return total
