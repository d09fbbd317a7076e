"""Filters of lists and groups of values, as JSON has them and cells pack them."""

from __future__ import annotations

from decimal import Decimal
from math import prod
from typing import Any

from importer.errors import FieldError
from importer.mapping.filters.amounts import money
from importer.mapping.filters.texts import fits, text


def pairs(value: Any, between: str = "\n", mark: str = ":") -> dict[str, str]:
    """A cell of `key: value` pairs as a group of values; the first of a key given twice counts.

    A part without the mark goes on with the value before it.

    >>> pairs("gift: yes\\nnote: ring twice"), pairs("name:Cup | red|quantity:2", "|")
    ({'gift': 'yes', 'note': 'ring twice'}, {'name': 'Cup | red', 'quantity': '2'})
    """
    parts: list[list[str]] = []
    for part in text(value).replace("\r\n", "\n").split(between):
        if mark in part or not parts:
            parts.append([part])
        else:
            parts[-1].append(part)
    found: dict[str, str] = {}
    for pieces in parts:
        key, separator, rest = between.join(pieces).partition(mark)
        if separator:
            found.setdefault(key.strip(), rest.strip())
    return found


def unpack(value: Any, between: str, mark: str = ":") -> list[dict[str, str]]:
    """A list of packed cells as a list of groups; see `pairs`.

    >>> unpack(["name:Mug|quantity:2", "name:Tea|quantity:1"], "|")
    [{'name': 'Mug', 'quantity': '2'}, {'name': 'Tea', 'quantity': '1'}]
    """
    return [pairs(one, between, mark) for one in items(value)]


def items(value: Any) -> list[Any]:
    """A list as it is; one value as a list of one; a blank as an empty list.

    >>> items("a"), items(["a", "b"]), items("")
    (['a'], ['a', 'b'], [])
    """
    if isinstance(value, list):
        return value
    return [] if value == "" else [value]


def concat(value: Any, *others: Any) -> list[Any]:
    """A list with the values of others behind its own.

    >>> concat(["a"], ["b", "c"], "d", "")
    ['a', 'b', 'c', 'd']
    """
    parts = [items(part) for part in (value, *others)]
    fits(sum(map(len, parts)))
    return [one for part in parts for one in part]


def listed(*values: Any) -> list[Any]:
    """The values as a list. Errors: FieldError `type` for a list among them: lists of lists of lists have no end."""
    if any(isinstance(value, list) for value in values):
        raise FieldError("type", "a list inside a list; name the value inside it, or use `map` and `join`")
    return list(values)


def keep(value: Any, key: str, *wanted: Any) -> list[Any]:
    """Those of a list whose `key` is not blank, or is one of `wanted`.

    >>> keep([{"qty": "1"}, {"qty": ""}], "qty")
    [{'qty': '1'}]
    """
    return [one for one in items(value) if (_look(one, key) in wanted if wanted else _look(one, key) != "")]


def pick(value: Any, key: str) -> list[Any]:
    """That key, or dotted path of keys, of each of a list; blanks left out, lists joined into one. In mappings: `map`.

    >>> pick([{"code": "A"}, {}, {"code": "B"}], "code"), pick([{"taxes": [{"rate": 9}]}, {"taxes": []}], "taxes")
    (['A', 'B'], [{'rate': 9}])
    """
    found: list[Any] = []
    for one in items(value):
        there = _look(one, key)
        if isinstance(there, list):
            found.extend(there)
        elif there != "":
            found.append(there)
    return found


def _look(one: Any, path: str) -> Any:
    if isinstance(one, dict) and path in one:
        one = one[path]
    else:
        for key in path.split("."):
            one = one.get(key, "") if isinstance(one, dict) else ""
    return "" if one is None else one


def join(value: Any, between: str = ", ") -> str:
    """A list as one text, without its blanks.

    >>> join(["a", 1, "", None], ", ")
    'a, 1'
    """
    parts = [text(one) for one in items(value) if one is not None and one != ""]
    fits(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def total(value: Any, *keys: str) -> Decimal:
    """The sum of a list of amounts; with keys, of what each of a list has under them, multiplied. In mappings: `sum`.

    >>> total(["1.10", "", 2]), total([{"price": "2.50", "quantity": 3}, {"price": "1"}], "price", "quantity")
    (Decimal('3.10'), Decimal('7.50'))
    """
    if not keys:
        return sum((_amount(one) for one in items(value)), Decimal(0))
    return sum((prod((_amount(_look(one, key)) for key in keys), start=Decimal(1)) for one in items(value)), Decimal(0))


def _amount(value: Any) -> Decimal:
    found = "" if value is None else money(value)
    return Decimal(0) if found == "" else Decimal(found)


def first(value: Any) -> Any:
    """The first of a list, blank where it is empty.

    >>> first(["a", "b"]), first([])
    ('a', '')
    """
    listed = items(value)
    return listed[0] if listed else ""


def rest(value: Any) -> list[Any]:
    """All of a list but the first.

    >>> rest(["a", "b", "c"]), rest("")
    (['b', 'c'], [])
    """
    return items(value)[1:]


def last(value: Any) -> Any:
    """The last of a list, blank where it is empty.

    >>> last(["a", "b"])
    'b'
    """
    listed = items(value)
    return listed[-1] if listed else ""


def count(value: Any) -> int:
    """How many a list has.

    >>> count(["a", "b"]), count("")
    (2, 0)
    """
    return len(items(value))


def unique(value: Any) -> list[Any]:
    """A list without repetitions, in its order.

    >>> unique(["a", "b", "a"])
    ['a', 'b']
    """
    found: dict[Any, Any] = {}
    for one in items(value):
        found.setdefault(_hashable(one), one)
    return list(found.values())


def _hashable(value: Any) -> Any:
    """Equal for equal values, and quick to look up, also for groups and lists."""
    if isinstance(value, dict):
        return frozenset((key, _hashable(one)) for key, one in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def blank(value: Any) -> bool:
    """Whether there is no value. In mappings: `is blank`."""
    return bool(value == "" or value == [] or value == {})


def string(value: Any) -> bool:
    """Whether the value is one text, not a number or a group of values. In mappings: `is string`."""
    return isinstance(value, str)
