"""JSON exports, streamed: an array, JSON Lines, or orders wrapped in an object, one order in memory at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from importer.errors import SourceError
from importer.model import SourceRow
from importer.sources.header import WrongExport, require
from importer.sources.json_text import JsonText
from importer.sources.text import ExportFile

if TYPE_CHECKING:
    from pathlib import Path

    from importer.model import SourceSpec

DOCUMENT = "$"
ITEMS_LIMIT = 10_000
"""Items of a list that is no list of orders, and so lies in memory as a part of one order."""

Found = Generator[SourceRow, None, Any]


def read_json(file: ExportFile, spec: SourceSpec) -> tuple[None, Iterator[SourceRow]]:
    """The orders of a JSON export: no columns, one row an order. Raises SourceError when `spec` describes another."""
    text = JsonText(file, spec)
    start = text.next_char()
    if not start:
        raise SourceError(f"{file.name} is empty; export again")
    if start not in "{[":
        raise SourceError(f"{file.name} is not JSON; pass the mapping of its platform with -m, or export again")
    return None, Orders(file.name, text, spec).rows()


class Orders:
    """Finds the orders in the documents of one export, at the path where its first document has them."""

    def __init__(self, name: str, text: JsonText, spec: SourceSpec) -> None:
        self._name = name
        self._text = text
        self._spec = spec
        self._paths = spec.records
        self._settled = False
        self._given = False
        self._nearest: dict[str, Any] = {}

    def rows(self) -> Iterator[SourceRow]:
        """Every order. A document is a value at the top (there may be many), or an item of a list at the top."""
        while start := self._text.next_char():
            if start == "[":
                for _ in items(self._text):
                    yield from self._document()
            else:
                yield from self._document()

    def _document(self) -> Iterator[SourceRow]:
        self._given = False
        if self._settled and self._paths == (DOCUMENT,):
            yield self._row()
            return
        self._must_be_object()
        line = self._text.line
        members = yield from self._members("")
        if not self._given:
            yield from self._bare(line, members)

    def _members(self, prefix: str) -> Found:
        """Read an object and give the orders that lie inside it."""
        members = {}
        for key in keys(self._text):
            members[key] = yield from self._member(prefix + key)
        return members

    def _member(self, path: str) -> Found:
        if self._given:
            return self._text.value()
        if path in self._paths:
            return (yield from self._candidate(path))
        if self._text.next_char() == "{" and any(longer.startswith(f"{path}.") for longer in self._paths):
            return (yield from self._members(f"{path}."))
        return self._text.value()

    def _candidate(self, path: str) -> Found:
        """Give the order or the orders at `path`. Give none, and return what is there, when its first is no order."""
        self._given = self._settled
        if self._text.next_char() != "[":
            row = self._row()
            if self._is_order(path, row.cells):
                yield row
            return row.cells
        others: list[Any] = []
        for _ in items(self._text):
            line = self._text.line
            value = self._row().cells if self._given else self._text.value()
            if self._given or (not others and self._is_order(path, value)):
                yield SourceRow(self._name, line, value)
            else:
                others.append(value)
            if len(others) > ITEMS_LIMIT:
                self._text.fail(
                    f"a list of more than {ITEMS_LIMIT} items at '{path}' that are not this mapping's orders"
                )
        return others

    def _bare(self, line: int, document: dict[str, Any]) -> Iterator[SourceRow]:
        """Give a document that is an order itself."""
        if DOCUMENT in self._paths and self._is_order(DOCUMENT, document):
            yield SourceRow(self._name, line, document)
        elif not any(at_path(document, path) == [] for path in self._paths):
            require(self._name, keys_there(self._nearest or document, self._spec), self._spec, "key")

    @property
    def _wanted(self) -> tuple[str, ...]:
        return (self._spec.order, *self._spec.detect)

    def _is_order(self, path: str, value: Any) -> bool:
        """Whether the first thing at `path` is an order; if it is, all others are sought there too."""
        if self._settled:
            return True
        if not isinstance(value, dict):
            return False
        self._nearest = self._nearest or value
        if not all(has(value, wanted) for wanted in self._wanted):
            return False
        self._paths, self._settled, self._given = (path,), True, True
        return True

    def _row(self) -> SourceRow:
        self._must_be_object()
        line = self._text.line
        return SourceRow(self._name, line, self._text.value())

    def _must_be_object(self) -> None:
        if self._text.next_char() != "{":
            self._text.fail("expected an object: an order, or what wraps orders")


def items(text: JsonText) -> Iterator[None]:
    """Step through a list: each time, the text stands at an item, which the caller reads."""
    text.expect("[")
    if text.skip("]"):
        return
    while True:
        yield
        if text.skip("]"):
            return
        text.expect(",")


def keys(text: JsonText) -> Iterator[str]:
    """Step through an object: each time, the text stands at a key's value, which the caller reads."""
    text.expect("{")
    if text.skip("}"):
        return
    while True:
        if text.next_char() != '"':
            text.fail("expected a key in double quotes")
        key = text.value()
        text.expect(":")
        yield key
        if text.skip("}"):
            return
        text.expect(",")


MISSING = object()


def at_path(value: Any, path: str, default: Any = None) -> Any:
    """What lies at a dotted path of keys; `default` when it is not there.

    >>> at_path({"billing": {"city": "Ghent"}}, "billing.city")
    'Ghent'
    """
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value


def has(value: Any, path: str) -> bool:
    """Whether there is anything at a dotted path, null included."""
    return at_path(value, path, MISSING) is not MISSING


def keys_there(order: dict[str, Any], spec: SourceSpec) -> tuple[str, ...]:
    """The keys of an order, and those dotted paths of `spec` that lead to something in it."""
    return (*order, *(path for path in (spec.order, *spec.detect) if "." in path and has(order, path)))


def first_keys(path: Path, spec: SourceSpec) -> tuple[str, ...]:
    """The keys of the export's first order as `spec` would find it: its own, and the dotted ones that `spec` names.

    () when there is no order.
    """
    with ExportFile(path) as file:
        _, rows = read_json(file, spec)
        try:
            first = next(rows, None)
        except WrongExport as error:
            return error.there
    return keys_there(first.cells, spec) if first else ()
