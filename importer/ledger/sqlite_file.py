"""A ledger's SQLite file: made, recognised, upgraded, locked, and made durable; and SQLite's errors in our words."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from pathlib import Path

from importer.errors import LedgerError
from importer.ledger import sqlite_attachments
from importer.ledger.entry import Doing, LedgerEntry, State
from importer.ledger.old_messages import IN_TABLE

APPLICATION_ID = 0x4F494D50  # "OIMP", in the file's header: tells a ledger from any other database
SCHEMA = 6

NAMES = tuple(field.name for field in fields(LedgerEntry))
"""The columns of an order's row."""

_STATES = ", ".join(f"'{state}'" for state in State)
_PLANS = """
CREATE TABLE plans (
  namespace TEXT NOT NULL,
  plan TEXT NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (namespace, plan)
) WITHOUT ROWID"""
_DOINGS = ", ".join(f"'{doing}'" for doing in Doing)
_DOING = (
    f"doing TEXT NOT NULL DEFAULT '' CHECK (doing IN ({_DOINGS}))",
    "status_before INTEGER",
    "touched INTEGER NOT NULL DEFAULT 0",
)
_TABLES = f"""
CREATE TABLE ledger (store TEXT NOT NULL);
CREATE TABLE entries (
  namespace TEXT NOT NULL,
  source_id TEXT NOT NULL,
  external_order_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ({_STATES})),
  order_id INTEGER,
  attempt INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  plan TEXT NOT NULL,
  sent_at TEXT,
  not_before TEXT,
  run TEXT NOT NULL,
  message TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 1,
  source_hash TEXT NOT NULL DEFAULT '',
  sent TEXT NOT NULL DEFAULT '',
  shown TEXT NOT NULL DEFAULT '',
  {", ".join(_DOING)},
  PRIMARY KEY (namespace, source_id)
) WITHOUT ROWID;
CREATE TABLE runs (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
{sqlite_attachments.TABLE};
{_PLANS};
CREATE UNIQUE INDEX one_source_per_order ON entries (order_id) WHERE order_id IS NOT NULL;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
"""
_CAME_WITH = {
    3: (sqlite_attachments.TABLE,),
    4: (_PLANS,),
    5: (*(f"ALTER TABLE entries ADD COLUMN {column}" for column in _DOING), *IN_TABLE),
    6: ("DROP INDEX unsettled",),  # it was kept with each move, and no query's plan had it
}
"""Schema -> what brought the one before it there."""


def open_file(path: Path, store: str) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """The ledger's file for writing, made when it is not there, and the lock that goes with it. Raises LedgerError."""
    with own_words(path):
        lock = _take_lock(path)
        try:
            connection = _connect(path, "rwc")
            prepare(connection, path, store)
        except BaseException:
            lock.close()
            raise
    return connection, lock


def read_file(path: Path) -> sqlite3.Connection:
    """The ledger's file for reading only, while a run may be writing it. Raises LedgerError."""
    if not path.is_file():
        raise LedgerError(f"no ledger at {path}")
    with own_words(path):
        connection = _connect(path, "rw")
        connection.execute("PRAGMA query_only = ON")
        if _recognise(connection, path) < SCHEMA:
            raise LedgerError(f"ledger {path} was written by an older importer; `importer run` upgrades it")
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10)


def _take_lock(path: Path) -> sqlite3.Connection:
    """Hold `<ledger>.lock` until the process ends, however it ends. SQLite's own file lock works on every platform."""
    lock = _connect(path.with_name(path.name + ".lock"), "rwc")
    try:
        lock.execute("PRAGMA busy_timeout = 0")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if "locked" in str(error):
            raise LedgerError(f"ledger {path} is in use by another run; wait for it, or stop it") from None
        raise
    return lock


def prepare(connection: sqlite3.Connection, path: Path, store: str) -> None:
    """Make the tables in a new file, else recognise them; bind the ledger to the store; make commits durable."""
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        with transaction(connection):
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT INTO ledger VALUES (?)", (store,))
    if (schema := _recognise(connection, path)) < SCHEMA:
        _upgrade(connection, schema)
    _bind(connection, path, store)
    _make_durable(connection, path)


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's number of a ledger. Raises LedgerError for anything else."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise LedgerError(f"{path} is a database, but not a ledger; name another file")
    schema: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if schema > SCHEMA:
        raise LedgerError(
            f"ledger {path} was written by a newer importer (schema {schema}, this one knows {SCHEMA}); upgrade"
        )
    return schema


def _upgrade(connection: sqlite3.Connection, schema: int) -> None:
    """A ledger of an older schema as one of this schema."""
    if schema == 1:
        _upgrade_first(connection)
        return
    with transaction(connection):
        for statement in chain.from_iterable(_CAME_WITH[number] for number in range(schema + 1, SCHEMA + 1)):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _upgrade_first(connection: sqlite3.Connection) -> None:
    """A ledger of schema 1 as one of this schema: its rows as they are, its runs numbered by their first intent."""
    names = ", ".join(NAMES[:13])
    with transaction(connection):
        connection.execute("DROP INDEX one_source_per_order")
        connection.execute("DROP INDEX unsettled")
        connection.execute("ALTER TABLE entries RENAME TO old")
        for statement in _TABLES.split(";\n"):
            if "TABLE ledger" not in statement:
                connection.execute(statement)
        connection.execute(f"INSERT INTO entries ({names}) SELECT {names} FROM old")  # noqa: S608 - own names
        by_time = "SELECT run FROM old WHERE run <> '' GROUP BY run ORDER BY min(sent_at)"
        connection.execute(f"INSERT INTO runs (name) {by_time}")
        connection.execute("DROP TABLE old")


def _bind(connection: sqlite3.Connection, path: Path, store: str) -> None:
    bound = connection.execute("SELECT store FROM ledger").fetchone()[0]
    if bound != store:
        raise LedgerError(
            f"ledger {path} belongs to store {bound}, not to {store}; name another ledger or the other store"
        )


def _make_durable(connection: sqlite3.Connection, path: Path) -> None:
    """Every commit is on the disk before it returns, or the ledger is not used."""
    journal = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync does not reach the disk there
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (journal, synchronous) != ("wal", 2):
        raise LedgerError(f"ledger {path} cannot be made durable here (journal {journal}); put it on a local disk")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """What the block writes, durable as one when it ends; nothing of it when it does not."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


_DAMAGED = (
    "; go on from its newest backup: what the store has of this shop, and the backup does not know, is looked up and"
    " adopted, nothing is sent twice"
)


@contextlib.contextmanager
def own_words(path: Path | None = None) -> Iterator[None]:
    """SQLite's errors as LedgerError, one line each, with the way out."""
    where = f"ledger {path}" if path else "the ledger"
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_UNIQUE:  # `one_source_per_order`, no other can fail
            raise LedgerError(
                "the store gave out an order id that this ledger holds already: the ledger belongs to another store, "
                "or to a sandbox that has been started anew; name another ledger"
            ) from error
        raise LedgerError(f"{where}: {error}") from error
    except sqlite3.DatabaseError as error:
        advice = _DAMAGED if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT else ""
        raise LedgerError(f"{where} cannot be used: {error}{advice}") from error
