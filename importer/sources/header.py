"""The header of a CSV export: its delimiter, its column names, and whether it is the export that a mapping reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from textwrap import shorten
from typing import TYPE_CHECKING, Any, NamedTuple

from importer.errors import SourceError
from importer.sources.text import HEAD, encoding_of, head_of
from importer.sources.unusable import why_unusable

if TYPE_CHECKING:
    from pathlib import Path

    from importer.model import SourceSpec


DELIMITERS = (",", ";", "\t", "|")
ABOVE = 5
"""Rows above a header that are looked past: a title, a date, the `sep=;` by which a spreadsheet names its delimiter."""


class Header(NamedTuple):
    """What cuts the header into names, and how many rows with anything in them stand above it."""

    delimiter: str
    above: int
    names: tuple[str, ...]


def dialect(delimiter: str, quoting: bool) -> dict[str, Any]:
    """What csv.reader is told: strict, so that a quote out of place is an error and no cell swallows its neighbours."""
    return {"delimiter": delimiter, "quoting": csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE, "strict": True}


def delimiter_of(head: str, quoting: bool = True) -> str:
    """The delimiter that cuts the header into the most cells; a comma when none cuts it."""
    cells = {delimiter: len(_first_record(head, delimiter, quoting)) for delimiter in DELIMITERS}
    best = max(cells, key=lambda delimiter: cells[delimiter])
    return best if cells[best] > 1 else ","


def _first_record(head: str, delimiter: str, quoting: bool) -> list[str]:
    return next(_first_records(head, delimiter, quoting), [])


def header_of(head: str, spec: SourceSpec) -> Header:
    """The header in the first characters of a CSV export: the row that has every column which tells the export.

    Where none has them all, the first row, so that a message can say what it lacks.
    """
    likely = spec.delimiter or delimiter_of(head, spec.quoting)
    wanted = {spec.order, *spec.detect}
    for delimiter in dict.fromkeys((likely,) if spec.delimiter else (likely, *DELIMITERS)):
        for above, cells in enumerate(_first_records(head, delimiter, spec.quoting)):
            if len(cells) >= len(wanted) and wanted <= set(names := column_names(cells, spec.rename)):
                return Header(delimiter, above, names)
    return Header(likely, 0, column_names(_first_record(head, likely, spec.quoting), spec.rename))


def likely_header(head: str, quoting: bool = True) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the columns of an export of which nothing is known.

    The first row that is nearly as wide as any is the header: a title or a date above it is one cell, or few. The
    delimiter is the one that makes it widest, and that cuts most of the rows below it into as many cells.
    """
    best: tuple[int, str, list[str]] = (0, ",", [])
    for delimiter in DELIMITERS:
        rows = list(_first_records(head, delimiter, quoting))
        width = max(map(len, rows), default=0)
        first = next((number for number, cells in enumerate(rows) if 10 * len(cells) >= 9 * width), 0)
        alike = [cells for cells in rows[first:] if len(cells) == len(rows[first])]
        if 2 * len(alike) >= len(rows[first:]) and rows and len(rows[first]) > best[0]:
            best = len(rows[first]), delimiter, rows[first]
    return best[1], column_names(best[2])


def _first_records(head: str, delimiter: str, quoting: bool) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(head, newline=""), **dialect(delimiter, quoting))
    try:
        yield from islice((cells for cells in reader if any(map(str.strip, cells))), ABOVE + 1)
    except csv.Error:  # the head ends inside a cell, or this is not the delimiter
        return


def first_filled(records: Iterator[list[str]]) -> list[str]:
    """The first record with anything in it: blank rows above a header are passed over. [] when there is none."""
    return next((cells for cells in records if any(map(str.strip, cells))), [])


def column_names(header: Sequence[str], rename: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """The names a mapping may use: trimmed, unique, and under the mapping's own words.

    >>> column_names(["Name", " Total", "Name", "", "canceled_at", ""], [("Canceled at", "Cancelled at")])
    ('Name', 'Total', 'Name (2)', 'Column 4', 'Cancelled at')

    An unnamed column gets its number; unnamed ones at the end are no columns. A rename looks past capitals and
    underscores, and does not hide a column of that name which is there already.
    """
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    unique: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        unique[_free(name or f"Column {number}", unique)] = None
    for old, new in rename:
        found = next((name for name in unique if _loosely(name) == _loosely(old)), "")
        if found and new not in unique:
            unique = {new if name == found else name: None for name in unique}
    return tuple(unique)


def _loosely(name: str) -> str:
    return name.casefold().replace("_", " ")


def _free(name: str, taken: dict[str, None]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def columns_of(path: Path, spec: SourceSpec) -> tuple[str, ...]:
    """The column names of a CSV export, from its first 64 KiB; () when there is no text at all."""
    head = head_of(path, encoding_of(path, spec.encoding, within=HEAD))
    return header_of(head, spec).names


def require(name: str, there: Sequence[str], spec: SourceSpec, what: str) -> None:
    """Raise SourceError unless the export has the order key and every `detect` name of its mapping.

    `what` the names are: columns or keys.
    """
    missing = [wanted for wanted in dict.fromkeys((spec.order, *spec.detect)) if wanted not in there]
    if not missing:
        return
    if any(map(_is_data, there)):
        raise SourceError(f"{name} begins with a row of data, not with column names; export again with the header")
    if reason := why_unusable(there):
        raise SourceError(f"{name} cannot be imported: {reason}")
    listed = ", ".join(f"'{wanted}'{_hint(wanted, there)}" for wanted in missing)
    raise SourceError(
        f"{name} is not the export this mapping reads: it lacks the {what} {listed}; it has {shown(there)}."
        " Pass the mapping of its platform with -m, or export again"
    )


def _is_data(name: str) -> bool:
    return "@" in name or name.replace(".", "").isdigit()


def _hint(wanted: str, there: Sequence[str]) -> str:
    known = {name.casefold(): name for name in there}
    close = get_close_matches(wanted.casefold(), known, n=1, cutoff=0.75)
    return f" (is it '{known[close[0]]}'?)" if close else ""


def shown(names: Sequence[str], at_most: int = 12) -> str:
    """The names in one line, the first twelve of them, and of each what fits."""
    rest = f" and {len(names) - at_most} more" if len(names) > at_most else ""
    return ", ".join(f"'{shorten(name, 60)}'" for name in names[:at_most]) + rest if names else "none"
