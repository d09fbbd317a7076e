"""Filters of texts: what is cut off, replaced, taken apart."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any

from importer.errors import FieldError

MAX_TEXT = 1_000_000


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


def unescape(value: Any) -> str:
    """The text with the signs that HTML writes as names or numbers.

    >>> unescape("Salt &amp; pepper &#8211; 2 &times; 50 g")
    'Salt & pepper – 2 × 50 g'
    """
    return html.unescape(text(value))


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
