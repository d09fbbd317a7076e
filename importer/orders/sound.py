"""One look over the money of a body: where it is of the common shape and adds up, eight of the checks have no question.

Most bodies are so, and the checks, which say what is wrong, need not go over their lines one after the other.
"""

from __future__ import annotations

from operator import itemgetter

from importer.model import Body
from importer.money import minor_digits
from importer.orders.amounts import ONE, amount

PROVED = frozenset(
    {"subtotal-gap", "total-gap", "negative-tax", "fee-gap", "wrapping-gap", "return-with-totals"}
    | {"price-precision", "differing-names"}
)
"""The codes of the checks that find nothing in a body which `adds_up`."""

_LINE = frozenset({"name", "sku", "quantity", "price_ex_tax", "price_inc_tax"})
_SIDED = ("subtotal", "shipping_cost", "total")
_FIGURES = (*(f"{name}_{side}" for name in _SIDED for side in ("ex_tax", "inc_tax")), "discount_amount")
_MONEY = frozenset(_FIGURES)
_stated = itemgetter(*_FIGURES)
_RARE = frozenset({"consignments", "fees", "handling_cost_ex_tax", "wrapping_cost_ex_tax"})


def adds_up(body: Body, currency: str) -> bool:
    """Whether a body that keeps the schema surely adds up on both sides. False says nothing.

    Only where it states all its money, its prices have at most four decimals, and it has no fees, handling or wrapping.
    """
    if not currency or not body.keys() >= _MONEY or not body.keys().isdisjoint(_RARE):
        return False
    goods = _goods(body["products"], minor_digits(currency))
    if goods is None:
        return False
    goods_ex, goods_inc, shipping_ex, shipping_inc, total_ex, total_inc, discount = map(amount, _stated(body))
    return (
        goods == (goods_ex, goods_inc)
        and goods_ex + shipping_ex - discount == total_ex <= total_inc == goods_inc + shipping_inc - discount
        and goods_ex <= goods_inc
        and shipping_ex <= shipping_inc
    )


def _goods(lines: list[Body], digits: int) -> tuple[int, int] | None:
    """What the lines cost on both sides, each in whole minor units of `digits` decimals.

    None where a line is uncommon: returned, of two names, of more than four decimals, or reversed.
    """
    unit, whole_ex, whole_inc = 10 ** (4 - digits), 0, 0
    for line in lines:
        if line["quantity"] < 0 or not line.keys() <= _LINE:
            return None
        price_ex, price_inc = line["price_ex_tax"], line["price_inc_tax"]
        each_ex, each_inc = round(price_ex * ONE), round(price_inc * ONE)
        cost_ex, cost_inc = each_ex * line["quantity"], each_inc * line["quantity"]
        if each_ex / ONE != price_ex or each_inc / ONE != price_inc or price_ex > price_inc:
            return None
        whole_ex += round(cost_ex, digits - 4) if cost_ex % unit else cost_ex
        whole_inc += round(cost_inc, digits - 4) if cost_inc % unit else cost_inc
    return whole_ex, whole_inc
