"""Expressions evaluated on their tree, step by step: what `explain` shows.

The compiled function is what maps orders. This is a second reading of the same closed set of nodes, written to be
followed; a test holds the two to the same bodies on every sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from jinja2 import nodes

from importer.mapping.unparse import piped, shown


class Found(NamedTuple):
    """A value and where it comes from: a place in the export, or in the mapping; "" for what was computed.

    `fixed`: the value is the same for every order. `places`: those of the items of a list that was chosen from another.
    """

    value: Any
    where: str = ""
    fixed: bool = False
    places: tuple[str, ...] = ()

    def place(self, number: int) -> str:
        """Where an item of the list comes from."""
        if self.places:
            return self.places[number]
        return f"{self.where}[{number}]" if self.where else ""


class Step(NamedTuple):
    """One step of an evaluation: the piece of the expression, its value, and where that comes from."""

    text: str
    value: Any
    where: str = ""


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row of a CSV export: its cells by column, cleaned, each with its file:line:column."""

    cells: Mapping[str, Found]


Scope = Mapping[str, Found]
CHOSEN = ("first", "last", "rest", "keep", "unique")
"""Filters that give items of a list as they are."""
TableRow = Callable[[str, list[str]], str]
"""Where the row of a table stands that a list of keys leads to."""


class Tracer:
    """Evaluates expressions and records each step in `steps`. `names` are what generated code finds around it."""

    def __init__(self, names: Mapping[str, Any], table_row: TableRow) -> None:
        self.names = names
        self.table_row = table_row
        self.steps: list[Step] = []

    def output(self, pieces: list[Any], scope: Scope) -> Found:
        """One expression keeps its type; several pieces are joined as text."""
        found = [self.evaluate(piece, scope) for piece in pieces]
        return found[0] if len(found) == 1 else self._joined(found)

    def evaluate(self, node: Any, scope: Scope) -> Found:
        """The value of one node. Errors: whatever the compiled expression would raise."""
        return NODES[type(node)](self, node, scope)

    def _step(self, text: str, found: Found) -> Found:
        self.steps.append(Step(text, found.value, found.where))
        return found

    def _data(self, node: nodes.TemplateData, _scope: Scope) -> Found:
        return Found(node.data, fixed=True)

    def _const(self, node: nodes.Const, _scope: Scope) -> Found:
        value = Decimal(str(node.value)) if isinstance(node.value, float) else node.value
        return Found("" if value is None else value, fixed=not isinstance(value, Decimal))

    def _name(self, node: nodes.Name, scope: Scope) -> Found:
        found = scope[node.name]
        if not isinstance(found.value, CellRow | dict | list):
            self._step(node.name, found)
        return found

    def _getattr(self, node: nodes.Getattr, scope: Scope) -> Found:
        return self._look(node, self.evaluate(node.node, scope), Found(node.attr, fixed=True))

    def _getitem(self, node: nodes.Getitem, scope: Scope) -> Found:
        return self._look(node, self.evaluate(node.node, scope), self.evaluate(node.arg, scope))

    def _look(self, node: Any, whole: Found, key: Found) -> Found:
        if isinstance(whole.value, CellRow):
            return self._step(shown(node), whole.value.cells.get(key.value, Found("", fixed=True)))
        if whole.fixed:
            return Found("", fixed=True)
        below = f"[{key.value}]" if isinstance(key.value, int) else f".{key.value}"
        found = Found(self.names["look"](whole.value, key.value), f"{whole.where}{below}" if whole.where else "")
        return found if isinstance(found.value, dict | list) else self._step(shown(node), found)

    def _filter(self, node: nodes.Filter, scope: Scope) -> Found:
        value = self.evaluate(node.node, scope)
        arguments = [self.evaluate(argument, scope).value for argument in node.args]
        if node.name == "cells":
            return self._step(piped(node), Found(_filled(value.value, arguments[0])))
        plain = _without_places(value.value, arguments, node.name)
        result = self.names[f"f_{node.name}"](plain, *arguments)
        return self._step(piped(node), self._placed(node.name, value, arguments, result))

    def _placed(self, name: str, value: Found, arguments: list[Any], result: Any) -> Found:
        """The filter's result with the place that it comes from, where it was chosen from data."""
        if name == "table":
            keys = value.value if isinstance(value.value, list) else [value.value]
            return Found(result, self.table_row(arguments[0], [str(key) for key in keys]))
        if name == "map" and value.where:
            return Found(result, f"{value.where}[*].{arguments[0]}")
        if name == "items":
            return Found(result, value.where)
        if name in CHOSEN and value.where and isinstance(value.value, list):
            places = {id(item): value.place(number) for number, item in reversed(list(enumerate(value.value)))}
            if isinstance(result, list):
                return Found(result, value.where, places=tuple(places[id(item)] for item in result))
            return Found(result, places.get(id(result), ""))
        return Found(result)

    def _test(self, node: nodes.Test, scope: Scope) -> Found:
        return self._step(shown(node), Found(self.names[f"is_{node.name}"](self.evaluate(node.node, scope).value)))

    def _compare(self, node: nodes.Compare, scope: Scope) -> Found:
        left = self.evaluate(node.expr, scope).value
        for operand in node.ops:
            right = self.evaluate(operand.expr, scope).value
            if not _COMPARE[operand.op](left, right):
                return self._step(shown(node), Found(False))
            left = right
        return self._step(shown(node), Found(True))

    def _and(self, node: nodes.And, scope: Scope) -> Found:
        left = self.evaluate(node.left, scope)
        return self.evaluate(node.right, scope)._replace(fixed=False) if left.value else left._replace(fixed=False)

    def _or(self, node: nodes.Or, scope: Scope) -> Found:
        left = self.evaluate(node.left, scope)
        if left.value:
            return left._replace(fixed=False)
        right = self.evaluate(node.right, scope)
        return right._replace(fixed=right.fixed and left.fixed and left.value == "")

    def _not(self, node: nodes.Not, scope: Scope) -> Found:
        return self._step(shown(node), Found(not self.evaluate(node.node, scope).value))

    def _choice(self, node: nodes.CondExpr, scope: Scope) -> Found:
        if self.evaluate(node.test, scope).value:
            return self.evaluate(node.expr1, scope)._replace(fixed=False)
        return self.evaluate(node.expr2, scope)._replace(fixed=False) if node.expr2 else Found("")

    def _concat(self, node: nodes.Concat, scope: Scope) -> Found:
        return self._joined([self.evaluate(part, scope) for part in node.nodes])

    def _joined(self, found: list[Found]) -> Found:
        text = "".join(self.names["text"](one.value) for one in found)
        return Found(text, fixed=all(one.fixed for one in found))

    def _arithmetic(self, node: nodes.BinExpr, scope: Scope) -> Found:
        left, right = self.evaluate(node.left, scope).value, self.evaluate(node.right, scope).value
        return self._step(shown(node), Found(self.names[_ARITHMETIC[type(node)]](left, right)))

    def _negated(self, node: nodes.Neg, scope: Scope) -> Found:
        return self._step(shown(node), Found(self.names["negate"](self.evaluate(node.node, scope).value)))

    def _list(self, node: nodes.List | nodes.Tuple, scope: Scope) -> Found:
        return Found([self.evaluate(item, scope).value for item in node.items])


