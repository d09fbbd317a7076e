"""The first orders of an export that no mapping describes yet: what `init` infers a mapping from."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from importer.errors import SourceError
from importer.model import SourceSpec
from importer.sources.detection import format_of
from importer.sources.export import open_export
from importer.sources.header import likely_header
from importer.sources.json_parts import outline_of
from importer.sources.text import encoding_of, head_of

ROWS = 5_000
TELLING = 10
"""Columns by which the header is found again."""
ENCODINGS = ("utf-8-sig", "cp1252")
PARENT = "__parentId"
_OF_ORDERS = re.compile(
    r"(order_?|vendor_?order_?)?(number|id|reference)|increment_id|name|(display_?)?(financial_?)?status|state"
    r"|(grand_?)?total(_?(price|paid|amount))?|currency(_?code)?|(date_?)?(created?|placed|processed)_?(at|on|date|add)?"
    r"|date_add|e?mail|customer_?email|billing(_?(address|person))?|shipping(_?(address|person))?|orderdate",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What an export is like: its format, and its first records, each a CSV row or a JSON object.

    `columns`: of CSV. `records`: where the objects lie in the JSON document, "$" for the document. `encoding`: "" for
    UTF-8. `quoting`: whether quotes enclose cells. `parent`: the key by which a JSON line names its order.
    """

    format: str
    rows: tuple[dict[str, Any], ...]
    columns: tuple[str, ...] = ()
    delimiter: str = ""
    encoding: str = ""
    quoting: bool = True
    records: str = "$"
    parent: str = ""


def take_sample(path: Path, rows: int = ROWS) -> Sample:
    """The first rows of an export of any kind. Errors: SourceError where it cannot be read."""
    return _of_json(path, rows) if format_of(path) == "json" else _of_csv(path, rows)


def _of_csv(path: Path, rows: int) -> Sample:
    try:
        return _quoted(path, rows, quoting=True)
    except SourceError:
        with suppress(SourceError):
            return _quoted(path, rows, quoting=False)
        raise


def _quoted(path: Path, rows: int, *, quoting: bool) -> Sample:
    encoding = encoding_of(path, ENCODINGS)
    delimiter, columns = likely_header(head_of(path, encoding), quoting)
    detect = columns[:TELLING]  # rows above the header, such as a title, have not all of these
    spec = SourceSpec("csv", columns[0] if columns else "", detect, encoding=(encoding,), quoting=quoting)
    cells = _cells(path, spec, columns, rows)
    return Sample("csv", cells, columns, delimiter, "" if "utf-8" in encoding else encoding, quoting)


def _cells(path: Path, spec: SourceSpec, columns: tuple[str, ...], rows: int) -> tuple[dict[str, Any], ...]:
    with open_export(path, spec) as export:
        return tuple(dict(zip(columns, row.cells, strict=False)) for row in islice(export.rows(), rows))


def _of_json(path: Path, rows: int) -> Sample:
    outline = outline_of(path)
    records = _records(outline)
    prefix = "" if records == "$" else f"{records}."
    keys = [name.removeprefix(prefix) for name in outline if name.startswith(prefix)]
    top = [key for key in keys if "." not in key]
    spec = SourceSpec("json", top[0] if top else "", records=(records,))
    with open_export(path, spec) as export:
        objects = tuple(row.cells for row in islice(export.rows(), rows))
    if not any(PARENT in one for one in objects):
        return Sample("json", objects, records=records)
    with open_export(path, replace(spec, parent=PARENT)) as export:
        whole = tuple(order.rows[0].cells for order in islice(export.orders(), rows))
    return Sample("json", whole, records=records, parent=PARENT)


def _records(outline: dict[str, None]) -> str:
    """Where the orders lie: the path whose own keys are most like an order's, the shallowest of the best."""
    likeness: dict[str, int] = {"$": 0}
    for name in outline:
        above, _, key = name.rpartition(".")
        likeness[above or "$"] = likeness.get(above or "$", 0) + bool(_OF_ORDERS.fullmatch(key))
    return max(likeness, key=lambda path: (likeness[path], -path.count("."), path == "$"))
