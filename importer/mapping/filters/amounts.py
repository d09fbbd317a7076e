"""Filters of amounts and numbers: exact, and whatever is no amount is an error."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from importer.errors import FieldError
from importer.mapping.filters.texts import text
from importer.money import minor_digits, parse


def money(value: Any) -> Any:
    """An exact amount from plain decimal text or a number.

    >>> money("1234.50"), money(10), money("")
    (Decimal('1234.50'), Decimal('10'), '')
    """
    if isinstance(value, str):
        return parse(value) if value else ""
    if isinstance(value, Decimal):
        return parse(format(value, "f"))
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise FieldError("money", f"a {type(value).__name__} is not an amount")


def money_of_text(text: str) -> Any:
    """As `money`, where the value is known to be text. It remembers nothing: who calls it does, once for each text."""
    return parse.__wrapped__(text) if text else ""


def formatted_money(value: Any, decimal: str = "", group: str = "") -> Any:
    """An exact amount from text with a currency sign or another notation.

    The decimal and grouping signs are stated or told by the amount itself; only such as 1.234 can be read in two
    ways, and is an error where no sign is stated. A list gives the amount of each.

    >>> formatted_money("$1,234.50"), formatted_money("280,98 zł"), formatted_money("1.234,500", ",")
    (Decimal('1234.50'), Decimal('280.98'), Decimal('1234.500'))
    """
    if isinstance(value, list):
        return [formatted_money(one, decimal, group) for one in value]
    if not isinstance(value, str):
        return money(value)
    if not value.strip():
        return ""
    written = _WRITTEN.fullmatch(value.strip())
    if written is None or bool(written["open"]) != bool(written["close"]):
        raise FieldError("money", f"'{value[:40]}' is not an amount with or without a currency sign")
    plain = _GROUP_BLANK.sub("", written["number"]).strip()
    signs = (decimal, group or _OTHER.get(decimal, "")) if decimal else _signs(plain)
    for mark in {"'", "’", signs[1]} - {signs[0], ""}:
        plain = plain.replace(mark, "")
    negative = written["open"] or (written["before"] + written["after"]).strip("+")
    return money(f"{'-' if negative else ''}{plain.replace(signs[0], '.')}")


_CURRENCY = r"(?:[^\W\d_]{0,3}[$€£¥₹₽₺₩₫฿₪₴₦]|[^\W\d_]{1,4}\.?)"

_WRITTEN = re.compile(
    rf"(?P<open>\()?\s*(?P<before>[-+\u2212]?)\s*(?:{_CURRENCY})?\s*(?P<after>[-+\u2212]?)\s*"
    rf"(?P<number>[0-9][0-9.,'’\s]*|[.,][0-9]+)\s*(?:{_CURRENCY})?\s*(?P<close>\))?"
)
"""An amount as shops write it: one sign, one currency before or behind it, and digits; nothing else is an amount."""

_GROUP_BLANK = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")

_OTHER = {".": ",", ",": "."}

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")


def _signs(plain: str) -> tuple[str, str]:
    """The decimal and the grouping sign of an amount. Errors: FieldError `money` where it may be read in two ways."""
    marks = [sign for sign in plain if sign in _OTHER]
    if not marks:
        return ".", ","
    if _GROUPED.fullmatch(plain):
        if len(marks) == 1:
            said = f"'{plain[:40]}' can be read in two ways; state the decimal sign: formatted_money('.')"
            raise FieldError("money", said)
        return _OTHER[marks[0]], marks[0]
    return marks[-1], _OTHER[marks[-1]]


def minor_units(value: Any, digits: int = 2) -> Any:
    """An amount that the source counts in cents.

    >>> minor_units("28098"), minor_units(500, 0)
    (Decimal('280.98'), Decimal('500'))
    """
    amount = money(value)
    return amount if amount == "" else amount.scaleb(-digits)


def minor_unit(value: Any) -> Any:
    """The smallest amount of a currency.

    >>> minor_unit("EUR"), minor_unit("JPY"), minor_unit("")
    (Decimal('0.01'), Decimal('1'), '')
    """
    currency = text(value)
    return Decimal(1).scaleb(-minor_digits(currency)) if currency else ""


def absolute(value: Any) -> Any:
    """The amount without its sign.

    >>> absolute("-3.30")
    Decimal('3.30')
    """
    amount = money(value)
    return amount if amount == "" else abs(amount)


def rounded(value: Any, digits: int = 2) -> Any:
    """The amount rounded to so many decimals, a half away from zero, as shops round. In mappings: `round`.

    >>> rounded("22.9450"), rounded("1.5", 0), rounded("")
    (Decimal('22.95'), Decimal('2'), '')
    """
    amount = money(value)
    return amount if amount == "" else amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def integer(value: Any) -> Any:
    """A whole number.

    >>> integer("42"), integer("7.0"), integer("")
    (42, 7, '')
    """
    amount = money(value)
    if amount == "":
        return ""
    if amount != int(amount):
        raise FieldError("number", f"'{amount}' is not a whole number")
    return int(amount)


def add(left: Any, right: Any) -> Any:
    """Sum of two numbers; a text is an error that names the `money` filter."""
    return _number(left) + _number(right)


def subtract(left: Any, right: Any) -> Any:
    """Difference of two numbers."""
    return _number(left) - _number(right)


def multiply(left: Any, right: Any) -> Any:
    """Product of two numbers; never a repeated text."""
    return _number(left) * _number(right)


def divide(left: Any, right: Any) -> Any:
    """Quotient of two numbers, exact to 28 digits. Errors: FieldError `money` for a division by 0."""
    divisor = _number(right)
    if not divisor:
        raise FieldError("money", "a division by 0")
    return Decimal(_number(left)) / divisor


def negate(value: Any) -> Any:
    """The number with the other sign."""
    return -_number(value)


def _number(value: Any) -> Any:
    if value == "":
        return 0
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        if not -(10**24) < value < 10**24:
            raise FieldError("money", "a number larger than any order's money")
        return value
    raise FieldError("type", f"{_shown(value)} is no number; put it through `| money` first")


def _shown(value: Any) -> str:
    return f"'{value[:40]}'" if isinstance(value, str) else f"a {type(value).__name__}"
