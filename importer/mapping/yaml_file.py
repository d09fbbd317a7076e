"""Strict YAML: YAML 1.2 scalars, every node with its `file:line:column`, no tags, no duplicate keys, sizes capped.

PyYAML composes the tree; its YAML 1.1 constructors (NO -> False, 012 -> 10, 12:30 -> 750) are never used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from importer.errors import Finding, MappingError

MAX_BYTES = 1_000_000
MAX_NODES = 100_000
MAX_DEPTH = 40

Scalar = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """One YAML node: a scalar, a list of nodes, or a dict of nodes; and where it stands."""

    value: Any
    origin: str
    keys: dict[str, str] = field(default_factory=dict)
    """Where each key of a dict stands."""

    def plain(self) -> Any:
        """The data without its places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def get(self, key: str) -> Node | None:
        """The child under `key`, None where there is none or this is no dict."""
        return self.value.get(key) if isinstance(self.value, dict) else None


def read_yaml(path: Path, name: str) -> Node:
    """The file's one document as nodes; `name` is the file's name in messages. Errors: MappingError with the place."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MappingError([Finding(name, f"cannot be read: {error.strerror}")]) from error
    if len(text) > MAX_BYTES:
        raise MappingError([Finding(name, f"is larger than {MAX_BYTES:,} bytes; put long tables into CSV files")])
    return parse_yaml(text, name)


def parse_yaml(text: bytes | str, name: str) -> Node:
    """The one document in `text` as nodes; `name` is the file's name in messages."""
    data = text.encode() if isinstance(text, str) else text
    try:
        data.decode()
        return _Reader(name).read(data)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MappingError([Finding(_place(name, mark), f"not YAML: {error.problem or error.context}")]) from error
    except UnicodeDecodeError as error:
        message = f"not YAML: byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise MappingError([Finding(_offset(name, data, error.start), message)]) from error
    except yaml.reader.ReaderError as error:
        message = f"not YAML: the character U+{error.character:04X} is not allowed"
        raise MappingError([Finding(_offset(name, data, error.position), message)]) from error
    except RecursionError as error:
        raise MappingError([Finding(name, f"nests deeper than {MAX_DEPTH} levels")]) from error


def _offset(name: str, data: bytes, offset: int) -> str:
    """Where the byte of that offset stands."""
    before = data[:offset].decode(errors="replace").removeprefix("\ufeff").split("\n")
    return f"{name}:{len(before)}:{len(before[-1]) + 1}"


def _place(name: str, mark: Any) -> str:
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


class _Reader:
    """Builds nodes from PyYAML's events one by one, so that a bomb is refused before it is built."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0

    def read(self, text: bytes | str) -> Node:
        events: Iterator[Any] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        next(events)  # the stream's start
        if isinstance(next(events), yaml.StreamEndEvent):
            self._refuse(None, "is empty")
        node = self._node(next(events), events, 0)
        next(events)  # the document's end
        extra = next(events)
        if not isinstance(extra, yaml.StreamEndEvent):
            self._refuse(extra.start_mark, "has more than one document; keep one mapping in one file")
        return node

    def _refuse(self, mark: Any, message: str) -> None:
        raise MappingError([Finding(_place(self.name, mark), message)])

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self._limit(event, depth)
        origin = _place(self.name, event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return Node(_scalar(event), origin)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._list(events, depth), origin)
        return self._dict(events, depth, origin)

    def _limit(self, event: Any, depth: int) -> None:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event.start_mark, "YAML aliases (*name) are not part of the language; use `let` or `parts`")
        if getattr(event, "anchor", None):
            self._refuse(event.start_mark, "YAML anchors (&name) are not part of the language; use `let` or `parts`")
        if getattr(event, "tag", None):
            self._refuse(event.start_mark, f"YAML tags ({event.tag}) are not part of the language")
        if self.nodes > MAX_NODES:
            self._refuse(event.start_mark, f"has more than {MAX_NODES:,} values; put long tables into CSV files")
        if depth > MAX_DEPTH:
            self._refuse(event.start_mark, f"nests deeper than {MAX_DEPTH} levels")

    def _list(self, events: Iterator[Any], depth: int) -> list[Node]:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return items

    def _dict(self, events: Iterator[Any], depth: int, origin: str) -> Node:
        children: dict[str, Node] = {}
        keys: dict[str, str] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event.start_mark, "a key must be plain text (a value that begins with {{ needs quotes)")
            self._limit(event, depth)
            place = _place(self.name, event.start_mark)
            if event.value in children:
                self._refuse(event.start_mark, f"the key '{event.value}' stands twice (first at {keys[event.value]})")
            keys[event.value] = place
            children[event.value] = self._node(next(events), events, depth + 1)
        return Node(children, origin, keys)


_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], Scalar]], ...] = (
    (re.compile(r"(|~|null|Null|NULL)\Z"), lambda _: None),
    (re.compile(r"(true|True|TRUE)\Z"), lambda _: True),
    (re.compile(r"(false|False|FALSE)\Z"), lambda _: False),
    (re.compile(r"-?(0|[1-9][0-9]{0,17})\Z"), int),
    (re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z"), Decimal),
)


def _scalar(event: Any) -> Scalar:
    """YAML 1.2's core scalars, less what would change a text: 0123, 1e5 and 0x1F stay text."""
    if not event.implicit[0]:
        return str(event.value)
    for pattern, convert in _PLAIN:
        if pattern.match(event.value):
            return convert(event.value)
    return str(event.value)
