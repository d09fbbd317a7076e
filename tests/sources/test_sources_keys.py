"""Order keys that were seen: exact, and on disk."""

from __future__ import annotations

import sqlite3

import pytest

from importer.errors import SourceError
from importer.sources.keys import SeenKeys


def test_every_key_is_remembered_beyond_the_cache() -> None:
    """No key is forgotten or taken for another when there are more than memory keeps."""
    seen = SeenKeys()
    keys = [f"order number {number} of a shop" for number in range(30_000)]
    assert all(seen.before(key, f"o.csv:{line}", -line) is None for line, key in enumerate(keys))
    assert all(seen.before(key, "here", 1) == (f"o.csv:{line}", -line) for line, key in enumerate(keys))
    seen.close()


def test_a_full_disk_is_one_line_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary file without room is the reader's message, never a traceback."""
    connect = sqlite3.connect

    def small(*args: object, **options: object) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(*args, **options)  # type: ignore[call-overload]  # passed through
        database.execute("PRAGMA max_page_count = 10")
        return database

    monkeypatch.setattr(sqlite3, "connect", small)
    seen = SeenKeys()
    with pytest.raises(SourceError, match="free some disk space"):
        any(seen.before(f"order number {number}", "o.csv:2") for number in range(10_000))
    seen.close()
