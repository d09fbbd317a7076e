"""Filters as Python code: calls of the functions of `filters`, look-ups in tables, and cells of many CSV rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from importer.errors import FieldError
from importer.mapping.dates import zone
from importer.mapping.filters import BOUND, FILTERS, Filter
from importer.mapping.linked import LinkedRows
from importer.mapping.suggest import closest
from importer.mapping.terms import Place, Scope, Term, constant

if TYPE_CHECKING:
    from importer.mapping.expressions import Expressions

NOTED = {"shorten": "shortened", "last_name": "one-word-name", "email": "email-dropped", "ip_v6": "ip-dropped"}
"""Filters that give up something of the source's value, and the code under which that is recorded."""

CHOOSING = {"items": 0, "first": 0, "last": 0, "rest": 0, "unique": 0, "keep": 1, "map": 1, "sum": 3}
"""Filters that choose from data, and how many of their arguments are keys of it."""


class FilterCalls:
    """Writes the code of the filters of one mapping. `outer` writes everything else, the filtered values too."""

    def __init__(self, outer: Expressions) -> None:
        self.outer = outer
        self.writer = outer.writer

    def term(self, node: nodes.Filter, scope: Scope, place: Place) -> Term:
        """The code of a value put through a filter."""
        known = FILTERS.get(node.name) or BOUND.get(node.name)
        if known is None:
            if node.node is not None:
                self.outer.lazy(node.node, scope, place)  # what is wrong before the filter is told as well
            self.outer.takes_as_used([one.value for one in node.args if isinstance(one, nodes.Const)])
            return self.outer.unknown(place, "filter", node.name, [*FILTERS, *BOUND])
        if node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            self.writer.find(place.origin, f"{place.shown}: filter '{node.name}' takes its arguments by place")
            return constant("")
        fewest, most = known.arguments
        if not fewest <= len(node.args) <= most:
            self.writer.find(
                place.origin,
                f"{place.shown}: filter '{node.name}' takes {_arguments(fewest, most)}, not {len(node.args)}",
            )
            return constant("")
        if node.name == "table":
            return self._table(node, known.gives, scope, place)
        return self._of_rows(node, known, scope, place) or self._of_values(node, known, scope, place)

    def _of_rows(self, node: nodes.Filter, known: Filter, scope: Scope, place: Place) -> Term | None:
        """A filter over the rows or columns of a CSV file, whose cells are known by their place; else None."""
        if node.name == "cells":
            return self._cells(node, scope, place)
        if node.name == "map":
            return self._mapped_rows(node, scope, place)
        if node.name == "sum" and node.args and (rows := self._row_cells(node, scope, place)):
            columns = [self.outer.term(one, scope, place) for one in node.args]
            return self._call(node.name, rows, columns, known.gives, place)
        return None

    def _of_values(self, node: nodes.Filter, known: Filter, scope: Scope, place: Place) -> Term:
        assert node.node is not None  # noqa: S101 - `term` has seen to it
        counted = node.name == "count" and self._rows(node, scope)
        value = (self.outer.term if counted else self.outer.single)(node.node, scope, place)
        arguments = [self.outer.single(argument, scope, place) for argument in node.args]
        if node.name == "date" and arguments:
            self._knows_zone(arguments[0], place)
        data = self._chosen(node.name, value, arguments, place)
        return self._call(node.name, value, arguments, known.gives, place)._replace(data=data)

    def _table(self, node: nodes.Filter, gives: str, scope: Scope, place: Place) -> Term:
        """The row of a table: found rows by texts are remembered, those of a snapshot are looked up and noted."""
        assert node.node is not None  # noqa: S101 - `term` has seen to it
        keys = self.outer.single(node.node, scope, place)
        if not self._knows_table(node.args[0], scope, place):
            return constant("")
        name = self.outer.term(node.args[0], scope, place)
        rows = self.outer.tables[name.constant]
        if isinstance(rows, LinkedRows):
            origin = f"{place.code}, {place.origin!r}"
            return Term(self.writer.bind(f"noted_table(note, {origin}, {keys.code}, {name.code})", "link"))
        if all(key.gives == "text" for key in keys.items or [keys]):
            codes = ", ".join(term.code for term in (name, *(keys.items or [keys])))
            return Term(self.writer.bind(f"t_table({codes})", "table"), self._gives(rows))
        return Term(self.writer.bind(f"f_table({keys.code}, {name.code})", "table"), gives)

    def _gives(self, rows: Any) -> str:
        """The type of all values of a table, where it is one."""
        if not isinstance(rows, dict):
            return {str: "text", int: "int"}.get(type(rows), "any")
        types = {self._gives(value) for value in rows.values()}
        return types.pop() if len(types) == 1 else "any"

    def _chosen(self, name: str, value: Term, arguments: list[Term], place: Place) -> frozenset[str]:
        """Where the result of a filter that chooses from data comes from; the keys that it reads are noted."""
        if name == "concat":
            return frozenset().union(*(term.data for term in (value, *arguments)))
        if name not in CHOOSING:
            return frozenset()
        keys = arguments[: CHOOSING[name]]
        for key in keys:
            self.outer.no_python(key, place)
        below = [self.outer.below(value, key, place) for key in keys if key.constant != ""]
        return below[0] if name == "map" and below else value.data

    def _call(self, name: str, value: Term, arguments: list[Term], gives: str, place: Place) -> Term:
        codes = ", ".join([value.code, *(argument.code for argument in arguments)])
        if name == "date" and value.gives == "text" and not arguments:
            return Term(self.writer.bind(f"({value.code} and t_date({value.code}))", name), gives)
        if name == "count" and value.gives == "list":
            return Term(self.writer.bind(f"len({value.code})", name), gives)
        known = FILTERS.get(name)
        of_text = known is not None and known.of_text and all(term.gives == "text" for term in (value, *arguments))
        function = f"t_{name}" if of_text else f"f_{name}"
        if name not in NOTED:
            return Term(self.writer.bind(f"{function}({codes})", name), gives)
        if self.writer.branching or value.gives != "text" or not value.code.isidentifier():
            return Term(self.writer.bind(f"noted_{name}(note, {place.code}, {place.origin!r}, {codes})", name), gives)
        if name == "shorten" and isinstance(arguments[0].constant, int):
            code = f"({value.code} if len({value.code}) <= {arguments[0].code} else {function}({codes}))"
            return self._noted(name, code, value.code, gives, place)
        return self._noted(name, f"{function}({codes})", value.code, gives, place)

    def _noted(self, name: str, code: str, value: str, gives: str, place: Place) -> Term:
        """A filter that may give up its value, and the note of it, as statements."""
        result = self.writer.bind(code, name)
        if not result.isidentifier():
            result = self.writer.assign(result, name)
        lost = f"{result} is not {value}" if name == "shorten" else f"{value} and not {result}"
        self.writer.line(f"if {lost}:")
        self.writer.line(f"    note({NOTED[name]!r}, {place.code}, {value}, {result}, {place.origin!r})")
        return Term(result, gives)

    def _cells(self, node: nodes.Filter, scope: Scope, place: Place) -> Term:
        """`order | cells('line_item_')`: the filled cells of every column whose name begins so, in the file's order."""
        row = self.outer.term(node.node, scope, place).row if isinstance(node.node, nodes.Name) else None
        prefix = self.outer.term(node.args[0], scope, place).constant
        if row is None or not isinstance(prefix, str):
            self.writer.find(place.origin, f"{place.shown}: `cells` takes a CSV row and the beginning of column names")
            return constant("")
        columns = [name for name in row.picked.header or () if name.startswith(prefix)]
        found = [self.outer.cell(row, constant(name), place).code for name in columns]
        return Term(f"[cell for cell in ({''.join(f'{code}, ' for code in found)}) if cell]", "list")

    def _mapped_rows(self, node: nodes.Filter, scope: Scope, place: Place) -> Term | None:
        """`lines | map('Column')` over CSV rows: each row's cell."""
        code = self._rows(node, scope)
        if not code or not isinstance(node.args[0], nodes.Const):
            return None
        index = self._column(str(node.args[0].value), place)
        if index is None:
            return constant("")
        return Term(f"[cell for row in {code} if (cell := row[{index}] and clean(row[{index}]))]", "list")

    def _row_cells(self, node: nodes.Filter, scope: Scope, place: Place) -> Term | None:
        """`lines | sum('Price', 'Quantity')` over CSV rows: the cells of each row under their columns' names."""
        code = self._rows(node, scope)
        if not code or not all(isinstance(one, nodes.Const) for one in node.args):
            return None
        names = [str(one.value) for one in node.args]  # type: ignore[attr-defined]  # all are constants, see above
        cells = {name: index for name in names if (index := self._column(name, place)) is not None}
        pairs = ", ".join(f"{name!r}: row[{index}] and clean(row[{index}])" for name, index in cells.items())
        return Term(f"[{{{pairs}}} for row in {code}]", "list")

    def _rows(self, node: nodes.Filter, scope: Scope) -> str:
        """The code of the rows that a filter is put on; blank where it is put on anything else."""
        if not isinstance(node.node, nodes.Name) or self.outer.looks_in_data:
            return ""
        term = scope.get(node.node.name, Term(""))
        return term.code if term.gives == "rows" else ""

    def _column(self, name: str, place: Place) -> int | None:
        """The place of a column in every row; None for an absent one."""
        self.writer.note_read(name, place.shown, place.origin)
        return self.writer.place(name, self.writer.line_columns)

    def _knows_table(self, named: nodes.Expr, scope: Scope, place: Place) -> bool:
        if isinstance(named, nodes.Name):
            self.outer.takes_as_used([named.name])
            self.writer.find(place.origin, f"{place.shown}: a table is named in quotes: `| table('{named.name}')`")
            return False
        name, tables = self.outer.single(named, scope, place).constant, self.outer.tables
        if isinstance(name, str) and name in tables:
            self.outer.used_tables.add(name)
            return True
        self.outer.unknown(place, "table", str(name), tables)
        self.outer.takes_as_used(closest(str(name), tables))
        return False

    def _knows_zone(self, name: Term, place: Place) -> None:
        if isinstance(name.constant, str):
            try:
                zone(name.constant)
            except FieldError as error:
                self.writer.find(place.origin, f"{place.shown}: {error}")


def _arguments(fewest: int, most: int) -> str:
    if fewest == most:
        return f"{fewest} argument{'' if fewest == 1 else 's'}"
    return f"{fewest} to {most} arguments"
