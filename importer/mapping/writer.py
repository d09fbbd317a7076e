"""The Python text of a compiled mapping, on its way: lines, indentation, names, and what is already computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from importer.errors import Finding

Columns = dict[str, int]


@dataclass(slots=True)
class Row:
    """A CSV row in scope: each column that is read becomes one local variable at the top of the row's block."""

    name: str
    block: list[str]
    indent: str
    cells: dict[str, str] = field(default_factory=dict)


class Writer:
    """Collects the lines of one function.

    `trapping` writes the slow twin, which catches the error of each field by itself and shares nothing between fields,
    so that every mistake of one order is reported. The fast twin is run first.
    """

    def __init__(self, columns: Columns | None, optional: frozenset[str], *, trapping: bool) -> None:
        self.columns = columns
        self.optional = optional
        self.trapping = trapping
        self.findings: list[Finding] = []
        self.read: dict[str, set[str]] = {}
        self._blocks: list[list[str] | str] = []
        self._indent = "    "
        self._known: list[dict[str, str]] = [{}]
        self._names: set[str] = set()
        self._branches = 0

    def find(self, origin: str, message: str) -> None:
        """Records a mistake of the mapping."""
        finding = Finding(origin, message)
        if finding not in self.findings:
            self.findings.append(finding)

    def line(self, text: str) -> None:
        """Adds a line at the present depth."""
        self._blocks.append(f"{self._indent}{text}")

    def text(self) -> str:
        """All lines."""
        lines: list[str] = []
        for block in self._blocks:
            lines.extend([block] if isinstance(block, str) else block)
        return "\n".join(lines) + "\n"

    def open_row(self, name: str) -> Row:
        """Begins the scope of a CSV row here."""
        block: list[str] = []
        self._blocks.append(block)
        return Row(name, block, self._indent)

    def cell(self, row: Row, column: str) -> str | None:
        """The variable that holds the row's cell, "''" for an absent optional column, None for an unknown one."""
        known = row.cells.get(column)
        if known:
            return known
        if self.columns is None:
            index = len(row.cells)
        elif column in self.columns:
            index = self.columns[column]
        else:
            return "''" if column in self.optional else None
        variable = self.name(f"{row.name} {column}")
        row.cells[column] = variable
        row.block.append(f"{row.indent}{variable} = {row.name}[{index}] and clean({row.name}[{index}])")
        return variable

    def name(self, hint: str) -> str:
        """A fresh variable whose name tells what it holds."""
        stem = re.sub(r"\W+", "_", hint, flags=re.ASCII).strip("_").lower()[:40] or "value"
        stem = f"v_{stem}" if stem[0].isdigit() else stem
        name, number = f"{stem}_", 2
        while name in self._names:
            name, number = f"{stem}_{number}", number + 1
        self._names.add(name)
        return name

    def bind(self, code: str, hint: str) -> str:
        """The variable that holds `code`'s value: an earlier one where it was computed already.

        Inside a branch of an expression nothing may be computed ahead, so there the code itself comes back.
        """
        for known in reversed(self._known):
            if code in known:
                return known[code]
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

    @contextmanager
    def branch(self) -> Iterator[None]:
        """A part of an expression that may never be evaluated."""
        self._branches += 1
        yield
        self._branches -= 1

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """An indented block; what is computed inside is not known after it."""
        self.line(head)
        self._indent += "    "
        self._known.append({})
        yield
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
            self.line("pass")
            yield
        with self.block("except Exception as error:"):
            self.line(f"trap(error, {path}, {origin!r})")
