"""Field accounting: where each column of the source goes, where each body field comes from, what is never used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from importer.model import MappedOrder
from importer.report.fields import SourceFields, going_nowhere, nowhere_text

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Uses:
    """What a mapping says of itself: `read`: column -> fields -> origins. `fields`: field of the body -> origin.

    `codes`: code of a fallback -> origin. `rows`: table -> how many rows it has; `used`: the keys of rows that were
    looked up in this pass. `marks`: branch -> what it is called, and its origin; `taken`: those that an order took.
    """

    read: Mapping[str, Mapping[str, str]]
    fields: Mapping[str, str]
    ignore: Mapping[str, str]
    codes: Mapping[str, str]
    rows: Mapping[tuple[str, ...], str]
    used: set[tuple[str, ...]]
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Accounting:
    """Counts while orders pass by."""

    source: SourceFields
    uses: Uses
    bodies: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    codes: set[str] = field(default_factory=set)

    def add(self, mapped: MappedOrder) -> None:
        """Counts one order: where its source holds data, and which fields its body has."""
        self.source.add(mapped.source)
        self.codes.update(one.code for one in mapped.substitutions)
        if mapped.body is not None:
            self.bodies += 1
            self.filled.update(set(_paths(mapped.body, "")))

    @property
    def nowhere(self) -> dict[str, list[str]]:
        """The columns, or paths, that hold data which no field carries."""
        return going_nowhere(self.source, self.uses.read, self.uses.ignore)

    def never_filled(self) -> dict[str, str]:
        """Fields that the mapping sets and no body has, with the mapping's lines."""
        return {path: origin for path, origin in self.uses.fields.items() if not self.filled[path]}

    def never_used(self) -> dict[str, str]:
        """Rows of tables and fallbacks that no order of this export needed, with the mapping's lines."""
        rows = {" / ".join(keys): origin for keys, origin in self.uses.rows.items() if keys not in self.uses.used}
        return rows | {code: origin for code, origin in self.uses.codes.items() if code not in self.codes}

    def never_taken(self) -> dict[str, str]:
        """Branches of the mapping that no order of this export took, by their condition, with the mapping's lines."""
        return {said: origin for mark, (said, origin) in self.uses.marks.items() if mark not in self.uses.taken}

    def figures(self) -> dict[str, Any]:
        """All of it as plain data: what fields.json holds."""
        lost = {name for names in self.nowhere.values() for name in names}
        return {
            "orders": self.source.orders,
            "source": [self._source_row(name, name in lost) for name in self.source.filled],
            "body": [
                {"field": path, "origin": origin, "orders": self.filled[path]}
                for path, origin in self._fields().items()
            ],
            "never_used": [
                {"name": name, "origin": origin} for name, origin in {**self.never_used(), **self.never_taken()}.items()
            ],
        }

    def _source_row(self, name: str, lost: bool) -> dict[str, Any]:
        found = self.source.filled[name]
        return {
            "name": name,
            "orders": found.orders,
            "examples": list(found.examples),
            "read_by": self.uses.read.get(name, {}),
            "ignored": self.uses.ignore.get(name, ""),
            "nowhere": lost,
        }

    def _fields(self) -> dict[str, str]:
        """Field of the body -> the mapping's line; those that money and the engine set have none."""
        return {**self.uses.fields, **{path: "" for path in self.filled if path not in self.uses.fields}}


def _paths(value: Any, path: str) -> Iterator[str]:
    """The paths of all fields of a body; the items of a list are one: `products[].name`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            within = f"{path}.{key}" if path else key
            yield within
            yield from _paths(inner, within)
    elif isinstance(value, list):
        for inner in value:
            yield f"{path}[]"
            yield from _paths(inner, f"{path}[]")


def accounting_text(accounting: Accounting, export: str) -> Iterator[str]:
    """The lines for a terminal: how many columns go where, and what deserves a look."""
    source, nowhere = accounting.source, accounting.nowhere
    filled = [name for name, found in source.filled.items() if found.orders]
    lost = sum(len(names) for names in nowhere.values())
    read = sum(name in accounting.uses.read for name in filled)
    kind = "paths" if source.columns is None else "columns"
    told = f"{len(filled):,} {kind} hold data: {read:,} read, {len(filled) - read - lost:,} ignored on purpose"
    yield f"\nFields   {told}, {lost:,} carried by no field"
    yield from _listed("never filled", accounting.never_filled())
    yield from _listed("never needed", accounting.never_used())
    yield from _listed("never taken", accounting.never_taken())
    yield from nowhere_text(source, nowhere, export)


def _listed(title: str, names: dict[str, str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        yield f"         {title}: {', '.join(list(names)[:SHOWN])}{more}"
