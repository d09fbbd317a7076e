"""Which of several mappings an export belongs to, told by the columns or keys that only its platform has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importer.errors import SourceError
from importer.sources.header import columns_of, shown
from importer.sources.rows_json import first_keys
from importer.sources.text import encoding_of, head_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from importer.model import SourceSpec

NAMES: dict[str, Callable[[Path, SourceSpec], tuple[str, ...]]] = {"csv": columns_of, "json": first_keys}


def format_of(path: Path, encodings: tuple[str, ...] = ("utf-8-sig", "cp1252")) -> str:
    """The format of an export by its first character: "json" or "csv". Raises SourceError for an empty file."""
    start = head_of(path, encoding_of(path, encodings)).lstrip()
    if not start:
        raise SourceError(f"{path.name} is empty; export again")
    return "json" if start.startswith(("{", "[")) else "csv"


def detect(path: Path, specs: Mapping[str, SourceSpec]) -> str:
    """The name of the mapping whose `detect` columns (or keys) are all in this export; the one with most of them.

    Raises SourceError when none has all of its own there, or two have equally many.
    """
    kind = format_of(path)
    found = {name: NAMES[kind](path, spec) for name, spec in specs.items() if spec.format == kind}
    hits = {name: len(specs[name].detect) for name, there in found.items() if _all_there(specs[name], there)}
    best = [name for name, count in hits.items() if count == max(hits.values())]
    if len(best) == 1:
        return best[0]
    if best:
        raise SourceError(f"{path.name} fits the mappings {', '.join(best)} equally; pass one of them with -m")
    there = max(found.values(), key=len, default=())
    raise SourceError(
        f"{path.name} fits no mapping: its {'keys' if kind == 'json' else 'columns'} are {shown(there)}."
        " Pass a mapping with -m, or write one: importer init " + path.name
    )


def _all_there(spec: SourceSpec, there: tuple[str, ...]) -> bool:
    return bool(spec.detect) and set(spec.detect) <= set(there)
