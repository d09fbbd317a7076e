"""The SQLite ledger: what it lets through, what it refuses, and that it says so in one line."""

from __future__ import annotations

import contextlib
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from importer.errors import LedgerError
from importer.ledger import MOVES, Ledger, LedgerEntry, State, open_ledger, read_ledger

STORE = "api.example/stores/abc"
TIME = datetime(2026, 4, 1, 10, 0, 0, 123456, UTC)
SENDING = LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1, body_hash="b", plan="p", sent_at=TIME, run="r")

ROUTES: dict[State, tuple[State, ...]] = {
    State.SENDING: (),
    State.PLANNED: (State.PLANNED,),
    State.CREATED: (State.CREATED,),
    State.REJECTED: (State.REJECTED,),
    State.IN_DOUBT: (State.IN_DOUBT,),
    State.CONFLICT: (State.IN_DOUBT, State.CONFLICT),
    State.ARCHIVED: (State.CREATED, State.ARCHIVED),
    State.PARKED: (),
}
"""How a row gets from its first `sending` into each state."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger lies."""
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    opened = open_ledger(str(path), STORE)
    yield opened
    opened.close()


def bring_to(ledger: Ledger, state: State) -> LedgerEntry:
    """Row 1, standing in `state`."""
    entry = SENDING if state is not State.PARKED else LedgerEntry("shop", "1", "#1", State.PARKED)
    assert ledger.move([entry]) == [entry]
    for step in ROUTES[state]:
        entry = replace(entry, state=step)
        assert ledger.move([entry]) == [entry]
    return entry


@pytest.mark.parametrize(("origin", "target"), list(product(State, State)))
def test_only_the_moves_of_the_table_are_let_through(ledger: Ledger, origin: State, target: State) -> None:
    """A row moves from one state into another exactly where MOVES has it."""
    entry = bring_to(ledger, origin)
    step = 1 if target is State.SENDING else 0
    moved = replace(entry, state=target, attempt=entry.attempt + step)
    assert ledger.move([moved]) == ([moved] if target in MOVES[origin] else [])
    assert ledger.entries("shop", ["1"])["1"] == (moved if target in MOVES[origin] else entry)


@pytest.mark.parametrize("target", [state for state in State if state is not State.SENDING])
def test_what_continues_an_older_attempt_is_refused(ledger: Ledger, target: State) -> None:
    """The answer to attempt 1 changes nothing once attempt 2 is under way."""
    bring_to(ledger, State.PLANNED)
    second = replace(SENDING, attempt=2)
    assert ledger.move([second]) == [second]
    assert ledger.move([replace(SENDING, state=target, order_id=100)]) == []
    assert ledger.entries("shop", ["1"]) == {"1": second}


def test_one_of_two_intents_for_the_same_attempt_wins(ledger: Ledger) -> None:
    """An order that comes by twice is sent once."""
    assert ledger.move([SENDING, replace(SENDING, body_hash="other")]) == [SENDING]


def test_an_entry_comes_back_as_it_was_written(path: Path) -> None:
    """Every field survives a new process, times to the microsecond and with their zone."""
    created = replace(SENDING, state=State.CREATED, order_id=100, doubts=2, not_before=TIME, message="found")
    ledger = open_ledger(str(path), STORE)
    ledger.move([SENDING])
    ledger.move([created])
    ledger.close()
    again = read_ledger(f"sqlite:///{path}")
    assert list(again.in_state(State.CREATED)) == [created]
    again.close()


def test_rows_are_found_by_state_by_id_and_by_plan(ledger: Ledger) -> None:
    """Look-ups give the namespace's own rows only."""
    entries = [replace(SENDING, namespace=name, source_id=str(n)) for name in ("a", "b") for n in (1, 2)]
    ledger.move(entries)
    ledger.move([replace(entry, state=State.CREATED, order_id=100 + n) for n, entry in enumerate(entries)])
    assert [(row.namespace, row.source_id) for row in ledger.in_state(State.CREATED, namespace="b")] == [
        ("b", "1"),
        ("b", "2"),
    ]
    assert [row.order_id for row in ledger.created("a", 101, 900)] == [101]
    assert ledger.already_created("a", "p", ["1", "3"]) == {"1"}
    assert ledger.already_created("a", "another plan", ["1"]) == set()
    assert [ledger.knows_plan(*names) for names in (("a", "p"), ("a", "q"), ("c", "p"))] == [True, False, False]
    assert (ledger.counts("a")[State.CREATED], ledger.counts()[State.CREATED]) == (2, 4)


