"""Every trace of one person in the files that this toolkit writes: found, told, and on request removed.

What can be made again is removed whole: reports, rejects, a rehearsal's store. Of lines of JSON those are removed that
speak of the person, of a snapshot the customer. A ledger holds no person, but it knows under which orders of the store
one is. What the toolkit did not write, such as an export, is only named.
"""

from __future__ import annotations

import gzip
import html
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from importer.crosswalk import Crosswalk, forget_customer, part_of, read_crosswalk
from importer.errors import ImporterError
from importer.ledger import State, read_ledger
from importer.ledger.sqlite_file import APPLICATION_ID as LEDGER_ID
from importer.model import Body, MappedOrder

REPORT = frozenset(
    (
        *("report.html", "report.json", "junit.xml", "fields.json", "problems.csv", "answers.csv"),
        *("rejects.csv", "rejects.jsonl", "rejects-lines.csv", "rejects-lines.jsonl"),
    )
)
"""What a report's folder holds. An `ids.csv` holds numbers only."""

_BESIDE = ("-wal", "-shm", "-journal")
_CHUNK = 1 << 20
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something of the person is. `what`: the kind of file; `told`: what was found, or done; `left`: or not."""

    path: str
    what: str
    told: str
    left: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be forgotten: the e-mail, other texts that tell the person, the orders, as far as an export says."""

    email: str
    texts: frozenset[str]
    source_ids: frozenset[str] = frozenset()

    def is_in(self, text: str) -> bool:
        """Whether a text, folded, has any of the person's."""
        return any(known in text for known in self.texts)


def person_of(email: str, orders: Iterable[MappedOrder] = ()) -> Person:
    """What an export knows of the person behind an e-mail; without one, the e-mail alone."""
    wanted = email.strip().casefold()
    texts, source_ids = {wanted}, set()
    for order in orders:
        people = _people(order.body or {})
        if any(str(one.get("email", "")).strip().casefold() == wanted for one in people):
            source_ids.add(order.source.source_id)
            texts |= {text.casefold() for one in people for text in _telling(one)}
    spelt = {form for text in texts for form in (text, html.escape(text), json.dumps(text)[1:-1])}
    return Person(wanted, frozenset(spelt), frozenset(source_ids))


def _people(body: Body) -> list[Body]:
    people = [body.get("billing_address"), *body.get("shipping_addresses", ())]
    return [one for one in people if isinstance(one, dict)]


def _telling(address: Body) -> Iterator[str]:
    """What names one person among all: the whole name, the street, the phone."""
    name = f"{address.get('first_name', '')} {address.get('last_name', '')}".strip()
    texts = (name, str(address.get("street_1", "")), str(address.get("phone", "")), str(address.get("email", "")))
    yield from (text.strip() for text in texts if len(text.strip()) >= _SHORTEST)


def forget(person: Person, places: Iterable[Path], ledgers: Iterable[str] = (), *, remove: bool) -> Iterator[Trace]:
    """Looks through files and folders, and through ledgers that are no files; with `remove` it also acts."""
    for url in ledgers:
        yield from _in_ledger(url, person)
    for path in _files(places):
        try:
            yield from _in_file(path, person, remove=remove)
        except (OSError, ImporterError, sqlite3.Error) as error:
            yield Trace(str(path), "unreadable", f"could not be looked through: {error}", left=True)


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        paths = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in paths if path.is_file() and not path.name.endswith((*_BESIDE, ".lock")))


def _in_file(path: Path, person: Person, *, remove: bool) -> Iterator[Trace]:
    kind = _kind(path)
    if kind == "ledger":
        yield from _in_ledger(str(path), person)
    elif kind == "snapshot":
        yield from _in_snapshot(path, person, remove=remove)
    elif kind == "lines":
        yield from _in_lines(path, person, remove=remove)
    elif _has_trace(path, person):
        yield _whole(path, kind, remove=remove)


def _kind(path: Path) -> str:
    """What the toolkit calls a file that it wrote: "" for any other."""
    with path.open("rb") as file:
        head = file.read(100)
    if head.startswith(b"SQLite format 3\0"):
        number = int.from_bytes(head[68:72], "big")
        return "ledger" if number == LEDGER_ID else "snapshot" if Crosswalk.is_one(path) else _database(path)
    if path.name in REPORT:
        return "report"
    return "lines" if head.startswith((b'{"source_id":', b'{"at":', b'{"event":')) else ""


def _database(path: Path) -> str:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return "rehearsal" if tables >= {"orders", "counters", "journal"} else ""


def _in_ledger(url: str, person: Person) -> Iterator[Trace]:
    """The person's orders, by number: the ledger holds nothing of the person, the store does."""
    with closing(read_ledger(url)) as ledger:
        for entry in ledger.in_state(*State):
            if entry.source_id in person.source_ids:
                where = f"is order {entry.order_id} of the store" if entry.order_id else "is not in the store"
                told = f"{entry.namespace}:{entry.source_id} ({entry.state}) {where}; a number, nothing of the person"
                yield Trace(url, "ledger", told, left=False)


def _in_snapshot(path: Path, person: Person, *, remove: bool) -> Iterator[Trace]:
    if remove:
        ids = forget_customer(path, person.email)
    else:
        with read_crosswalk(path) as crosswalk:
            ids = crosswalk.customers(person.email)
    for id_ in ids:
        yield Trace(str(path), "snapshot", f"customer {id_} {'removed' if remove else 'found'}", left=not remove)


def _in_lines(path: Path, person: Person, *, remove: bool) -> Iterator[Trace]:
    """Bodies of `importer map`, events, a call log: each line stands for itself."""
    with path.open("rb") as lines:
        theirs = sum(_speaks_of(line, person) for line in lines)
    if not theirs:
        return
    if remove:
        short = part_of(path)
        with path.open("rb") as lines, short.open("wb") as kept:
            kept.writelines(line for line in lines if not _speaks_of(line, person))
        short.replace(path)
    yield Trace(str(path), "lines", f"{theirs:,} lines {'removed' if remove else 'found'}", left=not remove)


def _speaks_of(line: bytes, person: Person) -> bool:
    text = line.decode("utf-8", "replace").casefold()
    own = any(line.startswith(f'{{"source_id":{json.dumps(one)},'.encode()) for one in person.source_ids)
    return own or person.is_in(text)


def _whole(path: Path, kind: str, *, remove: bool) -> Trace:
    if not kind:
        return Trace(str(path), "yours", "has the person; importer did not write it, and leaves it to you", left=True)
    if remove:
        for beside in (path, *(path.with_name(path.name + end) for end in _BESIDE)):
            beside.unlink(missing_ok=True)
    return Trace(str(path), kind, f"{'removed' if remove else 'found'}; {_AGAIN[kind]}", left=not remove)


_AGAIN = {
    "report": "`importer validate --report` writes it again, from an export without the person",
    "rehearsal": "a run with --store sandbox makes a new one; its ledger goes with it",
}


def _has_trace(path: Path, person: Person) -> bool:
    """Whether the person stands anywhere in a file, or in what SQLite has not yet moved into it."""
    beside = path.with_name(path.name + "-wal")
    return any(_found(one, person) for one in (path, beside) if one.is_file())


def _found(path: Path, person: Person) -> bool:
    overlap = max(map(len, person.texts)) * 4
    before = ""
    with _opened(path) as file, suppress(EOFError, gzip.BadGzipFile):
        while chunk := file.read(_CHUNK):
            text = before + chunk.decode("utf-8", "replace").casefold()
            if person.is_in(text):
                return True
            before = text[-overlap:]
    return False


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value] # bytes are read
