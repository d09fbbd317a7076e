"""Ledgers dumped, merged and checked: of both kinds, into both kinds."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from importer.errors import LedgerError
from importer.ledger import Attachment, AttachmentKey, Ledger, LedgerEntry, State, open_ledger, read_ledger
from importer.ledger.dump import lines_of, read_dump, rows_of, store_of
from importer.ledger.integrity import faults
from importer.ledger.merging import Merged, merge, of_two

STORE = "api.example/stores/abc"
TIME = datetime(2026, 4, 1, 10, 0, 0, 123456, UTC)
SENDING = LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1, body_hash="b", plan="p", sent_at=TIME, run="r")
CREATED = replace(SENDING, state=State.CREATED, order_id=100)
DOUBT = replace(SENDING, state=State.IN_DOUBT, not_before=TIME + timedelta(minutes=2))
SHIPMENT = Attachment(AttachmentKey(100, "shipment", "1"), "shop", "1", State.CREATED, 7, 1, sent_at=TIME, run="r")


def importer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command, as a user runs it."""
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=dict(os.environ))


def filled(path: Path, *rows: LedgerEntry | Attachment) -> Path:
    """A SQLite ledger with these rows."""
    with closing(open_ledger(str(path), STORE)) as ledger:
        for row in rows:
            ledger.take_in([row])  # type: ignore[list-item]  # of one kind each
    return path


def test_a_dump_has_every_row(ledger: Ledger, tmp_path: Path) -> None:
    """Read again, the rows are what they were, times and all."""
    ledger.take_in([CREATED, replace(DOUBT, source_id="2"), LedgerEntry("shop", "3", "3", State.PARKED)])
    ledger.take_in([SHIPMENT])
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(b"".join(lines_of(ledger)))
    assert store_of(dump) == STORE
    assert list(read_dump(dump)) == list(rows_of(ledger))


def test_a_merge_brings_orders_attachments_and_runs(ledger: Ledger, tmp_path: Path) -> None:
    """Into either kind of ledger; a second merge of the same changes nothing."""
    other = replace(CREATED, source_id="2", order_id=101, run="s")
    with closing(read_ledger(str(filled(tmp_path / "a.db", CREATED, other, SHIPMENT)))) as shard:
        for _ in range(2):
            merge(rows_of(shard), ledger, found := Merged())
            assert (found.rows, found.attachments, found.doubtful, found.twice) == (2, 1, 0, [])
    assert list(rows_of(ledger)) == [CREATED, other, SHIPMENT]
    assert [run.name for run in ledger.runs()] == ["r", "s"]


def test_an_order_that_two_shards_sent_is_a_conflict(ledger: Ledger, tmp_path: Path) -> None:
    """Both order ids are named; the merge goes on."""
    second = replace(CREATED, order_id=107)
    rest = replace(CREATED, source_id="2", order_id=101)
    for name, rows in (("a.db", [CREATED]), ("b.db", [second, rest])):
        with closing(read_ledger(str(filled(tmp_path / name, *rows)))) as shard:
            merge(rows_of(shard), ledger, found := Merged())
    said = "sent twice, by two ledgers: orders 100 and 107; archive one of them in the store"
    assert found.twice == [f"shop:1: {said}"]
    assert ledger.counts()[State.CONFLICT] == ledger.counts()[State.CREATED] == 1


def test_one_order_id_of_two_source_orders_is_refused(ledger: Ledger) -> None:
    """Such shards are not of one store; the row that is there stays."""
    ledger.take_in([CREATED])
    with pytest.raises(LedgerError, match="order id that this ledger holds already"):
        ledger.take_in([replace(CREATED, source_id="2")])
    assert ledger.entries("shop", ["1", "2"]) == {"1": CREATED}


REJECTED = replace(SENDING, state=State.REJECTED, message="400")
CONFLICT = replace(SENDING, state=State.CONFLICT)


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        (CREATED, REJECTED, State.CREATED),
        (CREATED, DOUBT, State.IN_DOUBT),
        (CREATED, SENDING, State.IN_DOUBT),
        (SENDING, DOUBT, State.IN_DOUBT),
        (REJECTED, DOUBT, State.IN_DOUBT),
        (REJECTED, replace(SENDING, state=State.PLANNED), State.REJECTED),
        (CONFLICT, CREATED, State.CONFLICT),
        (CREATED, replace(CREATED, attempt=2), State.CREATED),
        (CREATED, replace(CREATED, state=State.ARCHIVED), State.ARCHIVED),
        (CREATED, replace(CREATED, state=State.ARCHIVED, order_id=107), State.CREATED),
    ],
)
def test_what_two_ledgers_say_of_one_order(one: LedgerEntry, other: LedgerEntry, state: State) -> None:
    """Whichever is merged first; what may have been sent twice is looked up, and not before either has settled."""
    for first, second in ((one, other), (other, one)):
        row = of_two(first, second)
        assert row.state is state
        if state is State.IN_DOUBT:
            assert (row.order_id, row.sent_at) == (None, TIME)


