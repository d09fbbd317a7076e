"""The frozen values that flow: file -> SourceRow -> SourceOrder -> MappedOrder -> LedgerEntry.

Nothing here computes more than a name. A body is a plain dict; `schemas/order.schema.json` is its type.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

Body = dict[str, Any]

M_MIG = "M-MIG"
"""`external_source` of every order sent: keeps history out of the store's GMV and order count."""

SHIPMENT_MARK = "Imported shipment {number}"
"""What the comments of a shipment begin with: V2 knows no other mark by which it is found again in its order."""


def mark_of(namespace: str, source_id: str) -> str:
    """`external_merchant_id` of an order sent: write-once, so that order 1001 of two old shops is two orders."""
    return f"{namespace}:{source_id}"


class SourceRow(NamedTuple):
    """One record as the file has it: the cells of a CSV row, or one JSON object.

    `line` is the physical line where the record begins, from 1.
    """

    file: str
    line: int
    cells: Any


class Problem(NamedTuple):
    """Why an order cannot be sent as it is.

    `path` is the body's field (`billing_address.zip`, `products[0].name`), "" for the whole order;
    `origin` the mapping's `file:line:column`, or the file:line of the row where no mapping line is to blame.
    `undecided`: the table and the keys that a person must decide, when that is the problem.
    """

    code: str
    path: str
    message: str
    origin: str = ""
    undecided: tuple[str, ...] = ()


class Substitution(NamedTuple):
    """A value that is not the source's own: a default, a guess, a fallback, a rounding. Counted and shown."""

    code: str
    path: str
    from_: str
    to: str
    origin: str = ""


class SourceOrder(NamedTuple):
    """All rows of one order, in the file's order. `problems`: why it cannot be mapped, found while reading.

    `skipped`: the reason why it is left out, found while reading. `lines`: the rows of a second file that belong to it,
    where the mapping joins two; else the rows of the order are its lines.
    """

    source_id: str
    rows: tuple[SourceRow, ...]
    problems: tuple[Problem, ...] = ()
    skipped: str = ""
    lines: tuple[SourceRow, ...] = ()


class MappedOrder(NamedTuple):
    """A source order and the body made of it.

    `body` is None when the order was skipped (`skipped` has the reason) or could not be mapped (`problems` say why).
    `currency` is the ISO 4217 code of every amount in the body: V2 takes it in the body only of a multi-currency store.
    `at_stake` is the source's total of an order that could not be mapped, where at least that could be read; `stated`
    is that of one that was, None where the source states none. `after` is what is sent once the order is created, None
    where nothing is: `{"shipments": [...], "metafields": [...]}`, see `mapping/hanging.py`.
    """

    source: SourceOrder
    body: Body | None
    problems: tuple[Problem, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    skipped: str = ""
    currency: str = ""
    at_stake: Decimal | None = None
    stated: Decimal | None = None
    after: Body | None = None

    @property
    def sendable(self) -> Body | None:
        """The body where nothing speaks against it; None of an order that was skipped or refused."""
        return None if self.problems else self.body


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """How an export is read: the `source` section of a mapping, as the sources need it.

    `order`: the column (CSV) or dotted path (JSON) that identifies an order. `optional`: columns that may be absent.
    `records`: dotted paths where the orders of a JSON document may lie, "$" for the document itself, first that fits.
    `detect`: columns or keys that only this export has. `rename`: other names of a column -> the mapping's name.
    `clean`: names of cell cleanings applied to the order key as well. `blank`: texts that mean "no value".
    `parent`: the key under which an object of a JSON export names the id of the one that it belongs to. `lines`: the
    key of an order's lines, where a child goes that does not tell what it is. `footer`: texts that tell a row below
    the data, such as a count of records, by one of its first cells. `items`: how the second file is read whose rows are
    the lines of these orders, and `called` what the platform calls such a file. `adjacent`: false where the rows of an
    order may lie apart in the file.
    """

    format: str
    order: str
    detect: tuple[str, ...] = ()
    records: tuple[str, ...] = ("$",)
    rename: tuple[tuple[str, str], ...] = ()
    clean: tuple[str, ...] = ()
    blank: tuple[str, ...] = ("",)
    encoding: tuple[str, ...] = ("utf-8-sig",)
    delimiter: str = ""
    quoting: bool = True
    footer: tuple[str, ...] = ()
    parent: str = ""
    lines: str = ""
    items: SourceSpec | None = None
    called: str = ""
    adjacent: bool = True
