"""Refused orders in the source's own format, so that they can be mended and run again; and their problems as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from importer.model import MappedOrder, SourceRow, SourceSpec
from importer.report.exact import ESCAPED, exact_json

PROBLEM_COLUMNS = ("order", "file", "line", "code", "path", "message", "mapping line")
NAMES = ("rejects.csv", "rejects.jsonl", "rejects-lines.csv", "rejects-lines.jsonl")
"""What the refused orders are called, and where a mapping joins two exports, their lines."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The text as a spreadsheet shows it without running it: a formula's beginning gets an apostrophe before it.

    >>> safe_cell("=1+1"), safe_cell("#1001")
    ("'=1+1", '#1001')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


class Rejects:
    """Writes the refused orders, and `problems.csv`, while orders pass by. Use it with `with`.

    `rejects.csv` (or `.jsonl`) is data, unchanged, for the importer; so is `rejects-lines.csv`, where a second export
    has the lines. `problems.csv` is for people, safe to open in a spreadsheet.
    """

    def __init__(
        self, folder: Path, columns: Sequence[str] | None, spec: SourceSpec, line_columns: Sequence[str] | None = None
    ) -> None:
        self._files = ExitStack()
        self._orders = self._records(folder / "rejects", columns, spec)
        self._lines = self._records(folder / "rejects-lines", line_columns, spec.items) if spec.items else self._orders
        problems = (folder / "problems.csv").open("w", encoding="utf-8-sig", errors=ESCAPED, newline="")
        self._problems = csv.writer(self._files.enter_context(problems))
        self._problems.writerow(PROBLEM_COLUMNS)

    def _records(self, stem: Path, columns: Sequence[str] | None, spec: SourceSpec) -> _Table | _Objects:
        """A file of records; it begins with a byte order mark where it is CSV, which every mapping reads as UTF-8."""
        suffix, encoding = (".jsonl", "utf-8") if columns is None else (".csv", "utf-8-sig")
        file = stem.with_suffix(suffix).open("w", encoding=encoding, errors=ESCAPED, newline="")
        opened = self._files.enter_context(file)
        return _Objects(opened) if columns is None else _Table(opened, columns, spec)

    def add(self, mapped: MappedOrder) -> None:
        """Writes the order if it is refused."""
        if not mapped.problems:
            return
        for row in mapped.source.rows:
            self._orders.add(row)
        for row in mapped.source.lines:
            self._lines.add(row)
        first = mapped.source.rows[0]
        for problem in mapped.problems:
            told = (mapped.source.source_id, first.file, str(first.line), problem.code, problem.path, problem.message)
            self._problems.writerow([safe_cell(text) for text in (*told, problem.origin)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()


class _Objects:
    """JSON Lines, decimals digit for digit."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def add(self, row: SourceRow) -> None:
        """Writes one object."""
        self._file.write(exact_json(row.cells) + "\n")


class _Table:
    """CSV as the mapping describes it: delimiter, quotes, header."""

    def __init__(self, file: Any, columns: Sequence[str], spec: SourceSpec) -> None:
        layout: dict[str, Any] = {} if spec.quoting else {"quoting": csv.QUOTE_NONE, "quotechar": None}
        self._rows = csv.writer(file, delimiter=spec.delimiter or ",", **layout)
        self._rows.writerow(columns)

    def add(self, row: SourceRow) -> None:
        """Writes one row, its cells unchanged."""
        self._rows.writerow(row.cells)