def test_a_sound_ledger_has_no_fault(ledger: Ledger) -> None:
    """Every state that moves lead to."""
    ledger.take_in([CREATED, replace(DOUBT, source_id="2"), LedgerEntry("shop", "3", "3", State.PARKED)])
    assert list(faults(ledger)) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (replace(CREATED, order_id=None), "it has no order id"),
        (replace(DOUBT, sent_at=None), "it does not say when it was sent"),
        (replace(SENDING, attempt=0), "it was never sent, yet has a row"),
        (replace(SENDING, external_order_id=""), "it has no external_order_id"),
    ],
)
def test_a_row_that_cannot_be_is_named(ledger: Ledger, row: LedgerEntry, said: str) -> None:
    """With the order and what is wrong."""
    ledger.take_in([row])
    (fault,) = faults(ledger)
    assert fault.startswith(f"{row.state.value} shop:1: {said}")


def test_the_verb_checks_exports_and_merges(tmp_path: Path) -> None:
    """Two shards, one of them as a dump; the exit code says that a person is needed."""
    a, b = filled(tmp_path / "a.db", CREATED), filled(tmp_path / "b.db", replace(CREATED, order_id=107))
    exported = importer("ledger", "export", "--ledger", b)
    assert json.loads(exported.stdout.splitlines()[0]) == {"ledger": 3, "store": STORE}
    assert json.loads(exported.stdout.splitlines()[-1]) == {"rows": 1}
    (tmp_path / "b.jsonl").write_text(exported.stdout)
    merged = importer("ledger", "merge", a, tmp_path / "b.jsonl", "--ledger", tmp_path / "all.db")
    assert (merged.returncode, merged.stderr) == (3, "")
    assert "conflict shop:1: sent twice, by two ledgers: orders 100 and 107" in merged.stdout
    checked = importer("ledger", "check", "--ledger", tmp_path / "all.db")
    assert (checked.returncode, checked.stdout) == (0, "1 orders, no fault\n")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """An index that lost a row, as a broken disk leaves it."""
    path = filled(tmp_path / "a.db", CREATED)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = replace(sql, 'order_id)', 'attempt)') WHERE name LIKE 'one_%'")
        database.commit()
    checked = importer("ledger", "check", "--ledger", path)
    assert checked.returncode == 1
    assert "the file is damaged" in checked.stdout


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_dump_that_was_cut_off_is_not_merged(tmp_path: Path, left: int) -> None:
    """Its last rows would be orders that nobody has sent, and be sent again; nothing is made of the others."""
    rows = [replace(CREATED, source_id=str(number), order_id=100 + number) for number in range(2)]
    lines = importer("ledger", "export", "--ledger", filled(tmp_path / "a.db", *rows)).stdout.splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_text("".join(lines[: 1 + left]))
    done = importer("ledger", "merge", tmp_path / "a.jsonl", "--ledger", tmp_path / "all.db")
    assert (done.returncode, done.stderr) == (
        2,
        f"importer: {tmp_path / 'a.jsonl'} is cut off: its last line has no number of rows; dump the ledger again\n",
    )
    assert not (tmp_path / "all.db").exists()


def test_a_dump_that_lost_a_row_is_told(tmp_path: Path) -> None:
    """The number in its last line is held against the rows."""
    lines = importer("ledger", "export", "--ledger", filled(tmp_path / "a.db", CREATED)).stdout.splitlines(
        keepends=True
    )
    (tmp_path / "a.jsonl").write_text(lines[0] + lines[2])
    done = importer("ledger", "merge", tmp_path / "a.jsonl", "--ledger", tmp_path / "all.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a.jsonl:2: no row of a ledger (0 rows before it, of 1); dump the ledger again" in done.stderr


@pytest.mark.parametrize("text", ["", "{}\n", "Name,Total\n", '{"ledger": 9, "store": "x"}\n'])
def test_what_is_no_dump_is_told(tmp_path: Path, text: str) -> None:
    """In one line, with the file."""
    (tmp_path / "a.jsonl").write_text(text)
    done = importer("ledger", "merge", tmp_path / "a.jsonl", "--ledger", tmp_path / "all.db")
    assert done.returncode == 2
    assert "a.jsonl" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "all.db").exists()
