"""Refused orders in the source's own format, so that they can be mended and run again; and their problems as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import orjson

from importer.model import MappedOrder, SourceRow, SourceSpec

PROBLEM_COLUMNS = ("order", "file", "line", "code", "path", "message", "mapping line")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The text as a spreadsheet shows it without running it: a formula's beginning gets an apostrophe before it.

    >>> safe_cell("=1+1"), safe_cell("#1001")
    ("'=1+1", '#1001')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


class Rejects:
    """Writes `rejects.csv` (or `.jsonl`) and `problems.csv` while orders pass by. Use it with `with`.

    `rejects` is data, unchanged, for the importer; `problems` is for people, safe to open in a spreadsheet. Where
    `spec` joins two exports, `rejects-items` has the rows of the second one, whose columns are `line_columns`.
    """

    def __init__(
        self,
        folder: Path,
        columns: Sequence[str] | None,
        spec: SourceSpec,
        line_columns: Sequence[str] | None = None,
    ) -> None:
        self._orders = _Data(folder / "rejects", columns, spec)
        self._items = _Data(folder / "rejects-items", line_columns, spec.items) if spec.items else None
        self._problems: TextIO = (folder / "problems.csv").open("w", encoding="utf-8-sig", newline="")
        self._lines = csv.writer(self._problems)
        self._lines.writerow(PROBLEM_COLUMNS)

    def add(self, mapped: MappedOrder) -> None:
        """Writes the order if it is refused."""
        if not mapped.problems:
            return
        self._orders.write(mapped.source.rows)
        if self._items:
            self._items.write(mapped.source.lines)
        first = mapped.source.rows[0]
        for problem in mapped.problems:
            told = (mapped.source.source_id, first.file, str(first.line), problem.code, problem.path, problem.message)
            self._lines.writerow([safe_cell(text) for text in (*told, problem.origin)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.close()
        self._problems.close()
        if self._items:
            self._items.close()


class _Data:
    """A file of records as the source had them: CSV, or JSON Lines where there are no columns."""

    def __init__(self, path: Path, columns: Sequence[str] | None, spec: SourceSpec) -> None:
        suffix, encoding = (".jsonl", "utf-8") if columns is None else (".csv", "utf-8-sig")
        self._out: TextIO = path.with_suffix(suffix).open("w", encoding=encoding, newline="")
        self._rows = csv.writer(self._out, **_layout(spec))
        self._is_json = columns is None
        if columns is not None:
            self._rows.writerow(columns)

    def write(self, rows: Sequence[SourceRow]) -> None:
        for row in rows:
            if self._is_json:
                self._out.write(_as_json(row.cells) + "\n")
            else:
                self._rows.writerow(row.cells)

    def close(self) -> None:
        self._out.close()


def _layout(spec: SourceSpec) -> dict[str, Any]:
    return {"delimiter": spec.delimiter or ",", "quoting": csv.QUOTE_MINIMAL if spec.quoting else csv.QUOTE_NONE}


def _as_json(value: Any) -> str:
    """The object as JSON, its decimals digit for digit."""
    return orjson.dumps(value, default=_digits).decode()


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)
