"""A ledger as JSON Lines that any program can read: its store in the first line, then a row a line."""

from __future__ import annotations

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

FORMAT = 2
Row = LedgerEntry | Attachment


def rows_of(ledger: Ledger) -> Iterator[Row]:
    """Every order's row, then every attachment's."""
    yield from ledger.in_state(*State)
    yield from ledger.attachments_in_state(*State)


def lines_of(ledger: Ledger) -> Iterator[bytes]:
    """The dump, newlines included. It has ids, hashes, states and times: no bodies, nothing of a person, no plans."""
    yield orjson.dumps({"ledger": FORMAT, "store": ledger.store}) + b"\n"
    for row in rows_of(ledger):
        kind = "order" if isinstance(row, LedgerEntry) else row.key.kind
        values = asdict(row) if isinstance(row, LedgerEntry) else {**asdict(row), "key": list(row.key)}
        yield orjson.dumps({kind: values}) + b"\n"


def is_dump(name: str) -> bool:
    """Whether a name is that of a dump."""
    return name.endswith(".jsonl")


def store_of(path: Path) -> str:
    """The store whose ledger was dumped. Raises LedgerError for a file that is no dump."""
    try:
        with path.open("rb") as lines:
            head = orjson.loads(lines.readline())
            store, known = head["store"], head["ledger"] in (1, FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        raise LedgerError(f"{path} is no dump of a ledger; `importer ledger export` writes one") from None
    if not known:
        raise LedgerError(f"{path} was written by a newer importer; upgrade")
    return str(store)


def read_dump(path: Path) -> Iterator[Row]:
    """The rows of a dump. Raises LedgerError with the line that is none."""
    with path.open("rb") as lines:
        next(lines)
        for number, line in enumerate(lines, 2):
            try:
                yield _row(orjson.loads(line))
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
