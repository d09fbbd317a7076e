"""A mapping held against an export before anything is mapped: columns both ways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from importer.cleaning import cleaner
from importer.errors import Finding
from importer.mapping import Mapping
from importer.mapping.program import in_order
from importer.report.fields import SourceFields, going_nowhere
from importer.sources import ExportFiles, open_export


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mapping fits an export: its mistakes and the columns that the export lacks, and data that goes nowhere."""

    code: str
    findings: list[Finding]
    source: SourceFields
    nowhere: dict[str, list[str]]


def fit(files: Path | ExportFiles, mapping: Mapping, limit: int) -> Fit:
    """Reads the export's first `limit` orders, 0 for all. Errors: SourceError where it cannot be read."""
    spec = mapping.spec
    with open_export(files, spec.source) as export:
        compiled = mapping.compiled(export.columns, export.line_columns)
        source = SourceFields(export.columns, cleaner(spec.source), export.line_columns)
        for order in islice(export.orders(), limit or None):
            source.add(order)
    keys = {one.order for one in (spec.source, spec.source.items) if one}
    return Fit(
        compiled.code, in_order(compiled.findings), source, going_nowhere(source, {*keys, *compiled.read}, spec.ignore)
    )
