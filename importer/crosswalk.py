"""A store's customers and variants in one SQLite file: fetched before a migration, read while it maps.

An e-mail is kept as a hash keyed by a secret of this very file: the file alone lists nobody, and two files cannot be
matched. A file is complete or it does not exist: it grows as `FILE.part`, and takes its name when it is whole.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from importer.errors import UsageError

APPLICATION_ID = 0x4F494D53  # "OIMS", in the file's header
SCHEMA = 1

_TABLES = f"""
CREATE TABLE about (store TEXT NOT NULL, secret BLOB NOT NULL);
CREATE TABLE pages (kind TEXT PRIMARY KEY, done INTEGER NOT NULL, finished INTEGER NOT NULL);
CREATE TABLE customers (email BLOB NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (email, id)) WITHOUT ROWID;
CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT NOT NULL, name TEXT NOT NULL, required INTEGER NOT NULL);
CREATE TABLE variants (id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL, sku TEXT NOT NULL);
CREATE INDEX variants_by_sku ON variants (sku);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
"""


class Variant(NamedTuple):
    """A variant of the store's catalogue. `required`: its product asks for an option that no variant settles."""

    product_id: int
    variant_id: int
    required: bool


class Crosswalk:
    """An open snapshot file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._secret: bytes = connection.execute("SELECT secret FROM about").fetchone()[0]

    @property
    def store(self) -> str:
        """The store it was taken of (`StoreAddress.name`)."""
        return str(self._db.execute("SELECT store FROM about").fetchone()[0])

    def customers(self, email: str) -> list[int]:
        """The ids of the store's customers with that e-mail; there may be one for each channel."""
        return [id_ for (id_,) in self._db.execute("SELECT id FROM customers WHERE email = ?", (self._hash(email),))]

    def variants(self, sku: str) -> list[Variant]:
        """The variants with that SKU, compared without regard to case."""
        query = (
            "SELECT product_id, variants.id, coalesce(required, 0) FROM variants "
            "LEFT JOIN products ON products.id = product_id WHERE variants.sku = ? ORDER BY variants.id"
        )
        rows = self._db.execute(query, (sku.strip().casefold(),))
        return [Variant(product, variant, bool(required)) for product, variant, required in rows]

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether a file is a snapshot, half fetched or whole."""
        with path.open("rb") as file:
            return file.read(72)[68:] == APPLICATION_ID.to_bytes(4, "big")

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind."""
        kinds = ("customers", "products", "variants")
        return {kind: self._db.execute(f"SELECT count(*) FROM {kind}").fetchone()[0] for kind in kinds}  # noqa: S608 - ours

    def pages(self, kind: str) -> tuple[int, bool]:
        """How many pages of a kind are here, and whether that is all of them."""
        row = self._db.execute("SELECT done, finished FROM pages WHERE kind = ?", (kind,)).fetchone()
        return (row[0], bool(row[1])) if row else (0, False)

    def take_customers(self, rows: Iterable[tuple[int, str]], page: int, finished: bool) -> None:
        """One page of customers: id and e-mail."""
        hashed = [(self._hash(email), id_) for id_, email in rows]
        self._take("customers", "INSERT OR REPLACE INTO customers VALUES (?, ?)", hashed, page, finished)

    def take_products(self, rows: Iterable[tuple[int, str, str, bool]], page: int, finished: bool) -> None:
        """One page of products: id, SKU, name, whether one of its modifiers is required."""
        self._take("products", "INSERT OR REPLACE INTO products VALUES (?, ?, ?, ?)", list(rows), page, finished)

    def take_variants(self, rows: Iterable[tuple[int, int, str]], page: int, finished: bool) -> None:
        """One page of variants: id, product id, SKU."""
        folded = [(id_, product, sku.strip().casefold()) for id_, product, sku in rows]
        self._take("variants", "INSERT OR REPLACE INTO variants VALUES (?, ?, ?)", folded, page, finished)

    def _take(self, kind: str, query: str, rows: Sequence[tuple[object, ...]], page: int, finished: bool) -> None:
        """Rows and the page's number in one durable step: a page is here whole, or not at all."""
        with self._db:
            self._db.executemany(query, rows)
            self._db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", (kind, page, finished))

    def _hash(self, email: str) -> bytes:
        return hashlib.blake2b(email.strip().lower().encode(), digest_size=16, key=self._secret).digest()

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_crosswalk(path: Path) -> Crosswalk:
    """A complete snapshot, for reading only. Raises UsageError for anything else."""
    if not path.is_file():
        part = part_of(path).exists()
        way = "it is only half fetched; run `importer snapshot` again" if part else "`importer snapshot` makes it"
        raise UsageError(f"no snapshot at {path}: {way}")
    with _own_words(path):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        _recognise(connection, path)
        return Crosswalk(connection)


def forget_customer(path: Path, email: str) -> list[int]:
    """Takes a customer out of a snapshot, so that no byte of the row is left; gives the ids. Raises UsageError."""
    with _own_words(path), closing(sqlite3.connect(path)) as connection:
        _recognise(connection, path)
        crosswalk = Crosswalk(connection)
        ids = crosswalk.customers(email)
        if ids:
            connection.execute("PRAGMA secure_delete = ON")
            with connection:
                connection.executemany("DELETE FROM customers WHERE id = ?", [(id_,) for id_ in ids])
            connection.execute("VACUUM")
        return ids


@contextmanager
def growing_crosswalk(path: Path, store: str) -> Iterator[Crosswalk]:
    """A snapshot on its way, begun or resumed; it takes its name when the block ends well. Raises UsageError."""
    part = part_of(path)
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if path.exists():
        read_crosswalk(path).close()  # nothing but an older snapshot is replaced
    with _own_words(part), _open_part(part, store) as growing:
        yield growing
    part.replace(path)


def part_of(path: Path) -> Path:
    """Where a snapshot grows until it is whole."""
    return path.with_name(path.name + ".part")


@contextmanager
def _open_part(part: Path, store: str) -> Iterator[Crosswalk]:
    new = not part.exists()
    part.touch(mode=0o600)
    connection = sqlite3.connect(part)
    try:
        if new or not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.executescript(f"BEGIN; {_TABLES}")
            connection.execute("INSERT INTO about VALUES (?, ?)", (store, secrets.token_bytes(32)))
            connection.commit()
        _recognise(connection, part)
        growing = Crosswalk(connection)
        if growing.store != store:
            raise UsageError(f"{part} was begun with store {growing.store}; delete it, or name another file")
        yield growing
    finally:
        connection.close()


def _recognise(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise UsageError(f"{path} is a database, but not a snapshot; name another file")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
        raise UsageError(f"snapshot {path} was made by another importer; take it again")


@contextmanager
def _own_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise UsageError(f"{path} cannot be used as a snapshot: {error}") from error
