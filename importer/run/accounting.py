"""A mapping watched while it maps an export: what it read, set and used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from importer.cleaning import cleaner
from importer.mapping import Mapping
from importer.mapping.codes import codes_of
from importer.mapping.linked import LinkedRows
from importer.mapping.tables import Rows, WatchedRows, row_origin
from importer.report.accounting import Accounting, Uses
from importer.report.fields import SourceFields
from importer.run.line import Line

MOST_ROWS = 200
"""A table with more rows is data, such as customers: which of them an export needs says nothing."""

Used = set[tuple[str, ...]]


def watched(mapping: Mapping) -> tuple[Mapping, Used]:
    """The same mapping with tables that remember which of their rows were looked up, and that memory.

    The branches that its orders take are remembered as well, in the mapping itself.
    """
    used: Used = set()
    tables = {
        name: rows if isinstance(rows, LinkedRows) else WatchedRows(rows, (name,), used)
        for name, rows in mapping.spec.tables.items()
    }
    return replace(mapping, spec=replace(mapping.spec, tables=tables, taken={})), used


def accounting_of(line: Line, used: Used) -> Accounting:
    """The accounting of a pass over that line, whose mapping is watched."""
    program, spec = line.program, line.program.spec
    source = SourceFields(line.export.columns, cleaner(spec.source), line.export.line_columns)
    read = {spec.source.order: {"the order's id": ""}, **program.read}
    nodes = (spec.let, spec.parts, spec.body)
    codes = {code: origin for node in nodes for code, origin in codes_of(node)}
    rows = {
        keys: row_origin(spec.tables_section.value[name], name, list(keys[1:])).partition(" ")[0]
        for name, table in spec.tables.items()
        for keys in _rows(table, (name,))
        if len(table) <= MOST_ROWS
    }
    taken: dict[str, int] = spec.taken if spec.taken is not None else {}
    return Accounting(source, Uses(read, program.fields, spec.ignore, codes, rows, used, program.marks, taken))


def _rows(table: Rows, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _rows(value, (*path, key))
        else:
            yield (*path, key)
