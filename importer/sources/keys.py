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


class Met(NamedTuple):
    """An order under its key: where it begins, and the digest of what it holds."""

    key: str
    origin: str
    content: int


class SeenKeys:
    """The keys of all orders so far with the place of each, exact, on disk: memory does not grow with the file."""

    def __init__(self) -> None:
        columns = "key TEXT PRIMARY KEY, origin TEXT NOT NULL, content INTEGER NOT NULL"
        self._database = temporary_database(f"CREATE TABLE seen ({columns}) WITHOUT ROWID")

    def before(self, key: str, origin: str, content: int = 0) -> Seen | None:
        """Where this key was met before, None if it is new; remembers it in that case."""
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, origin, content)).rowcount:
            return None
        return Seen(*self._database.execute("SELECT origin, content FROM seen WHERE key = ?", (key,)).fetchone())

    def add(self, met: Sequence[Met]) -> bool:
        """Remember orders that somebody else met. False where one of them was met before: then none is remembered."""
        known = "SELECT 1 FROM seen WHERE key = ?"
        if any(self._database.execute(known, (one.key,)).fetchone() for one in met):
            return False
        self._database.executemany("INSERT INTO seen VALUES (?, ?, ?)", met)
        return True

    def all(self) -> list[Met]:
        """Every order that was met."""
        return [Met(*row) for row in self._database.execute("SELECT key, origin, content FROM seen")]

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()
