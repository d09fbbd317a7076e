"""A ledger as JSON Lines that any program can read: its store first, then a row a line, their number last.

Without the last line, rows that were cut off would be orders that nobody has sent.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from importer.errors import LedgerError
from importer.ledger.attachment import Attachment, AttachmentKey
from importer.ledger.entry import Doing, Ledger, LedgerEntry, State
from importer.ledger.old_messages import read

FORMAT = 3
_UNCOUNTED = (1, 2)
"""Earlier formats, which end with a row."""

Row = LedgerEntry | Attachment


def rows_of(ledger: Ledger) -> Iterator[Row]:
    """Every order's row, then every attachment's."""
    yield from ledger.in_state(*State)
    yield from ledger.attachments_in_state(*State)


def lines_of(ledger: Ledger) -> Iterator[bytes]:
    """The dump, newlines included. It has ids, hashes, states and times: no bodies, nothing of a person, no plans."""
    yield orjson.dumps({"ledger": FORMAT, "store": ledger.store}) + b"\n"
    rows = 0
    for row in rows_of(ledger):
        kind = "order" if isinstance(row, LedgerEntry) else row.key.kind
        values = asdict(row) if isinstance(row, LedgerEntry) else {**asdict(row), "key": list(row.key)}
        yield orjson.dumps({kind: values}) + b"\n"
        rows += 1
    yield orjson.dumps({"rows": rows}) + b"\n"


def is_dump(name: str) -> bool:
    """Whether a name is that of a dump."""
    return name.endswith(".jsonl")


def store_of(path: Path) -> str:
    """The store whose ledger was dumped. Raises LedgerError for a file that is no dump, or not all of one."""
    try:
        with path.open("rb") as lines:
            head = orjson.loads(lines.readline())
            store, written = head["store"], head["ledger"]
    except (OSError, ValueError, KeyError, TypeError):
        raise LedgerError(f"{path} is no dump of a ledger; `importer ledger export` writes one") from None
    if written not in (*_UNCOUNTED, FORMAT):
        raise LedgerError(f"{path} was written by a newer importer; upgrade")
    if written == FORMAT and not re.fullmatch(rb'{"rows":\d+}', _last_line(path)):
        raise LedgerError(f"{path} is cut off: its last line has no number of rows; dump the ledger again")
    return str(store)


def _last_line(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, 64), os.SEEK_END)
        return file.read().rstrip(b"\n").rpartition(b"\n")[2]


def read_dump(path: Path) -> Iterator[Row]:
    """The rows of a dump. Raises LedgerError with the line that is none."""
    with path.open("rb") as lines:
        next(lines)
        for number, line in enumerate(lines, 2):
            try:
                values = orjson.loads(line)
                if "rows" not in values:
                    yield _row(values)
                elif values["rows"] != number - 2:
                    raise ValueError(f"{number - 2:,} rows before it, of {values['rows']:,}")
            except (ValueError, TypeError, KeyError) as error:
                raise LedgerError(f"{path}:{number}: no row of a ledger ({error}); dump the ledger again") from None


def _row(line: dict[str, Any]) -> Row:
    ((kind, values),) = line.items()
    for name in ("sent_at", "not_before"):
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    values["state"] = State(values["state"])
    if kind == "order":
        told = {"doing": Doing(values["doing"])} if "doing" in values else read(values["message"])  # dumps of format 1
        return LedgerEntry(**values | told)
    return Attachment(AttachmentKey(*values.pop("key")), **values)
