"""What must be remembered of a whole file without being held in memory: a database on disk that nobody sees."""

from __future__ import annotations

import sqlite3
from typing import Any

from importer.errors import UsageError

_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -512", "temp_store = FILE")


class TemporaryDatabase(sqlite3.Connection):
    """A connection whose failures are told to the reader: what fails here is the disk. Gone when it is closed."""

    def execute(self, query: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As sqlite3 does it. Raises UsageError when the disk is full."""
        try:
            return super().execute(query, parameters)
        except sqlite3.Error as error:
            raise _full(error) from None

    def executemany(self, query: str, parameters: Any, /) -> sqlite3.Cursor:
        """As sqlite3 does it. Raises UsageError when the disk is full."""
        try:
            return super().executemany(query, parameters)
        except sqlite3.Error as error:
            raise _full(error) from None


def temporary_database(tables: str) -> TemporaryDatabase:
    """A database with these tables, half a megabyte of it cached, in one transaction that is never kept."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False, factory=TemporaryDatabase)
    for setting in _SETTINGS:
        database.execute(f"PRAGMA {setting}")
    database.executescript(tables)
    database.execute("BEGIN")
    return database


def _full(error: sqlite3.Error) -> UsageError:
    return UsageError(f"temporary data cannot be kept ({error}): free some disk space, or set TMPDIR to where there is")
