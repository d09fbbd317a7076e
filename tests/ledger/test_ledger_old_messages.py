"""What earlier importers said in a row's message, and decided by, is a field of its own in every ledger from now on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from old_schemas import SCHEMA_4

from importer.errors import LedgerError
from importer.ledger import Doing, LedgerEntry, State, open_ledger, read_ledger
from importer.ledger.dump import read_dump
from importer.ledger.postgres_database import MIGRATIONS

STORE = "api.example/stores/abc"
CREATED = LedgerEntry("shop", "1", "#1", State.CREATED, order_id=100, attempt=1, run="r")

MEANT: dict[str, tuple[Doing, int | None, bool, str]] = {
    "update begun": (Doing.UPDATING, None, False, ""),
    "undo begun": (Doing.UNDOING, None, False, ""),
    "attaching; its status was 3": (Doing.NOTHING, 3, False, ""),
    "attaching; its status was 11; touched": (Doing.NOTHING, 11, True, ""),
    "attaching; its status was ": (Doing.NOTHING, None, False, "attaching; its status was "),
    "attaching; its status was None": (Doing.NOTHING, None, False, "attaching; its status was None"),
    "attached": (Doing.NOTHING, None, False, "attached"),
    "updated": (Doing.NOTHING, None, False, "updated"),
    "": (Doing.NOTHING, None, False, ""),
}
"""An old row's message -> doing, status_before, touched, and the message now."""

OLD = [
    ("shop", str(n), "#1", "created", 100 + n, 1, 0, "", "", None, None, "r", said, 1, "", "", "")
    for n, said in enumerate(MEANT)
]
"""An old row for each message, in the order of the columns."""


def meanings(rows: dict[str, LedgerEntry]) -> dict[str, tuple[Doing, int | None, bool, str]]:
    """What the rows say, by the message that each had."""
    told = {source_id: (row.doing, row.status_before, row.touched, row.message) for source_id, row in rows.items()}
    return {said: told[str(n)] for n, said in enumerate(MEANT)}


def test_a_sqlite_ledger_of_the_fourth_schema(tmp_path: Path) -> None:
    """Each message is read once; a reader refuses the ledger before, and a second opening changes nothing."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_4)
        old.executemany("INSERT INTO entries VALUES (" + ", ".join("?" * 17) + ")", OLD)  # noqa: S608 - marks
        old.commit()
    with pytest.raises(LedgerError, match="older importer"):
        read_ledger(str(path))
    for _ in range(2):
        with closing(open_ledger(str(path), STORE)) as ledger:
            assert meanings(ledger.entries("shop", [row[1] for row in OLD])) == MEANT


def test_a_postgres_ledger_of_the_second_schema(fresh: str) -> None:
    """The same in a database."""
    with psycopg.connect(fresh, autocommit=True) as old:
        old.execute("CREATE SCHEMA importer; SET search_path = importer")
        old.execute("CREATE TABLE version (number integer PRIMARY KEY, applied timestamptz)")
        for number, migration in enumerate(MIGRATIONS[:2], 1):
            old.execute(migration)  # type: ignore[call-overload]  # our own text
            old.execute("INSERT INTO version VALUES (%s, now())", (number,))
        old.execute("INSERT INTO stores VALUES (%s)", (STORE,))
        insert = "INSERT INTO entries VALUES (" + ", ".join(["%s"] * 19) + ")"  # noqa: S608 - marks
        old.cursor().executemany(insert, [(STORE, *row, 0) for row in OLD])
    with pytest.raises(LedgerError, match="older importer"):
        read_ledger(fresh)
    for _ in range(2):
        with closing(open_ledger(fresh, STORE)) as ledger:
            assert meanings(ledger.entries("shop", [row[1] for row in OLD])) == MEANT


def test_a_dump_of_the_first_format(tmp_path: Path) -> None:
    """The same in a dump that an earlier importer wrote."""
    names = "namespace source_id external_order_id state order_id attempt doubts body_hash plan sent_at not_before run"
    names += " message generation source_hash sent shown"
    lines = [{"ledger": 1, "store": STORE}, *({"order": dict(zip(names.split(), row, strict=True))} for row in OLD)]
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    rows = [row for row in read_dump(path) if isinstance(row, LedgerEntry)]
    assert meanings({row.source_id: row for row in rows}) == MEANT


def test_what_is_being_done_comes_back_as_it_was_written(url: str) -> None:
    """The fields survive a new process, each in its own type."""
    undoing = replace(CREATED, doing=Doing.UNDOING, status_before=0, touched=True)
    with closing(open_ledger(url, STORE)) as ledger:
        ledger.move([replace(CREATED, state=State.SENDING, order_id=None)])
        assert ledger.move([undoing]) == [undoing]
    with closing(read_ledger(url)) as again:
        found = again.entries("shop", ["1"])["1"]
    assert (found, type(found.doing), type(found.touched)) == (undoing, Doing, bool)
