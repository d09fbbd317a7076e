"""A PostgreSQL database of ledgers: reached, recognised, its tables brought up to date; its errors in our words.

Many stores share one database, each with rows of its own. A password never appears in a message: it belongs into
PGPASSWORD, a password file or a service file, and is hidden where it stands in the URL all the same.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from importer.errors import LedgerError, LedgerLost
from importer.ledger.attachment import Attachment
from importer.ledger.entry import Doing, LedgerEntry, State
from importer.ledger.old_messages import IN_TABLE

NAMES = tuple(field.name for field in fields(LedgerEntry))
"""The columns of an order's row, besides the store and the epoch of who wrote it."""

ATTACHED = ("order_id", "kind", "name", *(field.name for field in fields(Attachment) if field.name != "key"))
"""The columns of an attachment's row, besides the store."""

_STATES = ", ".join(f"'{state}'" for state in State)
_FIRST = f"""
CREATE TABLE stores (store text COLLATE "C" PRIMARY KEY);
CREATE TABLE sessions (
  epoch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  store text COLLATE "C" NOT NULL,
  lease_until timestamptz NOT NULL
);
CREATE TABLE entries (
  store text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  source_id text COLLATE "C" NOT NULL,
  external_order_id text NOT NULL,
  state text NOT NULL CHECK (state IN ({_STATES})),
  order_id bigint,
  attempt integer NOT NULL,
  doubts integer NOT NULL,
  body_hash text NOT NULL,
  plan text NOT NULL,
  sent_at timestamptz,
  not_before timestamptz,
  run text NOT NULL,
  message text NOT NULL,
  generation integer NOT NULL,
  source_hash text NOT NULL,
  sent text NOT NULL,
  shown text NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (store, namespace, source_id)
);
CREATE UNIQUE INDEX one_source_per_order ON entries (store, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX unsettled ON entries (store, state) WHERE state <> 'created';
CREATE TABLE runs (
  store text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (store, number),
  UNIQUE (store, name)
);
CREATE TABLE plans (
  store text COLLATE "C" NOT NULL,
  namespace text NOT NULL,
  plan text NOT NULL,
  facts text NOT NULL,
  PRIMARY KEY (store, namespace, plan)
);
CREATE TABLE attachments (
  store text COLLATE "C" NOT NULL,
  order_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('shipment', 'metafield')),
  name text COLLATE "C" NOT NULL,
  namespace text NOT NULL,
  source_id text NOT NULL,
  state text NOT NULL CHECK (state IN ({_STATES})),
  remote_id bigint,
  attempt integer NOT NULL,
  doubts integer NOT NULL,
  body_hash text NOT NULL,
  sent_at timestamptz,
  not_before timestamptz,
  run text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (store, order_id, kind, name)
);
"""
_SECOND = """
CREATE TABLE quota (
  store text COLLATE "C" PRIMARY KEY,
  total integer NOT NULL,
  remaining integer NOT NULL,
  seconds double precision NOT NULL,
  resets_at timestamptz NOT NULL
);
"""
_DOINGS = ", ".join(f"'{doing}'" for doing in Doing)
_THIRD = f"""
ALTER TABLE entries
  ADD COLUMN doing text NOT NULL DEFAULT '' CHECK (doing IN ({_DOINGS})),
  ADD COLUMN status_before integer,
  ADD COLUMN touched boolean NOT NULL DEFAULT false;
{"; ".join(IN_TABLE)};
"""
MIGRATIONS = (_FIRST, _SECOND, _THIRD)
"""What brings the tables from one version to the next. Databases have run them: append, and change nothing."""

_LOCK = 0x4F494D50
"""The first half of our advisory locks' key; the second is a store's, or 0 while the tables are changed."""

_BARE_SIGN = re.compile(r"[a-z]+://[^/?#@]*:[^@]*[/?#@][^@]*@")
"""A sign in a password that ends it: what follows would be taken for a host or a database, and be shown as one."""


