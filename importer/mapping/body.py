"""The `body` section as code: constants, expressions, recorded fallbacks, parts, templates, lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from importer.mapping.expressions import Expressions
from importer.mapping.field_types import misfit
from importer.mapping.part_uses import PartUses
from importer.mapping.paths import Path
from importer.mapping.spec import Spec
from importer.mapping.templates import TemplateWriter
from importer.mapping.terms import NOT_CONSTANT, Scope, Term
from importer.mapping.writer import Writer
from importer.mapping.yaml_file import Node

TRUE_UNLESS_BLANK = ("text", "datetime")
"""The types of which only the blank is false: their truth is the quick test for it."""


class BodyWriter:
    """Writes the code that fills dicts of the body from nodes of the mapping."""

    def __init__(self, spec: Spec, writer: Writer, expressions: Expressions) -> None:
        self.spec = spec
        self.writer = writer
        self.expressions = expressions
        self.parts = PartUses(self)
        self._loops = 0

    def fields(
        self, node: Node, scope: Scope, target: str, path: Path, leave_out: frozenset[str] = frozenset()
    ) -> None:
        """One statement or more for each key of a group of fields."""
        for key, child in node.value.items():
            if key not in leave_out:
                self.field(key, child, scope, target, path.child(key))

    def field(self, key: str, node: Node, scope: Scope, target: str, path: Path) -> None:
        """Sets `target[key]` to the node's value, unless that is blank."""
        self.writer.fields.setdefault(path.plain, node.origin)
        with self.writer.field(path.code, node.origin):
            self.put(target, key, self.value(node, scope, path), path)

    def put(self, target: str, key: str, term: Term, path: Path) -> None:
        """`target[key] = value`, in the type that the body takes; blank is left out."""
        self._fits(term, path.plain)
        if term.constant is not NOT_CONSTANT:
            if term.constant != "":
                self.writer.line(f"{target}[{key!r}] = {_literal(term)}")
            return
        variable = self._variable(term, path)
        self.writer.line(f"if {_is_filled(variable, term.gives)}:")
        self.writer.line(f"    {target}[{key!r}] = {_as_field(variable, term.gives)}")
        if term.gives == "datetime":
            self._note_local_time(variable, path)

    def _fits(self, term: Term, shown: str) -> None:
        """Records a value whose type the field never takes; not of an expression in which a mistake was found."""
        origin = self.writer.fields.get(shown, "")
        if term.constant == "" or any(found.origin == origin for found in self.writer.findings):
            return
        if said := misfit(shown, term):
            self.writer.find(origin, f"{shown}: {said}")

    def _note_local_time(self, variable: str, path: Path) -> None:
        """Records a zone that was only assumed, and a local time that the clock had twice or not at all."""
        if (assumed := self.spec.zone_assumed) is not None:
            note = f"note({assumed.code!r}, {path.code}, '', {assumed.to!r}, {assumed.origin!r})"
            self.writer.line(f"    if {variable}.tzinfo is home_zone:")
            self.writer.line(f"        {note}")
        if isinstance(self.spec.zone, ZoneInfo):
            self.writer.line(f"    if {variable}.tzinfo is home_zone and (change := clock_change({variable})):")
            origin = self.writer.fields.get(path.plain, "")
            values = f"str({variable}.replace(tzinfo=None)), {variable}"
            self.writer.line(f"        note(change, {path.code}, {values}, {origin!r})")

    def _variable(self, term: Term, path: Path) -> str:
        return term.code if term.code.isidentifier() else self.writer.assign(term.code, path.plain)

    def value(self, node: Node, scope: Scope, path: Path) -> Term:
        """The term of any value of the language; statements that it needs are written before it."""
        if isinstance(node.value, list):
            return self._literal_list(node, scope, path)
        if not isinstance(node.value, dict):
            return self.expressions.value(node, scope, path.place(node.origin))
        for key, write in _FORMS.items():
            if key in node.value:
                return write(self, node, scope, path)
        return self._group(node, scope, path)

    def _group(self, node: Node, scope: Scope, path: Path) -> Term:
        variable = self.writer.name(path.shown)
        self.writer.line(f"{variable} = {{}}")
        self.fields(node, scope, variable, path)
        return Term(f"({variable} or '')", "group")

    def _literal_list(self, node: Node, scope: Scope, path: Path) -> Term:
        """A list written out in the mapping; items that turn out empty are left out."""
        variable = self.writer.name(path.shown)
        self.writer.line(f"{variable} = []")
        for child in node.value:
            item_path = path.item(f"len({variable})")
            term = self.value(child, scope, item_path)
            item = self._variable(term, item_path) if term.constant is NOT_CONSTANT else term.code
            self.writer.line(f"if {item} != '':")
            self.writer.line(f"    {variable}.append({item})")
        return Term(f"({variable} or '')", "group")

    def _each(self, node: Node, scope: Scope, path: Path) -> Term:
        """`each`: one item for each of a list of the source."""
        variable = self.writer.name(path.shown)
        self.writer.line(f"{variable} = []")
        with self.loop(node, scope, path) as inner:
            item = self.item(node, inner, path.item(f"len({variable})"))
            self.writer.line(f"if {item}:")
            self.writer.line(f"    {variable}.append({item})")
        return Term(f"({variable} or '')", "group")

    def item(self, node: Node, scope: Scope, path: Path) -> str:
        """The variable of one item of an `each`, its fields written."""
        item = self.writer.name(f"{path.shown.replace('[%d]', '')} item")
        self.writer.line(f"{item} = {{}}")
        self.fields(node, scope, item, path, frozenset({"each", "when"}))
        return item

    @contextmanager
    def loop(self, node: Node, scope: Scope, path: Path) -> Iterator[Scope]:
        """The loop of an `each`: `each: line`, or `each: {name: "{{ list }}"}`; `when` passes items over."""
        name, term = self._named(node.value["each"], scope, path)
        with self.opened(name, term, scope) as inner:
            when = node.get("when")
            if when is not None:
                term = self.expressions.value(when, inner, path.child("when").place(when.origin))
                self.writer.line(f"if not {term.code}:")
                self.writer.line("    continue")
            yield inner

    def _named(self, each: Node, scope: Scope, path: Path) -> tuple[str, Term]:
        if each.value == "line":
            return "line", scope["lines"]
        name, listed = next(iter(each.value.items()))
        return name, self.expressions.value(listed, scope, path.place(each.origin))

    @contextmanager
    def opened(self, name: str, term: Term, scope: Scope) -> Iterator[Scope]:
        """One `for` of the generated code, with the loop's variable in scope."""
        variable = self.writer.name(name)
        rows = term.gives == "rows"
        listed = "line_cells" if rows else f"items({term.code})"
        self._loops += 1
        with self.writer.block(f"for {variable} in {listed if rows and self._loops == 1 else f'note.over({listed})'}:"):
            row = self.writer.open_line(variable) if rows else None
            yield {**scope, name: Term(variable, "any", row=row, data=term.data)}
        self._loops -= 1

    def _fallback(self, node: Node, scope: Scope, path: Path) -> Term:
        """`{value, otherwise, as}`: the second where the first is blank, and a note of it."""
        term = self.first_choice(node, scope, path)
        return self.otherwise(node, term, scope, path)

    def first_choice(self, node: Node, scope: Scope, path: Path) -> Term:
        value = node.value.get("value") or Node("", node.origin)
        if not re.search(r"\btable\s*\(", str(value.value)):
            return self.value(value, scope, path)
        variable = self.writer.name(path.plain)
        with self.writer.block("try:"):
            term = self.value(value, scope, path)
            self.writer.line(f"{variable} = {term.code}")
        with self.writer.block("except Undecided:"):
            self.writer.line(f"{variable} = ''")
        return Term(variable, term.gives)

    def otherwise(self, node: Node, term: Term, scope: Scope, path: Path) -> Term:
        otherwise, code = node.get("otherwise"), node.get("as")
        if otherwise is None or code is None:  # told by the schema
            return term
        variable = self.writer.name(path.plain)
        self._fits(term, path.plain)
        self.writer.line(f"{variable} = {term.code}")
        with self.writer.block(f"if {_is_blank(variable, term.gives)}:"):
            second = self.value(otherwise, scope, path)
            self._fits(second, path.plain)
            self.writer.line(f"{variable} = {second.code}")
            self.writer.line(f"if {_is_filled(variable, second.gives)}:")
            self.writer.line(f"    note({str(code.value)!r}, {path.code}, '', {variable}, {node.origin!r})")
        gives = second.gives if term.constant == "" else term.gives
        return Term(variable, gives if second.gives == gives else "any")

    def _part(self, node: Node, scope: Scope, path: Path) -> Term:
        return self.parts.use(node, scope, path)

    def _template(self, node: Node, scope: Scope, path: Path) -> Term:
        """`{template: NAME.j2}`: a longer text from a file beside the mapping."""
        named = node.value["template"]
        file = self.spec.beside(named, str(named.value))
        return TemplateWriter(self, path).text(named, file, scope)


_FORMS: dict[str, Callable[[BodyWriter, Node, Scope, Path], Term]] = {
    "part": BodyWriter._part,
    "template": BodyWriter._template,
    "each": BodyWriter._each,
    "otherwise": BodyWriter._fallback,
}
"""What a group of keys can be besides a plain group of fields: the key that tells, and how it is written."""

_AS_FIELD = {
    "text": "{}",
    "int": "{}",
    "bool": "{}",
    "group": "{}",
    "datetime": "rfc_2822({})",
    "money": "four_places({})",
}


def _as_field(variable: str, gives: str) -> str:
    known = _AS_FIELD.get(gives)
    return known.format(variable) if known else f"{variable} if {variable}.__class__ is str else plain({variable})"


def _is_filled(variable: str, gives: str) -> str:
    return variable if gives in TRUE_UNLESS_BLANK else f"{variable} != ''"


def _is_blank(variable: str, gives: str) -> str:
    return f"not {variable}" if gives in TRUE_UNLESS_BLANK else f"{variable} == ''"


def _literal(term: Term) -> str:
    return term.code if isinstance(term.constant, str | bool | int) else f"plain(Decimal({str(term.constant)!r}))"
