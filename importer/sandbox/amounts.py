"""Money as the store holds it: four decimals, kept as text, computed as Decimal."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
_FOUR = Decimal("0.0001")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,20})?", re.ASCII)


def amount(value: Any) -> Decimal | None:
    """A number, or a number in a string, as Decimal; None for anything else.

    Source: V2 money fields: "(Float, Float-As-String, Integer)".
    """
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    found = Decimal(value)
    return found if abs(found) < 10**12 else None


def exactly(value: Any) -> Decimal:
    """The amount of a value that was checked before, 0 where there is none."""
    return amount(value) or ZERO


def shown(value: Decimal) -> str:
    """An amount as answers show it: `12.5` is "12.5000".

    Source: recorded orders: four decimals in a string.
    """
    return f"{value.quantize(_FOUR, ROUND_HALF_UP) + ZERO:f}"
