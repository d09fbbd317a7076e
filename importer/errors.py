"""What can go wrong, and what the caller must do about it.

The tree says who can mend it; the exit code of the command line follows from it:

ImporterError                      2   anything this package raises on purpose
├── UsageError                     2   the command, its environment or its files: mended by whoever typed it
├── MappingError                   2   a mapping that does not hold: carries every finding, each at file:line:column
├── SourceError                    2   an export that cannot be read, or is not what the mapping expects
├── EngineError                    2   workers that cannot be reached, or died
├── LedgerError                    2   a ledger that cannot be opened, or belongs to another store
│   ├── LedgerLost                 3   a database that went away while it was used: run again
│   └── TakenOver                  3   a worker that another one has taken over from: it writes nothing any more
├── FieldError                     -   one value of one order: becomes a Problem of that order, never ends a run
│   └── Undecided                  -   a value that no table knows: a person decides
├── CallFailed                     4   a store that gives no good answer to a read or a change (store/answers.py)
└── StoreRefused                   4   authorisation, scope, a suspended store: stop the run
"""

from __future__ import annotations

from dataclasses import dataclass


class ImporterError(Exception):
    """Anything this package raises on purpose; its text is one message for the reader."""

    exit_code = 2


class UsageError(ImporterError):
    """The command line, its environment or its files cannot be used."""


class SourceError(ImporterError):
    """An export cannot be read, or is not the export that the mapping describes."""


class EngineError(ImporterError):
    """The workers of an engine cannot be reached, or one of them died."""


class LedgerError(ImporterError):
    """A ledger cannot be opened or written, or it belongs to another store."""


class LedgerLost(LedgerError):
    """A ledger's database went away while it was used. Orders may be in doubt: the same command again resumes."""

    exit_code = 3


class TakenOver(LedgerError):
    """Another worker has taken over from this one, whose lease had ended."""

    exit_code = 3


class StoreRefused(ImporterError):
    """The store turns every request away: authorisation, scope, suspension."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in a mapping: where (`file:line:column`), what, and what to do."""

    origin: str
    message: str

    def __str__(self) -> str:
        return f"{self.origin} {self.message}"


class MappingError(ImporterError):
    """A mapping does not hold. `findings` has every mistake that was found, in the file's order."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class FieldError(ImporterError):
    """One value of one order cannot be used; `code` is the Problem's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Undecided(FieldError):
    """A table has no row for a value: `table` and `keys` say which, so that a person can decide."""

    def __init__(self, table: str, keys: tuple[str, ...]) -> None:
        shown = " / ".join(repr(key) for key in keys)
        super().__init__("undecided", f"table '{table}' has no row for {shown}; add it to the mapping or to an overlay")
        self.table = table
        self.keys = keys
