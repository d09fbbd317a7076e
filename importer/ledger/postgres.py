"""The ledger in PostgreSQL: many stores in one database, one writer or several for each, on any number of machines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from importer.errors import LedgerError
from importer.ledger.attachment import Attachment, AttachmentKey
from importer.ledger.entry import LEASE, MOVES, Doing, LedgerEntry, Run, State, runs_of
from importer.ledger.postgres_database import (
    ATTACHED,
    NAMES,
    PostgresUrl,
    connect,
    lock_store,
    migrate,
    must_be_current,
    own_words,
    store_meant,
)
from importer.ledger.postgres_session import Session

PAGE = 5_000
"""Rows that are in memory at once."""

_SELECT = f"SELECT {', '.join(NAMES)} FROM entries WHERE store = %s"  # noqa: S608 - the names are the entry's own
_SELECT_ATTACHED = f"SELECT {', '.join(ATTACHED)} FROM attachments WHERE store = %s"  # noqa: S608 - own names


_HELD = "EXISTS (SELECT FROM sessions WHERE epoch = %(epoch)s)"
"""What every statement of a writer asks for, as the commit comes with it: see `Session.hold`."""


def _insert(table: str, names: Sequence[str]) -> str:
    values = ", ".join(f"%({name})s" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} WHERE {_HELD} ON CONFLICT"


def _move_into(state: State, table: str, key: Sequence[str], names: Sequence[str]) -> str:
    """The statement that moves a row into `state`, from a state that may and in the attempt it continues."""
    origins = ", ".join(f"'{origin}'" for origin, targets in MOVES.items() if state in targets)
    changes = ", ".join(f"{name} = %({name})s" for name in names if name not in key)
    where = " AND ".join(f"{name} = %({name})s" for name in ("store", *key))
    step = 1 if state is State.SENDING else 0
    return (
        f"UPDATE {table} SET {changes} WHERE {where} "  # noqa: S608 - own names
        f"AND state IN ({origins}) AND attempt = %(attempt)s - {step} AND {_HELD}"
    )


_KEY, _ATTACHED_KEY = ("namespace", "source_id"), ("order_id", "kind", "name")
_MOVE = {state: _move_into(state, "entries", _KEY, (*NAMES, "epoch")) for state in State}
_FIRST = (
    f"{_insert('entries', ('store', *NAMES, 'epoch'))} (store, namespace, source_id) DO UPDATE SET "
    f"{', '.join(f'{name} = excluded.{name}' for name in (*NAMES[2:], 'epoch'))} WHERE entries.state = 'parked'"
)
"""An order's first row: it is being sent, or parked. What was parked gives way to either."""
_ATTACH = {state: _move_into(state, "attachments", _ATTACHED_KEY, ATTACHED) for state in State}
_ATTACH_FIRST = f"{_insert('attachments', ('store', *ATTACHED))} DO NOTHING"
_PUT = _FIRST.removesuffix(" WHERE entries.state = 'parked'")
_PUT_ATTACHED = _ATTACH_FIRST.removesuffix("DO NOTHING") + (
    "(store, order_id, kind, name) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in ATTACHED[3:])
)
"""The same for rows that another ledger has: they stand as they are."""
_PLAN = ("store", "namespace", "plan")
_KEEP = f"{_insert('plans', (*_PLAN, 'facts'))} ({', '.join(_PLAN)}) DO UPDATE SET facts = excluded.facts"
_RUN = (
    "INSERT INTO runs SELECT %(store)s, coalesce(max(number), 0) + 1, %(run)s FROM runs WHERE store = %(store)s"
    " HAVING NOT EXISTS (SELECT FROM runs WHERE store = %(store)s AND name = %(run)s) ON CONFLICT DO NOTHING"
)
_TAKE_OVER = f"""
UPDATE entries SET epoch = %(epoch)s WHERE store = %(store)s AND (namespace, source_id) IN (
  SELECT namespace, source_id FROM entries
  WHERE store = %(store)s AND namespace = %(namespace)s AND state IN ('sending', 'in-doubt')
  AND epoch NOT IN (SELECT epoch FROM sessions WHERE store = %(store)s) FOR UPDATE SKIP LOCKED
) RETURNING {", ".join(NAMES)}"""  # noqa: S608 - own names


