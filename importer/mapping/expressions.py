"""Jinja expressions as Python code: Jinja's parser gives the tree, a closed set of nodes is let through.

No attribute of a Python object is ever reached: `a.b` and `a['b']` are look-ups in data. Nothing is called but the
filters of the mapping language. Anything else is a finding at its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from importer.errors import MappingError
from importer.mapping.filter_calls import FilterCalls
from importer.mapping.filters import TESTS
from importer.mapping.suggest import ELSEWHERE, did_you_mean
from importer.mapping.terms import NOT_CONSTANT, Place, Scope, Term, constant
from importer.mapping.unparse import shown
from importer.mapping.writer import Row, Writer
from importer.mapping.yaml_file import Node

MAX_EXPRESSION = 20_000
MAX_DEPTH = 60
"""Levels of an expression. Python itself takes 200 nested brackets."""

MAX_CONSTANT = 100_000
_DUNDER = re.compile(r"__\w+__\Z")
BRACES = "each {{ needs its }}, each bracket and quote its partner"
ROWS = "a row of a CSV export is no value; name its column: order['Total'], lines | map('Price'), lines | sum('Price')"
AS_MONEY = "put the text through `| money` first: (order['Total'] | money)"
NUMBERS = ("int", "money", "number")

OF_LINES = ("products[]", "money.lines")
"""Fields of one line: a cell of `order` there is the same for all lines."""

_PARSER = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - parses only, never renders


@lru_cache(maxsize=4096)  # a mapping is compiled more than once, and most of that is parsing
def parsed(source: str) -> nodes.Template:
    """The tree of a text with expressions, to be read only. Errors: TemplateSyntaxError."""
    return _PARSER.parse(source)


def names_in(node: Node) -> frozenset[str]:
    """Every name that the expressions below a node read."""
    if isinstance(node.value, dict):
        return frozenset().union(*(names_in(child) for child in node.value.values()))
    if isinstance(node.value, list):
        return frozenset().union(*(names_in(child) for child in node.value))
    if not isinstance(node.value, str) or "{" not in node.value:
        return frozenset()
    try:
        return frozenset(name.name for name in parsed(node.value).find_all(nodes.Name))
    except (TemplateSyntaxError, MappingError):
        return frozenset()


class Expressions:
    """Writes the code of expressions into one Writer. `tables` are the names that `| table` may use."""

    def __init__(self, writer: Writer, tables: Mapping[str, Any], *, looks_in_data: bool) -> None:
        self.writer = writer
        self.tables = tables
        self.looks_in_data = looks_in_data
        self.used_tables: set[str] = set()
        self.used_names: set[str] = set()
        self.filters = FilterCalls(self)
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
            self.takes_as_used(re.findall(r"[\w-]+", source))
            return None
        if any(not isinstance(statement, nodes.Output) for statement in body):
            self.writer.find(place.origin, f"{place.shown}: statements ({{% %}}) belong into a .j2 template")
            return None
        return [piece for statement in body for piece in statement.nodes]  # type: ignore[attr-defined]

    def takes_as_used(self, mentioned: list[str]) -> None:
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
        self.no_python(key, place)
        if whole.row is not None:
            return self.cell(whole.row, key, place)
        if whole.constant is not NOT_CONSTANT:
            return constant("")
        hint = str(key.constant) if key.constant is not NOT_CONSTANT else "value"
        below = whole.data if isinstance(key.constant, int) else self.below(whole, key, place)
        return Term(self.writer.bind(f"look({whole.code}, {key.code})", hint), data=below)

    def no_python(self, key: Term, place: Place) -> None:
        """Data has no keys such as `__class__`; who writes one hopes to reach the program."""
        if isinstance(key.constant, str) and any(_DUNDER.match(part) for part in key.constant.split(".")):
            self.writer.find(place.origin, f"{place.shown}: '{key.constant}' is a name of Python's, not of data")

    def below(self, whole: Term, key: Term, place: Place) -> frozenset[str]:
        """The paths below those of `whole`, noted as read; `*` where the key is only known with the order."""
        name = key.constant if isinstance(key.constant, str) else "*"
        paths = frozenset(f"{path}.{name}" if path else name for path in whole.data)
        for path in paths:
            self.writer.note_read(path, place.shown, place.origin)
        return paths

    def cell(self, row: Row, key: Term, place: Place) -> Term:
        if not isinstance(key.constant, str):
            self.writer.find(place.origin, f"{place.shown}: a column's name must be known before the first row is read")
            return constant("")
        self.writer.note_read(key.constant, place.shown, place.origin)
        if row.name == "order" and place.shown.startswith(OF_LINES):
            self.writer.repeated.setdefault(key.constant, (place.shown, place.origin))
        variable = self.writer.cell(row, key.constant)
        return constant("") if variable is None else Term(variable, "text")

    def _filter(self, node: nodes.Filter, scope: Scope, place: Place) -> Term:
        return self.filters.term(node, scope, place)

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
