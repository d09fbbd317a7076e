"""What generated code calls: the names that a compiled mapping finds around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from importer.cleaning import cleaner, row_cleaner
from importer.errors import FieldError, Undecided
from importer.mapping.cells import field_reader, picker
from importer.mapping.dates import DateReader, clock_change, date_reader, rfc_2822, zone
from importer.mapping.filters import FILTERS, TESTS
from importer.mapping.filters.amounts import add, divide, money, multiply, negate, subtract
from importer.mapping.filters.lists import items, listed
from importer.mapping.filters.texts import glue, text
from importer.mapping.hanging import hanging
from importer.mapping.linked import Link
from importer.mapping.notes import Notes
from importer.mapping.spec import Spec
from importer.mapping.tables import table_reader
from importer.model import Body
from importer.money import MODES, ZERO, Amount, Fee, Line, Statement, four_places, settle


def names_of(spec: Spec) -> dict[str, Any]:
    """Every name that generated code may use, and no builtin but `len`."""
    clean = cleaner(spec.source)
    look = field_reader(clean)
    filters = {f"f_{name}": known.function for name, known in FILTERS.items()}
    of_text = {f"t_{name}": known.of_text for name, known in FILTERS.items() if known.of_text}
    tests = {f"is_{name}": test for name, test in TESTS.items()}
    table = table_reader(dict(spec.tables))
    return {
        "__builtins__": {"len": len, "str": str, "Exception": Exception, "isinstance": isinstance},
        **filters,
        **of_text,
        **tests,
        "f_date": _date_filter(spec),
        "t_date": date_reader(spec.date_formats, spec.zone),
        "f_table": table,
        "t_table": lru_cache(4096)(lambda name, *keys: table(keys, name)),  # few keys make most look-ups
        "noted_table": _noted_table(spec),
        "noted_shorten": _noted_shorten,
        "noted_last_name": _noted("last_name", "one-word-name"),
        "noted_email": _noted("email", "email-dropped"),
        "noted_ip_v6": _noted("ip_v6", "ip-dropped"),
        "clean": clean,
        "hit": {}.__setitem__ if spec.taken is None else spec.taken.__setitem__,
        "cells": row_cleaner(spec.source),
        "ZERO": ZERO,
        "home_zone": spec.zone,
        "look": look,
        "look_path": lambda value, keys: _look_path(look, value, keys),
        **{one.__name__: one for one in _CALLED},
    }


def _look_path(look: Callable[[Any, Any], Any], value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = look(value, key)
    return value


def _date_filter(spec: Spec) -> Callable[..., Any]:
    @lru_cache(64)
    def reader(home: str) -> DateReader:
        return date_reader(spec.date_formats, zone(home) if home else spec.zone)

    def date(value: Any, home: str = "") -> Any:
        """The instant of a date; blank of a blank. `home` names the zone of a time that has none."""
        if isinstance(value, str):
            return reader(home)(value) if value else ""
        if isinstance(value, datetime):
            return value
        raise FieldError("date", f"a {type(value).__name__} is not a date")

    return date


def _noted_shorten(note: Notes, path: Any, origin: str, value: Any, length: int) -> str:
    whole = text(value)
    if len(whole) <= length:
        return whole
    cut = str(FILTERS["shorten"].function(whole, length))
    note("shortened", path, f"{len(whole)} characters", f"{length} characters", origin)
    return cut


def _noted_table(spec: Spec) -> Callable[..., Any]:
    """The `table` filter over a snapshot: what the store lacks is noted."""

    def noted(note: Notes, path: Any, origin: str, value: Any, name: str) -> Any:
        rows: Any = spec.tables[name]
        link: Link = rows.find(text(value))
        if link.code:
            note(link.code, path, link.wanted, link.value or "", origin)
        return link.value

    return noted


def _noted(name: str, code: str) -> Callable[..., str]:
    """A filter that may give up its value, recording under `code` when it does."""
    function = FILTERS[name].function

    def noted(note: Notes, path: Any, origin: str, value: Any) -> str:
        result: str = function(value)
        if result == "" and value != "":
            note(code, path, text(value), "", origin)
        return result

    return noted


def plain(value: Any) -> Any:
    """A value of unknown type as the body takes it. Errors: FieldError for a group of values in a single field."""
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return four_places(value)
    if isinstance(value, datetime):
        return rfc_2822(value)
    raise FieldError("type", f"a {type(value).__name__} of values cannot be one field; name the value inside it")


def tidy(pieces: list[str]) -> str:
    """A template's text: no blank lines at its ends, never two in a row, none that ends in blanks."""
    text = "".join(pieces).strip()
    if "\n\n\n" not in text and " \n" not in text and "\r" not in text:
        return text
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n")


def first_text(group: Body) -> str:
    """A few words of a part, for a note about its use."""
    return ", ".join(str(value) for value in list(group.values())[:3])


def amount(value: Any) -> Decimal:
    """A stated amount; a blank is nothing."""
    found = money(value)
    return found if isinstance(found, Decimal) else ZERO


def maybe_amount(value: Any) -> Decimal | None:
    """A stated amount, None where the source leaves it blank."""
    found = money(value)
    return None if found == "" else found


def total_amount(value: Any) -> Decimal:
    """The stated total. Errors: FieldError `no-total` for a blank."""
    found = maybe_amount(value)
    if found is None:
        raise FieldError("no-total", "the order's total is blank in the source; it cannot be proved")
    return found


def tax_mode(value: Any) -> str:
    """A tax mode that a mapping reads from the source. Errors: FieldError for any other word."""
    if value not in MODES:
        raise FieldError("tax-mode", f"'{value}' is none of {', '.join(MODES)}")
    return str(value)


_CALLED: tuple[Callable[..., Any], ...] = (
    *(add, subtract, multiply, divide, negate),
    *(text, glue, listed, items, plain, tidy, first_text, picker),
    *(amount, maybe_amount, total_amount, tax_mode),
    *(Amount, Fee, Line, Statement, Decimal, FieldError, Undecided),
    *(settle, four_places, rfc_2822, clock_change, hanging),
)
"""What generated code calls by its own name."""
