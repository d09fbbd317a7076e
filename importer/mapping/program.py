"""A mapping that runs: read from its file, bound to an export's columns, applied to one order after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from importer.errors import Finding, MappingError
from importer.files import data_folder
from importer.mapping.compiler import Compiled, compile_mapping
from importer.mapping.notes import Notes, Traps
from importer.mapping.runtime import names_of
from importer.mapping.spec import Spec, read_spec
from importer.mapping.suggest import did_you_mean
from importer.model import M_MIG, Body, MappedOrder, Problem, SourceOrder, SourceSpec, mark_of

if TYPE_CHECKING:
    from importer.mapping.explanation import Explanation

MapOrder = Callable[[Any, Any, Notes, Traps | None], tuple[Body | str, str, Decimal | None]]
"""The body, or why the order is skipped; the currency; the total that the source states."""


@dataclass(frozen=True)
class Mapping:
    """A checked mapping. `bind` compiles it for one export's columns. `disguise`: what makes its orders nobody's."""

    spec: Spec
    disguise: Callable[[MappedOrder], MappedOrder] | None = None

    @property
    def name(self) -> str:
        """The mapping's own name, by which the command line knows it."""
        return self.spec.name

    @cached_property
    def _unbound(self) -> Compiled:
        return compile_mapping(self.spec, None)

    @property
    def findings(self) -> list[Finding]:
        """Every mistake that can be seen without an export, in the file's order."""
        return in_order(self._unbound.findings)

    @property
    def code(self) -> str:
        """The Python function, its columns numbered as if the header held just those that are read."""
        return self._unbound.code

    def compiled(self, columns: Sequence[str] | None, lines: Sequence[str] | None = None) -> Compiled:
        """What the mapping compiles to for an export with that header, None for JSON; its findings among it.

        `lines`: the header of the second file, where the mapping joins two.
        """
        return compile_mapping(self.spec, _places(columns), _places(lines))

    def bind(self, columns: Sequence[str] | None, namespace: str = "", lines: Sequence[str] | None = None) -> Program:
        """The program for an export with these headers, None for JSON. Errors: MappingError with every unknown column.

        `lines`: the header of the second file, where the mapping joins two.
        """
        fast = self.compiled(columns, lines)
        if fast.findings:
            raise MappingError(in_order(fast.findings))
        trapping = compile_mapping(self.spec, _places(columns), _places(lines), trapping=True)
        headers = Headers(*(tuple(names) if names is not None else None for names in (columns, lines)))
        return Program(self.spec, fast, trapping, headers, namespace or self.name)


class Headers(NamedTuple):
    """The columns of an export and those of its second file; None where there is no such file, or it is JSON."""

    columns: tuple[str, ...] | None
    lines: tuple[str, ...] | None


def _places(columns: Sequence[str] | None) -> dict[str, int] | None:
    return {name: index for index, name in enumerate(columns)} if columns is not None else None


def in_order(findings: list[Finding]) -> list[Finding]:
    """The findings by file, line and column."""

    def place(finding: Finding) -> tuple[str, int, int]:
        file, _, rest = finding.origin.rpartition(":")
        file, _, line = file.rpartition(":")
        return (file, int(line), int(rest)) if line.isdecimal() and rest.isdecimal() else (finding.origin, 0, 0)

    return sorted(findings, key=place)


def load_mapping(name: str | Path) -> Mapping:
    """The mapping in that file, or the shipped mapping of that name. Errors: MappingError with every finding."""
    mapping = read_mapping(name)
    if mapping.findings:
        raise MappingError(mapping.findings)
    return mapping


def read_mapping(name: str | Path) -> Mapping:
    """As `load_mapping`, with its mistakes in `findings`. Errors: MappingError where there is no mapping to read."""
    path = Path(name)
    shipped = data_folder("mappings")
    if not path.suffix and not path.exists():
        path = shipped / f"{name}.yml"
        if not path.is_file():
            known = sorted(file.stem for file in shipped.glob("*.yml"))
            raise MappingError(
                [Finding(str(name), f"is no file and no shipped mapping{did_you_mean(str(name), known)}")]
            )
    return Mapping(read_spec(path, shipped))


def shipped_sources() -> dict[str, SourceSpec]:
    """Name -> how its export is read, for every shipped mapping: enough to tell which platform an export comes from."""
    shipped = data_folder("mappings")
    return {file.stem: read_spec(file, shipped).source for file in sorted(shipped.glob("*.yml"))}


