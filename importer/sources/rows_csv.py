"""CSV exports, streamed: records with the physical line where each begins."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from importer.errors import SourceError
from importer.model import SourceRow
from importer.sources.header import column_names, dialect, first_filled, header_of, require
from importer.sources.span import Span
from importer.sources.text import ExportFile, encoding_of, head_of, line_ends, lines_of

if TYPE_CHECKING:
    from importer.model import SourceSpec

CELL_LIMIT = 1 << 20
FOOTER_CELLS = 3


def read_csv(file: ExportFile, spec: SourceSpec) -> tuple[tuple[str, ...], Iterator[SourceRow]]:
    """The columns and the rows of a CSV export. Raises SourceError when it is not the export that `spec` describes."""
    encoding = encoding_of(file.path, spec.encoding)
    head = head_of(file.path, encoding)
    if head.lstrip().startswith(("{", "[")):
        raise SourceError(f"{file.name} is JSON, and this mapping reads CSV; pass the mapping of its platform with -m")
    header = header_of(head, spec)
    layout = dialect(header.delimiter, spec.quoting)
    csv.field_size_limit(CELL_LIMIT)
    records = csv.reader(lines_of(file, encoding), **layout)
    try:
        for _ in range(header.above):
            first_filled(records)
        columns = column_names(first_filled(records), spec.rename)
    except csv.Error as error:
        raise _broken(file, encoding, layout, 1, error) from None
    if not columns:
        raise SourceError(f"{file.name} is empty; export again")
    require(file.name, columns, spec, "columns")
    rows = _without_headers(_rows(file, encoding, layout, records, len(columns)), columns, spec.rename)
    return columns, _above(rows, spec.footer) if spec.footer else rows


def read_csv_within(file: ExportFile, span: Span, spec: SourceSpec) -> Iterator[SourceRow]:
    """The rows of a piece of a CSV export, without its header."""
    layout = dialect(span.delimiter, spec.quoting)
    csv.field_size_limit(CELL_LIMIT)
    records = csv.reader(lines_of(file, span.encoding), **layout)
    columns = span.columns or ()
    rows = _rows(file, span.encoding, layout, records, len(columns), span.line - 1)
    rows = _without_headers(rows, columns, spec.rename)
    return _above(rows, spec.footer) if spec.footer else rows


def _rows(
    file: ExportFile, encoding: str, layout: dict[str, Any], records: Any, width: int, before: int = 0
) -> Iterator[SourceRow]:
    """The records under the header; `before`: the lines of the file that the reader of the records has not seen."""
    name = file.name
    new_row = tuple.__new__  # what SourceRow(...) calls in the end, without a Python function in between for each row
    before += 1
    line = records.line_num + before
    try:
        for cells in records:
            if len(cells) != width:
                cells = _without_blank_surplus(cells, width)
            if any(map(str.strip, cells)):
                yield new_row(SourceRow, (name, line, cells))
            line = records.line_num + before
    except csv.Error as error:
        raise _broken(file, encoding, layout, line, error) from None


def _above(rows: Iterator[SourceRow], footer: tuple[str, ...]) -> Iterator[SourceRow]:
    """The rows of data, without those that one of their first cells tells as the export's footer.

    They are passed over wherever they stand: exports of several months are often joined into one file.
    """
    for row in rows:
        if not any(text in cell for cell in row.cells[:FOOTER_CELLS] for text in footer):
            yield row


def _without_headers(
    rows: Iterator[SourceRow], columns: tuple[str, ...], rename: Sequence[tuple[str, str]]
) -> Iterator[SourceRow]:
    """The rows without the header where it stands once more: files of several months are often joined into one."""
    names = {columns[0], *(old for old, new in rename if new == columns[0])}
    for row in rows:
        if row.cells[0].strip() not in names or column_names(row.cells, rename) != columns:
            yield row


def _without_blank_surplus(cells: list[str], width: int) -> list[str]:
    return cells if any(map(str.strip, cells[width:])) else cells[:width]


def _broken(file: ExportFile, encoding: str, layout: dict[str, Any], line: int, error: csv.Error) -> SourceError:
    """The error for a record that csv.reader refuses; reads the file again to find where its bad cell begins."""
    with ExportFile(file.path) as again:
        text = _some_text(islice(lines_of(again, encoding), line - 1, None))
    begins, ends = bad_cell(text, layout["delimiter"]) if layout["quoting"] == csv.QUOTE_MINIMAL else (0, 0)
    where = f"{file.name}:{line + line_ends(text[:begins])}:"
    if "limit" in str(error):
        return SourceError(
            f"{where} a cell that begins on this line is longer than 1 MiB; is its closing quote missing?"
        )
    if ends is None:
        return SourceError(f"{where} a quoted cell that begins on this line is never closed; export again")
    return SourceError(
        f"{where} a quoted cell that begins on this line is not closed, or holds a quote that is not doubled"
        f" (text follows the quote on line {line + line_ends(text[:ends])}); export again, without editing by hand"
    )


def _some_text(lines: Iterable[str]) -> str:
    """Enough of the lines to hold a record whose last cell is too long."""
    taken, size = [], 0
    for line in lines:
        taken.append(line)
        size += len(line)
        if size > 4 * CELL_LIMIT:
            break
    return "".join(taken)


def bad_cell(text: str, delimiter: str) -> tuple[int, int | None]:
    """Where the first bad cell of a record begins, and where text follows its closing quote; None if nothing closes it.

    >>> bad_cell('1,"ok","never', ","), bad_cell('1,"5" pipe",x', ",")
    ((7, None), (2, 5))
    """
    cell = re.compile(rf'"(?:[^"]|"")*+"|(?!")[^{re.escape(delimiter)}\r\n]*+')
    begins = 0
    while found := cell.match(text, begins):
        ends = found.end()
        if ends - begins > CELL_LIMIT or ends == len(text) or text[ends] not in (delimiter, "\r", "\n"):
            return begins, ends
        begins = ends + 1
    return begins, None
