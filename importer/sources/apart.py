"""Rows of one order that lie apart, brought together: for exports that are not sorted by order (`adjacent: false`).

The export is read twice. The first time each order's runs of adjacent rows are counted; the second time the runs of an
order that has more than one wait in a temporary file until its last one comes. Memory does not grow with the export.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from importer.model import Problem, SourceRow
from importer.sources.keys import ROW_LIMIT, too_many
from importer.temporary import temporary_database

if TYPE_CHECKING:
    from importer.model import SourceSpec

Rows = tuple[SourceRow, ...]
Run = tuple[str, Rows, tuple[Problem, ...]]
"""An order's number and rows of it that are adjacent, with what is wrong with them."""


def gathered(first: Iterator[Run], second: Iterator[Run], spec: SourceSpec) -> Iterator[Run]:
    """The runs of `second` with those of one order and file made one, where the last of them stands.

    `first` are the same runs, to be counted. An order of which two runs hold the very same rows carries the Problem
    `duplicate-order`: it was exported twice, or has two lines alike. Errors: SourceError for an order of thousands of
    rows, UsageError when the disk is full.
    """
    with closing(_Waiting(spec)) as waiting:
        if not waiting.count(first):
            yield from second
            return
        for run in second:
            whole = waiting.whole(run)
            if whole:
                yield whole


class _Waiting:
    """How many runs each order has, and those that came so far of the orders that have more than one."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        counts = "file TEXT, key TEXT, runs INTEGER, rows INTEGER, PRIMARY KEY (file, key)"
        kept = "number INTEGER PRIMARY KEY, file TEXT NOT NULL, key TEXT NOT NULL, rows BLOB NOT NULL"
        self._database = temporary_database(
            f"CREATE TABLE orders ({counts}) WITHOUT ROWID;"
            f"CREATE TABLE kept ({kept});"
            "CREATE INDEX by_order ON kept (file, key)"
        )

    def count(self, runs: Iterator[Run]) -> int:
        """How many orders have more than one run."""
        again = (
            "INSERT INTO orders VALUES (?, ?, 1, ?)"
            " ON CONFLICT (file, key) DO UPDATE SET runs = runs + 1, rows = rows + excluded.rows"
        )
        self._database.executemany(again, ((rows[0].file, key, len(rows)) for key, rows, _ in runs if key))
        self._database.execute("DELETE FROM orders WHERE runs = 1")
        return int(self._database.execute("SELECT count(*) FROM orders").fetchone()[0])

    def whole(self, run: Run) -> Run | None:
        """The order that this run completes; None where another of its runs is still to come."""
        key, rows, problems = run
        order = (rows[0].file, key)
        found = self._database.execute("SELECT runs, rows FROM orders WHERE file = ? AND key = ?", order).fetchone()
        if found is None:
            return run
        if found[1] > ROW_LIMIT:
            raise too_many(rows[0], self._spec)
        self._database.execute("INSERT INTO kept (file, key, rows) VALUES (?, ?, ?)", (*order, pickle.dumps(rows)))
        if found[0] > 1:
            self._database.execute("UPDATE orders SET runs = runs - 1 WHERE file = ? AND key = ?", order)
            return None
        return key, *_together(key, self._taken(order), problems)

    def _taken(self, order: tuple[str, str]) -> list[Rows]:
        """The order's runs, each given once."""
        kept = "SELECT rows FROM kept WHERE file = ? AND key = ? ORDER BY number"
        runs = [pickle.loads(rows) for (rows,) in self._database.execute(kept, order)]  # noqa: S301 - our own file
        self._database.execute("DELETE FROM kept WHERE file = ? AND key = ?", order)
        return runs

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()


def _together(key: str, runs: list[Rows], problems: tuple[Problem, ...]) -> tuple[Rows, tuple[Problem, ...]]:
    rows = tuple(row for run in runs for row in run)
    met: dict[str, SourceRow] = {}
    for run in runs:
        before = met.setdefault(repr([row.cells for row in run]), run[0])
        if before is not run[0]:
            said = (
                f"the same rows of order '{key}' stand at line {before.line} and here: it was exported twice, or has"
                " two lines alike; keep one of them, or put the two side by side"
            )
            problems += (Problem("duplicate-order", "", said, f"{run[0].file}:{run[0].line}"),)
    return rows, problems
