"""Whether an export is still the same after it was read: else two of its versions may lie in what was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.errors import SourceError
from importer.sources.files import ExportFiles

Stamp = tuple[int, int, int] | None


@contextmanager
def unchanged(export: ExportFiles) -> Iterator[None]:
    """Around a reading. Raises SourceError at its end for a file that was written, replaced or removed meanwhile."""
    files = (*export.orders, *export.items)
    before = [_stamp(file) for file in files]
    yield
    for file, stamp in zip(files, before, strict=True):
        if _stamp(file) != stamp:
            raise SourceError(f"{file.name}: the file changed while it was read; wait until it is whole, and run again")


def _stamp(file: Path) -> Stamp:
    """What changes when a file is written, or another one is put in its place."""
    try:
        there = file.stat()
    except OSError:
        return None
    return there.st_ino, there.st_size, there.st_mtime_ns
