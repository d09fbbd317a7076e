"""All that the store remembers, in one SQLite file: orders, their parts' counters, the catalogue, the journal.

An order is one JSON record, exactly as its answers are built of it; beside it stand the columns that lists filter by.
A commit survives the end of this process by any signal (WAL); it need not survive a power cut, so nothing is fsynced.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from importer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Record = dict[str, Any]

FIRST_ORDER = 100

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, record TEXT NOT NULL, external_order_id TEXT, external_merchant_id TEXT,
    external_source TEXT, customer_id INTEGER, email TEXT, status_id INTEGER, channel_id INTEGER, payment_method TEXT,
    total INTEGER, created REAL, modified REAL, archived INTEGER, visible REAL
);
CREATE INDEX IF NOT EXISTS orders_by_external ON orders (external_order_id);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS things (
    kind TEXT, id INTEGER, owner INTEGER, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS things_by_key ON things (kind, key);
CREATE INDEX IF NOT EXISTS things_by_owner ON things (kind, owner);
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, at REAL, kind TEXT, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journal_by_kind ON journal (kind);
"""

COLUMNS = (
    "id",
    "record",
    "external_order_id",
    "external_merchant_id",
    "external_source",
    "customer_id",
    "email",
    "status_id",
    "channel_id",
    "payment_method",
    "total",
    "created",
    "modified",
    "archived",
    "visible",
)
_SAVE = f"INSERT OR REPLACE INTO orders ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - the columns are ours


class State:
    """One connection behind one lock: what is read and written inside `transaction` is one step for everybody."""

    def __init__(self, path: str = "") -> None:
        self._lock = threading.RLock()
        self._closed = False
        try:
            self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise UsageError(f"{path}: cannot be used as the sandbox's state: {error}; name another file") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything or nothing; committed when the block ends, before anybody is answered."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def close(self) -> None:
        """Waits for the transaction under way, then closes the file."""
        with self._lock:
            self._closed = True
            self._db.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one at a time; a request that comes when the store is gone is cut off."""
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("the sandbox has ended")
            yield self._db

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds, whole."""
        with self._open() as db:
            return db.execute(query, values).fetchall()

    def take_ids(self, counter: str, count: int = 1, first: int = 1) -> int:
        """The first of `count` ids that nobody had before."""
        query = "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ? RETURNING value"
        return int(self.rows(query, (counter, first + count, count))[0][0]) - count

    def save_order(self, order_id: int, record: Record, columns: dict[str, Any]) -> None:
        """Write an order with the columns that lists filter by."""
        text = json.dumps(record, separators=(",", ":"), default=float)
        self.rows(_SAVE, (order_id, text, *(columns[name] for name in COLUMNS[2:])))

    def order(self, order_id: int) -> Record | None:
        """An order's record, archived or not."""
        found = self.rows("SELECT record FROM orders WHERE id = ?", (order_id,))
        return json.loads(found[0][0]) if found else None

    def put(self, kind: str, thing_id: int, body: Any, key: str = "", owner: int = 0) -> None:
        """Write one thing of a kind. `key`: what it is looked up by; `owner`: what it belongs to."""
        self.rows(
            "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?)", (kind, thing_id, owner, key, json.dumps(body))
        )

    def get(self, kind: str, thing_id: int) -> Any:
        """One thing of a kind, or None."""
        found = self.rows("SELECT body FROM things WHERE kind = ? AND id = ?", (kind, thing_id))
        return json.loads(found[0][0]) if found else None

    def drop(self, kind: str, thing_id: int) -> None:
        """Forget one thing."""
        self.rows("DELETE FROM things WHERE kind = ? AND id = ?", (kind, thing_id))

    def all(self, kind: str, owner: int | None = None, keys: Sequence[str] | None = None) -> list[Any]:
        """Everything of a kind by id: of one owner, with one of some keys."""
        query, values = "SELECT body FROM things WHERE kind = ?", [kind]
        if owner is not None:
            query, values = query + " AND owner = ?", [*values, owner]  # type: ignore[list-item]
        if keys is not None:
            query, values = query + f" AND key IN ({', '.join('?' * len(keys))})", [*values, *keys]
        return [json.loads(body) for (body,) in self.rows(query + " ORDER BY id", values)]

    def note(self, at: float, kind: str, detail: dict[str, Any]) -> None:
        """Write one line of the journal."""
        text = json.dumps(detail, separators=(",", ":"))
        self.rows("INSERT INTO journal (at, kind, detail) VALUES (?, ?, ?)", (at, kind, text))
