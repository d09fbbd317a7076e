"""Order keys: cleaned as the mapping says, told from what a spreadsheet made of them, and each seen once."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from importer.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.model import SourceSpec


def without_apostrophe(cell: str) -> str:
    """The cell without the apostrophe by which a spreadsheet marks text.

    >>> without_apostrophe("'0157")
    '0157'
    """
    return cell.removeprefix("'")


def without_quotes(cell: str) -> str:
    """The cell without double quotes around the whole of it.

    >>> without_quotes('"015031574749"'), without_quotes('"')
    ('015031574749', '"')
    """
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


# In the order in which they are applied, as the mapping does it to every cell.
CLEANINGS: dict[str, Callable[[str], str]] = {
    "trim": str.strip,
    "leading-apostrophe": without_apostrophe,
    "quotes": without_quotes,
}

_rounded = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


def clean(key: str, spec: SourceSpec) -> str:
    """The key after the spec's cleanings, "" when that is one of its blank texts."""
    for name, cleaned in CLEANINGS.items():
        if name in spec.clean:
            key = cleaned(key)
    return "" if key in spec.blank else key


def is_rounded(key: str) -> bool:
    """Whether a spreadsheet turned the key into a number and dropped digits of it.

    >>> is_rounded("5.27762E+12"), is_rounded("1E10"), is_rounded("527762000000")
    (True, False, False)
    """
    return "+" in key and _rounded.fullmatch(key) is not None


def temporary_database() -> sqlite3.Connection:
    """A private file that vanishes on closing, half a megabyte of it cached, in one transaction that is never kept."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -512", "temp_store = FILE"):
        database.execute(f"PRAGMA {setting}")
    database.execute("BEGIN")
    return database


class Seen(NamedTuple):
    """An order that was met before: the file:line where it begins, and the hash of what it holds."""

    origin: str
    content: int


class SeenKeys:
    """The keys of all orders so far with the place of each, exact, on disk: memory does not grow with the file."""

    def __init__(self) -> None:
        self._database = temporary_database()
        columns = "key TEXT PRIMARY KEY, origin TEXT NOT NULL, content INTEGER NOT NULL"
        self._database.execute(f"CREATE TABLE seen ({columns}) WITHOUT ROWID")

    def before(self, key: str, origin: str, content: int = 0) -> Seen | None:
        """Where this key was met before, None if it is new; remembers it in that case."""
        try:
            if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, origin, content)).rowcount:
                return None
        except sqlite3.Error as error:
            said = f"the temporary list of order numbers cannot be kept ({error}): free some disk space, or set TMPDIR"
            raise SourceError(said) from None
        return Seen(*self._database.execute("SELECT origin, content FROM seen WHERE key = ?", (key,)).fetchone())

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()
