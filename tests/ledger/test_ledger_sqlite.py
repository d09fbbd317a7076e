"""The SQLite ledger: its file, made, recognised, upgraded, refused in one line."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from old_schemas import SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4

from importer.errors import LedgerError
from importer.ledger import LedgerEntry, State, open_ledger, read_ledger

STORE = "api.example/stores/abc"
TIME = datetime(2026, 4, 1, 10, 0, 0, 123456, UTC)
SENDING = LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1, body_hash="b", plan="p", sent_at=TIME, run="r")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger lies."""
    return tmp_path / "ledger.db"


def test_a_ledger_of_the_third_schema_gets_its_plans(path: Path) -> None:
    """Its rows stay as they are."""
    row = "('shop', '1', '#1', 'sending', NULL, 1, 0, 'b', 'p', NULL, NULL, 'r', '', 1, '', '', '')"
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_3)
        old.execute("INSERT INTO entries VALUES " + row)  # noqa: S608 - our own
        old.commit()
    upgraded = open_ledger(str(path), STORE)
    assert (upgraded.kept_plan("shop", "p"), upgraded.counts()[State.SENDING]) == ("", 1)
    upgraded.close()


@pytest.mark.parametrize("url", [":memory:", "sqlite:///:memory:", "file::memory:"])
def test_a_ledger_in_memory_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be gone with the process; nothing of that name is made either."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="gone with the process"):
        open_ledger(url, STORE)
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_belongs_to_one_store(path: Path) -> None:
    """Opening it for another store names both."""
    open_ledger(str(path), STORE).close()
    with pytest.raises(
        LedgerError, match=re.escape("belongs to store api.example/stores/abc, not to api.example/stores/xyz")
    ):
        open_ledger(str(path), "api.example/stores/xyz")


def test_every_commit_is_synchronous(path: Path) -> None:
    """The writer's connection runs in WAL with synchronous=FULL."""
    ledger = open_ledger(str(path), STORE)
    connection = ledger._connection  # type: ignore[attr-defined]
    pragmas = ("journal_mode", "synchronous", "fullfsync")
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == ["wal", 2, 1]
    ledger.close()


def make_database(path: Path) -> None:
    """A database of something else."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    connection.close()


def make_newer(path: Path) -> None:
    """A ledger of a version to come."""
    open_ledger(str(path), STORE).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_text("Order,Total\n" * 200), "not a database"),
        (make_database, "is a database, but not a ledger"),
        (make_newer, "newer importer .schema 99"),
        (lambda path: path.parent.rmdir(), "there is no folder"),
    ],
)
def test_what_is_no_ledger_is_refused_in_one_line(tmp_path: Path, make: object, message: str) -> None:
    """A folder, another file, another database, a newer ledger, no folder: each is said, nothing is changed."""
    path = tmp_path / "folder" / "ledger.db"
    path.parent.mkdir()
    assert callable(make)
    make(path)
    with pytest.raises(LedgerError, match=message) as caught:
        open_ledger(str(path), STORE)
    assert "\n" not in str(caught.value)


def test_keywords_are_neither_shown_nor_made_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What libpq takes instead of a URL may hold a password; it is no file's name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="no keywords") as caught:
        open_ledger("host=db password=hunter2", STORE)
    assert "hunter2" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_ledger_names_its_way_out(tmp_path: Path) -> None:
    """A file that the disk has spoilt below its header: its backup is as good for an exact run."""
    path = tmp_path / "l.db"
    open_ledger(str(path), STORE).close()
    spoilt = bytearray(path.read_bytes())
    spoilt[200:] = b"\xff" * (len(spoilt) - 200)
    path.write_bytes(spoilt)
    with pytest.raises(LedgerError, match="newest backup"):
        open_ledger(str(path), STORE).entries("shop", ["1"])


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place where nobody may write")
def test_a_place_where_nobody_may_write_is_said() -> None:
    """A ledger that cannot be made ends in one line."""
    with pytest.raises(LedgerError, match="cannot be used"):
        open_ledger("/proc/self/ledger.db", STORE)


@pytest.mark.parametrize("url", ["", "mysql://host/db"])
def test_a_ledger_of_no_known_kind_is_refused(url: str) -> None:
    """An empty name or another scheme says what may be given."""
    with pytest.raises(LedgerError):
        open_ledger(url, STORE)


def test_reading_a_ledger_that_is_not_there_makes_none(path: Path) -> None:
    """`status` of a wrong path says so and leaves no file behind."""
    with pytest.raises(LedgerError, match="no ledger at"):
        read_ledger(str(path))
    assert not path.exists()


def test_a_ledger_of_the_first_schema_is_upgraded(path: Path) -> None:
    """Its rows and runs are there, it can be moved on, and reading alone refuses it with the way out."""
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_1)
    with pytest.raises(LedgerError, match="older importer; `importer run` upgrades it"):
        read_ledger(str(path))
    for _ in range(2):
        with contextlib.closing(open_ledger(str(path), STORE)) as ledger:
            row = ledger.entries("shop", ["1"])["1"]
            assert (row.state, row.order_id, row.generation, row.shown) == (State.CREATED, 100, 1, "")
            assert [(run.number, run.name) for run in ledger.runs()] == [(1, "r")]
    with contextlib.closing(open_ledger(str(path), STORE)) as ledger:
        assert ledger.move([replace(row, state=State.ARCHIVED)])


@pytest.mark.parametrize("schema", [SCHEMA_1, SCHEMA_2, SCHEMA_3, SCHEMA_4], ids=["1", "2", "3", "4"])
def test_an_upgraded_ledger_is_like_a_new_one(path: Path, schema: str) -> None:
    """The same tables with the same columns, the same indexes, whatever it was before."""
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(schema)
    new = path.with_name("new.db")
    for file in (path, new):
        open_ledger(str(file), STORE).close()
    assert layout(path) == layout(new)


def layout(path: Path) -> list[tuple[str, set[str]]]:
    """Tables and indexes with their columns."""
    with contextlib.closing(sqlite3.connect(path)) as file:
        columns = "SELECT name FROM pragma_table_info(?1) UNION ALL SELECT name FROM pragma_index_info(?1)"
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master ORDER BY name")]
        return [(name, {column for (column,) in file.execute(columns, (name,))}) for name in names]
