"""The ledger in one SQLite file: one process, one connection, each move on the disk before it returns."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from importer.errors import LedgerError
from importer.ledger.entry import MOVES, LedgerEntry, Run, State

APPLICATION_ID = 0x4F494D50  # "OIMP", in the file's header: tells a ledger from any other database
SCHEMA = 2

_STATES = ", ".join(f"'{state}'" for state in State)
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
  PRIMARY KEY (namespace, source_id)
) WITHOUT ROWID;
CREATE TABLE runs (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE UNIQUE INDEX one_source_per_order ON entries (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX unsettled ON entries (state) WHERE state <> 'created';
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
"""
_NAMES = tuple(field.name for field in fields(LedgerEntry))
_SELECT = f"SELECT {', '.join(_NAMES)} FROM entries"  # noqa: S608 - the names are the entry's own


def _move_into(state: State) -> str:
    """The statement that moves a row into `state`, from a state that may and in the attempt it continues."""
    origins = ", ".join(f"'{origin}'" for origin, targets in MOVES.items() if state in targets)
    changes = ", ".join(f"{name} = :{name}" for name in _NAMES[2:])
    step = 1 if state is State.SENDING else 0
    return (
        f"UPDATE entries SET {changes} WHERE namespace = :namespace AND source_id = :source_id "  # noqa: S608 - own names
        f"AND state IN ({origins}) AND attempt = :attempt - {step}"
    )


_MOVE = {state: _move_into(state) for state in State}
_FIRST = (
    f"INSERT INTO entries ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)}) "  # noqa: S608 - own names
    f"ON CONFLICT (namespace, source_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES[2:])} "
    "WHERE entries.state = 'parked'"
)
"""An order's first row: it is being sent, or parked. What was parked gives way to either."""


