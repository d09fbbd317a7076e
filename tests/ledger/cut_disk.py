# ruff: noqa: N802 - the methods have the names of SQLite's VFS
"""A disk that loses power: SQLite runs on it through apsw's VFS, and what was not synced may be gone in part."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class PowerCut(Exception):
    """The machine is off."""


class File:
    """What the platter holds, and the writes that it has only been told of."""

    def __init__(self) -> None:
        self.synced = b""
        self.seen = bytearray()
        self.pending: list[tuple[int, bytes] | int] = []

    def write(self, offset: int, data: bytes) -> None:
        _apply(self.seen, (offset, data))
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        _apply(self.seen, size)
        self.pending.append(size)

    def sync(self) -> None:
        self.synced = bytes(self.seen)
        self.pending.clear()

    def after_cut(self, dice: random.Random) -> bytes:
        """The synced bytes, and of the later writes some sectors, in any order: a disk keeps none in mind."""
        content = bytearray(self.synced)
        sectors = [part for change in self.pending for part in _sectors(change)]
        for change in sectors:
            if dice.random() < 0.5:
                _apply(content, change)
        return bytes(content)


class Disk(apsw.VFS):
    """A file system in memory. `cut_at`: the operation at which the power goes, None for never.

    `dead`: nothing is done any more and nobody is told, so that SQLite can be closed.
    """

    def __init__(self, name: str) -> None:
        self.files: dict[str, File] = {}
        self.operations = 0
        self.cut_at: int | None = None
        self.dead = False
        super().__init__(name, "")

    def touch(self) -> bool:
        """Count an operation and say whether it is done; the first one after the cut raises, as do its followers."""
        self.operations += not self.dead
        if self.cut_at is not None and self.operations > self.cut_at and not self.dead:
            raise PowerCut
        return not self.dead

    def xOpen(self, name: Any, flags: list[int]) -> DiskFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        return DiskFile(self, self.files.setdefault(str(path), File()))

    def xAccess(self, path: str, _flags: int) -> bool:
        return path in self.files and bool(self.files[path].seen)

    def xDelete(self, path: str, _sync: bool) -> None:
        if self.touch():
            self.files.pop(path, None)

    def xFullPathname(self, name: str) -> str:
        return name

    def left_after_cut(self, folder: Path, dice: random.Random) -> Path:
        """The files as the next boot finds them, written into `folder`; gives the database's path."""
        for name, file in self.files.items():
            (folder / Path(name).name).write_bytes(file.after_cut(dice))
        return folder / "ledger.db"


class DiskFile:
    """An open file of a Disk."""

    def __init__(self, disk: Disk, file: File) -> None:
        self._disk, self._file = disk, file

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._disk.touch():
            self._file.write(offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        if self._disk.touch():
            self._file.truncate(size)

    def xSync(self, _flags: int) -> None:
        if self._disk.touch():
            self._file.sync()

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xLock(self, _level: int) -> None:
        """One process, one connection."""

    def xUnlock(self, _level: int) -> None:
        """One process, one connection."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, _operation: int, _pointer: int) -> bool:
        return False

    def xClose(self) -> None:
        """Nothing is held."""


class Connection:
    """An apsw connection in the clothes of sqlite3's, as far as the ledger looks."""

    def __init__(self, disk: Disk, vfs: str) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        self._connection = apsw.Connection("ledger.db", flags=flags, vfs=vfs)
        self._disk = disk

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        rows = list(self._connection.execute(statement, values))
        return Cursor(rows, self._connection.changes())

    def close(self) -> None:
        self._connection.close()


class Cursor:
    """Rows that were read already, and how many were changed."""

    def __init__(self, rows: list[tuple[Any, ...]], changed: int) -> None:
        self._rows = rows
        self.rowcount = changed

    def fetchone(self) -> tuple[Any, ...]:
        return self._rows[0]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        return
    offset, data = change
    content.extend(b"\0" * (offset - len(content)))
    content[offset : offset + len(data)] = data


def _sectors(change: tuple[int, bytes] | int) -> Iterator[tuple[int, bytes] | int]:
    """A write, sector by sector: each may reach the platter without its neighbour."""
    if isinstance(change, int):
        yield change
        return
    offset, data = change
    for start in range(0, len(data), SECTOR):
        yield offset + start, data[start : start + SECTOR]
