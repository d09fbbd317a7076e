"""One export, opened: its columns, its rows, and how far reading has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from importer.sources.grouping import group
from importer.sources.rows_csv import read_csv
from importer.sources.rows_json import read_json
from importer.sources.text import ExportFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from importer.model import SourceOrder, SourceRow, SourceSpec

READERS = {"csv": read_csv, "json": read_json}


class Export:
    """An open export. `columns` are a CSV file's names, after `rename`; None for JSON. `size` is in bytes on disk.

    Rows can be read once; open the export again for a second pass. Raises SourceError when the file cannot be read
    or is not the export that `spec` describes.
    """

    def __init__(self, path: Path, spec: SourceSpec) -> None:
        self._spec = spec
        self._file = ExportFile(path)
        try:
            self.columns, self._rows = READERS[spec.format](self._file, spec)
        except BaseException:
            self._file.close()
            raise
        self.size = self._file.size

    def rows(self) -> Iterator[SourceRow]:
        """Every record that is not blank, in the file's order."""
        return self._rows

    def orders(self) -> Iterator[SourceOrder]:
        """The rows, grouped into orders; only one of them is in memory at a time."""
        return group(self._rows, self._spec, self.columns)

    def position(self) -> int:
        """Bytes of the file on disk that were consumed so far, for progress against `size`."""
        return self._file.position()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_export(path: Path, spec: SourceSpec) -> Export:
    """Open an export for reading; use it with `with`."""
    return Export(path, spec)
