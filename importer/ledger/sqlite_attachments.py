"""The rows of attachments in a SQLite ledger: the same moves and the same fence as the orders'."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from importer.ledger.attachment import Attachment, AttachmentKey
from importer.ledger.entry import State
from importer.ledger.sqlite_moves import move_into

TABLE = f"""
CREATE TABLE attachments (
  order_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('shipment', 'metafield')),
  name TEXT NOT NULL,
  namespace TEXT NOT NULL,
  source_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ({", ".join(f"'{state}'" for state in State)})),
  remote_id INTEGER,
  attempt INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  sent_at TEXT,
  not_before TEXT,
  run TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (order_id, kind, name)
) WITHOUT ROWID"""
_KEY = ("order_id", "kind", "name")
_VALUES = ("state", "remote_id", "attempt", "doubts", "body_hash", "sent_at", "not_before", "run", "message")
_NAMES = (*_KEY, "namespace", "source_id", *_VALUES)
_SELECT = f"SELECT {', '.join(_NAMES)} FROM attachments"  # noqa: S608 - own names
_FIRST = (
    f"INSERT INTO attachments ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)}) "  # noqa: S608 - own names
    "ON CONFLICT DO NOTHING"
)


_PUT = _FIRST.removesuffix("DO NOTHING") + (
    f"(order_id, kind, name) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _VALUES)}"
)


_MOVE = {state: move_into(state, "attachments", _KEY, _VALUES) for state in State}


def moved(connection: sqlite3.Connection, row: Attachment) -> bool:
    """Whether a row's next value was let through; inside the caller's transaction."""
    first = row.state is State.SENDING and row.attempt == 1
    return connection.execute(_FIRST if first else _MOVE[row.state], _as_row(row)).rowcount == 1


def put(connection: sqlite3.Connection, row: Attachment) -> None:
    """Write a row as it is, over what is there."""
    connection.execute(_PUT, _as_row(row))


def select(connection: sqlite3.Connection, order_ids: Sequence[int]) -> Iterator[Attachment]:
    """The rows of these orders."""
    marks = ", ".join("?" * len(order_ids))
    yield from map(_attachment, connection.execute(f"{_SELECT} WHERE order_id IN ({marks})", list(order_ids)))


def in_state(connection: sqlite3.Connection, states: Sequence[State], namespace: str) -> Iterator[Attachment]:
    """The rows in these states, by order."""
    marks = ", ".join("?" * len(states))
    where = f"WHERE state IN ({marks}) AND ? IN ('', namespace) ORDER BY order_id, kind, name"
    yield from map(_attachment, connection.execute(f"{_SELECT} {where}", [*states, namespace]))


def counts(connection: sqlite3.Connection, namespace: str) -> dict[tuple[str, State], int]:
    """How many rows of each kind stand where."""
    query = "SELECT kind, state, count(*) FROM attachments WHERE ? IN ('', namespace) GROUP BY kind, state"
    return {(kind, State(state)): count for kind, state, count in connection.execute(query, (namespace,))}


def _as_row(row: Attachment) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(row, name) for name in ("namespace", "source_id", *_VALUES)}
    times = {name: time.isoformat(timespec="microseconds") for name in _TIMES if (time := getattr(row, name))}
    return values | row.key._asdict() | {"state": row.state.value} | times


def _attachment(row: tuple[Any, ...]) -> Attachment:
    values = dict(zip(_NAMES, row, strict=True))
    key = AttachmentKey(*(values.pop(name) for name in _KEY))
    times = {name: datetime.fromisoformat(values[name]) for name in _TIMES if values[name]}
    return Attachment(key, **values | times | {"state": State(values["state"])})


_TIMES = ("sent_at", "not_before")
