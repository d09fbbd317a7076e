"""Cuts of a CSV file: a line end outside quotes, told by counting quotes, then the next row with another order key."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from importer.errors import SourceError
from importer.model import SourceRow
from importer.sources.grouping import csv_key
from importer.sources.header import column_names, dialect, first_filled, header_of
from importer.sources.keys import ROW_LIMIT
from importer.sources.rows_csv import CELL_LIMIT
from importer.sources.span import Span
from importer.sources.text import CHUNK, ExportFile, byte_order_mark, encoding_of, head_of

if TYPE_CHECKING:
    from pathlib import Path

    from importer.model import SourceSpec

SAMPLE = 2_000
"""Rows from which the length of an order is taken."""

CUTTABLE = ("utf-8", "ascii", "cp125", "windows-125", "iso-8859", "iso8859", "latin")
"""Beginnings of the encodings in which the bytes of a line end and a quote are nothing else."""


class Record(NamedTuple):
    """A row, and the offsets where it begins and ends."""

    row: SourceRow
    begins: int
    ends: int


def csv_spans(path: Path, name: str, spec: SourceSpec, orders: int) -> Iterator[Span] | None:
    """The rows of a CSV file in spans of about so many orders; None where it cannot be cut."""
    encoding = encoding_of(path, spec.encoding).lower().replace("_", "-")
    with ExportFile(path) as file:
        if file.packed or not encoding.startswith(CUTTABLE):
            return None
    header = header_of(head_of(path, encoding), spec)
    markless = "utf-8" if encoding == "utf-8-sig" else encoding
    with path.open("rb") as file:
        records = _Records(file, markless, dialect(header.delimiter, spec.quoting), byte_order_mark(path)[0])
        for _ in range(header.above + 1):
            names = first_filled(records.cells)
        start, line = records.passed, records.lines + 1
    columns = column_names(names, spec.rename)
    return _Cuts(Span(path, name, start, None, line, markless, columns, header.delimiter), spec).spans(orders)


class _Records:
    """Records of a CSV file from an offset on, which counts the bytes and the lines that it has passed."""

    def __init__(self, file: BinaryIO, encoding: str, layout: dict[str, Any], start: int) -> None:
        file.seek(start)
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="")
        self._encoding = encoding
        self.passed, self.lines = start, 0
        csv.field_size_limit(CELL_LIMIT)
        self.cells: Iterator[list[str]] = csv.reader(self._counted(), **layout)

    def _counted(self) -> Iterator[str]:
        for line in self._text:
            self.passed += len(line.encode(self._encoding))
            self.lines += 1
            yield line


class _Cuts:
    """Cuts one file, of which `rest` is what lies under its header."""

    def __init__(self, rest: Span, spec: SourceSpec) -> None:
        self._rest, self._spec = rest, spec
        self._layout = dialect(rest.delimiter, spec.quoting)
        self._key = csv_key(spec, (rest.columns or ()).index(spec.order))

    def spans(self, orders: int) -> Iterator[Span]:
        """The whole of it, cut after about so many orders each."""
        rest, size = self._rest, self._rest.path.stat().st_size
        step = self._step(orders)
        with rest.path.open("rb") as file:
            while step and rest.start + step < size:
                cut = self._cut(file, rest.start, rest.start + step)
                if cut is None:
                    break
                yield replace(rest, end=cut)
                rest = replace(rest, start=cut, line=rest.line + _line_ends(file, rest.start, cut))
        yield rest

    def _step(self, orders: int) -> int:
        """Bytes of so many orders, to judge by the first rows; 0 where these cannot be read."""
        keys, last, begins = 0, None, self._rest.start
        for record in islice(self._from(begins), SAMPLE):
            key = self._key(record.row)
            keys, last, ends = keys + (key != last), key, record.ends
        return (ends - begins) * orders // keys if keys else 0

    def _cut(self, file: BinaryIO, start: int, wanted: int) -> int | None:
        """The first offset from `wanted` on where an order begins, `start` being one; None where none is found."""
        candidate = self._record_after(file, start, wanted)
        records = islice(self._from(candidate), ROW_LIMIT)
        first = next(records, None)
        if first is None:
            return None
        key = self._key(first.row)
        return next((record.begins for record in records if self._key(record.row) != key), None)

    def _record_after(self, file: BinaryIO, start: int, wanted: int) -> int:
        """The offset of the first line from `wanted` on that no quoted cell goes on in."""
        quotes = sum(block.count(b'"') for block in _blocks(file, start, wanted)) if self._spec.quoting else 0
        file.seek(wanted)
        for line in file:
            quotes += line.count(b'"') if self._spec.quoting else 0
            wanted += len(line)
            if quotes % 2 == 0:
                break
        return wanted

    def _from(self, start: int) -> Iterator[Record]:
        """The rows with anything in them from an offset on, as far as they can be read."""
        with self._rest.path.open("rb") as file:
            records = _Records(file, self._rest.encoding, self._layout, start)
            begins = start
            try:
                for cells in records.cells:
                    if any(map(str.strip, cells)):
                        yield Record(SourceRow(self._rest.name, 0, cells), begins, records.passed)
                    begins = records.passed
            except (csv.Error, UnicodeDecodeError, SourceError):
                return


def _blocks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (block := file.read(min(CHUNK, end - start))):
        start += len(block)
        yield block


def _line_ends(file: BinaryIO, start: int, end: int) -> int:
    """Lines that end between two offsets, by LF, CR LF or CR; what lies there ends with a line."""
    ends, carried = 0, False
    for block in _blocks(file, start, end):
        returns = block.count(b"\r") if b"\r" in block else 0  # most have none, and seeing that is a look
        ends += block.count(b"\n") + returns - (block.count(b"\r\n") if returns else 0)
        ends -= carried and block.startswith(b"\n")
        carried = block.endswith(b"\r")
    return ends