class Program:
    """One mapping compiled for one export: `map` turns a SourceOrder into a MappedOrder and keeps nothing."""

    def __init__(self, spec: Spec, fast: Compiled, trapping: Compiled, headers: Headers, namespace: str) -> None:
        self.spec = spec
        self.code = fast.code
        self.read = fast.read
        self.fields = fast.fields
        self.marks = fast.marks
        self.namespace = namespace
        names = names_of(spec)
        self._map = _function(fast.code, spec.name, names)
        self._trap = _function(trapping.code, f"{spec.name} (trapping)", names)
        self._clean = names["clean"]
        self._headers = headers
        columns = headers.columns or ()
        self._totals = [columns.index(name) for name in fast.totals if name in columns]

    def map(self, source: SourceOrder) -> MappedOrder:
        """The order's body, or why there is none. Never raises for what an order holds."""
        if source.problems:
            return MappedOrder(source, None, source.problems)
        if source.skipped:
            return MappedOrder(source, None, skipped=source.skipped)
        order, lines = self._rows(source)
        if order is None:
            return MappedOrder(source, None, (self._headless(source),))
        notes = Notes()
        try:
            body, currency, stated = self._map(order, lines, notes, None)
        except Exception as error:  # noqa: BLE001 - whatever a value did to an expression, the slow twin says where
            return self._trapped(source, order, lines, error)
        if isinstance(body, str):
            return MappedOrder(source, None, skipped=body)
        body.setdefault("external_order_id", source.source_id)
        body["external_merchant_id"] = mark_of(self.namespace, source.source_id)
        body["external_source"] = M_MIG
        return MappedOrder(source, body, (), tuple(notes), "", currency, None, stated, notes.after)

    def placed(self, mapped: MappedOrder) -> MappedOrder:
        """The order, each of its problems with the mapping's line that sets the field, where it has no place yet."""
        problems = [one if one.origin else one._replace(origin=self._line_of(one.path)) for one in mapped.problems]
        return mapped._replace(problems=tuple(problems))

    def _line_of(self, path: str) -> str:
        """Where the mapping sets a field, or the nearest group around it that it sets; "" where money derives it."""
        path = re.sub(r"\[[0-9]+\]", "[]", path)
        while path and path not in self.fields:
            path = path.rpartition(".")[0]
        return self.fields.get(path, "")

    def explain(self, source: SourceOrder) -> Explanation:
        """Every value of the order's body, and how it came about; slow, and for people."""
        from importer.mapping.explain_order import explain  # a quarter of the room, for one verb

        order, _ = self._rows(source)
        return explain(self.spec, *self._headers, source, source.rows[0].cells if order is None else order)

    def _trapped(self, source: SourceOrder, order: Any, lines: Any, error: Exception) -> MappedOrder:
        """Every problem of an order whose fast mapping failed; `error` itself where no single field is to blame."""
        notes, traps = Notes(), Traps()
        with suppress(Exception):  # a fault outside every field is `error` once more
            self._trap(order, lines, notes, traps)
        if not traps:
            traps(error, "", str(self.spec.path))
        refused = [problem for problem in traps if problem.code == "refused"]  # the rest follows from it
        problems = tuple(refused or traps)
        return MappedOrder(source, None, problems, tuple(notes), "", traps.currency, traps.total)

    def _rows(self, source: SourceOrder) -> tuple[Any, Any]:
        """The row with the order's totals, and all rows. A single row is it, so that its fields say what is wrong."""
        if source.lines:
            return source.rows[0].cells, [row.cells for row in source.lines]
        if self._headers.columns is None:
            return source.rows[0].cells, None
        lines = [row.cells for row in source.rows]
        if len(lines) == 1 or not self._totals:
            return lines[0], lines
        for cells in lines:
            for index in self._totals:
                if cells[index] and self._clean(cells[index]):
                    return cells, lines
        return None, lines

    def _headless(self, source: SourceOrder) -> Problem:
        row = source.rows[0]
        message = "no row of this order has its total; its first row is missing from the export: export the order again"
        return Problem("headless", "", message, f"{row.file}:{row.line}")


def _function(code: str, name: str, names: dict[str, Any]) -> MapOrder:
    scope = dict(names)
    try:
        compiled = compile(code, f"<mapping {name}>", "exec")
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise MappingError([Finding(name, f"nests deeper than Python takes: {error}")]) from None
    exec(compiled, scope)  # noqa: S102 - our own compiler's text, from a closed grammar
    function: MapOrder = scope["map_order"]
    return function
