"""The ledger in one SQLite file: one process, one connection, each move on the disk before it returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from importer.ledger import sqlite_attachments
from importer.ledger.attachment import Attachment
from importer.ledger.entry import Doing, LedgerEntry, Run, State, runs_of
from importer.ledger.sqlite_file import NAMES, open_file, own_words, read_file, transaction
from importer.ledger.sqlite_moves import move_into

_SELECT = f"SELECT {', '.join(NAMES)} FROM entries"  # noqa: S608 - the names are the entry's own


_MOVE = {state: move_into(state, "entries", NAMES[:2], NAMES[2:]) for state in State}
_FIRST = (
    f"INSERT INTO entries ({', '.join(NAMES)}) VALUES ({', '.join(f':{name}' for name in NAMES)}) "  # noqa: S608 - own names
    f"ON CONFLICT (namespace, source_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in NAMES[2:])} "
    "WHERE entries.state = 'parked'"
)
"""An order's first row: it is being sent, or parked. What was parked gives way to either."""


_PUT = _FIRST.partition(" WHERE entries.state")[0]
"""A row that another ledger has: it stands as it is."""


class SqliteLedger:
    """A ledger in a SQLite file; see `Ledger` for what its methods promise."""

    def __init__(self, connection: sqlite3.Connection, lock: sqlite3.Connection | None = None) -> None:
        self._connection = connection
        self._lock = lock
        self._runs: set[str] = set()

    @property
    def store(self) -> str:
        """The store that the ledger is bound to."""
        with own_words():
            return str(self._connection.execute("SELECT store FROM ledger").fetchone()[0])

    def move(self, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
        """Write the rows' next values in one transaction; gives those that were let through."""
        if not entries:
            return []
        with own_words(), transaction(self._connection):
            return [entry for entry in entries if self._moved(entry)]

    def _moved(self, entry: LedgerEntry) -> bool:
        first = (entry.state is State.SENDING and entry.attempt == 1) or entry.state is State.PARKED
        statement = _FIRST if first else _MOVE[entry.state]
        self._know(entry.run)
        return self._connection.execute(statement, _row(entry)).rowcount == 1

    def _know(self, run: str) -> None:
        if run and run not in self._runs:
            self._connection.execute("INSERT OR IGNORE INTO runs (name) VALUES (?)", (run,))
            self._runs.add(run)

    def take_over(self, namespace: str) -> list[LedgerEntry]:
        """What earlier runs left: nobody else writes while we hold the lock."""
        return list(self.in_state(State.SENDING, State.IN_DOUBT, namespace=namespace))

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

    def newest(self, namespace: str) -> int:
        """The highest order id of the namespace."""
        query = "SELECT order_id FROM entries WHERE namespace = ? AND order_id > 0 ORDER BY order_id DESC LIMIT 1"
        with own_words():
            row = self._connection.execute(query, (namespace,)).fetchone()
        return row[0] if row else 0

    def already_created(self, namespace: str, plan: str, source_ids: Sequence[str]) -> set[str]:
        """Those of these source orders that were created from this very plan."""
        query = (
            "SELECT source_id FROM entries WHERE namespace = ? AND plan = ? AND state = 'created' "  # noqa: S608 - marks
            f"AND source_id IN ({_marks(source_ids)})"
        )
        with own_words():
            return {source_id for (source_id,) in self._connection.execute(query, (namespace, plan, *source_ids))}

    def keep_plan(self, namespace: str, plan: str, facts: str) -> None:
        """Keep what a plan found that passed its verdict."""
        with own_words(), transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO plans VALUES (?, ?, ?)", (namespace, plan, facts))

    def kept_plan(self, namespace: str, plan: str) -> str:
        """What that very plan found; "" where none passed."""
        query = "SELECT facts FROM plans WHERE namespace = ? AND plan = ?"
        with own_words():
            row = self._connection.execute(query, (namespace, plan)).fetchone()
        return str(row[0]) if row else ""

    def _select(self, where: str, *values: object) -> Iterator[LedgerEntry]:
        with own_words():
            yield from map(_entry, self._connection.execute(f"{_SELECT} {where}", values))

    def runs(self) -> list[Run]:
        """The runs that sent orders, by number."""
        query = (
            "SELECT number, name, namespace, state, count(*) FROM runs JOIN entries ON run = name "
            "GROUP BY number, namespace, state ORDER BY number"
        )
        with own_words():
            return runs_of(self._connection.execute(query))

    def created_by(self, run: str, after: int, limit: int) -> list[LedgerEntry]:
        """Created rows of that run whose order id lies above `after`, by rising order id."""
        where = "WHERE run = ? AND order_id > ? AND state = 'created' ORDER BY order_id LIMIT ?"
        return list(self._select(where, run, after, limit))

    def counts(self, namespace: str = "") -> dict[State, int]:
        """How many rows stand where; every state is a key."""
        query = "SELECT state, count(*) FROM entries WHERE ? IN ('', namespace) GROUP BY state"
        with own_words():
            counted = dict(self._connection.execute(query, (namespace,)))
        return {state: counted.get(state, 0) for state in State}

    def attach(self, rows: Sequence[Attachment]) -> list[Attachment]:
        """Write attachments' next values in one transaction; gives those that were let through."""
        if not rows:
            return []
        with own_words(), transaction(self._connection):
            return [row for row in rows if sqlite_attachments.moved(self._connection, row)]

    def attachments(self, order_ids: Sequence[int]) -> list[Attachment]:
        """What hangs on these orders, as far as it was ever sent."""
        with own_words():
            return list(sqlite_attachments.select(self._connection, order_ids))

    def attachments_in_state(self, *states: State, namespace: str = "") -> Iterator[Attachment]:
        """The attachments in these states, by order id."""
        with own_words():
            yield from sqlite_attachments.in_state(self._connection, states, namespace)

    def attachment_counts(self, namespace: str = "") -> dict[tuple[str, State], int]:
        """How many attachments of each kind stand where."""
        with own_words():
            return sqlite_attachments.counts(self._connection, namespace)

    def take_in(self, rows: Sequence[LedgerEntry] | Sequence[Attachment]) -> None:
        """Write rows as another ledger has them, over what is there."""
        with own_words(), transaction(self._connection):
            for row in rows:
                if isinstance(row, Attachment):
                    sqlite_attachments.put(self._connection, row)
                    continue
                self._know(row.run)
                self._connection.execute(_PUT, _row(row))

    def damage(self) -> list[str]:
        """What SQLite finds wrong with the file."""
        with own_words():
            lines = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check")]
        return [f"the file is damaged: {line}" for line in lines if line != "ok"]

    def close(self) -> None:
        """Let the file go for the next process."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()


def open_sqlite(path: Path, store: str) -> SqliteLedger:
    """The ledger at `path` for writing, made when it is not there. Raises LedgerError."""
    return SqliteLedger(*open_file(path, store))


def read_sqlite(path: Path) -> SqliteLedger:
    """The ledger at `path` for reading only, while a run may be writing it. Raises LedgerError."""
    return SqliteLedger(read_file(path))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _row(entry: LedgerEntry) -> dict[str, object]:
    row = {name: getattr(entry, name) for name in NAMES}
    words = {"state": entry.state.value, "doing": entry.doing.value}
    return row | words | {"sent_at": _text(entry.sent_at), "not_before": _text(entry.not_before)}


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    values = dict(zip(NAMES, row, strict=True))
    times = {name: _time(values[name]) for name in ("sent_at", "not_before")}
    words = {"state": State(values["state"]), "doing": Doing(values["doing"])}
    return LedgerEntry(**values | times | words | {"touched": bool(values["touched"])})


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