class PostgresUrl:
    """A ledger's URL in its parts: what to connect to, what to show, and which store is meant.

    `postgresql://user@host/database`, with `?store=HASH` where a reader must choose among several.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            raise LedgerError(
                "this postgresql:// URL cannot be read: give postgresql://user@host:port/database"
            ) from None
        if _BARE_SIGN.match(url):
            raise LedgerError(
                "this postgresql:// URL cannot be read: a user or a password has one of / ? # @ in it; leave the"
                " password out and set PGPASSWORD, or write these as %2F %3F %23 %40"
            )
        self.store = query.pop("store", "")
        self.password = query.get("password", "") or query.get("sslpassword", "") or unquote(parts.password or "")
        self.secrets = {query.get("sslpassword", ""), self.password, parts.password or ""} - {""}
        self.conninfo = urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))
        place = parts.netloc.rpartition("@")
        user = place[0].partition(":")[0]
        self.shown = f"postgresql://{user}{place[1]}{place[2]}{parts.path}"


def connect(url: PostgresUrl) -> Any:
    """A connection whose commits are durable when they return. Errors: LedgerError, also without psycopg."""
    try:
        import psycopg
    except ImportError:
        raise LedgerError("a postgresql:// ledger needs psycopg: pip install 'order-importer[postgres]'") from None
    with own_words(url, lost=LedgerError):
        connection = psycopg.connect(url.conninfo, autocommit=True, connect_timeout=10)
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET synchronous_commit = on")
        connection.execute("SET search_path = importer")
        if connection.execute("SHOW fsync").fetchone() != ("on",):
            raise LedgerError(f"ledger {url.shown} is not durable: its server runs with fsync = off; turn it on")
    return connection


def migrate(connection: Any, url: PostgresUrl) -> None:
    """Bring the tables to this version. Raises LedgerError for those of a newer importer."""
    with own_words(url), connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_LOCK,))
        connection.execute("CREATE SCHEMA IF NOT EXISTS importer")
        connection.execute("CREATE TABLE IF NOT EXISTS version (number integer PRIMARY KEY, applied timestamptz)")
        for number in range(_version(connection, url) + 1, len(MIGRATIONS) + 1):
            connection.execute(MIGRATIONS[number - 1])
            connection.execute("INSERT INTO version VALUES (%s, now())", (number,))


def must_be_current(connection: Any, url: PostgresUrl) -> None:
    """Raises LedgerError where there are no ledgers, or not of this version: a reader changes nothing."""
    with own_words(url):
        there = connection.execute("SELECT to_regclass('importer.version')").fetchone()[0]
        if there is None:
            raise LedgerError(f"no ledger at {url.shown}; `importer run` makes one")
        if _version(connection, url) < len(MIGRATIONS):
            raise LedgerError(f"ledger {url.shown} was written by an older importer; `importer run` upgrades it")


def _version(connection: Any, url: PostgresUrl) -> int:
    number: int = connection.execute("SELECT coalesce(max(number), 0) FROM version").fetchone()[0]
    if number > len(MIGRATIONS):
        raise LedgerError(
            f"ledger {url.shown} was written by a newer importer (schema {number}, this one knows {len(MIGRATIONS)});"
            " upgrade"
        )
    return number


def lock_store(connection: Any, url: PostgresUrl, store: str, *, shared: bool) -> None:
    """Hold the store for as long as the connection lives, alone or with others that share it. Raises LedgerError."""
    function = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
    with own_words(url):
        held = connection.execute(f"SELECT {function}(%s, hashtext(%s))", (_LOCK, store)).fetchone()[0]
    if not held:
        raise LedgerError(
            f"ledger {url.shown} is in use by another run of store {store}; wait for it, stop it, or start every one of"
            " them with --workers-share-store"
        )


def store_meant(connection: Any, url: PostgresUrl) -> str:
    """The store whose rows a reader wants: named in the URL by its hash, or the only one. Raises LedgerError."""
    with own_words(url):
        stores: list[str] = [store for (store,) in connection.execute("SELECT store FROM stores ORDER BY store")]
    meant = [store for store in stores if url.store in ("", store, store.rpartition("/")[2])]
    if len(meant) == 1:
        return meant[0]
    if not stores:
        raise LedgerError(f"no ledger at {url.shown}; `importer run` makes one")
    hashes = ", ".join(store.rpartition("/")[2] for store in stores[:12])
    raise LedgerError(f"{url.shown} has the ledgers of {len(stores)} stores ({hashes}): add ?store=HASH to the URL")


@contextlib.contextmanager
def own_words(url: PostgresUrl, lost: type[LedgerError] = LedgerLost) -> Iterator[None]:
    """PostgreSQL's errors as LedgerError, one line each, with the way out and without a password.

    `lost`: what a server's going away is, which is no fault of the command.
    """
    import psycopg

    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name == "one_source_per_order":
            raise LedgerError(
                "the store gave out an order id that this ledger holds already: the ledger belongs to another store, "
                "or to a sandbox that has been started anew; name another ledger"
            ) from None
        raise LedgerError(f"ledger {url.shown}: {_one_line(error, url)}") from None
    except psycopg.Error as error:
        kind = lost if isinstance(error, psycopg.OperationalError) else LedgerError
        again = "; run again, nothing is sent twice" if kind is LedgerLost else ""
        raise kind(f"ledger {url.shown} cannot be used: {_one_line(error, url)}{again}") from None


def _one_line(error: Exception, url: PostgresUrl) -> str:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    for secret in url.secrets:
        line = line.replace(secret, "***")
    return line
