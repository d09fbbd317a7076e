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


class SeenKeys:
    """The keys of all orders so far with the place of each, exact, on disk: memory does not grow with the file."""

    def __init__(self) -> None:
        columns = "key TEXT PRIMARY KEY, origin TEXT NOT NULL, content INTEGER NOT NULL, part INTEGER NOT NULL"
        self._database = temporary_database(f"CREATE TABLE seen ({columns}) WITHOUT ROWID")
        self._parts = 0

    def before(self, key: str, origin: str, content: int = 0) -> Seen | None:
        """Where this key was met before, None if it is new; remembers it in that case."""
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, 0)", (key, origin, content)).rowcount:
            return None
        return Seen(*self._database.execute("SELECT origin, content FROM seen WHERE key = ?", (key,)).fetchone())

    def add(self, met: Sequence[Met]) -> bool:
        """Remember orders that a part has met. False where one of them was met before: then none is remembered."""
        self._parts += 1
        remember = f"INSERT OR IGNORE INTO seen VALUES (?, ?, ?, {self._parts})"  # noqa: S608 - a number of ours
        if self._database.executemany(remember, met).rowcount == len(met):
            return True
        undone = f"DELETE FROM seen WHERE key = ? AND part = {self._parts}"  # noqa: S608 - a number of ours
        self._database.executemany(undone, ((key,) for key, _, _ in met))
        return False

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()
