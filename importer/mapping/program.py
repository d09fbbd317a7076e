"""A mapping that runs: read from its file, bound to an export's columns, applied to one order after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from importer.errors import FieldError, Finding, ImporterError, MappingError, Undecided
from importer.files import data_folder
from importer.mapping.compiler import Compiled, compile_mapping
from importer.mapping.dates import date_reader, rfc_2822, zone
from importer.mapping.expressions import did_you_mean
from importer.mapping.filters import FILTERS, TESTS, add, divide, items, money, multiply, negate, subtract, text
from importer.mapping.spec import Spec, read_spec
from importer.mapping.tables import table_reader
from importer.model import M_MIG, Body, MappedOrder, Problem, SourceOrder, Substitution
from importer.money import MODES, ZERO, Amount, Fee, Line, Statement, four_places, settle

MapOrder = Callable[[Any, Any, Any, Any], tuple[Body | str, str]]


class Notes(list[Substitution]):
    """The substitutions of one order, as the generated code records them."""

    def __call__(self, code: str, path: str | tuple[str, int], from_: object, to: object, origin: str = "") -> None:
        shown = path if isinstance(path, str) else path[0] % path[1:]
        self.append(Substitution(code, shown, str(from_)[:80], str(to)[:80], origin))


class Traps(list[Problem]):
    """The problems of one order, caught field by field by the slow twin."""

    def __call__(self, error: Exception, path: str | tuple[str, int], origin: str) -> None:
        shown = path if isinstance(path, str) else path[0] % path[1:]
        self.append(_problem(error, shown, origin))

    def adds_up(self) -> bool:
        """Whether the money can still be proved: no line of the order was lost."""
        return not any(problem.path.startswith("products") for problem in self)


def _problem(error: Exception, path: str, origin: str) -> Problem:
    if isinstance(error, Undecided):
        return Problem(error.code, path, str(error), origin, (error.table, *error.keys))
    if isinstance(error, FieldError):
        return Problem(error.code, path, str(error), origin)
    return Problem("type", path, f"the expression does not fit the value: {type(error).__name__}: {error}", origin)


@dataclass(frozen=True)
class Mapping:
    """A checked mapping. `bind` compiles it for one export's columns."""

    spec: Spec

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
        return _ordered(self._unbound.findings)

    @property
    def code(self) -> str:
        """The Python function, its columns numbered as if the header held just those that are read."""
        return self._unbound.code

    def bind(self, columns: Sequence[str] | None, namespace: str = "") -> Program:
        """The program for an export with that header, None for JSON. Errors: MappingError with every unknown column."""
        indices = {name: index for index, name in enumerate(columns)} if columns is not None else None
        fast = compile_mapping(self.spec, indices)
        if fast.findings:
            raise MappingError(_ordered(fast.findings))
        return Program(
            self.spec, fast, compile_mapping(self.spec, indices, trapping=True), indices, namespace or self.name
        )


def _ordered(findings: list[Finding]) -> list[Finding]:
    def place(finding: Finding) -> tuple[str, int, int]:
        file, _, rest = finding.origin.rpartition(":")
        file, _, line = file.rpartition(":")
        return (file, int(line), int(rest)) if line.isdecimal() and rest.isdecimal() else (finding.origin, 0, 0)

    return sorted(findings, key=place)


def load_mapping(name: str | Path) -> Mapping:
    """The mapping in that file, or the shipped mapping of that name. Errors: MappingError with every finding."""
    path = Path(name)
    shipped = data_folder("mappings")
    if not path.suffix and not path.exists():
        path = shipped / f"{name}.yml"
        if not path.is_file():
            known = sorted(file.stem for file in shipped.glob("*.yml"))
            raise MappingError(
                [Finding(str(name), f"is no file and no shipped mapping{did_you_mean(str(name), known)}")]
            )
    mapping = Mapping(read_spec(path, shipped))
    if mapping.findings:
        raise MappingError(mapping.findings)
    return mapping