def test_an_order_id_given_out_twice_is_named(ledger: Ledger) -> None:
    """A store that begins its ids anew is not the store of this ledger; nothing of that step is kept."""
    ledger.move([SENDING, replace(SENDING, source_id="2")])
    ledger.move([replace(SENDING, state=State.CREATED, order_id=100)])
    with pytest.raises(LedgerError, match="order id that this ledger holds already"):
        ledger.move([replace(SENDING, source_id="2", state=State.CREATED, order_id=100)])
    assert ledger.entries("shop", ["2"])["2"].state is State.SENDING


def test_a_ledger_belongs_to_one_store(path: Path) -> None:
    """Opening it for another store names both."""
    open_ledger(str(path), STORE).close()
    with pytest.raises(
        LedgerError, match=re.escape("belongs to store api.example/stores/abc, not to api.example/stores/xyz")
    ):
        open_ledger(str(path), "api.example/stores/xyz")


def test_every_commit_is_synchronous(ledger: Ledger) -> None:
    """The writer's connection runs in WAL with synchronous=FULL."""
    connection = ledger._connection  # type: ignore[attr-defined]
    pragmas = ("journal_mode", "synchronous", "fullfsync")
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == ["wal", 2, 1]


HOLD = """
import sys, time
from importer.ledger import open_ledger
held = open_ledger(sys.argv[1], sys.argv[2])
print(1, flush=True)
time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_is_gone(path: Path) -> None:
    """One run holds the ledger, readers may look in, and a killed run lets it go."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path), STORE], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"1\n"
    with pytest.raises(LedgerError, match="in use by another run"):
        open_ledger(str(path), STORE)
    reader = read_ledger(str(path))
    assert reader.counts()[State.CREATED] == 0
    reader.close()
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    open_ledger(str(path), STORE).close()


def test_a_reader_cannot_write(path: Path) -> None:
    """What status and ids open is read only."""
    open_ledger(str(path), STORE).close()
    reader = read_ledger(str(path))
    with pytest.raises(LedgerError, match="readonly"):
        reader.move([SENDING])
    reader.close()


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


def test_runs_are_numbered_and_give_what_they_created(ledger: Ledger) -> None:
    """A run keeps its number, and its created rows come by rising order id."""
    first, second, other = (replace(SENDING, source_id=str(n), run=run) for n, run in enumerate(["b", "a", "b"]))
    ledger.move([first, second, other])
    ledger.move([replace(entry, state=State.CREATED, order_id=9 - n) for n, entry in enumerate([first, second, other])])
    assert [(run.number, run.name, run.counts) for run in ledger.runs()] == [
        (1, "b", {State.CREATED: 2}),
        (2, "a", {State.CREATED: 1}),
    ]
    assert [row.order_id for row in ledger.created_by("b", 0, 9)] == [7, 9]
    assert [row.order_id for row in ledger.created_by("b", 7, 9)] == [9]
    assert [row.order_id for row in ledger.created_by("b", 0, 1)] == [7]


SCHEMA_1 = """
CREATE TABLE ledger (store TEXT NOT NULL);
INSERT INTO ledger VALUES ('api.example/stores/abc');
CREATE TABLE entries (namespace TEXT NOT NULL, source_id TEXT NOT NULL, external_order_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'created', 'rejected', 'in-doubt', 'conflict')),
  order_id INTEGER, attempt INTEGER NOT NULL, doubts INTEGER NOT NULL, body_hash TEXT NOT NULL, plan TEXT NOT NULL,
  sent_at TEXT, not_before TEXT, run TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (namespace, source_id)) WITHOUT ROWID;
CREATE UNIQUE INDEX one_source_per_order ON entries (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX unsettled ON entries (state) WHERE state <> 'created';
INSERT INTO entries VALUES ('shop', '1', '#1', 'created', 100, 1, 0, 'b', 'p', NULL, NULL, 'r', '');
PRAGMA application_id = 0x4F494D50;
PRAGMA user_version = 1;
"""


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
