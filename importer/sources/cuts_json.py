"""Cuts of a JSON file: before something that reads as an order, in JSON Lines or in a list at the top."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from importer.errors import SourceError
from importer.sources.json_parts import has, renamed
from importer.sources.json_text import JsonText
from importer.sources.rows_json import Orders
from importer.sources.span import Span
from importer.sources.text import CHUNK, ExportFile, byte_order_mark, encoding_of

if TYPE_CHECKING:
    from pathlib import Path

    from importer.model import SourceSpec

SAMPLE = 200
"""Orders from which the length of one is taken."""

AHEAD = 1 << 20
"""Bytes in which an order is sought; more where none begins and ends in them."""

FURTHEST = 1 << 24

BETWEEN = {True: re.compile(rb",\s*(?=\{)"), False: re.compile(rb"[\r\n]\s*(?=\{)")}
"""What lies before an order: in a list, and in JSON Lines."""


def json_spans(path: Path, name: str, spec: SourceSpec, orders: int) -> Iterator[Span] | None:
    """The orders of a JSON file in spans of about so many; None where it cannot be cut."""
    with ExportFile(path, name) as file:
        if file.packed or not encoding_of(path, spec.encoding).lower().replace("_", "-").startswith("utf-8"):
            return None
        text = JsonText(file, spec.encoding)
        listed = text.next_char() == "["
        found = Orders(name, text, spec)
        try:
            read = sum(1 for _ in islice(found.rows(), SAMPLE))
        except SourceError:
            return None  # whoever reads it says why
        if not found.are_documents:
            return None
        each = text.passed // read
    start, line = _first(path, byte_order_mark(path)[0], listed)
    return _spans(Span(path, name, start, None, line, "utf-8", listed=listed), spec, each * orders)


def _first(path: Path, start: int, listed: bool) -> tuple[int, int]:
    """The offset behind the bracket of a list, or of the first line; and the line's number."""
    if not listed:
        return start, 1
    with path.open("rb") as file:
        file.seek(start)
        before = b""
        while b"[" not in before:
            before += file.read(1)
    return start + len(before), 1 + before.count(b"\n")


def _spans(rest: Span, spec: SourceSpec, step: int) -> Iterator[Span]:
    size = rest.path.stat().st_size
    with rest.path.open("rb") as file:
        while step and rest.start + step < size:
            cut = _cut(file, rest.start + step, rest.listed, spec)
            if cut is None:
                break
            yield replace(rest, end=cut)
            rest = replace(rest, start=cut, line=rest.line + _newlines(file, rest.start, cut))
    yield rest


def _cut(file: BinaryIO, wanted: int, listed: bool, spec: SourceSpec) -> int | None:
    """The first offset from `wanted` on where an object begins that has what tells an order."""
    ahead = AHEAD
    while ahead <= FURTHEST:
        file.seek(wanted)
        window = file.read(ahead)
        for between in BETWEEN[listed].finditer(window):
            if _is_order(window, between.end(), spec):
                return wanted + between.end()
        if len(window) < ahead:
            break
        ahead *= 4
    return None


def _is_order(window: bytes, begins: int, spec: SourceSpec) -> bool:
    text = window[begins:].decode(errors="replace")
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return all(has(renamed(value, spec.rename), wanted) for wanted in (spec.order, *spec.detect))


def _newlines(file: BinaryIO, start: int, end: int) -> int:
    file.seek(start)
    count = 0
    while start < end and (block := file.read(min(CHUNK, end - start))):
        count += block.count(b"\n")
        start += len(block)
    return count
