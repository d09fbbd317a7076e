"""A mapping mapped again each time it is saved: what became different in a sample of the export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from importer.errors import ImporterError
from importer.mapping import Mapping, load_mapping
from importer.run.jsonl import as_json_line
from importer.run.line import open_line
from importer.sources import ExportFiles

INTERVAL = 0.1
"""Seconds between two looks at the files."""
SHOWN = 40
"""Changes that are shown of one save."""

Values = dict[str, dict[str, Any]]
"""Order -> path -> value: its body, its problems, its substitutions."""
Stamps = dict[Path, tuple[int, int]]


def watch(
    files: ExportFiles, mapping: Mapping, sample: int, wait: Callable[[], bool], now: Callable[[], datetime]
) -> Iterator[list[str]]:
    """Lines to show: first of the sample as it is, then of each save. `wait` sleeps, and says whether to look again."""
    before = _mapped(files, mapping, sample, now())
    yield [f"{len(before):,} orders mapped, {_with_problems(before):,} with problems; save the mapping to see changes"]
    path, watched = mapping.spec.path, mapping.spec.all_files()
    stamps = _stamps(watched)
    while wait():
        if (seen := _stamps(watched)) == stamps:
            continue
        while wait() and (later := _stamps(watched)) != seen:  # an editor empties a file before it writes it
            seen = later
        stamps = seen
        try:
            mapping = load_mapping(path)
            after = _mapped(files, mapping, sample, now())
        except ImporterError as error:
            yield [str(error)]
            continue
        watched = mapping.spec.all_files()
        stamps = {**_stamps(watched), **{file: stamp for file, stamp in stamps.items() if file in watched}}
        yield _told(before, after)
        before = after


def _mapped(files: ExportFiles, mapping: Mapping, sample: int, now: datetime) -> Values:
    with open_line(files, mapping) as line:
        lines = [orjson.loads(as_json_line(mapped)) for mapped in islice(line.orders(now), sample)]
    return {line["source_id"]: dict(_leaves(line, "")) for line in lines}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if path or key not in ("source_id", "source"):
                yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    elif not path.endswith(".origin"):  # lines move while a file is written
        yield path.removeprefix("order."), value


def _stamps(files: list[Path]) -> Stamps:
    """When each file was written, and its size; a file that is being replaced is not there for a moment."""
    stamps: Stamps = {}
    for file in files:
        try:
            state = file.stat()
        except OSError:
            continue
        stamps[file] = (state.st_mtime_ns, state.st_size)
    return stamps


def _told(before: Values, after: Values) -> list[str]:
    """Every value that is not what it was, by order and path."""
    changes = [
        (order, path, was, now)
        for order in after
        for path in dict.fromkeys([*before.get(order, {}), *after[order]])
        if (was := before.get(order, {}).get(path)) != (now := after[order].get(path))
    ]
    orders = {order for order, *_ in changes}
    head = f"{len(orders):,} of {len(after):,} orders changed, {_with_problems(after):,} with problems"
    shown = [f"  {order} {path}: {_shown(was)} -> {_shown(now)}" for order, path, was, now in changes[:SHOWN]]
    more = [f"  and {len(changes) - SHOWN:,} changes more"] if len(changes) > SHOWN else []
    return [head, *shown, *more]


def _shown(value: Any) -> str:
    text = "(nothing)" if value is None else repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _with_problems(values: Values) -> int:
    return sum(any(path.startswith("problems[") for path in leaves) for leaves in values.values())
