"""A first guess at what an unknown export holds: from the names of its columns, and from what stands in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from importer.mapping.contents import (
    AMOUNTS,
    SURE,
    TELLING,
    Packed,
    Values,
    amount_filter,
    can_be,
    forms,
    is_amount,
    packed_lines,
)
from importer.mapping.roles import ITEM_LIST, LINE, ORDER, SIDES, component, find, words

Row = Mapping[str, Any]

MOST_WORDS = 40
PLACE = ("city", "zip", "country_iso2")
PERSON = ("first_name", "last_name", "company", "phone")


@dataclass(slots=True)
class Guess:
    """What was found. Names are columns of CSV, or dotted paths of JSON: `order` and `line` by role, addresses by side.

    `lines`: the path of a JSON order's list of lines. `packed`: CSV cells that hold whole lines. `date_format` "" where
    no form fits, `other_format` one that fits as well; `naive` where the dates name no zone. `by_value`: roles that
    only what stands in a column tells.
    """

    order: dict[str, str] = field(default_factory=dict)
    line: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: str = ""
    packed: Packed | None = None
    date_format: str = ""
    other_format: str = ""
    naive: bool = False
    by_value: set[str] = field(default_factory=set)
    money: dict[str, str] = field(default_factory=dict)
    """Role -> the filter that an amount needs."""
    statuses: dict[str, int] = field(default_factory=dict)
    """Word -> orders of the sample that have it."""
    varying: Values = field(default_factory=dict)
    """CSV: the columns that differ between the rows of one order."""
    values: Values = field(default_factory=dict)


def infer(rows: Sequence[Row], is_json: bool) -> Guess:
    """The guess from an export's first rows (CSV: cells by column) or orders (JSON objects)."""
    guess = Guess()
    if is_json:
        guess.lines = _list_of_lines(rows)
        _roles(guess, _columns(dict(_leaves(row)) for row in rows))
        lines = [line for row in rows for line in _at(row, guess.lines)] if guess.lines else []
        _line_roles(guess, _columns(dict(_leaves(line)) for line in lines))
    else:
        values = _columns(rows)
        _roles(guess, values)
        varying = _varying(rows, guess.order.get("order", ""))
        guess.varying = {name: values[name] for name in values if name in varying}
        _line_roles(guess, guess.varying)
        _line_roles(guess, {name: values[name] for name in values if name not in guess.order.values()})
        guess.packed = packed_lines(values)
    _dates(guess)
    _amounts(guess)
    _statuses(guess)
    return guess


def _columns(rows: Any) -> Values:
    """Every column with its texts, blanks left out."""
    values: Values = {}
    for row in rows:
        for name, value in row.items():
            texts = values.setdefault(name, [])
            if value not in (None, ""):
                texts.append(str(value))
    groups = {".".join(name.split(".")[:length]) for name in values for length in range(1, name.count(".") + 1)}
    return {name: texts for name, texts in values.items() if name not in groups}


