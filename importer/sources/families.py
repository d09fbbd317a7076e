"""JSON objects that lie apart made whole: a child names its parent's id, as in Shopify's bulk operations.

Children may stand anywhere in the file, so all objects are kept in a temporary file until its end. Lists that GraphQL
wraps (`{"edges": [{"node": ...}]}`, `{"nodes": [...]}`) become plain lists, so that a mapping sees one shape.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from importer.model import Problem, SourceRow, SourceSpec
from importer.temporary import temporary_database

CONNECTION = frozenset({"edges", "nodes", "pageInfo", "totalCount"})


class Family(NamedTuple):
    """One object with all its children inside, and what is known to be missing from it."""

    row: SourceRow
    problems: tuple[Problem, ...] = ()


def families(rows: Iterable[SourceRow], spec: SourceSpec) -> Iterator[Family]:
    """Every object that is no child, in the file's order; then the children whose parent is not in the file.

    Source: Shopify bulk operations: each line of the JSONL has its parent's id under `__parentId`.
    """
    with closing(_Kept()) as kept:
        for row in rows:
            kept.add(row, _text(row.cells.get(spec.parent)))
        for row in kept.under(""):
            grown = _Growth(kept, spec, f"{row.file}:{row.line}")
            yield Family(SourceRow(row.file, row.line, grown.whole(row.cells)), tuple(grown.problems))
        for row in kept.left():
            yield Family(row, (_orphan(row, spec),))


def _orphan(row: SourceRow, spec: SourceSpec) -> Problem:
    parent = _text(row.cells[spec.parent])
    said = f"this object belongs to '{parent}', which is not in the file: it was cut off, export again"
    return Problem("orphan", "", said, origin=f"{row.file}:{row.line}")


class _Kept:
    """All objects of a file under their parent's id, on disk."""

    def __init__(self) -> None:
        self._database = temporary_database(
            "CREATE TABLE kept (number INTEGER PRIMARY KEY, parent TEXT, object BLOB);"
            "CREATE INDEX by_parent ON kept (parent)"
        )

    def add(self, row: SourceRow, parent: str) -> None:
        """Keep one object. Raises UsageError when the disk is full."""
        self._database.execute("INSERT INTO kept (parent, object) VALUES (?, ?)", (parent, pickle.dumps(row)))

    def under(self, parent: str) -> Iterator[SourceRow]:
        """The objects of one parent, "" for those that have none, in the file's order; each is given once."""
        last = 0
        query = "SELECT number, object FROM kept WHERE parent = ? AND number > ? ORDER BY number LIMIT 1"
        while found := self._database.execute(query, (parent, last)).fetchone():
            last = found[0]
            self._database.execute("DELETE FROM kept WHERE number = ?", (last,))
            yield pickle.loads(found[1])  # noqa: S301 - our own temporary file

    def left(self) -> Iterator[SourceRow]:
        """What nobody asked for."""
        for (kept,) in self._database.execute("SELECT object FROM kept ORDER BY number"):
            yield pickle.loads(kept)  # noqa: S301 - our own temporary file

    def close(self) -> None:
        """Drop the temporary file."""
        self._database.close()


class _Growth:
    """Makes one object whole, and notes which of its lists were cut off."""

    def __init__(self, kept: _Kept, spec: SourceSpec, origin: str) -> None:
        self._kept = kept
        self._spec = spec
        self._origin = origin
        self.problems: list[Problem] = []

    def whole(self, value: Any, key: str = "") -> Any:
        """The value with its children inside and its wrapped lists unwrapped."""
        if isinstance(value, list):
            return [self.whole(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value.keys() & {"edges", "nodes"} and value.keys() <= CONNECTION:
            return self._listed(value, key)
        grown = {name: self.whole(inner, name) for name, inner in value.items() if name != self._spec.parent}
        self._adopt(grown)
        return grown

    def _listed(self, connection: dict[str, Any], key: str) -> list[Any]:
        if (connection.get("pageInfo") or {}).get("hasNextPage"):
            said = f"'{key}' has more entries than were exported: ask for all of them, or use a bulk operation"
            self.problems.append(Problem("cut-off", "", said, origin=self._origin))
        nodes = connection.get("nodes") or [edge.get("node") for edge in connection.get("edges") or []]
        return [self.whole(node) for node in nodes]

    def _adopt(self, parent: dict[str, Any]) -> None:
        """Puts an object's children into lists, named by what they are: `gid://shopify/LineItem/1` into `lineItems`."""
        identity = _text(parent.get("id"))
        for child in self._kept.under(identity) if identity else ():
            name = _plural(child.cells) or self._spec.lines
            if not isinstance(parent.get(name), list):
                parent[name] = []
            parent[name].append(self.whole(child.cells))


def _plural(child: dict[str, Any]) -> str:
    """The list that an object belongs to by its type; "" where it tells none.

    >>> _plural({"id": "gid://shopify/LineItem/1"}), _plural({"__typename": "Refund"}), _plural({})
    ('lineItems', 'refunds', '')
    """
    parts = _text(child.get("id")).split("/")
    kind = _text(child.get("__typename")) or (parts[3] if len(parts) > 4 else "")
    return f"{kind[0].lower()}{kind[1:]}s" if kind else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