class SqliteLedger:
    """A ledger in a SQLite file; see `Ledger` for what its methods promise."""

    def __init__(self, connection: sqlite3.Connection, lock: sqlite3.Connection | None = None) -> None:
        self._connection = connection
        self._lock = lock
        self._runs: set[str] = set()

    @property
    def store(self) -> str:
        """The store that the ledger is bound to."""
        with _own_words():
            return str(self._connection.execute("SELECT store FROM ledger").fetchone()[0])

    def move(self, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
        """Write the rows' next values in one transaction; gives those that were let through."""
        if not entries:
            return []
        with _own_words(), _transaction(self._connection):
            return [entry for entry in entries if self._moved(entry)]

    def _moved(self, entry: LedgerEntry) -> bool:
        first = (entry.state is State.SENDING and entry.attempt == 1) or entry.state is State.PARKED
        statement = _FIRST if first else _MOVE[entry.state]
        if entry.run and entry.run not in self._runs:
            self._connection.execute("INSERT OR IGNORE INTO runs (name) VALUES (?)", (entry.run,))
            self._runs.add(entry.run)
        return self._connection.execute(statement, _row(entry)).rowcount == 1

    def entries(self, namespace: str, source_ids: Sequence[str]) -> dict[str, LedgerEntry]:
        """The rows of these source orders, by source id."""
        where = f"WHERE namespace = ? AND source_id IN ({_marks(source_ids)})"
        return {entry.source_id: entry for entry in self._select(where, namespace, *source_ids)}

    def in_state(self, *states: State, namespace: str = "") -> Iterator[LedgerEntry]:
        """The rows in these states, by namespace and source id."""
        where = f"WHERE state IN ({_marks(states)}) AND ? IN ('', namespace) ORDER BY namespace, source_id"
        return self._select(where, *states, namespace)

    def created(self, namespace: str, first: int, last: int) -> Iterator[LedgerEntry]:
        """The created rows whose order id lies in first..last, by rising order id."""
        where = "WHERE order_id BETWEEN ? AND ? AND namespace = ? AND state = 'created' ORDER BY order_id"
        return self._select(where, first, last, namespace)

    def already_created(self, namespace: str, plan: str, source_ids: Sequence[str]) -> set[str]:
        """Those of these source orders that were created from this very plan."""
        query = (
            "SELECT source_id FROM entries WHERE namespace = ? AND plan = ? AND state = 'created' "  # noqa: S608 - marks
            f"AND source_id IN ({_marks(source_ids)})"
        )
        with _own_words():
            return {source_id for (source_id,) in self._connection.execute(query, (namespace, plan, *source_ids))}

    def knows_plan(self, namespace: str, plan: str) -> bool:
        """Whether orders of this very plan were sent before."""
        return any(self._select("WHERE namespace = ? AND plan = ? LIMIT 1", namespace, plan))

    def _select(self, where: str, *values: object) -> Iterator[LedgerEntry]:
        with _own_words():
            yield from map(_entry, self._connection.execute(f"{_SELECT} {where}", values))

    def runs(self) -> list[Run]:
        """The runs that sent orders, by number."""
        query = (
            "SELECT number, name, state, count(*) FROM runs JOIN entries ON run = name GROUP BY number, state "
            "ORDER BY number"
        )
        found: dict[int, Run] = {}
        with _own_words():
            for number, name, state, count in self._connection.execute(query):
                found.setdefault(number, Run(number, name, {})).counts[State(state)] = count
        return list(found.values())

    def created_by(self, run: str, after: int, limit: int) -> list[LedgerEntry]:
        """Created rows of that run whose order id lies above `after`, by rising order id."""
        where = "WHERE run = ? AND order_id > ? AND state = 'created' ORDER BY order_id LIMIT ?"
        return list(self._select(where, run, after, limit))

    def counts(self, namespace: str = "") -> dict[State, int]:
        """How many rows stand where; every state is a key."""
        query = "SELECT state, count(*) FROM entries WHERE ? IN ('', namespace) GROUP BY state"
        with _own_words():
            found = dict(self._connection.execute(query, (namespace,)))
        return {state: found.get(state, 0) for state in State}

    def close(self) -> None:
        """Let the file go for the next process."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()


def open_sqlite(path: Path, store: str) -> SqliteLedger:
    """The ledger at `path` for writing, made when it is not there. Raises LedgerError."""
    with _own_words(path):
        lock = _take_lock(path)
        try:
            connection = _connect(path, "rwc")
            _prepare(connection, path, store)
        except BaseException:
            lock.close()
            raise
    return SqliteLedger(connection, lock)


def read_sqlite(path: Path) -> SqliteLedger:
    """The ledger at `path` for reading only, while a run may be writing it. Raises LedgerError."""
    if not path.is_file():
        raise LedgerError(f"no ledger at {path}")
    with _own_words(path):
        connection = _connect(path, "rw")
        connection.execute("PRAGMA query_only = ON")
        if _recognise(connection, path) < SCHEMA:
            raise LedgerError(f"ledger {path} was written by an older importer; `importer run` upgrades it")
    return SqliteLedger(connection)


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


def _prepare(connection: sqlite3.Connection, path: Path, store: str) -> None:
    """Make the tables in a new file, else recognise them; bind the ledger to the store; make commits durable."""
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        with _transaction(connection):
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT INTO ledger VALUES (?)", (store,))
    if _recognise(connection, path) < SCHEMA:
        _upgrade(connection)
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


def _upgrade(connection: sqlite3.Connection) -> None:
    """A ledger of schema 1 as one of this schema: its rows as they are, its runs numbered by their first intent."""
    names = ", ".join(_NAMES[:13])
    with _transaction(connection):
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
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def _own_words(path: Path | None = None) -> Iterator[None]:
    """SQLite's errors as LedgerError, one line each, with the way out."""
    where = f"ledger {path}" if path else "the ledger"
    try:
        yield
    except sqlite3.IntegrityError as error:
        if "order_id" in str(error):
            raise LedgerError(
                "the store gave out an order id that this ledger holds already: the ledger belongs to another store, "
                "or to a sandbox that has been started anew; name another ledger"
            ) from error
        raise LedgerError(f"{where}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"{where} cannot be used: {error}") from error


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _row(entry: LedgerEntry) -> dict[str, object]:
    row = {name: getattr(entry, name) for name in _NAMES}
    return row | {"state": entry.state.value, "sent_at": _text(entry.sent_at), "not_before": _text(entry.not_before)}


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    values = dict(zip(_NAMES, row, strict=True))
    times = {name: _time(values[name]) for name in ("sent_at", "not_before")}
    return LedgerEntry(**values | times | {"state": State(values["state"])})


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
