"""Order keys: told from what a spreadsheet made of them, and each seen once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from importer.errors import SourceError
from importer.temporary import temporary_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from importer.model import SourceRow, SourceSpec


ROW_LIMIT = 5_000
"""Rows of one order: what lies in memory at once. Shops have hundreds of lines at most."""

_rounded = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


def is_rounded(key: str) -> bool:
    """Whether a spreadsheet turned the key into a number and dropped digits of it.

    >>> is_rounded("5.27762E+12"), is_rounded("1E10"), is_rounded("527762000000")
    (True, False, False)
    """
    return "+" in key and _rounded.fullmatch(key) is not None


def too_many(first: SourceRow, spec: SourceSpec) -> SourceError:
    """The error for a key that thousands of rows have."""
    return SourceError(
        f"{first.file}:{first.line}: more than {ROW_LIMIT} rows from here on have one '{spec.order}' or none:"
        " the export has no order numbers, or the mapping's `order` names the wrong column"
    )


class Seen(NamedTuple):
    """An order that was met before: the file:line where it begins, and the digest of what it holds."""

    origin: str
    content: int


Met = tuple[str, str, int]
"""An order that was met: its key, where it begins (file:line), the digest of what it holds. Plain, as many travel."""


class PartKeys:
    """The keys of one part's orders with the place of each, exact, in memory: a part has a few thousand."""

    def __init__(self) -> None:
        self._met: dict[str, Seen] = {}

    def before(self, key: str, origin: str, content: int = 0) -> Seen | None:
        """Where this key was met before, None if it is new; remembers it in that case."""
        before = self._met.get(key)
        if before is None:
            self._met[key] = Seen(origin, content)
        return before

    def all(self) -> list[Met]:
        """Every order that was met."""
        return [(key, *seen) for key, seen in self._met.items()]


_NEWEST = 500
"""Orders that wait in memory until they are written to disk in one go, which takes half the time."""

_MARKS = 1 << 18
"""Bytes: of 100,000 keys, one in twenty finds its bit set by another and is looked up for nothing."""


class SeenKeys:
    """The keys of all orders so far with the place of each, exact, on disk: memory does not grow with the file.

    A look-up on disk is spared most orders: a key whose bit among the marks is not set was never met.
    """

    def __init__(self) -> None:
        columns = "key TEXT PRIMARY KEY, origin TEXT NOT NULL, content INTEGER NOT NULL, part INTEGER NOT NULL"
        self._database = temporary_database(f"CREATE TABLE seen ({columns}) WITHOUT ROWID")
        self._newest: dict[str, tuple[str, int]] = {}
        self._marks = bytearray(_MARKS)
        self._parts = 0

    def before(self, key: str, origin: str, content: int = 0) -> Seen | None:
        """Where this key was met before, None if it is new; remembers it in that case."""
        found = self._newest.get(key)
        if found is None and self._was_marked(key):
            found = self._database.execute("SELECT origin, content FROM seen WHERE key = ?", (key,)).fetchone()
        if found is not None:
            return Seen(*found)
        self._newest[key] = origin, content
        if len(self._newest) >= _NEWEST:
            self._write_newest()
        return None

    def _was_marked(self, key: str) -> bool:
        """Whether the key's bit was set already, by itself or by another key; it is from now on."""
        number = hash(key)
        place, bit = number % _MARKS, 1 << (number // _MARKS % 8)
        if self._marks[place] & bit:
            return True
        self._marks[place] |= bit
        return False

    def _write_newest(self) -> None:
        rows = ((key, *found) for key, found in self._newest.items())
        self._database.executemany("INSERT INTO seen VALUES (?, ?, ?, 0)", rows)
        self._newest.clear()

    def add(self, met: Sequence[Met]) -> bool:
        """Remember orders that a part has met. False where one of them was met before: then none is remembered."""
        self._write_newest()
        self._parts += 1
        remember = f"INSERT OR IGNORE INTO seen VALUES (?, ?, ?, {self._parts})"  # noqa: S608 - a number of ours
        if self._database.executemany(remember, met).rowcount == len(met):
            for key, _, _ in met:
                self._was_marked(key)
            return True
        undone = f"DELETE FROM seen WHERE key = ? AND part = {self._parts}"  # noqa: S608 - a number of ours
        self._database.executemany(undone, ((key,) for key, _, _ in met))
        return False

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()
