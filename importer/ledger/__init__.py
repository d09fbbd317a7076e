"""The ledger: which old order became which new one, and what is still open. Written before the wire."""

from __future__ import annotations

from pathlib import Path

from importer.errors import LedgerError
from importer.ledger.entry import MOVES, Ledger, LedgerEntry, Run, State
from importer.ledger.sqlite import open_sqlite, read_sqlite

__all__ = ["MOVES", "Ledger", "LedgerEntry", "Run", "State", "open_ledger", "read_ledger"]


def open_ledger(url: str, store: str) -> Ledger:
    """The ledger for writing, made if need be and bound to `store` (`StoreAddress.name`) at first use.

    `url`: a path or `sqlite:///path`. One process at a time.
    Raises LedgerError: in use, another store's, not a ledger, not writable.
    """
    return open_sqlite(_path(url), store)


def read_ledger(url: str) -> Ledger:
    """The ledger for reading only (status, ids), also while a run writes it. Raises LedgerError."""
    return read_sqlite(_path(url))


def _path(url: str) -> Path:
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise LedgerError(f"no ledger of kind {scheme!r}; give a path or sqlite:///path")
    path = Path(rest.removeprefix("/") if separator else url)
    if not str(url).strip() or path.is_dir():
        raise LedgerError(f"ledger {url!r} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise LedgerError(f"ledger {url}: there is no folder {path.parent}; make it first")
    return path
