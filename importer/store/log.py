"""The call log: one line of JSON for each call of the API, for `--log FILE`. No token, no query, no body."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from importer.errors import UsageError

LONGEST = 200
REDACTED = "[redacted]"


class CallLine(logging.Formatter):
    """One call as a line of JSON. Texts of the store are cut; the token is redacted wherever a store repeats it."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        call = {name: self._clean(value) for name, value in getattr(record, "call", {}).items()}
        return json.dumps({"at": at, "thread": record.threadName, **call})

    def _clean(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        return (value.replace(self._token, REDACTED) if self._token else value)[:LONGEST]


@contextmanager
def call_log(path: Path | None, token: str) -> Iterator[None]:
    """Appends every call of the API to the file meanwhile; without a path, nothing. Raises UsageError."""
    if path is None:
        yield
        return
    try:
        lines = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; choose another --log") from error
    calls = logging.getLogger("importer.store")
    before = calls.level
    lines.setFormatter(CallLine(token))
    lines.addFilter(lambda record: hasattr(record, "call"))
    calls.addHandler(lines)
    calls.setLevel(logging.INFO)
    try:
        yield
    finally:
        calls.removeHandler(lines)
        calls.setLevel(before)
        lines.close()
