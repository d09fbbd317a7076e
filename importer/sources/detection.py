"""Which of several mappings an export belongs to, told by the columns or keys that only its platform has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from importer.errors import SourceError
from importer.sources.header import columns_of, shown
from importer.sources.json_parts import outline_of
from importer.sources.rows_json import DOCUMENT
from importer.sources.text import HEAD, encoding_of, head_of
from importer.sources.unusable import why_unusable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from importer.model import SourceSpec


def format_of(path: Path) -> str:
    """The format of an export by its first character: "json" or "csv". Raises SourceError for an empty file and XML."""
    start = head_of(path, encoding_of(path, ("utf-8", "latin-1"), within=HEAD)).lstrip()
    if not start:
        raise SourceError(f"{path.name} is empty; export again")
    if start.startswith("<"):
        raise SourceError(f"{path.name} is XML or a web page: export the orders as CSV, or get them as JSON by the API")
    return "json" if start.startswith(("{", "[")) else "csv"


def detect(path: Path, specs: Mapping[str, SourceSpec]) -> str:
    """The name of the mapping whose `detect` columns (or keys) are all in this export; the one with most of them.

    Reads the header, or about the first megabyte of JSON. Raises SourceError when no mapping has all of its own
    there, or two have equally many.
    """
    kind = format_of(path)
    likely = {name: spec for name, spec in specs.items() if spec.format == kind and spec.detect}
    there, fitting = (_by_keys if kind == "json" else _by_columns)(path, likely)
    most = max((len(specs[name].detect) for name in fitting), default=0)
    best = [name for name in fitting if len(specs[name].detect) == most]
    if len(best) == 1:
        return best[0]
    if best:
        raise SourceError(f"{path.name} fits the mappings {', '.join(best)} equally; pass one of them with -m")
    if kind == "csv" and (reason := why_unusable(there)):
        raise SourceError(f"{path.name} cannot be imported: {reason}")
    raise SourceError(
        f"{path.name} fits no mapping: its {'keys' if kind == 'json' else 'columns'} are {shown(there)}."
        f" Pass a mapping with -m, or write one: importer init {path.name}"
    )


def _by_columns(path: Path, specs: Mapping[str, SourceSpec]) -> tuple[tuple[str, ...], list[str]]:
    columns, unreadable = {}, None
    for name, spec in specs.items():
        try:
            columns[name] = columns_of(path, spec)
        except SourceError as error:  # the file is not in this mapping's encoding
            unreadable = error
    if unreadable and not columns:
        raise unreadable
    fitting = [name for name, there in columns.items() if set(specs[name].detect) <= set(there)]
    if unreadable and not fitting and any(_fits_but_for_its_letters(path, spec) for spec in specs.values()):
        raise unreadable
    return max(columns.values(), key=len, default=()), fitting


def _fits_but_for_its_letters(path: Path, spec: SourceSpec) -> bool:
    return set(spec.detect) <= set(columns_of(path, replace(spec, encoding=("latin-1",))))


def _by_keys(path: Path, specs: Mapping[str, SourceSpec]) -> tuple[tuple[str, ...], list[str]]:
    outline = outline_of(path)
    fitting = [name for name, spec in specs.items() if any(_lies_at(root, spec, outline) for root in spec.records)]
    return tuple(path for path in outline if path.count(".") < 2), fitting


def _lies_at(root: str, spec: SourceSpec, outline: dict[str, None]) -> bool:
    prefix = "" if root == DOCUMENT else f"{root}."
    return all(prefix + key in outline for key in spec.detect)
