"""How an invented export becomes a file: columns in any order, some left out, any encoding and any line end."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

from invented import Order, Place

Row = dict[str, str]
Rows = list[Row]
Thing = dict[str, Any]
NOWHERE = Place("", "", "", "", "", "", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Written:
    """A file's bytes, and the order that it holds under each source id; `items`: the second file, if there are two."""

    content: bytes
    orders: dict[str, Order]
    items: bytes = b""


def as_csv(rows: Rows, chance: Random, delimiter: str = ",") -> bytes:
    """The rows as a file: columns in any order, blank lines between, encoded and ended as it may be."""
    columns = list(rows[0])
    if chance.random() < 0.3:
        chance.shuffle(columns)
    out = io.StringIO()
    end = chance.choice(["\n", "\r\n"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.DictWriter(out, columns, lineterminator=end, quoting=quoting, delimiter=delimiter)
    writer.writeheader()
    for row in rows:
        writer.writerow(row)
        if chance.random() < 0.02:
            out.write(end)
    return out.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))


def without(rows: Rows, chance: Random, columns: Iterable[str]) -> Rows:
    """The rows without some of the columns that other layouts lack."""
    dropped = {name for name in columns if chance.random() < 0.3}
    return [{name: cell for name, cell in row.items() if name not in dropped} for row in rows]


def stamp(instant: datetime) -> str:
    """`2021-04-08 17:24:41 +0200`."""
    return instant.strftime("%Y-%m-%d %H:%M:%S %z")


def utc(instant: datetime, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """The instant in UTC, written in that form."""
    return instant.astimezone(UTC).strftime(form)


COUNTRIES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "DE": "Germany",
    "HK": "Hong Kong",
    "BE": "Belgium",
    "ZA": "South Africa",
    "JP": "Japan",
    "IE": "Ireland",
}


def as_json(value: Any, chance: Random) -> bytes:
    """The document; blanks as null or not there at all, text escaped or not, decimals as text or number."""
    if chance.random() < 0.5:
        value = sparse(value)
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 2]))
    return text.encode(chance.choice(["utf-8", "utf-8-sig"]))


def sparse(value: Any) -> Any:
    """Without the keys that are null."""
    if isinstance(value, dict):
        return {key: sparse(one) for key, one in value.items() if one is not None}
    return [sparse(one) for one in value] if isinstance(value, list) else value


def notation(chance: Random, order: Order) -> Callable[[Decimal], Any]:
    """How a file writes amounts: text as a shop prints it, or a number."""
    if chance.random() < 0.5:
        return order.text
    return lambda amount: float(amount.quantize(order.unit))
