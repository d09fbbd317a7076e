"""Some adjacent orders of an export, read by themselves: the very orders that a reading of the whole gives there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from importer.model import SourceOrder, SourceRow
from importer.sources.grouping import group
from importer.sources.keys import PartKeys, SeenKeys
from importer.sources.rows_csv import read_csv_within
from importer.sources.rows_json import read_json_within
from importer.sources.span import Span
from importer.sources.text import ExportFile

if TYPE_CHECKING:
    from importer.model import SourceSpec

READERS = {"csv": read_csv_within, "json": read_json_within}


@dataclass(frozen=True, slots=True)
class Part:
    """Spans that follow each other in an export. `columns`: of its first file; `several`: it has more than one."""

    spans: tuple[Span, ...]
    columns: tuple[str, ...] | None
    several: bool

    @property
    def size(self) -> int:
        """Bytes, as far as the end is known."""
        return sum((span.end or span.path.stat().st_size) - span.start for span in self.spans)


def joined(parts: Sequence[Part]) -> Part:
    """Parts that follow each other as one."""
    spans: list[Span] = []
    for span in (span for part in parts for span in part.spans):
        if spans and spans[-1].path == span.path:
            spans[-1] = replace(spans[-1], end=span.end)
        else:
            spans.append(span)
    return replace(parts[0], spans=tuple(spans))


def orders_of(part: Part, spec: SourceSpec, seen: SeenKeys | PartKeys) -> Iterator[SourceOrder]:
    """The orders of a part, of which `seen` remembers the keys. Errors: SourceError, also for a part cut badly."""
    return group(_rows(part, spec), spec, part.columns, several=part.several, seen=seen)


def _rows(part: Part, spec: SourceSpec) -> Iterator[SourceRow]:
    for span in part.spans:
        with ExportFile(span.path, span.name, span) as file:
            rows = READERS[spec.format](file, span, spec)
            yield from rows if span.columns == part.columns else reordered(rows, span.columns, part.columns)


def reordered(
    rows: Iterator[SourceRow], there: tuple[str, ...] | None, wanted: tuple[str, ...] | None
) -> Iterator[SourceRow]:
    """The rows of another file with their cells under the columns `wanted`; a row of another width stays as it is."""
    assert there is not None  # noqa: S101 - of JSON, both are None
    assert wanted is not None  # noqa: S101
    pick = itemgetter(*map(there.index, wanted))
    for row in rows:
        yield SourceRow(row.file, row.line, list(pick(row.cells))) if len(row.cells) == len(there) else row
