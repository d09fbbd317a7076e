"""A mapping held against an export before anything is mapped: columns both ways."""

from __future__ import annotations

from collections.abc import Iterator
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
from importer.report.fields import SourceFields, going_nowhere
from importer.sources import ExportFiles, open_export


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mapping fits an export: its mistakes and the columns that the export lacks, and data that goes nowhere.

    `absent`: what the mapping reads of a JSON order and no order has. It is no mistake: platforms leave keys out.
    """

    code: str
    findings: list[Finding]
    absent: list[Finding]
    source: SourceFields
    nowhere: dict[str, list[str]]


def fit(files: Path | ExportFiles, mapping: Mapping, limit: int) -> Fit:
    """Reads the export's first `limit` orders, 0 for all. Errors: SourceError where it cannot be read."""
    spec = mapping.spec
    with open_export(files, spec.source) as export:
        compiled = mapping.compiled(export.columns, export.line_columns)
        source = SourceFields(export.columns, cleaner(spec.source), export.line_columns)
        keys: set[str] = set()
        for order in islice(export.orders(), limit or None):
            source.add(order)
            if export.columns is None:
                keys.update(key for row in (*order.rows, *order.lines) for key in _keys(row.cells, ""))
    ids = {one.order for one in (spec.source, spec.source.items) if one}
    nowhere = going_nowhere(source, {*ids, *compiled.read}, spec.ignore)
    absent = in_order(list(_absent(compiled.read, keys))) if keys else []
    return Fit(compiled.code, in_order(compiled.findings), absent, source, nowhere)


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
