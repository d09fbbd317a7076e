"""A few orders kept whole for the page, source and body side by side: refused ones, and one of each substitution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

from importer.model import MappedOrder, SourceRow
from importer.report.exact import exact_json, json_in_html

MOST = 120
MOST_BYTES = 300_000
LONGEST_CELL = 300
LONGEST_TEXT = 12_000
MOST_ROWS = 20


class Example(TypedDict):
    """One order of the page: its number and place, its filled cells and its body as text, and why it is refused."""

    order: str
    place: str
    source: str
    body: str
    problems: list[str]


class Examples:
    """Chooses while orders pass by; bounded in number and in bytes."""

    def __init__(self, columns: Sequence[str] | None, line_columns: Sequence[str] | None = None) -> None:
        self._columns, self._line_columns = columns, line_columns
        self._seen: set[str] = set()
        self._bytes = 0
        self.kept: list[Example] = []

    def add(self, mapped: MappedOrder) -> None:
        """Keeps the order if it shows something that none did before, or is refused."""
        if not mapped.problems and not mapped.substitutions:
            return
        codes = {one.code for one in mapped.problems} | {one.code for one in mapped.substitutions}
        if len(self.kept) >= MOST or (codes <= self._seen and not mapped.problems):
            return
        self._keep(self._example(mapped), codes)

    def _keep(self, example: Example, codes: set[str]) -> None:
        size = len(json_in_html(example).encode())
        if self._bytes + size <= MOST_BYTES:
            self._seen |= codes
            self._bytes += size
            self.kept.append(example)

    def _example(self, mapped: MappedOrder) -> Example:
        row = mapped.source.rows[0]
        return {
            "order": mapped.source.source_id or "(no order id)",
            "place": f"{row.file}:{row.line}",
            "source": _cut("\n".join(self._rows(mapped))),
            "body": "" if mapped.body is None else _cut(exact_json(mapped.body, "  ")),
            "problems": [
                _cut(f"{one.code} {one.path}: {one.message}", LONGEST_CELL) for one in mapped.problems[:MOST_ROWS]
            ],
        }

    def _rows(self, mapped: MappedOrder) -> Iterator[str]:
        for row in mapped.source.rows[:MOST_ROWS]:
            yield _shown(row, self._columns)
        for row in mapped.source.lines[:MOST_ROWS]:
            yield _shown(row, self._line_columns)


def _shown(row: SourceRow, columns: Sequence[str] | None) -> str:
    cells: Any = row.cells
    if columns is not None:
        cells = {name: _cut(cell, LONGEST_CELL) for name, cell in zip(columns, row.cells, strict=False) if cell}
    return exact_json(cells, "  ")


def _cut(text: str, longest: int = LONGEST_TEXT) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
