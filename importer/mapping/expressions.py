"""Jinja expressions as Python code: Jinja's parser gives the tree, a closed set of nodes is let through.

No attribute of a Python object is ever reached: `a.b` and `a['b']` are look-ups in data. Nothing is called but the
filters of the mapping language. Anything else is a finding at its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes

from importer.errors import FieldError
from importer.mapping.dates import zone
from importer.mapping.filters import BOUND, FILTERS, TESTS, Filter
from importer.mapping.linked import LinkedRows
from importer.mapping.suggest import ELSEWHERE, closest, did_you_mean
from importer.mapping.unparse import shown
from importer.mapping.writer import Row, Writer
from importer.mapping.yaml_file import Node

MAX_EXPRESSION = 20_000
MAX_DEPTH = 60
"""Levels of an expression. Python itself takes 200 nested brackets."""

MAX_CONSTANT = 100_000
_DUNDER = re.compile(r"__\w+__\Z")
NOTED = {"shorten": "shortened", "last_name": "one-word-name", "email": "email-dropped", "ip_v6": "ip-dropped"}
"""Filters that give up something of the source's value, and the code under which that is recorded."""

CHOOSING = {"items": 0, "first": 0, "last": 0, "rest": 0, "unique": 0, "keep": 1, "map": 1, "sum": 3}
"""Filters that choose from data, and how many of their arguments are keys of it."""

BRACES = "each {{ needs its }}, each bracket and quote its partner"
ROWS = "a row of a CSV export is no value; name its column: order['Total'], lines | map('Price'), lines | sum('Price')"
AS_MONEY = "put the text through `| money` first: (order['Total'] | money)"
NUMBERS = ("int", "money", "number")

OF_LINES = ("products[]", "money.lines")
"""Fields of one line: a cell of `order` there is the same for all lines."""

NOT_CONSTANT = object()

_PARSER = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - parses only, never renders


@lru_cache(maxsize=4096)  # a mapping is compiled more than once, and most of that is parsing
def parsed(source: str) -> nodes.Template:
    """The tree of a text with expressions, to be read only. Errors: TemplateSyntaxError."""
    return _PARSER.parse(source)


class Term(NamedTuple):
    """One piece of generated code: what type it gives where that is known, and its value where it is constant.

    `data`: the dotted paths of the JSON order where the value may come from as it is. `items`: those of a list that is
    written out.
    """

    code: str
    gives: str = "any"
    constant: Any = NOT_CONSTANT
    row: Row | None = None
    data: frozenset[str] = frozenset()
    items: tuple[Term, ...] = ()


Scope = Mapping[str, Term]


class Place(NamedTuple):
    """Where a value belongs: the code of its body path for notes, the path for messages, and the mapping's origin."""

    code: str
    shown: str
    origin: str


def constant(value: Any) -> Term:
    """The term of a value that is known now."""
    kind = {str: "text", bool: "bool", int: "int"}.get(type(value), "any")
    return Term(repr(value), kind, value)


