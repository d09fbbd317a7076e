"""One order through a mapping, value by value: from the export's cell to the body's field, with every step between.

The forms of the language are walked here as the compiler writes them; expressions are the tracer's. What fails is kept
with what was computed until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import nodes

from importer.errors import Undecided
from importer.mapping.explanation import Explanation, Traced
from importer.mapping.expressions import names_in, parsed
from importer.mapping.part_uses import PART_KEYS
from importer.mapping.runtime import plain
from importer.mapping.spec import Spec
from importer.mapping.tables import csv_row_origin, row_origin
from importer.mapping.templates import LONGEST_NOTES, otherwise_of
from importer.mapping.trace import CellRow, Found, Scope, Step, Tracer
from importer.mapping.yaml_file import Node


class Walk:
    """The forms of the language over one order."""

    def __init__(self, spec: Spec, names: dict[str, Any]) -> None:
        self.spec = spec
        self.names = names
        self.explanation = Explanation()
        self.tracer = Tracer(names, self._row_origin)

    def _row_origin(self, name: str, keys: list[str]) -> str:
        """Where the row of a table stands."""
        node = self.spec.tables_section.value[name]
        file = node.get("file") if set(node.value) <= {"file", "key", "value"} else None
        path = self.spec.beside(file, str(file.value)) if file else None
        return csv_row_origin(node, name, keys[0], path) if path else row_origin(node, name, keys)

    def scalar(self, node: Node, scope: Scope, path: str) -> Found:
        """A constant, an expression, or text with expressions; what was seen on the way is kept."""
        if not isinstance(node.value, str) or "{{" not in node.value:
            found = Found("" if node.value is None else node.value, node.origin, fixed=True)
            self._keep(path, node, found)
            return found
        pieces = pieces_of(node.value)
        self.tracer.steps = []
        try:
            found = self.tracer.output(pieces, scope)
        except Exception as error:
            self._keep(path, node, Found(""), _told(error))
            raise
        self._keep(path, node, found)
        return found

    def _keep(self, path: str, node: Node, found: Found, error: str = "") -> None:
        steps = tuple(self.tracer.steps) if isinstance(node.value, str) and "{{" in node.value else ()
        used = names_in(node) & frozenset(self.spec.let.value)
        self.explanation.traced.append(Traced(path, str(node.value), node.origin, found.value, steps, used, error))

    def fields(self, items: Any, scope: Scope, target: dict[str, Any], path: str) -> None:
        """Each key of a group of fields; what fails leaves its field out."""
        for key, child in items:
            self.field(key, child, scope, target, f"{path}.{key}" if path else key)

    def field(self, key: str, node: Node, scope: Scope, target: dict[str, Any], path: str) -> None:
        """Sets `target[key]` to the node's value, unless that is blank or fails."""
        with self.failing():
            self._put(target, key, node, self.value(node, scope, path))

    def failing(self) -> _Kept:
        """A step whose error is known already, and ends nothing but that step."""
        return _Kept()

    def _put(self, target: dict[str, Any], key: str, node: Node, found: Found) -> None:
        if found.value != "":
            built = isinstance(node.value, dict | list) and isinstance(found.value, dict | list)
            target[key] = found.value if built else plain(found.value)

    def value(self, node: Node, scope: Scope, path: str) -> Found:
        """Any value of the language."""
        if isinstance(node.value, list):
            return self._list(node, scope, path)
        if not isinstance(node.value, dict):
            return self.scalar(node, scope, path)
        for key, read in _FORMS.items():
            if key in node.value:
                return read(self, node, scope, path)
        group: dict[str, Any] = {}
        self.fields(node.value.items(), scope, group, path)
        return Found(group or "")

    def _list(self, node: Node, scope: Scope, path: str) -> Found:
        items: list[Any] = []
        for child in node.value:
            found = self.value(child, scope, f"{path}[{len(items)}]")
            if found.value != "":
                items.append(found.value)
        return Found(items or "")

    def _each(self, node: Node, scope: Scope, path: str) -> Found:
        items: list[Any] = []
        for inner in self.loop(node, scope, path):
            item: dict[str, Any] = {}
            self.fields(item_fields(node), inner, item, f"{path}[{len(items)}]")
            if item:
                items.append(item)
        return Found(items or "")

    def loop(self, node: Node, scope: Scope, path: str) -> Iterator[Scope]:
        """The scope of each item of an `each` that `when` lets through."""
        each = node.value["each"]
        name, listed = ("line", scope["lines"]) if each.value == "line" else self._named(each, scope, path)
        for inner in self.opened(name, listed, scope):
            when = node.get("when")
            if when is None or self.scalar(when, inner, f"{path} (when)").value:
                yield inner

    def _named(self, each: Node, scope: Scope, path: str) -> tuple[str, Found]:
        name, listed = next(iter(each.value.items()))
        return name, self.scalar(listed, scope, f"{path} (each)")

    def opened(self, name: str, listed: Found, scope: Scope) -> Iterator[Scope]:
        """The scope of each item of a list."""
        for number, item in enumerate(self.names["items"](listed.value)):
            yield {**scope, name: Found(item, listed.place(number))}

    def _fallback(self, node: Node, scope: Scope, path: str) -> Found:
        found = self._first_choice(node, scope, path)
        return self._otherwise(node, found, scope, path)

    def _first_choice(self, node: Node, scope: Scope, path: str) -> Found:
        """The value of a fallback; where a table does not know it, blank."""
        try:
            return self.value(node.value["value"], scope, path)
        except Undecided:
            if "table(" not in str(node.value["value"].value):
                raise
            return Found("")

    def _otherwise(self, node: Node, found: Found, scope: Scope, path: str) -> Found:
        return found if found.value != "" else self.value(node.value["otherwise"], scope, path)

    def _part(self, node: Node, scope: Scope, path: str) -> Found:
        part = self.spec.parts.value[str(node.value["part"].value)]
        inner, extra = self._parameters(node, part, scope, path)
        parameters = frozenset(inner) - frozenset(scope)
        values, telling = self._part_values(part, inner, parameters, path)
        when_empty = node.get("when_empty")
        if (when_empty is None and not path.endswith("]")) or not telling or any(telling):
            return self._filled(part, values, inner, extra, scope, path)
        return Found("") if when_empty is None else self.value(when_empty, scope, path)

    def _parameters(self, node: Node, part: Node, scope: Scope, path: str) -> tuple[Scope, dict[str, Node]]:
        read = names_in(part)
        inner, extra = dict(scope), {}
        for key, child in node.value.items():
            if key in PART_KEYS:
                continue
            if key in read:
                inner[key] = self.scalar(child, scope, f"{path} ({key})")
            else:
                extra[key] = child
        return inner, extra

    def _part_values(
        self, part: Node, inner: Scope, parameters: frozenset[str], path: str
    ) -> tuple[dict[str, Found], list[Any]]:
        """The value of each field, and of those that tell whether the part is empty: they read its parameters."""
        values: dict[str, Found] = {}
        telling = []
        for key, child in part.value.items():
            fallback = child.get("otherwise") is not None
            values[key] = Found("")
            with self.failing():
                first = self._first_choice if fallback else self.value
                values[key] = first(child, inner, f"{path}.{key}")
            if names_in(child) & parameters and not values[key].fixed:
                telling.append(values[key].value)
        return values, telling

    def _filled(
        self, part: Node, values: dict[str, Found], inner: Scope, extra: dict[str, Node], scope: Scope, path: str
    ) -> Found:
        group: dict[str, Any] = {}
        for key, found in values.items():
            node = part.value[key]
            with self.failing():
                fallback = node.get("otherwise") is not None
                value = self._otherwise(node, found, inner, f"{path}.{key}") if fallback else found
                self._put(group, key, node, value)
        self.fields(extra.items(), scope, group, path)
        return Found(group)

    def _template(self, node: Node, scope: Scope, path: str) -> Found:
        named = node.value["template"]
        file = self.spec.beside(named, str(named.value))
        pieces: list[str] = []
        steps: list[Step] = []
        self.tracer.steps = steps
        try:
            self._statements(template_of(file), scope, pieces)
        except Exception as error:
            self._keep_template(path, named, "", steps, _told(error))
            raise
        text = self.names["f_shorten"](self.names["tidy"](pieces), LONGEST_NOTES)
        self._keep_template(path, named, text, steps)
        return Found(text)

    def _keep_template(self, path: str, named: Node, text: str, steps: list[Step], error: str = "") -> None:
        kept = tuple(step for step in steps if step.value != "")
        traced = Traced(path, f"template: {named.value}", named.origin, text, kept, error=error)
        self.explanation.traced.append(traced)

    def _statements(self, statements: list[Any], scope: Scope, pieces: list[str]) -> None:
        for statement in statements:
            if isinstance(statement, nodes.Output):
                pieces.extend(self.names["text"](self.tracer.evaluate(one, scope).value) for one in statement.nodes)
            elif isinstance(statement, nodes.If):
                holds = self.tracer.evaluate(statement.test, scope).value
                self._statements(statement.body if holds else list(otherwise_of(statement)), scope, pieces)
            elif isinstance(statement, nodes.For):
                self._for(statement, scope, pieces)

    def _for(self, statement: Any, scope: Scope, pieces: list[str]) -> None:
        listed = self.tracer.evaluate(statement.iter, scope)
        for inner in self.opened(statement.target.name, listed, scope):
            if statement.test is None or self.tracer.evaluate(statement.test, inner).value:
                self._statements(statement.body, inner, pieces)


