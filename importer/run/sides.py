"""The sides of a read-back in one temporary database: id map, bodies, store. Memory does not grow with them.

Amounts are whole ten-thousandths. Nothing of a person is kept: a body is here as its signature, a line as a digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson

from importer.ledger import LedgerEntry, State
from importer.model import Body, MappedOrder
from importer.money import minor_digits
from importer.report.proof import Cell, Counts, Finding, Share
from importer.run.claims import claimed, four_places, seconds, signature
from importer.run.parcel import body_hash
from importer.run.parts import Tokens, tokens_of
from importer.temporary import temporary_database

_TABLES = """
CREATE TABLE known (
  mark TEXT PRIMARY KEY, namespace TEXT, source_id TEXT, number TEXT, order_id INTEGER, state TEXT, shown TEXT,
  seen INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE UNIQUE INDEX known_orders ON known (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE bodies (
  mark TEXT PRIMARY KEY, source_id TEXT, hash TEXT, signature TEXT, tokens TEXT, own_currency INTEGER,
  month TEXT, currency TEXT, status INTEGER, total INTEGER, ex INTEGER, stated INTEGER, created INTEGER,
  refunded INTEGER
) WITHOUT ROWID;
CREATE TABLE stored (
  order_id INTEGER PRIMARY KEY, mark TEXT, month TEXT, currency TEXT, status INTEGER, total INTEGER, ex INTEGER
);
CREATE TABLE findings (kind TEXT, source_id TEXT, order_id INTEGER, detail TEXT);
"""
_CELLS = """
SELECT month, currency, status, sum(b), sum(s), sum(stated), sum(bodies), sum(store), sum(tax), sum(tax_in_store) FROM (
  SELECT month, currency, status, 1 AS b, 0 AS s, stated, total AS bodies, 0 AS store, total - ex AS tax,
         0 AS tax_in_store FROM bodies
  UNION ALL SELECT month, currency, status, 0, 1, 0, 0, total, 0, total - ex FROM stored
) GROUP BY month, currency, status ORDER BY month, currency, status
"""
_SHARES = """
SELECT mark, sum(n), sum(total), sum(tax), sum(unstated) FROM (
  SELECT mark, month, currency, status, -1 AS n, -total AS total, ex - total AS tax, total - stated AS unstated
  FROM bodies
  UNION ALL SELECT coalesce(nullif(mark, ''), 'order ' || order_id), month, currency, status, 1, total, total - ex, 0
  FROM stored
) WHERE (month, currency, status) = (?, ?, ?) GROUP BY mark HAVING sum(n) OR sum(total) OR sum(tax) OR sum(unstated)
ORDER BY mark
"""


class Known(NamedTuple):
    """A row of the id map."""

    mark: str
    source_id: str
    number: str
    order_id: int | None
    state: str
    shown: str


class Wanted(NamedTuple):
    """What a body says of its order."""

    hash: str
    signature: str
    tokens: Tokens
    currency: str
    own_currency: bool
    status: int
    total: Decimal
    created: int
    refunded: Decimal


class Sides:
    """Fill it from the ledger, the export and the store, then ask it what differs. Gone when it is closed."""

    def __init__(self) -> None:
        self._db = temporary_database(_TABLES)
        self.strangers = 0
        self.other_currency = 0
        self.with_bodies = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    # -- filling -------------------------------------------------------------------------------------------------------

    def take_ledger(self, entries: Iterable[LedgerEntry]) -> None:
        """The id map, with what is still open."""
        query = "INSERT INTO known VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
        self._db.executemany(query, map(_known_row, entries))

    def take_body(self, mapped: MappedOrder, body: Body) -> None:
        """One valid order of the export."""
        self.with_bodies = True
        query = "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(query, _body_row(mapped, body))

    def take_stored(self, order: Body, mark: str, currency: str) -> None:
        """One living order of the store that some migration made."""
        instant, total = seconds(order.get("date_created")) or 0, _units(order.get("total_inc_tax"))
        cell = (_month(instant), currency, _status(order.get("status_id")))
        row = (int(order["id"]), mark, *cell, total, _units(order.get("total_ex_tax")))
        self._db.execute("INSERT OR REPLACE INTO stored VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def see(self, order_id: int) -> None:
        """This order of the id map was met in the store."""
        self._db.execute("UPDATE known SET seen = 1 WHERE order_id = ?", (order_id,))

    def find(self, kind: str, source_id: str, order_id: int | None, detail: str = "") -> None:
        """Keep a finding."""
        self._db.execute("INSERT INTO findings VALUES (?, ?, ?, ?)", (kind, source_id, order_id, detail))

    def compare_export(self, namespace: str) -> None:
        """What is on one side only of id map and export, and bodies whose total the source does not state."""
        self._db.execute(
            "INSERT INTO findings SELECT 'unsent', bodies.source_id, NULL, coalesce(state, 'not in the ledger') "
            "FROM bodies LEFT JOIN known USING (mark) WHERE order_id IS NULL ORDER BY mark"
        )
        self._db.execute(
            "INSERT INTO findings SELECT 'unexported', source_id, order_id, '' FROM known "
            "WHERE namespace = ? AND order_id IS NOT NULL AND mark NOT IN (SELECT mark FROM bodies) ORDER BY mark",
            (namespace,),
        )
        self._db.execute(
            "INSERT INTO findings SELECT 'unproved', source_id, NULL, printf('source %.4f, body %.4f', stated / 1e4, "
            "total / 1e4) FROM bodies WHERE stated <> total ORDER BY mark"
        )
        if not self.found():
            for cell in [cell for cell in self.cells() if not cell.equal]:
                self.find("unequal", "", None, cell.name)

    # -- asking --------------------------------------------------------------------------------------------------------

    def known_order(self, order_id: int) -> Known | None:
        """The row of the id map that has this order."""
        return self._known("order_id = ?", order_id)

    def known_mark(self, mark: str) -> Known | None:
        """The row of the ledger with this mark, also one that has no order yet."""
        return self._known("mark = ?", mark)

    def _known(self, where: str, value: object) -> Known | None:
        query = f"SELECT mark, source_id, number, order_id, state, shown FROM known WHERE {where}"  # noqa: S608 - ours
        row = self._db.execute(query, (value,)).fetchone()
        return Known(*row) if row else None

    def wanted(self, mark: str) -> Wanted | None:
        """What the export's body says of an order."""
        query = (
            "SELECT hash, signature, tokens, currency, own_currency, status, total, created, refunded FROM bodies"
            " WHERE mark = ?"
        )
        row = self._db.execute(query, (mark,)).fetchone()
        if row is None:
            return None
        sent, said, tokens, currency, own, status, total, created, refunded = row
        amounts = _amount(total), created, _amount(refunded)
        return Wanted(sent, said, orjson.loads(tokens), currency, bool(own), status, *amounts)

    def unseen(self, after: int) -> list[int]:
        """Orders of the id map that were not met in the store, a hundred at a time by rising id."""
        query = "SELECT order_id FROM known WHERE order_id > ? AND seen = 0 ORDER BY order_id LIMIT 100"
        return [order_id for (order_id,) in self._db.execute(query, (after,))]

    def findings(self, kind: str = "") -> Iterator[Finding]:
        """What was found, by source order; of one kind, or all."""
        query = "SELECT * FROM findings WHERE ? IN ('', kind) ORDER BY kind, source_id, order_id"
        with closing(self._db.execute(query, (kind,))) as rows:
            for row in rows:
                yield Finding(*row)

    def found(self) -> dict[str, int]:
        """How many findings there are of each kind that was found."""
        return dict(self._db.execute("SELECT kind, count(*) FROM findings GROUP BY kind ORDER BY min(rowid)"))

    def counts(self) -> Counts:
        """How many orders each side has."""
        in_ledger, unsettled = self._one(
            "SELECT count(order_id), count(*) FILTER (WHERE state IN ('sending', 'in-doubt', 'conflict')) FROM known"
        )
        bodies = self._one("SELECT count(*) FROM bodies")[0] if self.with_bodies else None
        in_store = self._one("SELECT count(*) FROM stored")[0]
        return Counts(in_ledger, in_store, bodies, self.strangers, unsettled, self.other_currency)

    def _one(self, query: str) -> Any:
        return self._db.execute(query).fetchone()

    def cells(self) -> Iterator[Cell]:
        """The money of all sides by month, currency and status."""
        with closing(self._db.execute(_CELLS)) as rows:
            for row in rows:
                yield Cell(*row[:5], *map(_amount, row[5:]))

    def shares(self, cell: Cell) -> list[Share]:
        """The orders that a cell's difference comes from; what they add is the whole difference."""
        rows = self._db.execute(_SHARES, (cell.month, cell.currency, cell.status))
        return [Share(row[0], row[1], *map(_amount, row[2:])) for row in rows]


def _known_row(entry: LedgerEntry) -> tuple[Any, ...]:
    created = entry.state is State.CREATED
    names = (entry.external_merchant_id, entry.namespace, entry.source_id, entry.external_order_id)
    return (*names, entry.order_id if created else None, entry.state.value, entry.shown)


def _body_row(mapped: MappedOrder, body: Body) -> tuple[Any, ...]:
    mark, total = body["external_merchant_id"], _units(body["total_inc_tax"])
    created = seconds(body["date_created"]) or 0
    said = (body_hash(body), signature(claimed(body), mark), orjson.dumps(tokens_of(body)).decode())
    own = "default_currency_code" in body
    cell = (_month(created), mapped.currency, int(body.get("status_id", 1)))
    return (
        mark,
        mapped.source.source_id,
        *said,
        own,
        *cell,
        total,
        _units(body["total_ex_tax"]),
        _stated(mapped, total),
        created,
        _units(body.get("refunded_amount")),
    )


def _stated(mapped: MappedOrder, total: int) -> int:
    """The total that the source states; the body's where it states none, or only differs by less than one can pay."""
    if mapped.stated is None:
        return total
    stated, unit = _units(mapped.stated), 10 ** (4 - minor_digits(mapped.currency))
    return total if 2 * abs(stated - total) <= unit else stated


def _month(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m")


def _units(value: object) -> int:
    """Ten-thousandths; 0 for what is no amount: the order is named then, since its field is not what was written."""
    text = four_places(0 if value in (None, "") else value)
    try:
        units = int(Decimal(text).scaleb(4))
    except (ArithmeticError, ValueError):
        return 0
    return units if abs(units) < _LARGEST else 0


_LARGEST = 10**18
"""What SQLite can hold."""


def _status(value: object) -> int:
    """A status id; -1 for what is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _amount(units: int | None) -> Decimal:
    return Decimal(units or 0).scaleb(-4)
