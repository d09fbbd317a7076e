"""A piece of one file of an export: where it lies, and what its reader must know of the rest of the file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` up to `end` of a file that is not packed, beginning with an order; `end` None is the file's end.

    `name`: what the file is called in messages. `line`: the number in the whole file of the span's first line.
    `columns`, `delimiter`: of a CSV file, from its header. `listed`: the orders are items of one JSON list.
    """

    path: Path
    name: str
    start: int
    end: int | None
    line: int
    encoding: str
    columns: tuple[str, ...] | None = None
    delimiter: str = ""
    listed: bool = False


class Section(io.RawIOBase):
    """The bytes of a file between two offsets, as a file of its own."""

    def __init__(self, file: io.BufferedReader, start: int, end: int | None) -> None:
        super().__init__()
        self._file = file
        self._left = end - start if end is not None else None
        file.seek(start)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader passes
        """Fill the buffer with what comes next; 0 at the end."""
        size = len(buffer) if self._left is None else min(len(buffer), self._left)
        read = self._file.readinto(buffer[:size])
        if self._left is not None:
            self._left -= read
        return read
