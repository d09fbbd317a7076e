"""One order of an export, found and followed through its mapping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importer.errors import UsageError
from importer.mapping import Mapping
from importer.mapping.explanation import DERIVED, Explanation, Traced
from importer.model import MappedOrder, SourceOrder
from importer.run.line import checked, open_line
from importer.sources import Export, ExportFiles

NAMED = 3
"""Orders that the message about an unknown one names."""


@dataclass(frozen=True, slots=True)
class Explained:
    """An order as `map` gives it, and how it came about."""

    mapped: MappedOrder
    explanation: Explanation


def explain_order(files: Path | ExportFiles, mapping: Mapping, wanted: str, now: datetime) -> Explained:
    """Follows the order of that source id. Errors: UsageError where the export has none."""
    with open_line(files, mapping) as line:
        source = _found(line.export, wanted, files.name)
        mapped = checked(line.program, source, now)
        return Explained(mapped, line.program.explain(source))


def _found(export: Export, wanted: str, name: str) -> SourceOrder:
    seen: list[str] = []
    for source in export.orders():
        if source.source_id == wanted:
            return source
        if len(seen) < NAMED:
            seen.append(source.source_id)
    raise UsageError(f"{name} has no order '{wanted}'; its orders are called {', '.join(map(repr, seen)) or 'nothing'}")


def wanted_of(explanation: Explanation, path: str) -> list[Traced]:
    """The evaluations behind a field, or a group of fields: the names of `let` that they read come first.

    What follows from money brings the statement of money with it. Without a path, everything.
    """
    if not path:
        return explanation.traced
    chosen = [one for one in explanation.traced if within(one.path, path)]
    if any(one.text == DERIVED for one in chosen):
        lines = [one for one in explanation.traced if " money.lines" in one.path and "[" not in path]
        money = [*lines, *(one for one in explanation.traced if one.path.startswith("money."))]
        chosen = [*money, *(one for one in chosen if one not in money)]
    return [*_lets(explanation, chosen), *chosen]


def _lets(explanation: Explanation, chosen: list[Traced]) -> list[Traced]:
    """The evaluations of the names that are read, and of the names that these read."""
    names: set[str] = set()
    more = {name for one in chosen for name in one.used}
    while more - names:
        names |= more
        more = {name for one in explanation.traced if _let_of(one) in names for name in one.used}
    return [one for one in explanation.traced if _let_of(one) in names and one not in chosen]


def _let_of(one: Traced) -> str:
    return one.path.removeprefix("let.").partition(".")[0].partition(" ")[0] if one.path.startswith("let.") else ""


def within(path: str, group: str) -> bool:
    """Whether a path is the group's own or lies inside it: `products[0].name` in `products`."""
    base = path.partition(" ")[0]
    return base == group or base.startswith((f"{group}.", f"{group}["))
