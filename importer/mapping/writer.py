"""The Python text of a compiled mapping, on its way: lines, indentation, names, and what is already computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from importer.errors import Finding

MAX_CODE = 1_000_000
MAX_TERM = 100_000
MAX_BLOCKS = 60
"""What generated code may become. Shipped mappings: 30,000 characters, 8 blocks. Python takes 100 levels."""

Columns = dict[str, int]
Reads = dict[str, dict[str, str]]
"""Column, or dotted path of a JSON order -> the fields that read it -> where the mapping says so."""


class Picked:
    """The columns that are read of one kind of row, with their indices, in the order in which they are picked.

    `header` are all columns of such rows, None where any is there.
    """

    def __init__(self, name: str, header: Columns | None) -> None:
        self.name = name
        self.header = header
        self.columns: Columns = {}

    def picking(self) -> str:
        """The line, before the function, that names the columns."""
        return f"pick_{self.name} = picker({', '.join(map(str, self.columns.values()))})"

    def reading(self) -> str:
        """The line of the function that reads all rows of this kind."""
        picked = f"[cells(pick_{self.name}(row)) for row in {self.name}s]" if self.columns else f"{self.name}s"
        return f"    {self.name}_cells = {picked}"


@dataclass(slots=True)
class Row:
    """A CSV row in scope: the columns that are read become local variables, all in one step at the top of its block.

    `code` is the code of its cells: cleaned, in the order of `picked`.
    """

    name: str
    code: str
    picked: Picked
    indent: str
    variables: dict[str, str] = field(default_factory=dict)
    """Column -> its variable."""

    def reading(self) -> str:
        """The line that reads the row; none where nothing of it is read."""
        if not self.variables:
            return ""
        variables = ", ".join(self.variables.get(column, "_") for column in self.picked.columns)
        return f"{self.indent}{variables}, = {self.code}"


class Writer:
    """Collects the lines of one function.

    `trapping` writes the slow twin, which catches the error of each field by itself and shares nothing between fields,
    so that every mistake of one order is reported. The fast twin is run first.

    `watching` marks each branch that an order takes, for a report.
    """

    def __init__(
        self,
        columns: Columns | None,
        lines: Columns | None,
        optional: frozenset[str],
        *,
        trapping: bool,
        watching: bool = False,
    ) -> None:
        self.columns = columns
        self.line_columns = lines
        self.optional = optional
        self.trapping = trapping
        self.watching = watching
        self.marks: dict[str, tuple[str, str]] = {}
        self.findings: list[Finding] = []
        self.read: Reads = {}
        self.lacking: dict[str, Columns] = {}
        self.repeated: dict[str, tuple[str, str]] = {}
        self.fields: dict[str, str] = {}
        self._lines = Picked("line", lines)
        self._blocks: list[Row | Picked | str] = []
        self._indent = "    "
        self._known: list[dict[str, str]] = [{}]
        self._names: dict[str, int] = {}
        self._branches = 0
        self._size = 0

    def find(self, origin: str, message: str) -> None:
        """Records a mistake of the mapping."""
        finding = Finding(origin, message)
        if finding not in self.findings:
            self.findings.append(finding)

    def note_read(self, name: str, field: str, origin: str) -> None:
        """Records that the mapping reads a column, or a path of the JSON order, for a field at that origin."""
        self.read.setdefault(name, {}).setdefault(field, origin)

    def mark(self, origin: str, said: str) -> str:
        """The code that marks a branch as taken, which gives None; `marks` keeps what it is called, and its place."""
        mark = f"{origin} {said}"
        self.marks[mark] = said, origin
        return f"hit({mark!r}, 1)"

    def place(self, column: str, columns: Columns | None) -> int | None:
        """Where a column lies in its rows, None for an absent one; `lacking` keeps those that may not be absent."""
        if columns is None:
            return 0
        if column not in columns and column not in self.optional:
            self.lacking.setdefault(column, columns)
        return columns.get(column)

    def line(self, text: str) -> None:
        """Adds a line at the present depth. Errors: OverflowError where the function becomes too large."""
        self._size += len(text)
        if self._size > MAX_CODE:
            raise OverflowError(f"it becomes more than {MAX_CODE:,} characters of code")
        self._blocks.append(f"{self._indent}{text}")

    def text(self, head: str) -> str:
        """The function of that first line, and what it needs before it."""
        rows = [block for block in self._blocks if isinstance(block, Row)]
        picks = {row.picked.name: row.picked.picking() for row in rows if row.picked.columns}
        body = [block if isinstance(block, str) else block.reading() for block in self._blocks]
        return "\n".join([*picks.values(), head, *filter(None, body)]) + "\n"

    def open_order(self) -> Row:
        """Begins the scope of the row with the order's totals, and of all its lines."""
        row = Row("order", "cells(pick_order(order))", Picked("order", self.columns), self._indent)
        self._blocks += row, self._lines
        return row

    def open_line(self, name: str) -> Row:
        """Begins the scope of one line: of `line_cells`, which are picked and cleaned once for all loops."""
        row = Row(name, name, self._lines, self._indent)
        self._blocks.append(row)
        return row

    def cell(self, row: Row, column: str) -> str | None:
        """The variable that holds the row's cell, None for an absent column."""
        if column in row.variables:
            return row.variables[column]
        picked = row.picked
        index = self.place(column, picked.header)
        if index is None:
            return None
        picked.columns.setdefault(column, len(picked.columns) if picked.header is None else index)
        row.variables[column] = self.name(f"{row.name} {column}")
        return row.variables[column]

    def name(self, hint: str) -> str:
        """A fresh variable whose name tells what it holds."""
        stem = re.sub(r"\W+", "_", hint, flags=re.ASCII).strip("_").lower()[:40] or "value"
        stem = f"v_{stem}" if stem[0].isdigit() else stem
        number = self._names[stem] = self._names.get(stem, 0) + 1
        return f"{stem}_" if number == 1 else f"{stem}_{number}"

    def bind(self, code: str, hint: str) -> str:
        """The variable that holds `code`'s value: an earlier one where it was computed already.

        Inside a branch of an expression nothing may be computed ahead, so there the code itself comes back.
        """
        for known in reversed(self._known):
            if code in known:
                return known[code]
        if len(code) > MAX_TERM:
            raise OverflowError(f"an expression becomes more than {MAX_TERM:,} characters of code")
        if self._branches or self.trapping:
            return code
        return self.assign(code, hint)

    def assign(self, code: str, hint: str) -> str:
        """A fresh variable that holds `code`'s value from here on."""
        variable = self.name(hint)
        self.line(f"{variable} = {code}")
        if not self.trapping:
            self._known[-1][code] = variable
        return variable

    @property
    def branching(self) -> bool:
        """Whether what is written now may never be evaluated."""
        return self._branches > 0

    @contextmanager
    def branch(self) -> Iterator[None]:
        """A part of an expression that may never be evaluated."""
        self._branches += 1
        yield
        self._branches -= 1

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """An indented block; what is computed inside is not known after it."""
        if len(self._known) > MAX_BLOCKS:
            raise OverflowError(f"it nests deeper than {MAX_BLOCKS} levels")
        self.line(head)
        self._indent += "    "
        self._known.append({})
        begun = len(self._blocks)
        yield
        if not any(isinstance(block, str) or block.reading() for block in self._blocks[begun:]):
            self.line("pass")
        self._known.pop()
        self._indent = self._indent[:-4]

    @contextmanager
    def field(self, path: str, origin: str, *variables: str) -> Iterator[None]:
        """The statements of one field; in the trapping twin its error is caught, and `variables` are blank then."""
        if not self.trapping:
            yield
            return
        for variable in variables:
            self.line(f"{variable} = ''")
        with self.block("try:"):
            yield
        with self.block("except Exception as error:"):
            self.line(f"trap(error, {path}, {origin!r})")
