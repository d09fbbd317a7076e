"""One export, opened: its columns, its rows, and how far reading has come."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Self

from importer.errors import SourceError, UsageError
from importer.sources.files import ExportFiles, export_files, name_of
from importer.sources.grouping import group
from importer.sources.joining import Items, Strays
from importer.sources.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from importer.model import SourceOrder, SourceRow, SourceSpec


class Export:
    """An open export: one file or several, and the second export that has its lines where `spec` joins two.

    `columns` are a CSV file's names, after `rename`, None for JSON; `line_columns` are those of the second export, None
    where there is none. `size` is in bytes on disk. Rows can be read once; open the export again for a second pass.
    Raises SourceError when a file cannot be read or is not the export that `spec` describes.
    """

    def __init__(self, files: ExportFiles, spec: SourceSpec) -> None:
        _must_have_items(files, spec)
        self._spec = spec
        self._files = files.orders
        self._several = len(files.orders) > 1
        self._orders = Reading(files.orders, spec)
        self._lines: Reading | None = None
        self._items: Items | None = None
        try:
            if spec.items:
                self._lines = Reading(files.items, spec.items)
                self._items = Items(spec.items, self._lines.columns)
        except BaseException:
            self.close()
            raise
        self.columns = self._orders.columns
        self.line_columns = self._lines.columns if self._lines else None
        self.size = self._orders.size + (self._lines.size if self._lines else 0)

    def rows(self) -> Iterator[SourceRow]:
        """Every record that is not blank, in the file's order."""
        return self._orders.rows

    def orders(self) -> Iterator[SourceOrder]:
        """The rows, grouped into orders; only one of them is in memory at a time."""
        orders = group(self._orders.rows, self._spec, self.columns, several=self._several, earlier=self._earlier())
        if self._items is None or self._lines is None:
            return orders
        self._items.keep(self._lines.rows)
        return self._items.joined(orders)

    def _earlier(self) -> Iterator[SourceRow] | None:
        """The rows once more, for a first look at them, where those of an order may lie apart."""
        if self._spec.adjacent or self.columns is None or self._spec.items:
            return None
        return _rows_again(self._files, self._spec)

    def strays(self) -> Strays | None:
        """After the last order: the rows of the second export that belong to none; None where there are none."""
        return self._items.strays() if self._items else None

    def position(self) -> int:
        """Bytes on disk that were consumed so far, for progress against `size`."""
        return self._orders.position() + (self._lines.position() if self._lines else 0)

    def close(self) -> None:
        """Let go of the files."""
        for opened in (self._orders, self._lines, self._items):
            if opened is not None:
                opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _rows_again(files: Sequence[Path], spec: SourceSpec) -> Iterator[SourceRow]:
    with closing(Reading(files, spec)) as reading:
        yield from reading.rows


def _must_have_items(files: ExportFiles, spec: SourceSpec) -> None:
    if spec.items and not files.items:
        raise SourceError(
            f"{files.name} has the orders, and this mapping takes their lines from a second file: pass it as well,"
            f" such as --with {spec.items.called or 'items.csv'}"
        )
    if files.items and not spec.items:
        raise UsageError(
            f"this mapping reads one export, and joins nothing to it: leave out --with {name_of(files.items)},"
            " or pass the mapping that joins the two with -m"
        )


def open_export(export: Path | ExportFiles, spec: SourceSpec) -> Export:
    """Open an export for reading; use it with `with`. One path is a file, a folder or a pattern."""
    return Export(export_files(export), spec)
