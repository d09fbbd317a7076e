"""Orders in one export, their lines in another: joined on the order's number, in bounded memory."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importer.model import Problem, SourceOrder, SourceRow
from importer.sources.grouping import csv_key, json_key, width_problems
from importer.sources.keys import ROW_LIMIT, too_many
from importer.temporary import temporary_database

if TYPE_CHECKING:
    from importer.model import SourceSpec


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows of the second file whose order is not in the first: how many, of how many orders, and one of them."""

    rows: int
    orders: int
    example: str
    origin: str


class Items:
    """The rows of the second file under their order's number, in a temporary file; each is given once."""

    def __init__(self, spec: SourceSpec, columns: tuple[str, ...] | None) -> None:
        self._spec = spec
        self._columns = columns
        table = "number INTEGER PRIMARY KEY, key TEXT NOT NULL, row BLOB NOT NULL"
        self._database = temporary_database(f"CREATE TABLE items ({table})")

    def keep(self, rows: Iterable[SourceRow]) -> None:
        """Read all rows of the second file. Raises UsageError when the disk is full."""
        key_of = self._key_of()
        kept = ((key_of(row), pickle.dumps(row)) for row in rows)
        self._database.executemany("INSERT INTO items (key, row) VALUES (?, ?)", kept)
        self._database.execute("CREATE INDEX by_key ON items (key, number)")

    def joined(self, orders: Iterable[SourceOrder]) -> Iterator[SourceOrder]:
        """The orders with their lines. One that has none carries the Problem `no-lines`."""
        for order in orders:
            lines = self._taken(order.source_id) if order.source_id else ()
            if order.problems or order.skipped:
                yield order
                continue
            problems = width_problems(lines, len(self._columns)) if self._columns is not None else ()
            yield order._replace(lines=lines, problems=problems if lines else (self._no_lines(order),))

    def strays(self) -> Strays | None:
        """What no order has asked for; None where every row found its order."""
        rows, orders = self._database.execute("SELECT count(*), count(DISTINCT key) FROM items").fetchone()
        if not rows:
            return None
        key, kept = self._database.execute("SELECT key, row FROM items ORDER BY number LIMIT 1").fetchone()
        first: SourceRow = pickle.loads(kept)  # noqa: S301 - our own temporary file
        return Strays(rows, orders, key, f"{first.file}:{first.line}")

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()

    def _key_of(self) -> Callable[[SourceRow], str]:
        if self._columns is None:
            return json_key(self._spec)
        return csv_key(self._spec, self._columns.index(self._spec.order))

    def _taken(self, key: str) -> tuple[SourceRow, ...]:
        query = "SELECT row FROM items WHERE key = ? ORDER BY number LIMIT ?"
        rows = tuple(pickle.loads(row) for (row,) in self._database.execute(query, (key, ROW_LIMIT + 1)))  # noqa: S301 - our own temporary file
        if len(rows) > ROW_LIMIT:
            raise too_many(rows[0], self._spec)
        if rows:
            self._database.execute("DELETE FROM items WHERE key = ?", (key,))
        return rows

    def _no_lines(self, order: SourceOrder) -> Problem:
        first = order.rows[0]
        said = (
            f"the second file has no row whose '{self._spec.order}' is '{order.source_id}': export it for the same"
            " span of time, and pass all its files with --with"
        )
        return Problem("no-lines", "products", said, f"{first.file}:{first.line}")
