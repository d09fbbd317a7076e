"""How cells and fields of an export are read: the declared cleanings, then the texts that mean blank."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from importer.model import SourceSpec

Cells = tuple[str, ...]
_SEPARATOR = "\x1f"


def cell_cleaner(source: SourceSpec) -> Callable[[str], str]:
    """The function that cleans one cell."""
    blanks = frozenset(source.blank)
    trim, apostrophe, quotes = (step in source.clean for step in ("trim", "leading-apostrophe", "quotes"))

    def clean(cell: str) -> str:
        if trim:
            cell = cell.strip()
        if apostrophe and cell[:1] == "'":
            cell = cell[1:]
        if quotes and cell[:1] == '"' and cell[-1:] == '"' and len(cell) > 1:
            cell = cell[1:-1]
        return "" if cell in blanks else cell

    return clean


def row_cleaner(source: SourceSpec) -> Callable[[Cells], Cells]:
    """The function that cleans all cells of a row which are read, at once: the same as `clean` on each.

    The cells are joined, the signs at their edges replaced, and split again: a few steps in C for the whole row instead
    of some in Python for each cell. A row that itself holds the separator is cleaned cell by cell.
    """
    clean = cell_cleaner(source)
    trims, apostrophe, quotes = (step in source.clean for step in ("trim", "leading-apostrophe", "quotes"))
    signs = [f"{_SEPARATOR}'"] * apostrophe + [f"{_SEPARATOR}{blank}{_SEPARATOR}" for blank in source.blank if blank]

    def cells(picked: Cells) -> Cells:
        found = tuple(map(str.strip, picked)) if trims else picked
        joined = _SEPARATOR.join(("", *found, ""))
        if quotes and '"' in joined:
            return tuple(map(clean, picked))
        for sign in signs:
            if sign in joined:
                break
        else:
            return found
        if apostrophe:
            joined = joined.replace(f"{_SEPARATOR}'", _SEPARATOR)
        cleaned = joined.split(_SEPARATOR)[1:-1]
        if len(cleaned) != len(picked):
            return tuple(map(clean, picked))
        return tuple(["" if cell in blanks else cell for cell in cleaned])

    blanks = frozenset(source.blank)
    return cells


def picker(*indices: int) -> Callable[[list[str]], Cells]:
    """The function that takes those cells of a row."""
    if len(indices) == 1:
        return lambda row: (row[indices[0]],)
    return itemgetter(*indices)


def field_reader(clean: Callable[[str], str]) -> Callable[[Any, Any], Any]:
    """The look-up in JSON data: what stands under a key or at an index; blank where there is nothing."""

    def look(value: Any, key: Any) -> Any:
        if isinstance(value, dict):
            found = value.get(key, "")
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            found = value[key]
        else:
            return ""
        if isinstance(found, str):
            return clean(found)
        return "" if found is None else found

    return look
