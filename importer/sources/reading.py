"""Several files read as one: the rows of one file after those of the other, under the columns of the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from importer.errors import SourceError
from importer.model import SourceRow
from importer.sources.detection import format_of
from importer.sources.files import shown_names
from importer.sources.header import columns_of, shown
from importer.sources.part import reordered
from importer.sources.rows_csv import read_csv
from importer.sources.rows_json import read_json
from importer.sources.text import ExportFile

if TYPE_CHECKING:
    from pathlib import Path

    from importer.model import SourceSpec

READERS = {"csv": read_csv, "json": read_json}


class Reading:
    """Files that are read one after the other, one of them open at a time.

    `columns` are a CSV file's names, after `rename`; None for JSON. `size` is in bytes on disk. `rows` can be read
    once. Raises SourceError when a file cannot be read, or is not what `spec` and the first file say; what can be told
    from the beginning of each file is told at once.
    """

    def __init__(self, files: Sequence[Path], spec: SourceSpec) -> None:
        self._spec = spec
        self._names = dict(zip(files, shown_names(files), strict=True))
        self._behind = 0  # bytes of the files that were read to the end
        self._file, self.columns, rows = self._opened(files[0])
        try:
            self.size = self._file.size + sum(self._checked(file) for file in files[1:])
        except BaseException:
            self._file.close()
            raise
        self.rows = self._all(rows, files[1:]) if len(files) > 1 else rows

    def position(self) -> int:
        """Bytes on disk that were consumed so far, for progress against `size`."""
        return self._behind + self._file.position()

    def close(self) -> None:
        """Let go of the file that is open."""
        self._file.close()

    def _opened(self, path: Path) -> tuple[ExportFile, tuple[str, ...] | None, Iterator[SourceRow]]:
        file = ExportFile(path, self._names[path])
        try:
            columns, rows = READERS[self._spec.format](file, self._spec)
        except BaseException:
            file.close()
            raise
        return file, columns, rows

    def _all(self, rows: Iterator[SourceRow], others: Sequence[Path]) -> Iterator[SourceRow]:
        yield from rows
        for path in others:
            self._file.close()
            self._behind += self._file.size
            self._file, columns, rows = self._opened(path)
            if columns != self.columns:
                self._must_be_alike(path, columns or ())
                rows = reordered(rows, columns, self.columns)
            yield from rows

    def _checked(self, path: Path) -> int:
        """The size of a file that belongs to the first one."""
        if format_of(path) != self._spec.format:
            raise SourceError(
                f"{self._names[path]} is not {self._spec.format.upper()} as the file before it; import it by itself"
            )
        if self.columns is not None:
            self._must_be_alike(path, columns_of(path, self._spec))
        return path.stat().st_size

    def _must_be_alike(self, path: Path, there: tuple[str, ...]) -> None:
        wanted = self.columns or ()
        lacks, has = [name for name in wanted if name not in there], [name for name in there if name not in wanted]
        if lacks or has:
            differences = f"lacks {shown(lacks)}" * bool(lacks), f"has {shown(has)} besides" * bool(has)
            raise SourceError(
                f"{self._names[path]} has not the columns of {next(iter(self._names.values()))}: it"
                f" {' and '.join(filter(None, differences))}. {self._advice(there)}"
            )

    def _advice(self, there: tuple[str, ...]) -> str:
        items = self._spec.items
        if items and {items.order, *items.detect} <= set(there):
            return "It has the lines of these orders: pass it with --with"
        return "Files of one export have the same columns: import it by itself"
