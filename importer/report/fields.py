"""What of a source holds data, and what of that no field of the body carries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from importer.model import SourceOrder, SourceRow

EXAMPLES = 3
EXAMPLE_LENGTH = 30
MOST_NAMES = 5_000
"""Names beyond these are not counted: an export whose keys are data, such as ids, has no end of them."""


@dataclass(slots=True)
class Filled:
    """One column, or one dotted path of JSON orders: how many orders hold data there, and a few different texts."""

    orders: int = 0
    examples: dict[str, None] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Keeps a text as an example while there are few."""
        if len(self.examples) < EXAMPLES:
            self.examples[text if len(text) <= EXAMPLE_LENGTH else f"{text[: EXAMPLE_LENGTH - 1]}…"] = None


class SourceFields:
    """Counts, order by order, where a source holds data. Lists lie open: `items.sku` is the sku of every item."""

    def __init__(
        self, columns: Sequence[str] | None, clean: Callable[[str], str], line_columns: Sequence[str] | None = None
    ) -> None:
        self.columns = columns
        self.orders = 0
        self.filled: dict[str, Filled] = {name: Filled() for name in columns or ()}
        self._line_columns = line_columns or ()
        self._clean = clean

    def add(self, order: SourceOrder) -> None:
        """Counts one order."""
        self.orders += 1
        seen: set[str] = set()
        for name, text in self._values(order):
            filled = self.filled.get(name)
            if filled is None:
                if len(self.filled) >= MOST_NAMES:
                    continue
                filled = self.filled[name] = Filled()
            filled.add(text)
            if name not in seen:
                seen.add(name)
                filled.orders += 1

    def _values(self, order: SourceOrder) -> Iterator[tuple[str, str]]:
        if self.columns is None:
            for row in (*order.rows, *order.lines):
                yield from self._leaves(row.cells, "")
            return
        for row in order.rows:
            yield from self._cells(self.columns, row)
        for row in order.lines:
            yield from self._cells(self._line_columns, row)

    def _cells(self, columns: Sequence[str], row: SourceRow) -> Iterator[tuple[str, str]]:
        for name, cell in zip(columns, row.cells, strict=False):
            if cell and (text := self._clean(cell)):
                yield name, text

    def _leaves(self, value: Any, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from self._leaves(inner, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            for inner in value:
                yield from self._leaves(inner, path)
        elif isinstance(value, str):
            if text := self._clean(value):
                yield path, text
        elif value is not None:
            yield path, json.dumps(value, default=str)

    def share(self, name: str) -> float:
        """The part of the orders that hold data there, 0 to 1."""
        return self.filled[name].orders / self.orders if self.orders else 0.0


def going_nowhere(source: SourceFields, read: Container[str], ignore: Mapping[str, str]) -> dict[str, list[str]]:
    """Names that hold data, and that no field reads and nobody ignores; under the shortest name that covers them.

    A path of JSON is folded into the longest group of keys that is read nowhere: `_links` for all that is inside.
    """
    nowhere: dict[str, list[str]] = {}
    filled = [name for name, found in source.filled.items() if found.orders]
    taken = {name for name in filled if _is_taken(name, read, ignore, source.columns is None)}
    kept = {parent for name in taken for parent in _parents(name)} if source.columns is None else set()
    for name in filled:
        if name not in taken:
            parents = _parents(name) if source.columns is None else []
            cover = next((parent for parent in parents if parent not in kept), name)
            nowhere.setdefault(cover, []).append(name)
    return nowhere


def _is_taken(name: str, read: Container[str], ignore: Mapping[str, str], is_json: bool) -> bool:
    if name in read or _is_ignored(name, ignore):
        return True
    return is_json and any(_is_ignored(parent, ignore) or f"{parent}.*" in read for parent in _parents(name))


def _is_ignored(name: str, ignore: Mapping[str, str]) -> bool:
    return name in ignore or any(fnmatchcase(name, pattern) for pattern in ignore if "*" in pattern)


def _parents(path: str) -> list[str]:
    """The paths above a dotted path, the shortest first."""
    keys = path.split(".")
    return [".".join(keys[:length]) for length in range(1, len(keys))]


def nowhere_text(source: SourceFields, nowhere: dict[str, list[str]], export: str) -> Iterator[str]:
    """The lines that show such names with fill rate and examples, and the `ignore` section to paste."""
    if not nowhere:
        return
    kind = "paths" if source.columns is None else "columns"
    yield f"{len(nowhere)} {kind} of {export} hold data that no field carries ({source.orders:,} orders read):"
    width = min(max(map(len, nowhere)), 40)
    for name, names in nowhere.items():
        share = max(source.share(one) for one in names)
        inside = f"{len(names)} keys: {', '.join(one.removeprefix(f'{name}.') for one in names[:EXAMPLES])}"
        shown = inside if len(names) > 1 else ", ".join(repr(text) for text in source.filled[names[0]].examples)
        yield f"  {name:<{width}}  {share:>6.1%} of orders   {shown}"
    yield "To leave them out on purpose, give each its reason in the mapping:"
    yield "ignore:"
    yield from (f"  {yaml_key(name)}: TODO" for name in nowhere)


_PLAIN_KEY = re.compile(r"[A-Za-z_][\w ./()-]*(?<! )\Z")


def yaml_key(name: str) -> str:
    """A column's name as a key of YAML: quoted where YAML would read it as anything but this text."""
    plain = _PLAIN_KEY.match(name) and name.lower() not in ("true", "false", "null")
    return name if plain else json.dumps(name, ensure_ascii=False)
