"""Cells as they are read: the cleanings that a mapping declares, then the texts that mean blank."""

from __future__ import annotations

from collections.abc import Callable

from importer.model import SourceSpec


def without_quotes(cell: str) -> str:
    """The cell without double quotes around the whole of it.

    >>> without_quotes('"015031574749"'), without_quotes('"')
    ('015031574749', '"')
    """
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


CLEANINGS = ("trim", "leading-apostrophe", "quotes")
"""The cleanings of `source.clean`, in the order in which they are applied; an apostrophe marks text in spreadsheets."""


def cleaner(source: SourceSpec) -> Callable[[str], str]:
    """The function that cleans one cell, or one order key.

    >>> cleaner(SourceSpec("csv", "Id", clean=("trim", "leading-apostrophe"), blank=("", "-")))(" '0157")
    '0157'
    """
    trims, apostrophe, quotes = (name in source.clean for name in CLEANINGS)
    blanks = frozenset(source.blank)

    def clean(cell: str) -> str:
        if trims:
            cell = cell.strip()
        if apostrophe:
            cell = cell.removeprefix("'")
        if quotes:
            cell = without_quotes(cell)
        return "" if cell in blanks else cell

    return clean


def row_cleaner(source: SourceSpec) -> Callable[[tuple[str, ...]], list[str]]:
    """The function that cleans all cells of a row which are read: the same as `cleaner`'s on each.

    `clean` is called only for cells that may begin as something to clean does, or as a text for blank: few of a row.
    What sorts above all such signs begins with none of them, which one comparison tells. Blank cells, often half of a
    row, are passed by.
    """
    clean = cleaner(source)
    trims, apostrophe, quotes = (name in source.clean for name in CLEANINGS)
    signs = [blank[0] for blank in source.blank if blank] + ["'"] * apostrophe + ['"'] * quotes
    above = chr(min(ord(max(signs)) + 1, 0x10FFFF)) if signs else ""

    def cells(picked: tuple[str, ...]) -> list[str]:
        return [cell and (cell if cell >= above else clean(cell)) for cell in picked]

    def trimmed(picked: tuple[str, ...]) -> list[str]:
        return [raw and (cell if (cell := raw.strip()) >= above else clean(cell)) for raw in picked]

    return trimmed if trims else cells