def _leaves(value: Row, path: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        within = f"{path}.{key}" if path else key
        if isinstance(inner, dict):
            yield from _leaves(inner, within)
        elif not isinstance(inner, list) and "." not in key:
            yield within, inner


def _at(row: Row, path: str) -> list[Row]:
    value: Any = row
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _list_of_lines(rows: Sequence[Row]) -> str:
    """The path of the list whose items have a quantity; the shallowest of several."""
    found: Counter[str] = Counter()
    for row in rows:
        for path, items in _lists(row, ""):
            if any(ITEM_LIST.fullmatch(words(key)) for item in items for key in item):
                found[path] += 1
    return min(found, key=lambda path: (path.count("."), -found[path]), default="")


def _lists(value: Row, path: str) -> Iterator[tuple[str, list[Row]]]:
    for key, inner in value.items():
        within = f"{path}.{key}" if path else key
        if isinstance(inner, dict):
            yield from _lists(inner, within)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield within, [item for item in inner if isinstance(item, dict)]


def _roles(guess: Guess, values: Values) -> None:
    """The order's own columns: by name, and only where what stands in them can be it."""
    guess.values = values
    filled = [name for name, texts in values.items() if texts]
    for role, patterns in ORDER.items():
        named = [*find(patterns, filled), *find(patterns, [name for name in values if name not in filled])]
        fitting = [name for name in named if name not in guess.order.values() and can_be(role, values[name])]
        if fitting:
            guess.order[role] = fitting[0]
    for side in SIDES:
        fields = {part: name for name in reversed(values) if (part := component(name, side))}
        if fields:
            guess.addresses[side] = fields
    _address_of_no_side(guess, values)
    _by_value(guess, values)


def _address_of_no_side(guess: Guess, values: Values) -> None:
    """An export of one address may name no side: its `Street` and `Zip` are the billing address."""
    free = [name for name in reversed(values) if name not in guess.order.values()]
    fields = {part: name for name in free if (part := component(name, "")) and part != "name"}
    billing = guess.addresses.get("billing", {})
    if "street_1" in fields or (not guess.addresses and not fields.keys().isdisjoint(PLACE)):
        guess.addresses["billing"] = fields | billing
    elif "street_1" in billing:
        person = {part: name for part, name in fields.items() if part in PERSON}
        guess.addresses["billing"] = ({} if "name" in billing else person) | billing


def _line_roles(guess: Guess, values: Values) -> None:
    taken = {name for role, name in guess.order.items() if role == "order"}
    guess.values |= {f"line {name}": texts for name, texts in values.items()}
    for role, patterns in LINE.items():
        test = is_amount if role in ("quantity", "unit", "amount") else bool
        fitting = [name for name in find(patterns, values) if name not in taken and test(values[name])]
        if fitting:
            guess.line.setdefault(role, fitting[0])


def _varying(rows: Sequence[Row], order: str) -> set[str]:
    """The columns that differ between the rows of one order; empty where no order has two rows."""
    varying: set[str] = set()
    for _, members in groupby(rows, lambda row: row.get(order, "")):
        group = list(members)
        for name in group[0]:
            if len({row.get(name, "") for row in group} - {""}) > 1:
                varying.add(name)
    return varying


def _dates(guess: Guess) -> None:
    texts = guess.values.get(guess.order.get("date", ""), [])[:SURE]
    if not (fitting := forms(texts)):
        return
    guess.date_format, read = next(iter(fitting.items()))
    guess.other_format = next((form for form, other in fitting.items() if other != read), "")
    guess.naive = not re.search(r"([+-][0-9]{2}:?[0-9]{2}|Z)\Z", texts[0])


def _by_value(guess: Guess, values: Values) -> None:
    """Roles that no name tells: the first column in which every text is a date, a currency, an e-mail address."""
    for role, fits in TELLING.items():
        if role in guess.order:
            continue
        free = [name for name, texts in values.items() if texts and name not in guess.order.values()]
        if found := next((name for name in free if fits(values[name][:SURE])), ""):
            guess.order[role] = found
            guess.by_value.add(role)


def _amounts(guess: Guess) -> None:
    roles = {role: name for role, name in guess.order.items() if role in AMOUNTS}
    roles |= {f"line {role}": f"line {name}" for role, name in guess.line.items() if role in AMOUNTS}
    for role, name in roles.items():
        needed = {amount_filter(text) for text in guess.values.get(name, [])[:200]} - {None, ""}
        if needed:
            guess.money[role] = "formatted_money"


def _statuses(guess: Guess) -> None:
    texts = guess.values.get(guess.order.get("status", ""), [])
    found = Counter(text.strip().lower() for text in texts)
    if len(found) > MOST_WORDS:  # no vocabulary
        guess.order.pop("status")
        return
    guess.statuses = dict(found.most_common())
