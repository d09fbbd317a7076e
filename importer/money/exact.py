"""Exact decimals: reading amounts, the minor units of currencies, amounts as V2's text."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from importer.currencies import CURRENCIES, decimals_of
from importer.errors import FieldError

ZERO, ONE = Decimal(0), Decimal(1)
FOUR_PLACES = Decimal("0.0001")
LARGEST = Decimal(10) ** 11
LONGEST = 100

_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\Z", re.ASCII)
_ZEROS = {0: ".0000", 2: "00", 3: "0"}


@lru_cache(maxsize=256)
def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for USD, 0 for JPY, 3 for BHD.

    Errors: FieldError `currency` for anything but the code of a currency. Source: ISO 4217.
    """
    if currency not in CURRENCIES:
        raise FieldError("currency", f"'{currency[:40]}' is not an ISO 4217 currency code such as USD")
    return decimals_of(currency)


class MinorUnit(NamedTuple):
    """A currency's minor unit: the smallest amount and its half, 0 with its decimals, the zeros to four places.

    An amount in whole units has its decimals when `nothing` is added: 12.5 + 0.00 is 12.50.
    """

    unit: Decimal
    half: Decimal
    nothing: Decimal
    zeros: str


@lru_cache(maxsize=256)
def minor_unit(currency: str) -> MinorUnit:
    """The currency's minor unit. Errors: FieldError `currency`.

    >>> minor_unit("USD"), minor_unit("JPY").zeros
    (MinorUnit(unit=Decimal('0.01'), half=Decimal('0.005'), nothing=Decimal('0.00'), zeros='00'), '.0000')
    """
    digits = minor_digits(currency)
    unit = ONE.scaleb(-digits)
    return MinorUnit(unit, unit / 2, ZERO.scaleb(-digits), _ZEROS[digits])


@lru_cache(maxsize=8192)
def parse(text: str) -> Decimal:
    """The exact amount that a plain decimal text states: `-3.30`, `12`, `10.799999999999999`.

    Errors: FieldError `money` for grouping signs, symbols, exponents and anything else that is not plain.
    """
    plain = text.strip()
    if len(plain) > LONGEST or not _PLAIN.match(plain):
        rule = "is not an amount in plain decimal notation, such as 1234.50; `| formatted_money` reads others"
        raise FieldError("money", f"'{text[:40]}' {rule}")
    amount = Decimal(plain)
    if not -LARGEST < amount < LARGEST:
        raise FieldError("money", f"'{text[:40]}' is larger than any order's money")
    return amount or ZERO  # -0.00 is nothing, and would be written with its sign


def four_places(amount: Decimal) -> str:
    """The amount as V2's order-level money text: `12.5` -> `12.5000`. Source: order_Shared, money as string."""
    return format(amount.quantize(FOUR_PLACES, ROUND_HALF_EVEN), "f")
