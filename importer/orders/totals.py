"""The body's own arithmetic: lines, discount, shipping, handling, wrapping and fees make the total, ex and inc.

    sum(price * quantity) + shipping + handling + wrapping + fees - discount = total

Each line is rounded half-even to the currency's minor unit before it is added; the one discount serves both sides; what
wrapping costs on a line is part of the order's wrapping cost.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from importer.errors import FieldError
from importer.model import Problem
from importer.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from importer.model import Body

_ZERO = Decimal(0)


class Side(NamedTuple):
    """The names of the fields of one side of the body: without tax, or with it."""

    price: str
    subtotal: str
    total: str
    extras: tuple[str, str, str]
    wrapping: str
    fee: str


def _side(name: str) -> Side:
    return Side(
        f"price_{name}",
        f"subtotal_{name}",
        f"total_{name}",
        (f"shipping_cost_{name}", f"handling_cost_{name}", f"wrapping_cost_{name}"),
        f"wrapping_cost_{name}",
        f"cost_{name}",
    )


SIDES = (_side("ex_tax"), _side("inc_tax"))


def lines(body: Body) -> list[Body]:
    """The lines of the order, shipped or collected. Source: Orders V2 createOrder, products or consignments."""
    products: list[Body] | None = body.get("products")
    return body["consignments"]["pickups"][0]["line_items"] if products is None else products


def line_path(body: Body, number: int) -> str:
    """Where the line lies in the body: `products[0]`, or its place in the pickup."""
    return f"products[{number}]" if "products" in body else f"consignments.pickups[0].line_items[{number}]"


@lru_cache(maxsize=64)
def units(currency: str | None) -> tuple[Decimal, ...]:
    """The minor unit to which lines are rounded; the three there are when the body does not say its currency."""
    try:
        digits = (2, 0, 3) if currency is None else (minor_digits(currency),)
    except FieldError:
        digits = (2, 0, 3)
    return tuple(Decimal(1).scaleb(-number) for number in digits)


def subtotals(body: Body, _: datetime) -> Iterator[Problem]:
    """The subtotal is not the sum of the lines.

    Source: Orders V2 order_Shared.subtotal_ex_tax, an override that the store does not re-calculate.
    """
    for side in SIDES:
        stated = body.get(side.subtotal)
        if stated is None:
            continue
        gap = _gap(body, side, Decimal(stated))
        if gap:
            rule = f"but the lines' {side.price} times quantity make {Decimal(stated) - gap}"
            yield _unequal("subtotal-gap", side.subtotal, stated, rule, gap)


def totals(body: Body, _: datetime) -> Iterator[Problem]:
    """The total is not lines, shipping, handling, wrapping and fees without the discount.

    Source: Orders V2 order_Shared.total_ex_tax, an override that the store does not re-calculate.
    """
    for side in SIDES:
        stated = body.get(side.total)
        if stated is None:
            continue
        goods = Decimal(stated) - charges(body, side)
        subtotal = body.get(side.subtotal)
        gap = _gap(body, side, goods) if subtotal is None else goods - Decimal(subtotal)
        if gap:
            rule = f"but lines, shipping, handling, wrapping and fees less discount make {Decimal(stated) - gap}"
            yield _unequal("total-gap", side.total, stated, rule, gap)


def _unequal(code: str, path: str, stated: str, rule: str, gap: Decimal) -> Problem:
    return Problem(code, path, f"{path} is {stated}, {rule}: a gap of {gap}; correct what the mapping states as money")


def _gap(body: Body, side: Side, goods: Decimal) -> Decimal:
    """How far `goods` is from the sum of the lines; 0 as well where a catalogue line leaves its price to the store."""
    try:
        amounts = [Decimal(repr(line[side.price])) * line["quantity"] for line in lines(body)]
    except KeyError:
        return _ZERO
    gaps: list[Decimal] = []
    for unit in units(body.get("default_currency_code")):
        gaps.append(goods - sum([amount.quantize(unit, ROUND_HALF_EVEN) for amount in amounts]))
        if not gaps[-1]:
            return _ZERO
    return gaps[0]


def charges(body: Body, side: Side) -> Decimal:
    """What one side has beside the lines: shipping, handling, wrapping and fees, less the discount."""
    total = -Decimal(body.get("discount_amount", 0))
    for name in side.extras:
        if name in body:
            total += Decimal(body[name])
    for fee in body.get("fees", ()):
        total += fee_cost(fee, side.fee)
    return total if side.wrapping in body else total + wrapped_lines(body, side)


def fee_cost(fee: Body, name: str) -> Decimal:
    """`cost_ex_tax` or `cost_inc_tax` of a fee, from the other two where it is absent.

    Source: Orders V2 orderFees_Post, at least two of the three costs.
    """
    if name in fee:
        return Decimal(fee[name])
    if name == "cost_inc_tax":
        return Decimal(fee["cost_ex_tax"]) + Decimal(fee["cost_tax"])
    return Decimal(fee["cost_inc_tax"]) - Decimal(fee["cost_tax"])


def wrapped_lines(body: Body, side: Side) -> Decimal:
    """What the lines' gift wrapping costs on one side."""
    total = _ZERO
    for item in lines(body):
        if side.wrapping in item:
            total += Decimal(repr(item[side.wrapping]))
    return total