class _Kept:
    """Passes over an error that is in the list of evaluations already."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, Exception)


_FORMS: dict[str, Callable[[Walk, Node, Scope, str], Found]] = {
    "part": Walk._part,
    "template": Walk._template,
    "each": Walk._each,
    "otherwise": Walk._fallback,
}


def item_fields(node: Node) -> Iterator[tuple[str, Node]]:
    """The fields of one item of an `each`."""
    return ((key, child) for key, child in node.value.items() if key not in ("each", "when"))


@lru_cache(maxsize=4096)
def pieces_of(text: str) -> list[Any]:
    """The pieces of a text with expressions, which the compiler has let through."""
    return [piece for statement in parsed(text).body for piece in statement.nodes]  # type: ignore[attr-defined]


@lru_cache(maxsize=16)
def template_of(file: Path) -> list[Any]:
    """The statements of a template, which the compiler has let through."""
    return parsed(file.read_text(encoding="utf-8")).body


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__


def rows_of(source_rows: Any, columns: tuple[str, ...], clean: Callable[[str], str]) -> list[CellRow]:
    """The rows of an order, each cell with the line where it stands and its column."""
    return [CellRow(dict(_cells(row, columns, clean))) for row in source_rows]


def _cells(row: Any, columns: tuple[str, ...], clean: Callable[[str], str]) -> Iterator[tuple[str, Found]]:
    line = row.line
    for name, cell in zip(columns, row.cells, strict=False):
        yield name, Found(clean(cell), f"{row.file}:{line}:{name}")
        line += cell.count("\n")
