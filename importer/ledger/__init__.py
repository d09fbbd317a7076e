"""The ledger: which old order became which new one, and what is still open. Written before the wire."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from importer.errors import LedgerError
from importer.ledger.attachment import Attachment, AttachmentKey
from importer.ledger.entry import LEASE, MOVES, Doing, Ledger, LedgerEntry, Run, State
from importer.ledger.sqlite import open_sqlite, read_sqlite

if TYPE_CHECKING:
    from importer.ledger.postgres_quota import SharedQuota

__all__ = [
    "LEASE",
    "MOVES",
    "POSTGRES",
    "Attachment",
    "AttachmentKey",
    "Doing",
    "Ledger",
    "LedgerEntry",
    "Run",
    "State",
    "has_password",
    "open_ledger",
    "read_ledger",
    "shared_quota",
    "shown",
]


POSTGRES = ("postgresql://", "postgres://")

_KEYWORDS = re.compile(r"\b(host|hostaddr|dbname|user|password|service)\s*=")
"""How libpq's other way to name a database is told: it may hold a password, so it is neither shown nor made a file."""


def open_ledger(url: str, store: str, *, shared: bool = False) -> Ledger:
    """The ledger for writing, made if need be and bound to `store` (`StoreAddress.name`) at first use.

    `url`: a path, `sqlite:///path` or `postgresql://user@host/database`. One process at a time for each store, unless
    every one of them opens it `shared`, which only PostgreSQL can.
    Raises LedgerError: in use, another store's, not a ledger, not writable.
    """
    if url.startswith(POSTGRES):
        from importer.ledger.postgres import open_postgres

        return open_postgres(url, store, shared=shared)
    if shared:
        raise LedgerError("a ledger in a file has one writer; workers share a postgresql:// ledger")
    return open_sqlite(_path(url), store)


def read_ledger(url: str) -> Ledger:
    """The ledger for reading only (status, ids), also while a run writes it. Raises LedgerError.

    A database with the ledgers of several stores needs `?store=HASH` in its URL.
    """
    if url.startswith(POSTGRES):
        from importer.ledger.postgres import read_postgres

        return read_postgres(url)
    return read_sqlite(_path(url))


def shared_quota(url: str, store: str) -> SharedQuota:
    """The account of a store's quota that the workers of a shared ledger keep together. Raises LedgerError."""
    from importer.ledger.postgres_quota import SharedQuota

    return SharedQuota(url, store)


def has_password(url: str) -> bool:
    """Whether a ledger's URL holds a password: such a URL stays on this machine."""
    if not url.startswith(POSTGRES):
        return False
    from importer.ledger.postgres_database import PostgresUrl

    return bool(PostgresUrl(url).password)


def shown(url: str) -> str:
    """A ledger's URL as messages may have it: without a password."""
    if not url.startswith(POSTGRES):
        return url
    from importer.ledger.postgres_database import PostgresUrl

    return PostgresUrl(url).shown


def _path(url: str) -> Path:
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise LedgerError(
            f"no ledger of kind {scheme!r}; give a path, sqlite:///path or postgresql://user@host/database"
        )
    if not separator and _KEYWORDS.search(url):
        raise LedgerError("--ledger takes a path, or a URL such as postgresql://user@host/database, no keywords")
    path = Path(rest.removeprefix("/") if separator else url)
    if ":memory:" in url:
        raise LedgerError(f"ledger {url!r} would be gone with the process, and the id map with it; name a file")
    if not url.strip():
        raise LedgerError("--ledger is empty; name a file, or a postgresql:// URL")
    if path.is_dir():
        raise LedgerError(f"ledger {url!r} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise LedgerError(f"ledger {url}: there is no folder {path.parent}; make it first")
    return path
