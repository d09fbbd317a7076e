"""A mapping held against an export before anything is mapped: columns both ways."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from importer.cleaning import cleaner
from importer.errors import Finding
from importer.mapping import Mapping
from importer.mapping.program import in_order
from importer.mapping.suggest import did_you_mean
from importer.model import SourceOrder
from importer.report.fields import SourceFields, going_nowhere
from importer.sources import ExportFiles, open_export


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mapping fits an export: its mistakes and the columns that the export lacks, and data that goes nowhere.

    `absent`: what the mapping reads of a JSON order and no order has. It is no mistake: platforms leave keys out.
    `differing`: columns that a field of the lines takes from `order`, though the lines differ in them.
    """

    code: str
    findings: list[Finding]
    absent: list[Finding]
    differing: list[Finding]
    source: SourceFields
    nowhere: dict[str, list[str]]


def fit(files: Path | ExportFiles, mapping: Mapping, limit: int) -> Fit:
    """Reads the export's first `limit` orders, 0 for all. Errors: SourceError where it cannot be read."""
    spec = mapping.spec
    with open_export(files, spec.source) as export:
        compiled = mapping.compiled(export.columns, export.line_columns)
        source = SourceFields(export.columns, cleaner(spec.source), export.line_columns)
        seen = _Seen(export.columns, compiled.repeated)
        for order in islice(export.orders(), limit or None):
            source.add(order)
            seen.add(order)
    ids = {one.order for one in (spec.source, spec.source.items) if one}
    return Fit(
        compiled.code,
        in_order(compiled.findings),
        in_order(list(_absent(compiled.read, seen.keys))) if seen.keys else [],
        in_order(list(_differing(compiled.repeated, seen.differing))),
        source,
        going_nowhere(source, {*ids, *compiled.read}, spec.ignore),
    )


class _Seen:
    """What the orders show of the names that a mapping reads: JSON's `keys`, and columns of `repeated` -> the first
    order whose rows differ in it."""

    def __init__(self, columns: Sequence[str] | None, repeated: Container[str]) -> None:
        self.keys: set[str] = set()
        self.differing: dict[str, str] = {}
        self._is_json = columns is None
        self._places = {name: index for index, name in enumerate(columns or ()) if name in repeated}

    def add(self, order: SourceOrder) -> None:
        if self._is_json:
            self.keys.update(key for row in (*order.rows, *order.lines) for key in _keys(row.cells, ""))
        for name, index in self._places.items():
            if len({row.cells[index] for row in order.rows if index < len(row.cells)} - {""}) > 1:
                self.differing.setdefault(name, order.source_id)


def _differing(repeated: ReadOnly[str, tuple[str, str]], differing: ReadOnly[str, str]) -> Iterator[Finding]:
    for name, order in differing.items():
        field, origin = repeated[name]
        yield Finding(
            origin, f"{field}: order['{name}'] differs between the lines of {order}; is line['{name}'] meant?"
        )


def _keys(value: Any, path: str) -> Iterator[str]:
    """The dotted paths of all keys of a JSON order, blank ones too; lists lie open."""
    if isinstance(value, dict):
        for key, inner in value.items():
            within = f"{path}.{key}" if path else key
            yield within
            yield from _keys(inner, within)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner, path)


def _absent(read: ReadOnly[str, ReadOnly[str, str]], keys: set[str]) -> Iterator[Finding]:
    """What is read and no order has, each once, with the key beside it that was probably meant."""
    inside: dict[str, list[str]] = {}
    for key in sorted(keys):
        parent, _, name = key.rpartition(".")
        inside.setdefault(parent, []).append(name)
    told = set()
    for path, fields in read.items():
        names = path.split(".")
        above = [".".join(names[:length]) for length in range(1, len(names) + 1)]
        lost = next((one for one in above if one not in keys), "")
        parent, _, name = lost.rpartition(".")
        if not lost or lost in told or name == "*" or parent not in inside:  # of what is always blank nothing is known
            continue
        told.add(lost)
        field, origin = next(iter(fields.items()))
        yield Finding(origin, f"{lost}{did_you_mean(name, inside[parent], 0.8)} (read by {field})")
