"""Two mappings over one export, or two exports under one mapping: which bodies differ, where, and what it costs.

The older side waits in a temporary file without a name; memory does not grow with the export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from importer.model import Body, MappedOrder
from importer.temporary import TemporaryDatabase, temporary_database

EXAMPLES = 3
_OLDER = "CREATE TABLE older (source_id TEXT PRIMARY KEY, side BLOB) WITHOUT ROWID"
_MOST_PAIRS = 500
_LONGEST = 60

VALID, REFUSED, SKIPPED, ABSENT = "valid", "refused", "left out", "not in the export"


@dataclass(slots=True)
class Cluster:
    """One path at which bodies differ: how many orders, and the commonest changes with an order for each."""

    orders: int = 0
    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, source_id: str, before: str, after: str) -> None:
        """Counts one order; beyond some hundred different changes only the number is kept."""
        self.orders += 1
        pair = (before, after)
        if pair in self.pairs or len(self.pairs) < _MOST_PAIRS:
            self.pairs[pair] = self.pairs.get(pair, 0) + 1
            self.examples.setdefault(pair, source_id)

    @property
    def commonest(self) -> list[tuple[str, str, int, str]]:
        """The commonest changes: before, after, orders, one of them."""
        ordered = sorted(self.pairs.items(), key=lambda one: (-one[1], one[0]))[:EXAMPLES]
        return [(*pair, orders, self.examples[pair]) for pair, orders in ordered]


@dataclass(slots=True)
class Comparison:
    """What differs. `fates`: (before, after) -> orders, where an order is valid on one side only."""

    same: int = 0
    differing: int = 0
    clusters: dict[str, Cluster] = field(default_factory=dict)
    fates: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    moved: dict[tuple[str, str], int] = field(default_factory=dict)
    money: dict[str, Decimal] = field(default_factory=dict)
    """Currency -> by how much the sum of `total_inc_tax` over the valid orders grows."""

    def add(self, source_id: str, before: Side, after: Side) -> None:
        """Takes one order as both sides have it."""
        for side, sign in ((before, -1), (after, 1)):
            if side.body is not None:
                amount = sign * Decimal(side.body.get("total_inc_tax", "0"))
                self.money[side.currency] = self.money.get(side.currency, Decimal(0)) + amount
        if before.fate != after.fate:
            self._move(source_id, (before.fate, after.fate))
        elif before.body != after.body:
            self._differ(source_id, before.body or {}, after.body or {})
        else:
            self.same += 1

    def _move(self, source_id: str, fates: tuple[str, str]) -> None:
        self.moved[fates] = self.moved.get(fates, 0) + 1
        examples = self.fates.setdefault(fates, [])
        if len(examples) < EXAMPLES:
            examples.append(source_id)

    def _differ(self, source_id: str, before: Body, after: Body) -> None:
        self.differing += 1
        seen: set[str] = set()
        for path, old, new in _differences(before, after, ""):
            if path not in seen:
                seen.add(path)
                self.clusters.setdefault(path, Cluster()).add(source_id, old, new)


@dataclass(frozen=True, slots=True)
class Side:
    """One order as one side has it; a body where it is valid."""

    fate: str
    body: Body | None = None
    currency: str = ""


GONE = Side(ABSENT)


def compare(older: Iterable[MappedOrder], newer: Iterable[MappedOrder]) -> Comparison:
    """Reads the older side whole, then the newer one, order by order."""
    comparison = Comparison()
    with closing(temporary_database(_OLDER)) as waiting:
        for order in older:
            row = (order.source.source_id, _written(_side(order)))
            waiting.execute("INSERT OR REPLACE INTO older VALUES (?, ?)", row)
        for order in newer:
            comparison.add(order.source.source_id, _taken(waiting, order.source.source_id), _side(order))
        for source_id, side in waiting.execute("SELECT source_id, side FROM older ORDER BY source_id"):
            comparison.add(source_id, _read(side), GONE)
    return comparison


def _taken(waiting: TemporaryDatabase, source_id: str) -> Side:
    """The older side of an order, which then waits no more."""
    row = waiting.execute("SELECT side FROM older WHERE source_id = ?", (source_id,)).fetchone()
    waiting.execute("DELETE FROM older WHERE source_id = ?", (source_id,))
    return _read(row[0]) if row else GONE


def _side(order: MappedOrder) -> Side:
    if order.skipped:
        return Side(SKIPPED)
    if order.sendable is None:
        return Side(REFUSED)
    return Side(VALID, order.sendable, order.currency)


def _written(side: Side) -> bytes:
    return orjson.dumps([side.fate, side.body, side.currency])


def _read(content: bytes) -> Side:
    return Side(*orjson.loads(content))


def _differences(before: Any, after: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Each leaf at which two values differ; lines are one path, whatever their number: `products[].name`."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path}[]", f"{len(before)} items", f"{len(after)} items"
        for one, other in zip(before, after, strict=False):
            yield from _differences(one, other, f"{path}[]")
    elif before != after:
        yield path, _shown(before), _shown(after)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text[: _LONGEST - 3]}...'" if len(text) > _LONGEST else f"'{text}'"