class Expressions:
    """Writes the code of expressions into one Writer. `tables` are the names that `| table` may use."""

    def __init__(self, writer: Writer, tables: Mapping[str, Any], *, looks_in_data: bool) -> None:
        self.writer = writer
        self.tables = tables
        self.looks_in_data = looks_in_data
        self.used_tables: set[str] = set()
        self.used_names: set[str] = set()
        self._depth = 0

    def value(self, node: Node, scope: Scope, place: Place) -> Term:
        """The term of one YAML scalar: a constant, an expression that keeps its type, or text with expressions."""
        if not isinstance(node.value, str) or ("{{" not in node.value and "{%" not in node.value):
            return constant("" if node.value is None else node.value)
        place = place._replace(origin=node.origin)
        tree = self.parse(node.value, place)
        if tree is None:
            return constant("")
        return self.output(tree, scope, place)

    def parse(self, source: str, place: Place) -> list[nodes.Node] | None:
        """The pieces of a text with expressions. Statements (`{% %}`) belong into templates."""
        if len(source) > MAX_EXPRESSION:
            self.writer.find(place.origin, f"{place.shown}: an expression of more than {MAX_EXPRESSION:,} characters")
            return None
        try:
            body = parsed(source).body
        except (TemplateSyntaxError, RecursionError, ValueError) as error:
            self.writer.find(place.origin, f"{place.shown}: not an expression: {error}; {BRACES}")
            self._takes_as_used(re.findall(r"[\w-]+", source))
            return None
        if any(not isinstance(statement, nodes.Output) for statement in body):
            self.writer.find(place.origin, f"{place.shown}: statements ({{% %}}) belong into a .j2 template")
            return None
        return [piece for statement in body for piece in statement.nodes]  # type: ignore[attr-defined]

    def _takes_as_used(self, mentioned: list[str]) -> None:
        """What a broken expression mentions is not told to be unused: mending the expression settles it."""
        self.used_names.update(mentioned)
        self.used_tables.update(mentioned)

    def output(self, pieces: list[nodes.Node], scope: Scope, place: Place) -> Term:
        """One expression keeps its type; anything else is joined as text."""
        if len(pieces) == 1:
            return self._piece(pieces[0], scope, place)
        return self.joined([self._piece(piece, scope, place) for piece in pieces])

    def _piece(self, piece: nodes.Node, scope: Scope, place: Place) -> Term:
        if isinstance(piece, nodes.TemplateData):
            return constant(piece.data)
        return self.term(piece, scope, place)

    def joined(self, terms: list[Term]) -> Term:
        """The terms' texts one after the other."""
        if all(term.constant is not NOT_CONSTANT for term in terms):
            return constant("".join(str(term.constant) for term in terms))
        parts = [term.code if term.gives == "text" else f"text({term.code})" for term in terms]
        growing = sum(term.constant is NOT_CONSTANT for term in terms) > 1  # a ~ a, of which the next may be made again
        return Term(f"glue({', '.join(parts)})" if growing else f"({' + '.join(parts)})", "text")

    def term(self, node: nodes.Node, scope: Scope, place: Place) -> Term:
        """The code of one expression node. Unknown kinds of nodes are findings."""
        write = _NODES.get(type(node))
        if write is None:
            kind = type(node).__name__.lower()
            hint = "; values are changed by filters, such as `| trim`" if kind == "call" else ""
            self.writer.find(place.origin, f"{place.shown}: '{kind}' is not part of the mapping language{hint}")
            return constant("")
        if self._depth >= MAX_DEPTH:
            self.writer.find(place.origin, f"{place.shown}: an expression of more than {MAX_DEPTH} levels")
            return constant("")
        self._depth += 1
        term = write(self, node, scope, place)
        self._depth -= 1
        return self._small(term, place)

    def _small(self, term: Term, place: Place) -> Term:
        """The term, unless it is a constant that was put together from itself until it is longer than any field."""
        if not isinstance(term.constant, str) or len(term.constant) <= MAX_CONSTANT:
            return term
        self.writer.find(place.origin, f"{place.shown}: a constant of more than {MAX_CONSTANT:,} characters")
        return constant("")

    def single(self, node: nodes.Node, scope: Scope, place: Place) -> Term:
        """The term of a node that must be a value: not a whole row of a CSV export, nor all of them."""
        return self._checked(self.term(node, scope, place), place)

    def _checked(self, term: Term, place: Place) -> Term:
        if term.row is not None or (term.gives == "rows" and not self.looks_in_data):
            self.writer.find(place.origin, f"{place.shown}: {ROWS}")
        return term

    def lazy(self, node: nodes.Node, scope: Scope, place: Place) -> Term:
        """The code of a node that may never be evaluated: nothing of it is computed ahead."""
        with self.writer.branch():
            return self.term(node, scope, place)

    def unknown(self, place: Place, kind: str, name: str, known: Any) -> Term:
        """Records an unknown name with what another language means by it, or the closest known one."""
        said = ELSEWHERE.get(kind, {}).get(name)
        hint = f"; {said}" if said else did_you_mean(name, known)
        self.writer.find(place.origin, f"{place.shown}: unknown {kind} '{name}'{hint}")
        return constant("")

    def _const(self, node: nodes.Const, _scope: Scope, place: Place) -> Term:
        if node.value is None or isinstance(node.value, str | bool | int):
            return constant("" if node.value is None else node.value)
        if isinstance(node.value, float) and isfinite(node.value):
            return Term(f"Decimal({str(node.value)!r})", "money")
        self.writer.find(place.origin, f"{place.shown}: this kind of constant is not part of the mapping language")
        return constant("")

    def _name(self, node: nodes.Name, scope: Scope, place: Place) -> Term:
        self.used_names.add(node.name)
        if node.name in scope:
            return scope[node.name]
        return self.unknown(place, "name", node.name, scope)

    def _getattr(self, node: nodes.Getattr, scope: Scope, place: Place) -> Term:
        return self._look(self._whole(node.node, scope, place), constant(node.attr), place)

    def _getitem(self, node: nodes.Getitem, scope: Scope, place: Place) -> Term:
        if isinstance(node.arg, nodes.Slice):
            self.writer.find(
                place.origin, f"{place.shown}: slices are not part of the language; use `shorten`, `before`, `after`"
            )
            return constant("")
        return self._look(self._whole(node.node, scope, place), self.single(node.arg, scope, place), place)

    def _whole(self, node: nodes.Node, scope: Scope, place: Place) -> Term:
        """What is looked into: one row is right here, all rows are not."""
        term = self.term(node, scope, place)
        return term if term.row is not None else self._checked(term, place)

    def _look(self, whole: Term, key: Term, place: Place) -> Term:
        self._no_python(key, place)
        if whole.row is not None:
            return self._cell(whole.row, key, place)
        if whole.constant is not NOT_CONSTANT:
            return constant("")
        hint = str(key.constant) if key.constant is not NOT_CONSTANT else "value"
        below = whole.data if isinstance(key.constant, int) else self._below(whole, key, place)
        return Term(self.writer.bind(f"look({whole.code}, {key.code})", hint), data=below)

    def _no_python(self, key: Term, place: Place) -> None:
        """Data has no keys such as `__class__`; who writes one hopes to reach the program."""
        if isinstance(key.constant, str) and any(_DUNDER.match(part) for part in key.constant.split(".")):
            self.writer.find(place.origin, f"{place.shown}: '{key.constant}' is a name of Python's, not of data")

    def _below(self, whole: Term, key: Term, place: Place) -> frozenset[str]:
        """The paths below those of `whole`, noted as read; `*` where the key is only known with the order."""
        name = key.constant if isinstance(key.constant, str) else "*"
        paths = frozenset(f"{path}.{name}" if path else name for path in whole.data)
        for path in paths:
            self.writer.note_read(path, place.shown, place.origin)
        return paths

    def _cell(self, row: Row, key: Term, place: Place) -> Term:
        if not isinstance(key.constant, str):
            self.writer.find(place.origin, f"{place.shown}: a column's name must be known before the first row is read")
            return constant("")
        self.writer.note_read(key.constant, place.shown, place.origin)
        if row.name == "order" and place.shown.startswith(OF_LINES):
            self.writer.repeated.setdefault(key.constant, (place.shown, place.origin))
        variable = self.writer.cell(row, key.constant)
        return constant("") if variable is None else Term(variable, "text")

    def _filter(self, node: nodes.Filter, scope: Scope, place: Place) -> Term:
        known = FILTERS.get(node.name) or BOUND.get(node.name)
        if known is None:
            if node.node is not None:
                self.lazy(node.node, scope, place)  # what is wrong before the filter is told as well
            self._takes_as_used([one.value for one in node.args if isinstance(one, nodes.Const)])
            return self.unknown(place, "filter", node.name, [*FILTERS, *BOUND])
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
        return self._of_rows(node, known, scope, place) or self._of_values(node, known, scope, place)

    def _of_rows(self, node: nodes.Filter, known: Filter, scope: Scope, place: Place) -> Term | None:
        """A filter over the rows or columns of a CSV file, whose cells are known by their place; else None."""
        if node.name == "cells":
            return self._cells(node, scope, place)
        if node.name == "map":
            return self._mapped_rows(node, scope, place)
        if node.name == "sum" and node.args and (rows := self._row_cells(node, scope, place)):
            return self._call(node.name, rows, [self.term(one, scope, place) for one in node.args], known.gives, place)
        return None

    def _of_values(self, node: nodes.Filter, known: Filter, scope: Scope, place: Place) -> Term:
        assert node.node is not None  # noqa: S101 - `_filter` has seen to it
        counted = node.name == "count" and self._rows(node, scope)
        value = (self.term if counted else self.single)(node.node, scope, place)
        if node.name == "table" and isinstance(node.args[0], nodes.Name):
            named = node.args[0].name
            self._takes_as_used([named])
            self.writer.find(place.origin, f"{place.shown}: a table is named in quotes: `| table('{named}')`")
            return constant("")
        arguments = [self.single(argument, scope, place) for argument in node.args]
        if node.name == "table" and not self._knows_table(arguments[0], place):
            return constant("")
        if node.name == "date" and arguments:
            self._knows_zone(arguments[0], place)
        data = self._chosen(node.name, value, arguments, place)
        if (
            node.name == "table"
            and self._is_held(arguments[0])
            and all(key.gives == "text" for key in value.items or [value])
        ):
            return self._table_row(value, arguments[0])
        return self._call(node.name, value, arguments, known.gives, place)._replace(data=data)

    def _is_held(self, name: Term) -> bool:
        """Whether the rows of a table are in memory; those of a snapshot are looked up one by one, and noted."""
        return not isinstance(self.tables[name.constant], LinkedRows)

    def _table_row(self, keys: Term, name: Term) -> Term:
        """The row of a table by texts: found rows are remembered."""
        codes = ", ".join(term.code for term in (name, *(keys.items or [keys])))
        return Term(self.writer.bind(f"t_table({codes})", "table"), self._gives(self.tables[name.constant]))

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
            self._no_python(key, place)
        below = [self._below(value, key, place) for key in keys if key.constant != ""]
        return below[0] if name == "map" and below else value.data

    def _call(self, name: str, value: Term, arguments: list[Term], gives: str, place: Place) -> Term:
        codes = ", ".join([value.code, *(argument.code for argument in arguments)])
        if name == "table" and isinstance(self.tables[arguments[0].constant], LinkedRows):
            return Term(self.writer.bind(f"noted_table(note, {place.code}, {place.origin!r}, {codes})", "link"))
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
        row = self.term(node.node, scope, place).row if isinstance(node.node, nodes.Name) else None
        prefix = self.term(node.args[0], scope, place).constant
        if row is None or not isinstance(prefix, str):
            self.writer.find(place.origin, f"{place.shown}: `cells` takes a CSV row and the beginning of column names")
            return constant("")
        columns = [name for name in row.picked.header or () if name.startswith(prefix)]
        found = [self._cell(row, constant(name), place).code for name in columns]
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
        if not isinstance(node.node, nodes.Name) or self.looks_in_data:
            return ""
        term = scope.get(node.node.name, Term(""))
        return term.code if term.gives == "rows" else ""

    def _column(self, name: str, place: Place) -> int | None:
        """The place of a column in every row; None for an absent one."""
        self.writer.note_read(name, place.shown, place.origin)
        return self.writer.place(name, self.writer.line_columns)

    def _knows_table(self, name: Term, place: Place) -> bool:
        if isinstance(name.constant, str) and name.constant in self.tables:
            self.used_tables.add(name.constant)
            return True
        self.unknown(place, "table", str(name.constant), self.tables)
        self._takes_as_used(closest(str(name.constant), self.tables))
        return False

    def _knows_zone(self, name: Term, place: Place) -> None:
        if isinstance(name.constant, str):
            try:
                zone(name.constant)
            except FieldError as error:
                self.writer.find(place.origin, f"{place.shown}: {error}")

    def _test(self, node: nodes.Test, scope: Scope, place: Place) -> Term:
        if node.name not in TESTS or node.args or node.kwargs:
            return self.unknown(place, "test", node.name, TESTS)
        return Term(f"is_{node.name}({self.single(node.node, scope, place).code})", "bool")

    def _compare(self, node: nodes.Compare, scope: Scope, place: Place) -> Term:
        left = self.single(node.expr, scope, place)
        code = left.code
        for operand in node.ops:
            right = (self.single if operand is node.ops[0] else self.lazy)(operand.expr, scope, place)
            if operand.op not in ("in", "notin"):
                self._comparable(left, right, place)
            code += f" {_COMPARISONS[operand.op]} {right.code}"
            left = right
        return Term(f"({code})", "bool")

    def _comparable(self, left: Term, right: Term, place: Place) -> None:
        for text, number in ((left, right), (right, left)):
            if text.gives == "text" and text.constant != "" and number.gives in NUMBERS:
                self.writer.find(place.origin, f"{place.shown}: a text is compared with a number; {AS_MONEY}")

    def _and(self, node: nodes.And, scope: Scope, place: Place) -> Term:
        return Term(f"({self.term(node.left, scope, place).code} and {self.lazy(node.right, scope, place).code})")

    def _or(self, node: nodes.Or, scope: Scope, place: Place) -> Term:
        left, right = self.term(node.left, scope, place), self.lazy(node.right, scope, place)
        if left.constant == "":
            return right
        gives = left.gives if left.gives == right.gives else "any"
        return Term(f"({left.code} or {right.code})", gives, data=left.data | right.data)

    def _not(self, node: nodes.Not, scope: Scope, place: Place) -> Term:
        return Term(f"(not {self.term(node.node, scope, place).code})", "bool")

    def _choice(self, node: nodes.CondExpr, scope: Scope, place: Place) -> Term:
        test = self.term(node.test, scope, place)
        yes = self.lazy(node.expr1, scope, place)
        no = self.lazy(node.expr2, scope, place) if node.expr2 else constant("")
        gives = yes.gives if yes.gives == no.gives else "any"
        if self.writer.watching:
            yes, no = self._marked(yes, shown(node.test), place), self._marked(no, f"not {shown(node.test)}", place)
        return Term(f"({yes.code} if {test.code} else {no.code})", gives, data=yes.data | no.data)

    def _marked(self, term: Term, said: str, place: Place) -> Term:
        """A branch that marks that it was taken."""
        return term._replace(code=f"({self.writer.mark(place.origin, said)} or {term.code})")

    def _concat(self, node: nodes.Concat, scope: Scope, place: Place) -> Term:
        return self.joined([self.single(part, scope, place) for part in node.nodes])

    def _arithmetic(self, node: nodes.BinExpr, scope: Scope, place: Place) -> Term:
        left, right = self.term(node.left, scope, place), self.term(node.right, scope, place)
        if any(term.gives == "text" and term.constant != "" for term in (left, right)):
            self.writer.find(place.origin, f"{place.shown}: a sum with a text; {AS_MONEY}; texts are joined by ~")
        return Term(f"{_ARITHMETIC[type(node)]}({left.code}, {right.code})", "number")

    def _negated(self, node: nodes.Neg, scope: Scope, place: Place) -> Term:
        return Term(f"negate({self.term(node.node, scope, place).code})", "number")

    def _list(self, node: nodes.List | nodes.Tuple, scope: Scope, place: Place) -> Term:
        items = [self.single(item, scope, place) for item in node.items]
        codes = ", ".join(item.code for item in items)
        known = all(item.gives not in ("any", "list") for item in items)
        return Term(f"[{codes}]" if known else f"listed({codes})", "list", items=tuple(items))


