"""Where an export can be cut between two orders, found without reading it: its bytes are counted, and looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from importer.sources.cuts_csv import csv_spans
from importer.sources.cuts_json import json_spans
from importer.sources.files import ExportFiles, shown_names
from importer.sources.part import Part
from importer.sources.span import Span

if TYPE_CHECKING:
    from pathlib import Path

    from importer.model import SourceSpec

ORDERS_EACH = 2_500
"""Orders of a part, about: few enough to wait for, enough to be worth the way to another process."""

SPANS: dict[str, Callable[[Path, str, SourceSpec, int], Iterator[Span] | None]] = {
    "csv": csv_spans,
    "json": json_spans,
}


def parts_of(
    files: ExportFiles, spec: SourceSpec, columns: tuple[str, ...] | None, orders: int = ORDERS_EACH
) -> Iterator[Part] | None:
    """The export in parts of about so many orders, in its order; None where it cannot be cut.

    That is one which joins two files, children to their parents or rows that lie apart, is packed, is not in an
    encoding whose line ends can be seen in its bytes, or has its orders deeper than in a list at the top. `columns`:
    of its first file, None for JSON. A cut is likely right, not surely: whoever reads a part must look whether it
    ends with an order, and whether the next one begins with another.
    """
    if spec.items or spec.parent or not spec.adjacent:
        return None
    named = zip(files.orders, shown_names(files.orders), strict=True)
    found = [SPANS[spec.format](path, name, spec, orders) for path, name in named]
    if None in found:
        return None
    several = len(found) > 1
    return (
        Part((replace(span, path=span.path.absolute()),), columns, several) for spans in found for span in spans or ()
    )
