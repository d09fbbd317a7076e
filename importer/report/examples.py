"""A few orders kept whole for the page, source and body side by side: refused ones, and one of each substitution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import orjson

from importer.model import MappedOrder

MOST = 120
MOST_BYTES = 400_000
LONGEST_CELL = 300


class Example(TypedDict):
    """One order of the page: its number, where it stands, its filled cells, and its body or why it has none."""

    order: str
    place: str
    source: Any
    body: Any
    problems: list[str]


class Examples:
    """Chooses while orders pass by; bounded in number and in bytes."""

    def __init__(self, columns: Sequence[str] | None) -> None:
        self._columns = columns
        self._seen: set[str] = set()
        self._bytes = 0
        self.kept: list[Example] = []

    def add(self, mapped: MappedOrder) -> None:
        """Keeps the order if it shows something that none did before, or is refused."""
        codes = {one.code for one in mapped.problems} | {one.code for one in mapped.substitutions}
        if self._full() or not codes or (codes <= self._seen and not mapped.problems):
            return
        example = self._example(mapped)
        self._seen |= codes
        self._bytes += len(orjson.dumps(example))
        self.kept.append(example)

    def _full(self) -> bool:
        return len(self.kept) >= MOST or self._bytes >= MOST_BYTES

    def _example(self, mapped: MappedOrder) -> Example:
        row = mapped.source.rows[0]
        return {
            "order": mapped.source.source_id or "(no order id)",
            "place": f"{row.file}:{row.line}",
            "source": [self._cells(one.cells) for one in mapped.source.rows[:20]],
            "body": mapped.body,
            "problems": [f"{problem.code} {problem.path}: {problem.message}" for problem in mapped.problems],
        }

    def _cells(self, cells: Any) -> Any:
        if self._columns is None:
            return orjson.loads(orjson.dumps(cells, default=str))
        return {name: cell[:LONGEST_CELL] for name, cell in zip(self._columns, cells, strict=False) if cell}