def _arguments(fewest: int, most: int) -> str:
    if fewest == most:
        return f"{fewest} argument{'' if fewest == 1 else 's'}"
    return f"{fewest} to {most} arguments"


_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}
_ARITHMETIC: dict[type, str] = {nodes.Add: "add", nodes.Sub: "subtract", nodes.Mul: "multiply", nodes.Div: "divide"}
_NODES: dict[type, Callable[..., Term]] = {
    nodes.Const: Expressions._const,
    nodes.Name: Expressions._name,
    nodes.Getattr: Expressions._getattr,
    nodes.Getitem: Expressions._getitem,
    nodes.Filter: Expressions._filter,
    nodes.Test: Expressions._test,
    nodes.Compare: Expressions._compare,
    nodes.And: Expressions._and,
    nodes.Or: Expressions._or,
    nodes.Not: Expressions._not,
    nodes.CondExpr: Expressions._choice,
    nodes.Concat: Expressions._concat,
    nodes.Add: Expressions._arithmetic,
    nodes.Sub: Expressions._arithmetic,
    nodes.Mul: Expressions._arithmetic,
    nodes.Div: Expressions._arithmetic,
    nodes.Neg: Expressions._negated,
    nodes.List: Expressions._list,
    nodes.Tuple: Expressions._list,
}
"""The whole expression language. A node that is not here is refused."""
