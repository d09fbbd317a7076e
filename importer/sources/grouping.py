"""Rows into orders: adjacent rows with one order key, or one JSON object, are one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice
from typing import TYPE_CHECKING

from importer.errors import SourceError
from importer.model import Problem, SourceOrder, SourceRow
from importer.sources.families import families
from importer.sources.json_parts import at_path
from importer.sources.keys import SeenKeys, clean, is_rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.model import SourceSpec

ROW_LIMIT = 5_000
"""Rows of one order: what lies in memory at once. Shops have hundreds of lines at most."""

WIDTH_ADVICE = "it was cut off or shifted, export again"

Groups = Iterator[tuple[str, tuple[SourceRow, ...], tuple[Problem, ...]]]


def group(rows: Iterable[SourceRow], spec: SourceSpec, columns: tuple[str, ...] | None) -> Iterator[SourceOrder]:
    """The orders that the rows make, in the file's order; only one of them is in memory at a time.

    `columns` are a CSV header's names (they must have `spec.order`), None for JSON. An order that cannot be trusted
    carries Problems: `no-order-id`, `rounded-id`, `row-width`, and for a key that was met before `split-order` (CSV)
    or `duplicate-order` (JSON); with `spec.parent` also `orphan` and `cut-off`.
    """
    groups = _objects(rows, spec) if columns is None else _adjacent(rows, spec, columns.index(spec.order))
    with closing(SeenKeys()) as seen:
        for key, members, problems in groups:
            problems += _key_problems(key, members[0], spec, columns is None, seen)
            if columns is not None and any(len(row.cells) != len(columns) for row in members):
                problems += _width_problems(members, len(columns))
            yield SourceOrder(key, members, problems)


def _objects(rows: Iterable[SourceRow], spec: SourceSpec) -> Groups:
    for row, problems in families(rows, spec) if spec.parent else ((row, ()) for row in rows):
        yield _json_key(at_path(row.cells, spec.order), spec), (row,), problems


def _json_key(value: object, spec: SourceSpec) -> str:
    """An order's number as text: JSON may have it as a number. Anything else is no number."""
    if isinstance(value, str):
        return clean(value, spec)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _adjacent(rows: Iterable[SourceRow], spec: SourceSpec, index: int) -> Groups:
    for key, members in groupby(rows, _csv_key(spec, index)):
        taken = tuple(islice(members, ROW_LIMIT + 1))
        if len(taken) > ROW_LIMIT:
            raise SourceError(
                f"{_origin(taken[0])}: more than {ROW_LIMIT} rows from here on have one '{spec.order}' or none:"
                " the export has no order numbers, or the mapping's `order` names the wrong column"
            )
        yield key, taken, ()


def _csv_key(spec: SourceSpec, index: int) -> Callable[[SourceRow], str]:
    raw, key = "", ""

    def key_of(row: SourceRow) -> str:
        nonlocal raw, key
        cell = row.cells[index] if index < len(row.cells) else ""
        if cell != raw:  # the rows of one order have the same cell: clean it once
            raw, key = cell, clean(cell, spec)
        return key

    return key_of


def _key_problems(key: str, first: SourceRow, spec: SourceSpec, is_json: bool, seen: SeenKeys) -> tuple[Problem, ...]:
    if not key:
        return (_problem("no-order-id", first, f"'{spec.order}' is blank here, so these rows belong to no order"),)
    if is_rounded(key):
        said = f"'{key}' is an order number that a spreadsheet rounded: export again and do not open the file in Excel"
        return (_problem("rounded-id", first, said),)
    before = seen.first_line(key, first.line)
    if before is None:
        return ()
    if is_json:
        return (_problem("duplicate-order", first, f"order '{key}' is in the file twice: on line {before} and here"),)
    said = f"rows of order '{key}' lie apart, from line {before} and from here: sort the export by '{spec.order}'"
    return (_problem("split-order", first, said),)


def _width_problems(members: tuple[SourceRow, ...], width: int) -> tuple[Problem, ...]:
    return tuple(
        _problem("row-width", row, f"a row of {len(row.cells)} cells under a header of {width}: {WIDTH_ADVICE}")
        for row in members
        if len(row.cells) != width
    )


def _problem(code: str, row: SourceRow, message: str) -> Problem:
    return Problem(code, "", message, origin=_origin(row))


def _origin(row: SourceRow) -> str:
    return f"{row.file}:{row.line}"
