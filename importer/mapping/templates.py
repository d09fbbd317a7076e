"""A template (.j2) as code: texts, expressions, `if` and `for`; nothing else of Jinja."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path as File
from typing import Any, Protocol

from jinja2 import TemplateSyntaxError, nodes

from importer.mapping.expressions import Expressions, parsed
from importer.mapping.paths import Path
from importer.mapping.terms import NOT_CONSTANT, Scope, Term, constant
from importer.mapping.unparse import shown
from importer.mapping.writer import Writer
from importer.mapping.yaml_file import Node

MAX_LOOPS = 3
_BRACES = re.compile(r"\{[{%]")
MAX_TEMPLATE = 100_000
LONGEST_NOTES = 65_535
"""Source: order_Shared.staff_notes, maxLength."""


class Loops(Protocol):
    """What a template needs of the body's writer: lines, expressions, and loops over lists of the source."""

    writer: Writer
    expressions: Expressions

    def opened(self, name: str, term: Term, scope: Scope) -> AbstractContextManager[Scope]:
        """One `for` of the generated code."""


class TemplateWriter:
    """Writes the code of one template, for one field of the body."""

    def __init__(self, body: Loops, path: Path) -> None:
        self.body = body
        self.path = path
        self.writer = body.writer
        self.expressions = body.expressions
        self.pieces = self.writer.name(f"{path.shown} pieces")
        self.file = ""
        self.lines: list[str] = []

    def text(self, named: Node, file: File | None, scope: Scope) -> Term:
        """The term of the template's text; what is longer than staff_notes takes is cut, and the cut recorded."""
        tree = self._parsed(named, file)
        if tree is None:
            return constant("")
        self.writer.line(f"{self.pieces} = []")
        self._statements(tree, scope, 0)
        code = f"noted_shorten(note, {self.path.code}, {named.origin!r}, tidy({self.pieces}), {LONGEST_NOTES})"
        return Term(code, "text")

    def _parsed(self, named: Node, file: File | None) -> list[nodes.Node] | None:
        if file is None or not file.is_file() or file.stat().st_size > MAX_TEMPLATE:
            self._find(named.origin, f"'{named.value}' must be a template (.j2) beside the mapping")
            return None
        self.file = file.name
        try:
            text = file.read_text(encoding="utf-8")
            self.lines = text.split("\n")
            return parsed(text).body
        except (TemplateSyntaxError, RecursionError, ValueError) as error:
            self._find(f"{file.name}:{getattr(error, 'lineno', 1)}:1", str(error).splitlines()[0])
            return None

    def _find(self, origin: str, message: str) -> None:
        self.writer.find(origin, f"{self.path.shown}: {message}")

    def _statements(self, body: list[nodes.Node], scope: Scope, loops: int) -> None:
        for texts, statements in groupby(body, lambda statement: isinstance(statement, nodes.Output)):
            if texts:
                self._texts([piece for output in statements for piece in _pieces(output)], scope)
            else:
                for statement in statements:
                    self._statement(statement, scope, loops)

    def _texts(self, pieces: list[nodes.Node], scope: Scope) -> None:
        """Texts and expressions one after the other; the trapping twin tells what fails at the template's own line."""
        if self.writer.trapping:
            for piece in pieces:
                with self.writer.field(self.path.code, self._place(piece).origin):
                    term = self.expressions.output([piece], scope, self._place(piece))
                    self.writer.line(f"{self.pieces}.append({_as_text(term)})")
            return
        texts = [_as_text(self.expressions.output([piece], scope, self._place(piece))) for piece in pieces]
        if len(texts) == 1:
            self.writer.line(f"{self.pieces}.append({texts[0]})")
        elif texts:
            self.writer.line(f"{self.pieces} += {', '.join(texts)}")

    def _statement(self, statement: nodes.Node, scope: Scope, loops: int) -> None:
        if isinstance(statement, nodes.If):
            self._if(statement, scope, loops)
        elif isinstance(statement, nodes.For) and loops < MAX_LOOPS and _is_plain(statement):
            self._for(statement, scope, loops)
        else:
            kind = type(statement).__name__.lower()
            self._find(self._place(statement).origin, f"'{kind}' is no part of a template, or its loops nest too deep")

    def _if(self, node: nodes.If, scope: Scope, loops: int) -> None:
        with self.writer.block(f"if {self.expressions.term(node.test, scope, self._place(node)).code}:"):
            if self.writer.watching:
                self.writer.line(self.writer.mark(self._place(node).origin, shown(node.test)))
            self._statements(node.body, scope, loops)
        otherwise = list(otherwise_of(node))
        if otherwise:
            with self.writer.block("else:"):
                self._statements(otherwise, scope, loops)

    def _for(self, node: nodes.For, scope: Scope, loops: int) -> None:
        target: Any = node.target
        term = self.expressions.term(node.iter, scope, self._place(node))
        with self.body.opened(target.name, term, scope) as inner:
            if node.test is not None:
                self.writer.line(f"if not {self.expressions.term(node.test, inner, self._place(node)).code}:")
                self.writer.line("    continue")
            self._statements(node.body, inner, loops + 1)

    def _place(self, node: nodes.Node) -> Any:
        """Its line, and the column of the first expression or statement there."""
        begins = _BRACES.search(self.lines[node.lineno - 1])
        return self.path.place(f"{self.file}:{node.lineno}:{begins.start() + 1 if begins else 1}")


def _as_text(term: Term) -> str:
    if term.constant is not NOT_CONSTANT:
        return repr(str(term.constant))
    return term.code if term.gives == "text" else f"text({term.code})"


def _is_plain(loop: nodes.For) -> bool:
    """A loop over a list by one name, without `recursive`, and without an `else`."""
    return isinstance(loop.target, nodes.Name) and not loop.recursive and not loop.else_


def _pieces(output: Any) -> list[nodes.Node]:
    pieces: list[nodes.Node] = output.nodes
    return pieces


def otherwise_of(node: nodes.If) -> Iterator[nodes.Node]:
    """The `elif`s as an `if` inside the `else`."""
    if not node.elif_:
        yield from node.else_
        return
    first = node.elif_[0]
    yield nodes.If(first.test, first.body, node.elif_[1:], node.else_, lineno=first.lineno)