class Program:
    """One mapping compiled for one export: `map` turns a SourceOrder into a MappedOrder and keeps nothing."""

    def __init__(
        self, spec: Spec, fast: Compiled, trapping: Compiled, columns: dict[str, int] | None, namespace: str
    ) -> None:
        self.spec = spec
        self.code = fast.code
        self.read = fast.read
        self.namespace = namespace
        names = namespace_of(spec)
        self._map = _function(fast.code, spec.name, names)
        self._trap = _function(trapping.code, f"{spec.name} (trapping)", names)
        self._clean = names["clean"]
        self._totals = [columns[name] for name in fast.totals if name in columns] if columns else []

    def map(self, source: SourceOrder) -> MappedOrder:
        """The order's body, or why there is none. Never raises for what an order holds."""
        if source.problems:
            return MappedOrder(source, None, source.problems)
        order, lines = self._rows(source)
        if order is None:
            return MappedOrder(source, None, (self._headless(source),))
        notes = Notes()
        try:
            body, currency = self._map(order, lines, notes, None)
        except Exception:  # noqa: BLE001 - whatever a value did to an expression, the slow twin says where
            return self._trapped(source, order, lines)
        if isinstance(body, str):
            return MappedOrder(source, None, skipped=body)
        return MappedOrder(source, self._identified(body, source), (), tuple(notes), "", currency)

    def _trapped(self, source: SourceOrder, order: Any, lines: Any) -> MappedOrder:
        notes, traps = Notes(), Traps()
        try:
            self._trap(order, lines, notes, traps)
        except Exception as error:  # noqa: BLE001 - a fault outside every field is still this order's problem
            traps(error, "", str(self.spec.path))
        if not traps:
            raise ImporterError(
                f"the mapping {self.spec.path} fails on order {source.source_id}, but no field of it does"
            )
        return MappedOrder(source, None, tuple(traps), tuple(notes))

    def _rows(self, source: SourceOrder) -> tuple[Any, Any]:
        """The row with the order's totals, and all rows. A single row is it, so that its fields say what is wrong."""
        if self.spec.source.format == "json":
            return source.rows[0].cells, None
        lines = [row.cells for row in source.rows]
        if len(lines) == 1 or not self._totals:
            return lines[0], lines
        for cells in lines:
            if any(self._clean(cells[index]) for index in self._totals):
                return cells, lines
        return None, lines

    def _headless(self, source: SourceOrder) -> Problem:
        row = source.rows[0]
        message = "no row of this order has its total; its first row is missing from the export: export the order again"
        return Problem("headless", "", message, f"{row.file}:{row.line}")

    def _identified(self, body: Body, source: SourceOrder) -> Body:
        body.setdefault("external_order_id", source.source_id)
        body["external_merchant_id"] = f"{self.namespace}:{source.source_id}"
        body["external_source"] = M_MIG
        return body


def _function(code: str, name: str, names: dict[str, Any]) -> MapOrder:
    scope = dict(names)
    exec(compile(code, f"<mapping {name}>", "exec"), scope)  # noqa: S102 - our own compiler's text, from a closed grammar
    function: MapOrder = scope["map_order"]
    return function


def namespace_of(spec: Spec) -> dict[str, Any]:
    """Every name that generated code may use, and no builtin but `len`."""
    clean = _cleaner(spec)
    look = _looker(clean)
    read = date_reader(spec.date_formats, spec.zone)
    filters = {f"f_{name}": known.function for name, known in FILTERS.items()}
    tests = {f"is_{name}": test for name, test in TESTS.items()}
    return {
        "__builtins__": {"len": len, "str": str, "Exception": Exception, "isinstance": isinstance},
        **filters,
        **tests,
        "f_date": _date_filter(read),
        "f_table": table_reader(dict(spec.tables)),
        "noted_shorten": _noted_shorten,
        "noted_last_name": _noted("last_name", "one-word-name"),
        "noted_email": _noted("email", "email-dropped"),
        "clean": clean,
        "look": look,
        "look_path": lambda value, keys: _look_path(look, value, keys),
        **{one.__name__: one for one in _CALLED},
    }


