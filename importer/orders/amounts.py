"""Amounts of a body as whole ten-thousandths of its currency: V2's four decimals, exact and quick in integers."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from importer.money import minor_digits

ONE = 10_000
_MINOR_UNITS = {2: 100, 0: ONE, 3: 10}


def amount(text: str) -> int:
    """The ten-thousandths of an amount of the order, a text with exactly 4 decimals.

    >>> amount("12.5000")
    125000
    """
    return int(text.replace(".", ""))


def shown(ten_thousandths: int) -> str:
    """The amount as people read it, with the decimals that it needs, at least 2.

    >>> shown(-125000), shown(1)
    ('-12.50', '0.0001')
    """
    exact = Decimal(ten_thousandths).scaleb(-4)
    return format(exact if ten_thousandths % 100 else exact.quantize(Decimal("0.01")), "f")


def has_four_places(price: float) -> bool:
    """Whether a line's price has at most 4 decimals: True for 0.3, not for 0.1 + 0.2.

    Prices are below 10**11 by the schema: there the nearest ten-thousandth is found exactly, and divides back to the
    same JSON number.
    """
    return bool(round(price * ONE) / ONE == price)


def line_amount(price: float, quantity: int, digits: int) -> int:
    """The ten-thousandths of a whole line, rounded half-even to the currency's minor unit of `digits` decimals.

    >>> line_amount(8.4034, 2, 2)
    168100
    """
    each = round(price * ONE)
    if each / ONE == price:
        whole = each * quantity
        return round(whole, digits - 4) if whole % _MINOR_UNITS[digits] else whole
    exact = Decimal(str(price)) * int(quantity)
    return int(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN).scaleb(4))


@lru_cache(maxsize=256)
def minor_digits_of(currency: str | None) -> tuple[int, ...]:
    """The decimals to which lines are rounded; all that currencies have where the body does not name its own.

    Source: Orders V2 order_Post.default_currency_code, which only stores with several currencies take; ISO 4217.
    """
    return tuple(_MINOR_UNITS) if currency is None else (minor_digits(currency),)
