"""Temporary data: on disk, and a full disk is told in a sentence."""

from __future__ import annotations

import pytest

from importer.errors import UsageError
from importer.temporary import temporary_database


def test_a_full_disk_is_told_to_the_reader() -> None:
    """What cannot be kept ends in one sentence that says what to do."""
    database = temporary_database("CREATE TABLE kept (text TEXT)")
    database.execute("PRAGMA max_page_count = 10")
    with pytest.raises(UsageError, match="free some disk space"):
        database.executemany("INSERT INTO kept VALUES (?)", [("x" * 1_000,)] * 1_000)
    with pytest.raises(UsageError, match="free some disk space"):
        database.execute("INSERT INTO kept VALUES (?)", ("x" * 100_000,))
