"""What stands in a column: whether its texts can be amounts, dates, an order's number, whole lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from importer.currencies import CURRENCIES
from importer.errors import FieldError
from importer.mapping.dates import date_reader
from importer.mapping.filters.amounts import formatted_money
from importer.mapping.roles import LINE, find
from importer.money import parse

Values = dict[str, list[str]]
"""Column -> its texts, blanks left out."""

_DAYS = ("%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")
FORMATS = (
    *("iso", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M"),
    *(day + time for day in _DAYS for time in _TIMES),
    *("%b %d, %Y", "%B %d, %Y", "%b-%d-%y"),
)
SURE = 500
"""Texts of a column that are looked at."""
PACKED = re.compile(r"(.*?)[0-9]+\Z")
LINE_CELL = re.compile(r"(?=.*\|)(?:(?!quantity:|qty:).)*(quantity|qty):(?:(?!quantity:|qty:).)*\Z", re.DOTALL)
"""`name:Mug|quantity:2`: pairs, and one quantity."""
AMOUNTS = ("total", "tax", "shipping", "discount", "refunded", "unit", "amount")


class Packed(NamedTuple):
    """CSV cells that hold whole lines, such as `name:Mug|quantity:2`.

    `column`: the one in which all lines of an order stand, `apart` by that sign; or, where `apart` is "", the beginning
    of the columns that each have one. `keys`: role of a line -> its key.
    """

    column: str
    apart: str
    keys: dict[str, str]


def can_be(role: str, texts: list[str]) -> bool:
    """Whether a column that is called so can be it."""
    if role in AMOUNTS:
        return not texts or is_amount(texts)
    if role == "order":
        return bool(texts) and sum(any(letter.isdigit() for letter in text) for text in texts) * 2 > len(texts)
    if role == "currency":
        return all(re.fullmatch("[A-Z]{3}", text) for text in texts)
    if role == "date":
        return bool(texts) and any(letter.isdigit() for letter in texts[0])
    return role != "email" or not texts or any("@" in text for text in texts)


def is_amount(texts: list[str]) -> bool:
    """Whether nearly all of some texts are amounts."""
    some = texts[:200]
    return sum(amount_filter(text) is not None for text in some) * 10 > 9 * len(some)


def amount_filter(text: str) -> str | None:
    """The filter that reads an amount: none for plain text; None where nothing does."""
    with suppress(FieldError):
        parse(text)
        return ""
    if re.search(r"[0-9]", text) and len(text) < 20 and len(re.findall(r"[A-Za-z]", text)) <= 3:
        with suppress(FieldError):
            formatted_money(text)
            return "formatted_money"
    return None


def packed_lines(values: Values) -> Packed | None:
    """Columns such as line_item_1, line_item_2 that hold a line each; or one that holds them all."""
    for name, texts in values.items():
        numbered = PACKED.match(name)
        if numbered and texts and all(map(LINE_CELL.match, texts)):
            return Packed(numbered[1], "", _packed_keys(texts[0]))
        for apart in (";", "\n"):
            if texts and all(LINE_CELL.match(cell) for text in texts for cell in text.split(apart)):
                return Packed(name, apart, _packed_keys(texts[0].split(apart)[0]))
    return None


def _packed_keys(cell: str) -> dict[str, str]:
    names = [pair.partition(":")[0].strip() for pair in cell.split("|") if ":" in pair]
    return {role: found[0] for role, patterns in LINE.items() if (found := find(patterns, names))}


def forms(texts: list[str]) -> dict[str, list[datetime]]:
    """The forms in which every text is a date, and what they make of them."""
    return {form: read for form in FORMATS if (read := _read(texts, form))}


def _read(texts: list[str], form: str) -> list[datetime]:
    try:
        return list(map(date_reader((form,), UTC), texts))
    except FieldError:
        return []


TELLING: dict[str, Callable[[list[str]], Any]] = {
    "date": forms,
    "currency": lambda texts: all(text in CURRENCIES for text in texts),
    "email": lambda texts: all(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) for text in texts),
}
"""Roles that what stands in a column tells by itself."""
