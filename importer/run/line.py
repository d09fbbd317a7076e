"""The straight line up to the check: file -> rows -> orders -> bodies -> checked bodies, one in memory at a time.

    with open_line(Path("orders.csv"), find_mapping(Path("orders.csv"))) as line:
        for mapped in line.orders(now):
            ...

`map`, `validate` and `run` are this line, stopped at different places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importer.mapping import Mapping, Program, load_mapping, shipped_sources
from importer.model import MappedOrder, SourceOrder
from importer.orders import check
from importer.sources import Export, ExportFiles, detect, export_files, open_export


@dataclass(frozen=True, slots=True)
class Line:
    """An open export and the program that maps its orders. Orders can be read once; open the line again for more."""

    export: Export
    program: Program
    disguise: Callable[[MappedOrder], MappedOrder] = lambda order: order

    def orders(self, now: datetime) -> Iterator[MappedOrder]:
        """Every order of the file, mapped and checked. `now` is the present instant: no order may be younger."""
        yield from self.mapped(self.export.orders(), now)

    def mapped(self, sources: Iterable[SourceOrder], now: datetime) -> Iterator[MappedOrder]:
        """The same for some of its orders."""
        for source in sources:
            yield self.disguise(checked(self.program, source, now))


def checked(program: Program, source: SourceOrder, now: datetime) -> MappedOrder:
    """One order mapped and checked; what is wrong with its body is told with the mapping's line that sets the field."""
    mapped = check(program.map(source), now)
    return program.placed(mapped) if mapped.problems else mapped


@contextmanager
def open_line(files: Path | ExportFiles, mapping: Mapping, namespace: str = "") -> Iterator[Line]:
    """The line over one export. Errors: SourceError for its files, MappingError for columns that they lack."""
    with open_export(files, mapping.spec.source) as export:
        program = mapping.bind(export.columns, namespace, export.line_columns)
        yield Line(export, program, mapping.disguise) if mapping.disguise else Line(export, program)


def find_mapping(files: Path | ExportFiles, name: str = "") -> Mapping:
    """The mapping of that name or file; without a name, the shipped one whose platform the export shows by itself."""
    if name:
        return load_mapping(name)
    return load_mapping(detect(export_files(files).orders[0], shipped_sources()))