class PostgresLedger:
    """One store's rows in a PostgreSQL database; see `Ledger` for what its methods promise. A reader has no session."""

    def __init__(
        self, connection: Any, url: PostgresUrl, store: str, session: Session | None = None, *, shared: bool = False
    ) -> None:
        self._connection, self._url, self._store, self._session = connection, url, store, session
        self._shared = shared
        self._runs: set[str] = set()

    @property
    def store(self) -> str:
        """The store whose rows these are."""
        return self._store

    def move(self, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
        """Write the rows' next values in one transaction; gives those that were let through."""
        if not entries:
            return []
        ordered = sorted(entries, key=lambda entry: entry.external_merchant_id)  # two writers must not wait in a ring
        moved = self._written([(_statement(entry), self._row(entry)) for entry in ordered])
        for run in dict.fromkeys(entry.run for entry in entries if entry.run and entry.run not in self._runs):
            self._number(run)
        through = {id(entry) for entry, done in zip(ordered, moved, strict=True) if done}
        return [entry for entry in entries if id(entry) in through]

    def _written(self, moves: Sequence[tuple[str, dict[str, Any]]]) -> list[bool]:
        """Which of the statements changed a row; all of them on the disk in one step, in one way to the server.

        What a pipeline sends without BEGIN is one transaction, which is committed as it ends.
        """
        writer = self._writer
        with own_words(self._url), self._connection.pipeline():
            held = writer.hold()
            done = [self._connection.execute(*move) for move in moves]
        writer.must_hold(held)
        return [one.rowcount == 1 for one in done]

    def _number(self, run: str) -> None:
        with own_words(self._url):
            found = None
            while not found:  # two writers may want one number
                self._connection.execute(_RUN, {"store": self._store, "run": run})
                found = self._rows("SELECT 1 FROM runs WHERE store = %s AND name = %s", self._store, run)
        self._runs.add(run)

    def _row(self, entry: LedgerEntry) -> dict[str, Any]:
        row = {name: getattr(entry, name) for name in NAMES}
        words = {"state": entry.state.value, "doing": entry.doing.value}
        return row | words | {"store": self._store, "epoch": self._writer.epoch}

    @property
    def _writer(self) -> Session:
        if self._session is None:
            raise LedgerError(f"ledger {self._url.shown} was opened for reading only")
        return self._session

    def take_over(self, namespace: str) -> list[LedgerEntry]:
        """The rows that were being sent, or are in doubt, and whose writer is gone; ours from now on."""
        if not self._shared:
            return list(self.in_state(State.SENDING, State.IN_DOUBT, namespace=namespace))
        writer = self._writer
        mine = {"store": self._store, "namespace": namespace, "epoch": writer.epoch}
        gone = "DELETE FROM sessions WHERE store = %(store)s AND lease_until < clock_timestamp() AND epoch <> %(epoch)s"
        with own_words(self._url), self._connection.transaction():
            writer.must_hold(writer.hold())
            self._connection.execute(gone, mine)
            rows = self._connection.execute(_TAKE_OVER, mine).fetchall()
        return sorted(map(_entry, rows), key=lambda entry: entry.source_id)

    def entries(self, namespace: str, source_ids: Sequence[str]) -> dict[str, LedgerEntry]:
        """The rows of these source orders, by source id."""
        rows = self._rows(
            f"{_SELECT} AND namespace = %s AND source_id = ANY(%s)", self._store, namespace, list(source_ids)
        )
        return {row[1]: _entry(row) for row in rows}

    def in_state(self, *states: State, namespace: str = "") -> Iterator[LedgerEntry]:
        """The rows in these states, by namespace and source id."""
        query = (
            f"{_SELECT} AND state = ANY(%s) AND %s IN ('', namespace) AND (namespace, source_id) > (%s, %s) "
            f"ORDER BY namespace, source_id LIMIT {PAGE}"
        )
        last = ("", "")
        while rows := self._rows(query, self._store, [state.value for state in states], namespace, *last):
            yield from map(_entry, rows)
            last = rows[-1][:2]

    def created(self, namespace: str, first: int, last: int) -> Iterator[LedgerEntry]:
        """The created rows whose order id lies in first..last, by rising order id."""
        query = (
            f"{_SELECT} AND order_id BETWEEN %s AND %s AND namespace = %s AND state = 'created' "
            f"ORDER BY order_id LIMIT {PAGE}"
        )
        while rows := self._rows(query, self._store, first, last, namespace):
            yield from map(_entry, rows)
            first = rows[-1][NAMES.index("order_id")] + 1

    def newest(self, namespace: str) -> int:
        """The highest order id of the namespace."""
        query = (
            "SELECT order_id FROM entries WHERE store = %s AND namespace = %s AND order_id > 0 "
            "ORDER BY order_id DESC LIMIT 1"
        )
        rows = self._rows(query, self._store, namespace)
        return int(rows[0][0]) if rows else 0

    def already_created(self, namespace: str, plan: str, source_ids: Sequence[str]) -> set[str]:
        """Those of these source orders that were created from this very plan."""
        query = (
            "SELECT source_id FROM entries WHERE store = %s AND namespace = %s AND plan = %s AND state = 'created' "
            "AND source_id = ANY(%s)"
        )
        return {row[0] for row in self._rows(query, self._store, namespace, plan, list(source_ids))}

    def keep_plan(self, namespace: str, plan: str, facts: str) -> None:
        """Keep what a plan found that passed its verdict."""
        values = {"store": self._store, "namespace": namespace, "plan": plan, "facts": facts}
        self._written([(_KEEP, values | {"epoch": self._writer.epoch})])

    def kept_plan(self, namespace: str, plan: str) -> str:
        """What that very plan found; "" where none passed."""
        query = "SELECT facts FROM plans WHERE store = %s AND namespace = %s AND plan = %s"
        rows = self._rows(query, self._store, namespace, plan)
        return str(rows[0][0]) if rows else ""

    def runs(self) -> list[Run]:
        """The runs that sent orders, by number."""
        query = (
            "SELECT number, name, namespace, state, count(*) FROM runs JOIN entries USING (store) "
            "WHERE store = %s AND run = name GROUP BY number, name, namespace, state ORDER BY number"
        )
        return runs_of(self._rows(query, self._store))

    def created_by(self, run: str, after: int, limit: int) -> list[LedgerEntry]:
        """Created rows of that run whose order id lies above `after`, by rising order id."""
        query = f"{_SELECT} AND run = %s AND order_id > %s AND state = 'created' ORDER BY order_id LIMIT %s"
        return [_entry(row) for row in self._rows(query, self._store, run, after, limit)]

    def counts(self, namespace: str = "") -> dict[State, int]:
        """How many rows stand where; every state is a key."""
        query = "SELECT state, count(*) FROM entries WHERE store = %s AND %s IN ('', namespace) GROUP BY state"
        found = dict(self._rows(query, self._store, namespace))
        return {state: found.get(state, 0) for state in State}

    def attach(self, rows: Sequence[Attachment]) -> list[Attachment]:
        """Write attachments' next values in one transaction; gives those that were let through."""
        if not rows:
            return []
        moves = [
            (_ATTACH_FIRST if row.state is State.SENDING and row.attempt == 1 else _ATTACH[row.state], self._hung(row))
            for row in rows
        ]
        return [row for row, moved in zip(rows, self._written(moves), strict=True) if moved]

    def _hung(self, row: Attachment) -> dict[str, Any]:
        values = {name: getattr(row, name) for name in ATTACHED[3:]}
        writer = {"store": self._store, "epoch": self._writer.epoch}
        return values | row.key._asdict() | {"state": row.state.value} | writer

    def attachments(self, order_ids: Sequence[int]) -> list[Attachment]:
        """What hangs on these orders, as far as it was ever sent."""
        rows = self._rows(f"{_SELECT_ATTACHED} AND order_id = ANY(%s)", self._store, list(order_ids))
        return [_attachment(row) for row in rows]

    def attachments_in_state(self, *states: State, namespace: str = "") -> Iterator[Attachment]:
        """The attachments in these states, by order id."""
        query = (
            f"{_SELECT_ATTACHED} AND state = ANY(%s) AND %s IN ('', namespace) "
            f"AND (order_id, kind, name) > (%s, %s, %s) ORDER BY order_id, kind, name LIMIT {PAGE}"
        )
        last: tuple[Any, ...] = (0, "", "")
        while rows := self._rows(query, self._store, [state.value for state in states], namespace, *last):
            yield from map(_attachment, rows)
            last = rows[-1][:3]

    def attachment_counts(self, namespace: str = "") -> dict[tuple[str, State], int]:
        """How many attachments of each kind stand where."""
        query = (
            "SELECT kind, state, count(*) FROM attachments WHERE store = %s AND %s IN ('', namespace) "
            "GROUP BY kind, state"
        )
        return {(kind, State(state)): count for kind, state, count in self._rows(query, self._store, namespace)}

    def take_in(self, rows: Sequence[LedgerEntry] | Sequence[Attachment]) -> None:
        """Write rows as another ledger has them, over what is there."""
        for run in dict.fromkeys(row.run for row in rows if row.run and row.run not in self._runs):
            self._number(run)
        moves = [
            (_PUT_ATTACHED, self._hung(row)) if isinstance(row, Attachment) else (_PUT, self._row(row)) for row in rows
        ]
        if moves:
            self._written(moves)

    def damage(self) -> list[str]:
        """Nothing: a PostgreSQL server looks after its files itself (`pg_amcheck`, data checksums)."""
        return []

    def close(self) -> None:
        """Let the store go for the next process. What cannot be told any more is found out by the others."""
        with contextlib.suppress(LedgerError), own_words(self._url):
            if self._session is not None:
                self._session.close()
            self._connection.execute("SELECT pg_advisory_unlock_all()")  # the server would notice the end a while later
        self._connection.close()

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with own_words(self._url):
            rows: list[tuple[Any, ...]] = self._connection.execute(query, values).fetchall()
            return rows


def open_postgres(url: str, store: str, *, shared: bool = False, lease: float = LEASE) -> PostgresLedger:
    """The store's ledger for writing: alone, or with other writers that share it. Raises LedgerError."""
    parts = PostgresUrl(url)
    connection = connect(parts)
    try:
        migrate(connection, parts)
        lock_store(connection, parts, store, shared=shared)
        with own_words(parts):
            connection.execute("INSERT INTO stores VALUES (%s) ON CONFLICT DO NOTHING", (store,))
            if not shared:  # whoever wrote before us is gone: the lock says so
                connection.execute("DELETE FROM sessions WHERE store = %s", (store,))
            session = Session(connection, parts, store, lease)
            return PostgresLedger(connection, parts, store, session, shared=shared)
    except BaseException:
        connection.close()
        raise


def read_postgres(url: str) -> PostgresLedger:
    """A store's ledger for reading only. Raises LedgerError."""
    parts = PostgresUrl(url)
    connection = connect(parts)
    try:
        must_be_current(connection, parts)
        return PostgresLedger(connection, parts, store_meant(connection, parts))
    except BaseException:
        connection.close()
        raise


def _statement(entry: LedgerEntry) -> str:
    first = (entry.state is State.SENDING and entry.attempt == 1) or entry.state is State.PARKED
    return _FIRST if first else _MOVE[entry.state]


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    values = dict(zip(NAMES, row, strict=True))
    return LedgerEntry(**values | {"state": State(values["state"]), "doing": Doing(values["doing"])})


def _attachment(row: tuple[Any, ...]) -> Attachment:
    values = dict(zip(ATTACHED[3:], row[3:], strict=True))
    return Attachment(AttachmentKey(*row[:3]), **values | {"state": State(values["state"])})
