"""Rows into orders: adjacent rows with one order key, or one JSON object, are one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import orjson

from importer.errors import SourceError
from importer.model import Problem, SourceOrder, SourceRow
from importer.sources.families import families
from importer.sources.json_parts import at_path
from importer.sources.keys import Seen, SeenKeys, clean, is_rounded

if TYPE_CHECKING:
    from importer.model import SourceSpec

ROW_LIMIT = 5_000
"""Rows of one order: what lies in memory at once. Shops have hundreds of lines at most."""

WIDTH_ADVICE = "it was cut off or shifted, export again"
TWICE = "the same order stands twice in the export"

Rows = tuple[SourceRow, ...]
Groups = Iterator[tuple[str, Rows, tuple[Problem, ...]]]


def group(
    rows: Iterable[SourceRow], spec: SourceSpec, columns: tuple[str, ...] | None, *, several: bool = False
) -> Iterator[SourceOrder]:
    """The orders that the rows make, in the file's order; only one of them is in memory at a time.

    `columns` are a CSV header's names (they must have `spec.order`), None for JSON; `several`: the rows come from more
    than one file. An order that cannot be trusted carries Problems: `no-order-id`, `rounded-id`, `row-width`, and for a
    key that was met before `split-order` (rows of a CSV file) or `duplicate-order`; with `spec.parent` also `orphan`
    and `cut-off`. An order that was met before with the very same content is skipped, as pages and files overlap; the
    rows of one CSV file are not compared.
    """
    groups = _objects(rows, spec) if columns is None else _row_groups(rows, spec, columns.index(spec.order), several)
    compared = columns is None or several or spec.items is not None
    content = _CONTENTS[spec.format] if compared else _not_compared
    with closing(SeenKeys()) as seen:
        for key, members, problems in groups:
            if unusable := _unusable(key, members[0], spec):
                problems += (unusable,)
            elif before := seen.before(key, _origin(members[0]), content(members)):
                if compared and _is_repeated(before, content(members), members[0], spec):
                    yield SourceOrder(key, members, skipped=TWICE)
                    continue
                problems += (_again(key, members[0], before, spec),)
            if columns is not None and any(len(row.cells) != len(columns) for row in members):
                problems += width_problems(members, len(columns))
            yield SourceOrder(key, members, problems)


def _objects(rows: Iterable[SourceRow], spec: SourceSpec) -> Groups:
    for row, problems in families(rows, spec) if spec.parent else ((row, ()) for row in rows):
        yield json_key(row.cells, spec), (row,), problems


def json_key(cells: Any, spec: SourceSpec) -> str:
    """An order's number as text: JSON may have it as a number. Anything else is no number."""
    value = at_path(cells, spec.order)
    if isinstance(value, str):
        return clean(value, spec)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _row_groups(rows: Iterable[SourceRow], spec: SourceSpec, index: int, several: bool) -> Groups:
    """Adjacent rows of one key; where the lines are in a second file, each row is an order."""
    key_of = csv_key(spec, index)
    if spec.items:
        yield from ((key_of(row), (row,), ()) for row in rows)
        return
    for key, members in groupby(rows, key_of):
        taken = tuple(islice(members, ROW_LIMIT + 1))
        if len(taken) > ROW_LIMIT:
            raise too_many(taken[0], spec)
        if several:
            yield from ((key, portion, ()) for portion in _portions(taken))
        else:
            yield key, taken, ()


def _portions(rows: Rows) -> tuple[Rows, ...]:
    """An order that goes on in the next file is one; one that the next file repeats is given as often."""
    if rows[0].file == rows[-1].file:
        return (rows,)
    parts = [tuple(part) for _, part in groupby(rows, attrgetter("file"))]
    first = [row.cells for row in parts[0]]
    return tuple(parts) if all([row.cells for row in part] == first for part in parts) else (rows,)


def too_many(first: SourceRow, spec: SourceSpec) -> SourceError:
    """The error for a key that thousands of rows have."""
    return SourceError(
        f"{_origin(first)}: more than {ROW_LIMIT} rows from here on have one '{spec.order}' or none:"
        " the export has no order numbers, or the mapping's `order` names the wrong column"
    )


def csv_key(spec: SourceSpec, index: int) -> Callable[[SourceRow], str]:
    """The function that gives a row's order key, cleaned; "" for a row that is too short to have one."""
    raw, key = "", ""

    def key_of(row: SourceRow) -> str:
        nonlocal raw, key
        cell = row.cells[index] if index < len(row.cells) else ""
        if cell != raw:  # the rows of one order have the same cell: clean it once
            raw, key = cell, clean(cell, spec)
        return key

    return key_of


def _unusable(key: str, first: SourceRow, spec: SourceSpec) -> Problem | None:
    if not key:
        return _problem("no-order-id", first, f"'{spec.order}' is blank here, so these rows belong to no order")
    if is_rounded(key):
        said = f"'{key}' is an order number that a spreadsheet rounded: export again and do not open the file in Excel"
        return _problem("rounded-id", first, said)
    return None


def _json_content(members: Rows) -> int:
    value = members[0].cells
    try:
        return hash(orjson.dumps(value, default=str))
    except (orjson.JSONEncodeError, UnicodeEncodeError):  # an integer of more than 64 bits, half a character
        return hash(repr(value))


def _csv_content(members: Rows) -> int:
    return hash(tuple(tuple(row.cells) for row in members))


def _not_compared(_: Rows) -> int:
    return 0


_CONTENTS = {"csv": _csv_content, "json": _json_content}
"""The hash that tells whether two orders hold the same."""


def _is_repeated(before: Seen, content: int, first: SourceRow, spec: SourceSpec) -> bool:
    """Within a CSV file nothing tells a repeated order from an order's second line that lies apart."""
    if before.content != content:
        return False
    return spec.format == "json" or spec.items is not None or before.origin.rpartition(":")[0] != first.file


def _again(key: str, first: SourceRow, before: Seen, spec: SourceSpec) -> Problem:
    if spec.format == "json" or spec.items:
        said = f"order '{key}' is in the export twice: at {before.origin} and here; keep one of them"
        return _problem("duplicate-order", first, said)
    if before.origin.rpartition(":")[0] != first.file:
        said = f"order '{key}' is at {before.origin} too, with other rows: the files overlap; keep it in one of them"
        return _problem("split-order", first, said)
    said = f"rows of order '{key}' lie apart, from {before.origin} and from here: sort the export by '{spec.order}'"
    return _problem("split-order", first, said)


def width_problems(members: Rows, width: int) -> tuple[Problem, ...]:
    """A Problem for each row that has more or fewer cells than the header."""
    return tuple(
        _problem("row-width", row, f"a row of {len(row.cells)} cells under a header of {width}: {WIDTH_ADVICE}")
        for row in members
        if len(row.cells) != width
    )


def _problem(code: str, row: SourceRow, message: str) -> Problem:
    return Problem(code, "", message, origin=_origin(row))


def _origin(row: SourceRow) -> str:
    return f"{row.file}:{row.line}"
