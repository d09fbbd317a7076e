"""What an expression can do to a value: pure functions, listed in FILTERS, each with its example.

A blank value is the empty text, whatever the source wrote for it. A filter leaves a blank blank, so that the
mapping's own `otherwise` decides; a value that it cannot use is a FieldError of that one order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import prod
from typing import Any

from importer.errors import FieldError
from importer.mapping.places import country_code, state_name
from importer.money import parse

MAX_TEXT = 1_000_000
LONGEST_ADDRESS = 320
"""Source: RFC 3696 errata 1690: 64 characters before the @, 255 behind it."""


def text(value: Any) -> str:
    """The value as text.

    >>> text(Decimal("10.25")), text(7), text("01234")
    ('10.25', '7', '01234')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict | list):
        raise FieldError("type", "a group of values cannot be one text; name the value inside, or use `map` and `join`")
    return str(value)


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


def formatted_money(value: Any, decimal: str = "", group: str = "") -> Any:
    """An exact amount from text with a currency sign or another notation.

    The decimal and grouping signs are stated or told by the amount itself: the last one, with one or two
    digits behind. A list gives the amount of each.

    >>> formatted_money("$1,234.50"), formatted_money("280,98 zł"), formatted_money("1.234,500", ",", ".")
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
    signs = (decimal, group) if decimal else _signs(plain)
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


def _signs(plain: str) -> tuple[str, str]:
    """The decimal and the grouping sign of an amount. Errors: FieldError `money` where it may be read in two ways."""
    tail = re.search(r"([.,])[0-9]{1,2}\)?\Z", plain)
    if tail:
        return tail[1], "," if tail[1] == "." else "."
    if re.search(r"[.,]", plain):
        raise FieldError("money", f"'{plain[:40]}' can be read in two ways; state the signs: formatted_money('.', ',')")
    return ".", ","


def minor_units(value: Any, digits: int = 2) -> Any:
    """An amount that the source counts in cents.

    >>> minor_units("28098"), minor_units(500, 0)
    (Decimal('280.98'), Decimal('500'))
    """
    amount = money(value)
    return amount if amount == "" else amount.scaleb(-digits)


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


def first_name(value: Any) -> str:
    """All but the last word of a name; a single word is the first name.

    >>> first_name("Ana María López"), first_name("Prince"), first_name("")
    ('Ana María', 'Prince', '')
    """
    words = text(value).split()
    return " ".join(words[:-1] or words)


def last_name(value: Any) -> str:
    """The last word of a name of two words or more.

    >>> last_name("Ana María López"), last_name("Prince")
    ('López', '')
    """
    words = text(value).split()
    return words[-1] if len(words) > 1 else ""


def country(value: Any) -> str:
    """The ISO 3166-1 alpha-2 code of a country by code, alpha-3 or English name.

    >>> country("United Kingdom"), country("DEU"), country("Holland")
    ('GB', 'DE', 'NL')
    """
    return country_code(text(value))


def state(value: Any, country: Any = "") -> str:
    """A state's full name from its code in that country; other text unchanged.

    >>> state("NY", "US"), state("Bavaria", "DE"), state("", "BE")
    ('New York', 'Bavaria', '')
    """
    return state_name(text(value), text(country))


_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+\Z")


def email(value: Any) -> str:
    """An e-mail address as it is; blank where the text is none.

    >>> email(" ana@example.com "), email("no e-mail")
    ('ana@example.com', '')
    """
    return _email_of_text(text(value))


def _email_of_text(text: str) -> str:
    address = text.strip()
    return address if len(address) <= LONGEST_ADDRESS and _EMAIL.match(address) else ""


_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,3}\Z", re.IGNORECASE)


def phone(value: Any) -> str:
    """A phone number as it is. A number that a spreadsheet rounded (9.23E+11) is an error: its digits are gone.

    >>> phone("+27 82 555 0100")
    '+27 82 555 0100'
    """
    number = text(value).strip()
    if _ROUNDED.match(number):
        raise FieldError("rounded", f"'{number}' lost its digits in a spreadsheet; export again, do not resave")
    return number


def zip_code(value: Any) -> str:
    """A post code as it is; blank where it is shorter than the two characters that V2 wants. In mappings: `zip`.

    >>> zip_code("01234"), zip_code("."), zip_code("")
    ('01234', '', '')
    """
    return _zip_of_text(text(value))


def _zip_of_text(text: str) -> str:
    code = text.strip()
    return code if len(code) > 1 else ""


def without_prefix(value: Any, prefix: str) -> str:
    """The text without that beginning, where it has it.

    >>> without_prefix("#1001", "#"), without_prefix("1001", "#")
    ('1001', '1001')
    """
    return text(value).removeprefix(prefix)


def without_suffix(value: Any, suffix: str) -> str:
    """The text without that ending, where it has it.

    >>> without_suffix("10 EUR", " EUR")
    '10'
    """
    return text(value).removesuffix(suffix)


def before(value: Any, mark: str) -> str:
    """The text before the first `mark`; all of it where there is none.

    >>> before("DE-BE", "-")
    'DE'
    """
    return text(value).split(mark, 1)[0]


def after(value: Any, mark: str) -> str:
    """The text after the first `mark`; blank where there is none.

    >>> after("DE-BE", "-"), after("BE", "-")
    ('BE', '')
    """
    return text(value).partition(mark)[2]


def replace(value: Any, old: str, new: str = "") -> str:
    """The text with each `old` replaced.

    >>> replace("a_b_c", "_", " ")
    'a b c'
    """
    whole = text(value)
    if not old:
        return whole
    fits(len(whole) + whole.count(old) * (len(new) - len(old)))
    return whole.replace(old, new)


def fits(length: int) -> None:
    """Nothing. Errors: FieldError `size` where a text of that length would be longer than any source's or store's.

    Asked before a text is made, so that none grows step by step until memory is full.
    """
    if length > MAX_TEXT:
        raise FieldError("size", f"a text of {length:,} characters is longer than any field takes")


def glue(*parts: str) -> str:
    """The texts one after the other, within the size of any field."""
    whole = "".join(parts)
    fits(len(whole))
    return whole


def trim(value: Any) -> str:
    """The text without blanks at its ends.

    >>> trim("  a b ")
    'a b'
    """
    return text(value).strip()


def lower(value: Any) -> str:
    """The text in small letters.

    >>> lower("PAID")
    'paid'
    """
    return text(value).lower()


def upper(value: Any) -> str:
    """The text in capital letters.

    >>> upper("usd")
    'USD'
    """
    return text(value).upper()


def digits(value: Any) -> str:
    """Only the digits of a text.

    >>> digits("Order no. 10-01")
    '1001'
    """
    return "".join(letter for letter in text(value) if letter in "0123456789")


def shorten(value: Any, length: int) -> str:
    """The text cut to `length` characters, the last an ellipsis; the cut is recorded as `shortened`.

    >>> shorten("Wooden train set", 10)
    'Wooden tr…'
    """
    whole = text(value)
    return whole if len(whole) <= length else f"{whole[: max(length - 1, 0)]}…"[:length]


def split(value: Any, mark: str) -> list[str]:
    """The parts of a text between marks, without the blank ones.

    >>> split("red, blue,", ",")
    ['red', 'blue']
    """
    return [part.strip() for part in text(value).split(mark) if part.strip()] if mark else [text(value)]


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
    """A list as one text.

    >>> join(["a", 1, ""], ", ")
    'a, 1'
    """
    parts = [text(one) for one in items(value) if one != ""]
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
    "lower": Filter(lower, "text", of_text=str.lower),
    "upper": Filter(upper, "text", of_text=str.upper),
    "replace": Filter(replace, "text", (1, 2)),
    "shorten": Filter(shorten, "text", (1, 1)),
    "without_prefix": Filter(without_prefix, "text", (1, 1), str.removeprefix),
    "without_suffix": Filter(without_suffix, "text", (1, 1), str.removesuffix),
    "before": Filter(before, "text", (1, 1)),
    "after": Filter(after, "text", (1, 1)),
    "digits": Filter(digits, "text"),
    "money": Filter(money, "money", of_text=lru_cache(8192)(money)),
    "formatted_money": Filter(formatted_money, "money", (0, 2)),
    "minor_units": Filter(minor_units, "money", (0, 1)),
    "abs": Filter(absolute, "money"),
    "round": Filter(rounded, "money", (0, 1)),
    "int": Filter(integer, "int"),
    "first_name": Filter(first_name, "text", of_text=lru_cache(512)(first_name)),
    "last_name": Filter(last_name, "text", of_text=lru_cache(512)(last_name)),
    "country": Filter(country, "text", of_text=country_code),
    "state": Filter(state, "text", (0, 1), lru_cache(8192)(state)),
    "email": Filter(email, "text", of_text=_email_of_text),
    "phone": Filter(phone, "text", of_text=lru_cache(512)(phone)),
    "zip": Filter(zip_code, "text", of_text=_zip_of_text),
    "split": Filter(split, "list", (1, 1)),
    "pairs": Filter(pairs, "any", (0, 2)),
    "unpack": Filter(unpack, "list", (1, 2)),
    "items": Filter(items, "list"),
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


def blank(value: Any) -> bool:
    """Whether there is no value. In mappings: `is blank`."""
    return bool(value == "" or value == [] or value == {})


def string(value: Any) -> bool:
    """Whether the value is one text, not a number or a group of values. In mappings: `is string`."""
    return isinstance(value, str)


TESTS: dict[str, Callable[[Any], bool]] = {"blank": blank, "string": string}