def _filled(row: CellRow, prefix: str) -> list[str]:
    return [cell.value for name, cell in row.cells.items() if name.startswith(prefix) and cell.value]


def _without_places(value: Any, arguments: list[Any], name: str) -> Any:
    """Rows of CSV as the filters take them: the cells that are asked for."""
    if not (isinstance(value, list) and value and isinstance(value[0], CellRow)):
        return value
    if name == "map":
        cells = [row.cells.get(arguments[0], Found("")) for row in value]
        return [{arguments[0]: cell.value} for cell in cells if cell.value]
    return [{key: row.cells[key].value for key in arguments if key in row.cells} for row in value]


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}
_ARITHMETIC: dict[type, str] = {nodes.Add: "add", nodes.Sub: "subtract", nodes.Mul: "multiply", nodes.Div: "divide"}
NODES: dict[type, Callable[[Tracer, Any, Scope], Found]] = {
    nodes.TemplateData: Tracer._data,
    nodes.Const: Tracer._const,
    nodes.Name: Tracer._name,
    nodes.Getattr: Tracer._getattr,
    nodes.Getitem: Tracer._getitem,
    nodes.Filter: Tracer._filter,
    nodes.Test: Tracer._test,
    nodes.Compare: Tracer._compare,
    nodes.And: Tracer._and,
    nodes.Or: Tracer._or,
    nodes.Not: Tracer._not,
    nodes.CondExpr: Tracer._choice,
    nodes.Concat: Tracer._concat,
    nodes.Add: Tracer._arithmetic,
    nodes.Sub: Tracer._arithmetic,
    nodes.Mul: Tracer._arithmetic,
    nodes.Div: Tracer._arithmetic,
    nodes.Neg: Tracer._negated,
    nodes.List: Tracer._list,
    nodes.Tuple: Tracer._list,
}
"""The same nodes as the compiler's, and the plain text between expressions."""
