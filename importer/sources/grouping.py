"""Rows into orders: adjacent rows with one order key, or one JSON object, are one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from hashlib import blake2b
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING

import orjson

from importer.cleaning import cleaner
from importer.model import Problem, SourceOrder, SourceRow
from importer.sources.apart import gathered
from importer.sources.families import families
from importer.sources.json_parts import at_path
from importer.sources.keys import ROW_LIMIT, PartKeys, Seen, SeenKeys, is_rounded, too_many

if TYPE_CHECKING:
    from importer.model import SourceSpec

WIDTH_ADVICE = "it was cut off or shifted, export again"
TWICE = "the same order stands twice in the export"

Rows = tuple[SourceRow, ...]
KeyOf = Callable[[SourceRow], str]
Groups = Iterator[tuple[str, Rows, tuple[Problem, ...]]]


def group(
    rows: Iterable[SourceRow],
    spec: SourceSpec,
    columns: tuple[str, ...] | None,
    *,
    several: bool = False,
    seen: SeenKeys | PartKeys | None = None,
    earlier: Iterable[SourceRow] | None = None,
) -> Iterator[SourceOrder]:
    """The orders that the rows make, in the file's order; only one of them is in memory at a time.

    `columns` are a CSV header's names (they must have `spec.order`), None for JSON; `several`: the rows come from more
    than one file; `seen`: the orders that were met before these rows; `earlier`: the same rows, to be read first, where
    an order's may lie apart. An order that cannot be trusted carries Problems: `no-order-id`, `rounded-id`,
    `row-width`, and for a key that was met before `split-order` (rows of a CSV file) or `duplicate-order`; with
    `spec.parent` also `orphan` and `cut-off`. An order that was met before with the very same content is skipped, as
    pages and files overlap; the rows of one CSV file are not compared.
    """
    groups = _objects(rows, spec) if columns is None else _row_groups(rows, spec, columns.index(spec.order), several)
    if earlier is not None and columns is not None:
        groups = gathered(_row_groups(earlier, spec, columns.index(spec.order), several), groups, spec)
    compared = columns is None or several or spec.items is not None
    content = _CONTENTS[spec.format] if compared else _not_compared
    with nullcontext(seen) if seen else closing(SeenKeys()) as met:
        for key, members, problems in groups:
            if unusable := _unusable(key, members[0], spec):
                problems += (unusable,)
            elif before := met.before(key, _origin(members[0]), content(members)):
                if compared and _is_repeated(before, content(members), members[0], spec):
                    yield SourceOrder(key, members, skipped=TWICE)
                    continue
                problems += (_again(key, members[0], before, spec),)
            if columns is not None and [row for row in members if len(row.cells) != len(columns)]:
                problems += width_problems(members, len(columns))
            yield SourceOrder(key, members, problems)


def _objects(rows: Iterable[SourceRow], spec: SourceSpec) -> Groups:
    key_of = json_key(spec)
    for row, problems in families(rows, spec) if spec.parent else ((row, ()) for row in rows):
        yield key_of(row), (row,), problems


def json_key(spec: SourceSpec) -> KeyOf:
    """The function that gives an object's order number as text: JSON may have it as a number, nothing else is one."""
    clean = cleaner(spec)

    def key_of(row: SourceRow) -> str:
        value = at_path(row.cells, spec.order)
        if isinstance(value, str):
            return clean(value)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

    return key_of


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


def csv_key(spec: SourceSpec, index: int) -> KeyOf:
    """The function that gives a row's order key, cleaned; "" for a row that is too short to have one."""
    clean = cleaner(spec)
    raw, key = "", ""

    def key_of(row: SourceRow) -> str:
        nonlocal raw, key
        cell = row.cells[index] if index < len(row.cells) else ""
        if cell != raw:  # the rows of one order have the same cell: clean it once
            raw, key = cell, clean(cell)
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
        return _digest(orjson.dumps(value, default=str))
    except (orjson.JSONEncodeError, UnicodeEncodeError):  # an integer of more than 64 bits, half a character
        return _digest(repr(value).encode(errors="backslashreplace"))


def _csv_content(members: Rows) -> int:
    return _digest(orjson.dumps([row.cells for row in members]))


def _digest(content: bytes) -> int:
    """The same in every process, which `hash` is not; 64 bits with a sign, as SQLite keeps integers."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), signed=True)


def _not_compared(_: Rows) -> int:
    return 0


_CONTENTS = {"csv": _csv_content, "json": _json_content}
"""The digest that tells whether two orders hold the same."""


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
    said = (
        f"rows of order '{key}' lie apart, from {before.origin} and from here: sort the export by '{spec.order}', or"
        " state `adjacent: false` in the mapping's source"
    )
    return _problem("split-order", first, said)


def width_problems(members: Rows, width: int) -> tuple[Problem, ...]:
    """A Problem for each row that has more or fewer cells than the header."""
    return tuple(
        _problem(
            "row-width",
            row,
            f"the row at line {row.line} has {len(row.cells)} cells under a header of {width}: {WIDTH_ADVICE}",
        )
        for row in members
        if len(row.cells) != width
    )


def _problem(code: str, row: SourceRow, message: str) -> Problem:
    return Problem(code, "", message, origin=_origin(row))


def _origin(row: SourceRow) -> str:
    return f"{row.file}:{row.line}"
