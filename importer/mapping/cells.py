"""How cells and fields of an export are read: the declared cleanings, then the texts that mean blank."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from importer.model import SourceSpec

Cells = tuple[str, ...]


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


def row_cleaner(source: SourceSpec) -> Callable[[Cells], list[str]]:
    """The function that cleans all cells of a row which are read: the same as `clean` on each.

    `clean` is called only for cells that may begin as something to clean does, or as a text for blank: few of a row.
    What sorts above all such signs begins with none of them, which one comparison tells.
    """
    clean = cell_cleaner(source)
    trims, apostrophe, quotes = (step in source.clean for step in ("trim", "leading-apostrophe", "quotes"))
    signs = [blank[0] for blank in source.blank if blank] + ["'"] * apostrophe + ['"'] * quotes
    above = chr(min(ord(max(signs)) + 1, 0x10FFFF)) if signs else ""

    def cells(picked: Cells) -> list[str]:
        found = map(str.strip, picked) if trims else picked
        return [cell if cell >= above else cell and clean(cell) for cell in found]

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
