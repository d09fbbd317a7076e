"""Refused orders in the source's own format, so that they can be mended and run again; and their problems as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import orjson

from importer.model import MappedOrder, SourceSpec

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

    `rejects` is data, unchanged, for the importer; `problems` is for people, safe to open in a spreadsheet.
    """

    def __init__(self, folder: Path, columns: Sequence[str] | None, spec: SourceSpec) -> None:
        self._columns = columns
        name = "rejects.jsonl" if columns is None else "rejects.csv"
        self._rejects: TextIO = (folder / name).open("w", encoding="utf-8-sig" if columns else "utf-8", newline="")
        self._problems: TextIO = (folder / "problems.csv").open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._rejects, **_layout(spec))
        self._lines = csv.writer(self._problems)
        self._lines.writerow(PROBLEM_COLUMNS)
        if columns is not None:
            self._rows.writerow(columns)

    def add(self, mapped: MappedOrder) -> None:
        """Writes the order if it is refused."""
        if not mapped.problems:
            return
        for row in mapped.source.rows:
            if self._columns is None:
                self._rejects.write(_as_json(row.cells) + "\n")
            else:
                self._rows.writerow(row.cells)
        first = mapped.source.rows[0]
        for problem in mapped.problems:
            told = (mapped.source.source_id, first.file, str(first.line), problem.code, problem.path, problem.message)
            self._lines.writerow([safe_cell(text) for text in (*told, problem.origin)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rejects.close()
        self._problems.close()


def _layout(spec: SourceSpec) -> dict[str, Any]:
    return {"delimiter": spec.delimiter or ",", "quoting": csv.QUOTE_MINIMAL if spec.quoting else csv.QUOTE_NONE}


def _as_json(value: Any) -> str:
    """The object as JSON, its decimals digit for digit."""
    return orjson.dumps(value, default=_digits).decode()


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)