def _cleaner(spec: Spec) -> Callable[[str], str]:
    """How a cell is read: the declared cleanings, then the texts that mean blank."""
    blanks = frozenset(spec.source.blank)
    trim, apostrophe, quotes = (step in spec.source.clean for step in ("trim", "leading-apostrophe", "quotes"))

    def clean(cell: str) -> str:
        if trim:
            cell = cell.strip()
        if apostrophe and cell[:1] == "'":
            cell = cell[1:]
        if quotes and cell[:1] == '"' and cell[-1:] == '"' and len(cell) > 1:
            cell = cell[1:-1]
        return "" if cell in blanks else cell

    return clean


def _looker(clean: Callable[[str], str]) -> Callable[[Any, Any], Any]:
    def look(value: Any, key: Any) -> Any:
        """What the data holds under a key; blank where it holds nothing."""
        if isinstance(value, dict):
            found = value.get(key, "")
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            found = value[key]
        else:
            return ""
        if isinstance(found, str):
            return clean(found)
        return "" if found is None else found

    return look


def _look_path(look: Callable[[Any, Any], Any], value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = look(value, key)
    return value


def _date_filter(read: Callable[[str], datetime]) -> Callable[..., Any]:
    def date(value: Any, home: str = "") -> Any:
        """The instant of a date; blank of a blank. `home` names the zone of a time that has none."""
        if value == "" or isinstance(value, datetime):
            return value
        if not isinstance(value, str):
            raise FieldError("date", f"a {type(value).__name__} is not a date")
        return read(value) if not home else date_reader(("iso",), zone(home))(value)

    return date


def _noted_shorten(note: Notes, path: Any, origin: str, value: Any, length: int) -> str:
    whole = text(value)
    if len(whole) <= length:
        return whole
    cut = str(FILTERS["shorten"].function(whole, length))
    note("shortened", path, f"{len(whole)} characters", f"{length} characters", origin)
    return cut


def _noted(name: str, code: str) -> Callable[..., str]:
    """A filter that may give up its value, recording under `code` when it does."""
    function = FILTERS[name].function

    def noted(note: Notes, path: Any, origin: str, value: Any) -> str:
        result: str = function(value)
        if result == "" and value != "":
            note(code, path, text(value), "", origin)
        return result

    return noted


def plain(value: Any) -> Any:
    """A value of unknown type as the body takes it. Errors: FieldError for a group of values in a single field."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return four_places(value)
    if isinstance(value, datetime):
        return rfc_2822(value)
    raise FieldError("type", f"a {type(value).__name__} of values cannot be one field; name the value inside it")


def tidy(pieces: list[str]) -> str:
    """A template's text: no blank lines at its ends, never two in a row."""
    lines = [line.rstrip() for line in "".join(pieces).splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n")


def first_text(group: Body) -> str:
    """A few words of a part, for a note about its use."""
    return ", ".join(str(value) for value in list(group.values())[:3])


def amount(value: Any) -> Decimal:
    """A stated amount; a blank is nothing."""
    found = money(value)
    return found if isinstance(found, Decimal) else ZERO


def maybe_amount(value: Any) -> Decimal | None:
    """A stated amount, None where the source leaves it blank."""
    found = money(value)
    return None if found == "" else found


def total_amount(value: Any) -> Decimal:
    """The stated total. Errors: FieldError `no-total` for a blank."""
    found = maybe_amount(value)
    if found is None:
        raise FieldError("no-total", "the order's total is blank in the source; it cannot be proved")
    return found


def tax_mode(value: Any) -> str:
    """A tax mode that a mapping reads from the source. Errors: FieldError for any other word."""
    if value not in MODES:
        raise FieldError("tax-mode", f"'{value}' is none of {', '.join(MODES)}")
    return str(value)


_CALLED: tuple[Callable[..., Any], ...] = (
    *(add, subtract, multiply, divide, negate),
    *(text, items, plain, tidy, first_text),
    *(amount, maybe_amount, total_amount, tax_mode),
    *(Amount, Fee, Line, Statement, Decimal, FieldError, Undecided),
    *(settle, four_places, rfc_2822),
)
"""What generated code calls by its own name."""
