"""What an expression can do to a value: pure functions, listed in FILTERS, each with its example.

A blank value is the empty text, whatever the source wrote for it. A filter leaves a blank blank, so that the
mapping's own `otherwise` decides; a value that it cannot use is a FieldError of that one order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from importer.mapping.countries import country_code
from importer.mapping.filters.amounts import (
    absolute,
    formatted_money,
    integer,
    minor_unit,
    minor_units,
    money,
    money_of_text,
    rounded,
)
from importer.mapping.filters.lists import (
    blank,
    concat,
    count,
    first,
    items,
    join,
    keep,
    last,
    pairs,
    pick,
    rest,
    string,
    total,
    unique,
    unpack,
)
from importer.mapping.filters.people import (
    country,
    email,
    email_of_text,
    first_name,
    ip_v4,
    ip_v6,
    last_name,
    phone,
    state,
    zip_code,
    zip_of_text,
)
from importer.mapping.filters.texts import (
    after,
    before,
    digits,
    lower,
    replace,
    shorten,
    split,
    text,
    trim,
    unescape,
    upper,
    without_prefix,
    without_suffix,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: the function, what it gives, and the fewest and most arguments behind the value.

    `of_text` does the same where the value and all arguments are known to be text: the compiler knows it of CSV cells.
    """

    function: Callable[..., Any]
    gives: str
    arguments: tuple[int, int] = (0, 0)
    of_text: Callable[..., Any] | None = None


FILTERS: dict[str, Filter] = {
    "text": Filter(text, "text"),
    "trim": Filter(trim, "text", of_text=str.strip),
    "unescape": Filter(unescape, "text"),
    "lower": Filter(lower, "text", of_text=str.lower),
    "upper": Filter(upper, "text", of_text=str.upper),
    "replace": Filter(replace, "text", (1, 2)),
    "shorten": Filter(shorten, "text", (1, 1)),
    "without_prefix": Filter(without_prefix, "text", (1, 1), str.removeprefix),
    "without_suffix": Filter(without_suffix, "text", (1, 1), str.removesuffix),
    "before": Filter(before, "text", (1, 1)),
    "after": Filter(after, "text", (1, 1)),
    "digits": Filter(digits, "text"),
    "money": Filter(money, "money", of_text=lru_cache(8192)(money_of_text)),
    "formatted_money": Filter(formatted_money, "money", (0, 2)),
    "minor_units": Filter(minor_units, "money", (0, 1)),
    "minor_unit": Filter(minor_unit, "money"),
    "abs": Filter(absolute, "money"),
    "round": Filter(rounded, "money", (0, 1)),
    "int": Filter(integer, "int"),
    "first_name": Filter(first_name, "text", of_text=lru_cache(512)(first_name)),
    "last_name": Filter(last_name, "text", of_text=lru_cache(512)(last_name)),
    "country": Filter(country, "text", of_text=country_code),
    "state": Filter(state, "text", (0, 1), lru_cache(8192)(state)),
    "email": Filter(email, "text", of_text=email_of_text),
    "phone": Filter(phone, "text", of_text=lru_cache(512)(phone)),
    "ip_v4": Filter(ip_v4, "text"),
    "ip_v6": Filter(ip_v6, "text"),
    "zip": Filter(zip_code, "text", of_text=zip_of_text),
    "split": Filter(split, "list", (1, 1)),
    "pairs": Filter(pairs, "any", (0, 2)),
    "unpack": Filter(unpack, "list", (1, 2)),
    "items": Filter(items, "list"),
    "concat": Filter(concat, "list", (1, 5)),
    "map": Filter(pick, "list", (1, 1)),
    "keep": Filter(keep, "list", (1, 20)),
    "join": Filter(join, "text", (0, 1)),
    "sum": Filter(total, "money", (0, 3)),
    "first": Filter(first, "any"),
    "last": Filter(last, "any"),
    "rest": Filter(rest, "list"),
    "count": Filter(count, "int"),
    "unique": Filter(unique, "list"),
}
"""The filters that need nothing but their value. `date` and `table` are bound to a mapping: see `program.py`."""

BOUND: dict[str, Filter] = {
    "cells": Filter(lambda value: value, "list", (1, 1)),
    "date": Filter(lambda value: value, "datetime", (0, 1)),
    "table": Filter(lambda value: value, "any", (1, 1)),
}
"""The filters that read the mapping's sections, or the columns of a row: `order | cells('line_item_')`."""

TESTS: dict[str, Callable[[Any], bool]] = {"blank": blank, "string": string}
