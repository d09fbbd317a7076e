"""JSON exports, streamed: an array, JSON Lines, or orders wrapped in an object, one order in memory at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from importer.errors import SourceError
from importer.model import SourceRow
from importer.sources.header import require
from importer.sources.json_parts import at_path, has, items, keys, renamed, skip
from importer.sources.json_text import VALUE_LIMIT, JsonText
from importer.sources.span import Span

if TYPE_CHECKING:
    from importer.model import SourceSpec
    from importer.sources.text import ExportFile

DOCUMENT = "$"

Found = Generator[SourceRow, None, Any]
"""Gives the orders inside a value of the file, and returns the value when it has none."""


def read_json(file: ExportFile, spec: SourceSpec) -> tuple[None, Iterator[SourceRow]]:
    """The orders of a JSON export: no columns, one row an order. Raises SourceError when `spec` describes another."""
    text = JsonText(file, spec.encoding)
    start = text.next_char()
    if not start:
        raise SourceError(f"{file.name} is empty; export again")
    if start not in "{[":
        raise SourceError(f"{file.name} is not JSON; pass the mapping of its platform with -m, or export again")
    return None, Orders(file.name, text, spec).rows()


def read_json_within(file: ExportFile, span: Span, spec: SourceSpec) -> Iterator[SourceRow]:
    """The orders of a piece of a JSON export, each of which is a document or an item of the list at the top."""
    return Orders(file.name, JsonText(file, ()), spec).rows_within(span)


class Orders:
    """Finds the orders of an export: all of them lie at the path where its first document has them.

    A path of `spec.records` fits where the first object has the order key and every `detect` key; so a list of
    orders under `items` is told from the items of one order.
    """

    def __init__(self, name: str, text: JsonText, spec: SourceSpec) -> None:
        self._name = name
        self._text = text
        self._spec = spec
        self._paths = spec.records
        self._settled = False  # the path is known
        self._given = False  # this document has given its orders
        self._nearest: dict[str, Any] = {}  # what came closest to an order, for the message

    def rows(self) -> Iterator[SourceRow]:
        """Every order. A document is a value at the top (there may be many), or an item of a list at the top."""
        while start := self._text.next_char():
            if start == "[":
                for _ in items(self._text):
                    yield from self._document()
            else:
                yield from self._document()

    def rows_within(self, span: Span) -> Iterator[SourceRow]:
        """Every order from a place between two on, as the reader goes on that came by there."""
        self._paths, self._settled = (DOCUMENT,), True
        while span.listed and (span.end is None or self._text.next_char()):
            yield from self._document()
            if self._text.pass_over("]"):
                break
            self._text.expect(",")
        yield from self.rows()

    @property
    def are_documents(self) -> bool:
        """Whether the orders are documents themselves: not told before the first one was read."""
        return self._settled and self._paths == (DOCUMENT,)

    def _document(self) -> Iterator[SourceRow]:
        if self.are_documents:
            yield self._row()
            return
        self._must_be_object()
        self._given = False
        line = self._text.line
        members = yield from self._members("")
        if not self._given:
            yield from self._whole(line, members)

    def _members(self, prefix: str) -> Found:
        members = {}
        for key in keys(self._text):
            members[key] = yield from self._member(prefix + key)
        return members

    def _member(self, path: str) -> Found:
        if self._given:
            return skip(self._text)
        if path in self._paths:
            return (yield from self._candidate(path))
        if any(longer.startswith(f"{path}.") for longer in self._paths):
            if self._text.next_char() == "{":
                return (yield from self._members(f"{path}."))
            if self._text.next_char() == "[":
                return (yield from self._stepped(path))
        return self._text.value()

    def _stepped(self, path: str) -> Found:
        """Look into each item of a list on the way to the orders, such as the edges of a GraphQL connection."""
        given = True
        for _ in items(self._text):
            self._given = False
            self._must_be_object()
            yield from self._members(f"{path}.")
            given = self._given
        self._given = given
        return []

    def _candidate(self, path: str) -> Found:
        if self._text.next_char() == "[":
            return (yield from self._listed(path))
        if self._settled:
            self._must_be_object()
        line, value = self._text.line, self._value()
        if self._is_order(path, value):
            yield SourceRow(self._name, line, value)
        return value

    def _listed(self, path: str) -> Found:
        """Give a list's items if the first of them is an order."""
        self._given = self._settled
        begun = self._text.passed
        others: list[Any] = []
        for _ in items(self._text):
            if self._given:
                yield self._row()
                continue
            line, value = self._text.line, self._value()
            if not others and self._is_order(path, value):
                yield SourceRow(self._name, line, value)
                continue
            others.append(value)
            if self._text.passed - begun > VALUE_LIMIT:
                self._refuse(others[0])
        return others

    def _whole(self, line: int, document: dict[str, Any]) -> Iterator[SourceRow]:
        """Give a document that is an order itself. One that wraps an empty list has none."""
        document = renamed(document, self._spec.rename)
        if DOCUMENT in self._paths and self._is_order(DOCUMENT, document):
            yield SourceRow(self._name, line, document)
        elif self._settled:
            self._text.fail(f"the object before has no '{self._paths[0]}', where this export has its orders")
        elif not any(at_path(document, path) == [] for path in self._paths):
            self._refuse(self._nearest or document)

    def _refuse(self, value: Any) -> None:
        """Raise SourceError for the first thing in the file, which is no order of this mapping."""
        there = list(value) if isinstance(value, dict) else []
        there += [path for path in self._wanted if "." in path and has(value, path)]
        require(self._name, there, self._spec, "keys")

    @property
    def _wanted(self) -> tuple[str, ...]:
        return (self._spec.order, *self._spec.detect)

    def _is_order(self, path: str, value: Any) -> bool:
        """Whether there are orders at `path`, judged by the first thing there; if so, they are sought nowhere else."""
        if not self._settled:
            if not isinstance(value, dict):
                return False
            self._nearest = self._nearest or value
            if not all(has(value, wanted) for wanted in self._wanted):
                return False
        self._paths, self._settled, self._given = (path,), True, True
        return True

    def _row(self) -> SourceRow:
        self._must_be_object()
        return SourceRow(self._name, self._text.line, self._value())

    def _value(self) -> Any:
        return renamed(self._text.value(), self._spec.rename)

    def _must_be_object(self) -> None:
        if self._text.next_char() != "{":
            self._text.fail("expected an object: an order, or what wraps orders")
