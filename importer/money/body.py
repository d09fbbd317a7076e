"""The money fields of a V2 body, from an account that is proved, rounded, and has the tax of each part."""

from __future__ import annotations

from decimal import Decimal
from operator import add, sub

from importer.errors import FieldError
from importer.model import Body
from importer.money.account import Account
from importer.money.exact import FOUR_PLACES, ONE, ZERO, four_places
from importer.money.statement import Fee, Line

EIGHT_PLACES = Decimal("0.00000001")


def body_of(account: Account, taxes: list[Decimal]) -> Body:
    """The fields; writes `quantity` and both prices into each line's product.

    Where a line is left out, `products` as well: those that are sold.
    """
    (_, _, nothing, zeros), count = account.minor, len(account.lines)
    exes, incs = _both_sides(account, taxes)
    for line, ex, inc in zip(account.lines, exes, incs, strict=False):
        _price(account, line, ex, inc)
    body: Body = {
        "subtotal_ex_tax": f"{sum(exes[:count], nothing)!s}{zeros}",
        "subtotal_inc_tax": f"{sum(incs[:count], nothing)!s}{zeros}",
        "shipping_cost_ex_tax": f"{exes[count] + nothing!s}{zeros}",
        "shipping_cost_inc_tax": f"{incs[count] + nothing!s}{zeros}",
        "discount_amount": f"{account.reductions!s}{zeros}",
        "total_ex_tax": f"{account.total - account.tax!s}{zeros}",
        "total_inc_tax": f"{account.total!s}{zeros}",
    }
    for number, name in enumerate(account.extras, count + 1):
        if incs[number]:
            body[f"{name}_ex_tax"] = f"{exes[number] + nothing!s}{zeros}"
            body[f"{name}_inc_tax"] = f"{incs[number] + nothing!s}{zeros}"
    if refunded := account.stated.refunded:
        body["refunded_amount"] = four_places(abs(refunded))
        if refunded < 0:
            account.note("refund-without-sign", "refunded_amount", refunded, -refunded)
        if abs(refunded) > account.total:
            account.note("refund-above-total", "refunded_amount", f"{account.total} in total", abs(refunded))
    if count < len(account.stated.lines):
        body["products"] = [line.product for line in account.lines]
    if account.fees:
        first = count + 1 + len(account.extras)
        sides = zip(account.fees, exes[first:], incs[first:], strict=True)
        body["fees"] = [
            _fee(account, fee, f"{ex + nothing!s}{zeros}", f"{inc + nothing!s}{zeros}") for fee, ex, inc in sides
        ]
    return body


def _both_sides(account: Account, taxes: list[Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    """Every part's amount without tax and with it."""
    bases = account.bases
    if not account.tax:
        return bases, bases
    if not account.inclusive:
        return bases, list(map(add, bases, taxes))
    exes = list(map(sub, bases, taxes))
    if min(exes) < ZERO:
        raise FieldError("negative-money", "an amount has more tax than it holds; check what the mapping states as tax")
    return exes, bases


def _fee(account: Account, fee: Fee, ex: str, inc: str) -> Body:
    name = fee.name or "Fee"
    if not fee.name:
        account.note("fee-without-name", "fees", "", name)
    return {"type": "custom_fee", "display_name_customer": name, "cost_ex_tax": ex, "cost_inc_tax": inc}


def _price(account: Account, line: Line, ex: Decimal, inc: Decimal) -> None:
    """Writes quantity and unit prices."""
    product, pieces = line.product, 1 if line.quantity == ONE else _pieces(account, line)
    product["quantity"] = pieces
    if pieces == 1:
        product["price_ex_tax"], product["price_inc_tax"] = float(ex), float(inc)
    else:
        product["price_ex_tax"] = _unit_price(account, line, ex, pieces)
        product["price_inc_tax"] = _unit_price(account, line, inc, pieces)


def _pieces(account: Account, line: Line) -> int:
    """The quantity. V2 has whole ones only: 1.5 of a thing becomes one line of quantity 1."""
    product, quantity, pieces = line.product, line.quantity, int(line.quantity)
    if pieces == quantity:
        return pieces
    account.note("fractional-quantity", _path(account, line), quantity, 1)
    product["name"] = f"{product.get('name', '')[:235]} × {quantity.normalize():f}"
    return 1


def _unit_price(account: Account, line: Line, amount: Decimal, pieces: int) -> float:
    """The price that times `pieces` is the line's amount again, to the minor unit.

    A JSON number, the only type that V2 takes here: decimals of 15 digits and fewer survive it exactly.
    """
    price = (amount / pieces).quantize(FOUR_PLACES)
    if price * pieces != amount and (price * pieces).quantize(account.minor.unit) != amount:
        price = (amount / pieces).quantize(EIGHT_PLACES)
        shown = f"{amount + account.minor.nothing} / {pieces}"
        account.note("unit-price-rounded", _path(account, line), shown, price)
    return float(price)


def _path(account: Account, line: Line) -> str:
    return account.path(next(number for number, one in enumerate(account.lines) if one is line))
