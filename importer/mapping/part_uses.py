"""The uses of parts as code: groups of fields that stand once in a mapping and serve billing and shipping alike."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, NamedTuple

from importer.mapping.expressions import names_in
from importer.mapping.paths import Path
from importer.mapping.terms import NOT_CONSTANT, Scope, Term, constant
from importer.mapping.yaml_file import Node

if TYPE_CHECKING:
    from importer.mapping.body import BodyWriter

PART_KEYS = ("part", "when_empty", "as")


class _Value(NamedTuple):
    """A field of a part between the two phases: computed, not yet written."""

    key: str
    node: Node
    term: Term
    tells: bool
    """Whether it reads a parameter: a part is empty where all such values are blank."""


class _Use(NamedTuple):
    """One use of a part on its way: what it hands over is in `inner`, its further fields are `extra`."""

    node: Node
    path: Path
    scope: Scope
    inner: Scope
    extra: Node
    variable: str
    values: list[_Value]


class PartUses:
    """Writes the code of each use of a part, in two phases: its values, then its fields or what stands in for it."""

    def __init__(self, body: BodyWriter) -> None:
        self.body = body
        self.writer = body.writer
        self.used: set[str] = set()
        self._open: list[str] = []

    def use(self, node: Node, scope: Scope, path: Path) -> Term:
        """`{part: NAME, ...}`: the fields of a part; empty when every value that reads its parameters is blank."""
        named, parts = node.value["part"], self.body.spec.parts
        name = str(named.value)
        part = parts.get(name)
        if part is None or not isinstance(part.value, dict):
            self.body.expressions.unknown(path.place(named.origin), "part", name, parts.value)
            return constant("")
        self.used.add(name)
        if name in self._open:
            self.writer.find(named.origin, f"{path.shown}: the part '{name}' uses itself")
            return constant("")
        variable = self.writer.name(path.plain)
        inner, extra = self._handed_over(node, part, scope, path)
        self._open.append(name)
        values = list(self._values(part, inner, inner.keys() - scope.keys(), path))
        self._open.pop()
        self._write(_Use(node, path, scope, inner, extra, variable, values))
        return Term(variable, "group")

    def _handed_over(self, node: Node, part: Node, scope: Scope, path: Path) -> tuple[Scope, Node]:
        """The scope inside: the names that the part reads get the use's values; any other key is a further field."""
        read = names_in(part)
        inner, extra = dict(scope), {}
        for key, child in node.value.items():
            if key in PART_KEYS:
                continue
            if key not in read:
                extra[key] = child
                continue
            term = self.body.expressions.value(child, scope, path.place(child.origin))
            if term.constant is NOT_CONSTANT and term.row is None and not term.code.isidentifier():
                term = term._replace(code=self.writer.bind(term.code, key))
            inner[key] = term
        return inner, Node(extra, node.origin)

    def _values(self, part: Node, scope: Scope, parameters: Set[str], path: Path) -> Iterator[_Value]:
        """The first phase: every value of the part is computed."""
        for key, child in part.value.items():
            place = path.child(key)
            fallback = child.get("otherwise") is not None
            variable = self.writer.name(place.plain)
            with self.writer.field(place.code, child.origin, variable):
                term = self.body.first_choice(child, scope, place) if fallback else self.body.value(child, scope, place)
                if (term.constant is NOT_CONSTANT and not term.code.isidentifier()) or self.writer.trapping:
                    self.writer.line(f"{variable} = {term.code}")
                    term = Term(variable, term.gives)
            yield _Value(key, child, term, not parameters.isdisjoint(names_in(child)))

    def _write(self, use: _Use) -> None:
        """The second phase: the fields are written where the part is not empty, else `when_empty` takes over."""
        telling = [value.term.code for value in use.values if value.tells and value.term.constant is NOT_CONSTANT]
        filled = " or ".join(telling) or "True"
        when_empty = use.node.get("when_empty")
        optional = use.path.shown.endswith("]")
        if when_empty is None and not optional:
            self._fill(use)
            self._note(use, filled)
            return
        with self.writer.block(f"if {filled}:"):
            self._fill(use)
            self._note(use, "True")
        with self.writer.block("else:"):
            second = self.body.value(when_empty, use.scope, use.path) if when_empty is not None else constant("")
            self.writer.line(f"{use.variable} = {second.code}")

    def _note(self, use: _Use, filled: str) -> None:
        """Records the use where it has a code."""
        code, values = use.node.get("as"), f"'', first_text({use.variable})"
        if code is not None:
            self.writer.line(f"if {filled}:")
            self.writer.line(f"    note({str(code.value)!r}, {use.path.code}, {values}, {use.node.origin!r})")

    def _fill(self, use: _Use) -> None:
        self.writer.line(f"{use.variable} = {{}}")
        for key, node, term, _ in use.values:
            place = use.path.child(key)
            self.writer.fields.setdefault(place.plain, node.origin)
            with self.writer.field(place.code, node.origin):
                fallback = node.get("otherwise") is not None
                value = self.body.otherwise(node, term, use.inner, place) if fallback else term
                self.body.put(use.variable, key, value, place)
        self.body.fields(use.extra, use.scope, use.variable, use.path)
