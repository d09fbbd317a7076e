"""Power cuts: what the ledger has acknowledged is there after the next boot, and the test can tell when it is not."""

from __future__ import annotations

import random
import secrets
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from cut_disk import Connection, Disk, PowerCut

from importer.ledger import LedgerEntry, State, open_ledger
from importer.ledger.sqlite import SqliteLedger
from importer.ledger.sqlite_file import prepare

STORE = "api.example/stores/abc"
ORDERS = 12


def work_until_the_cut(disk: Disk, vfs: str, synchronous: str) -> dict[str, LedgerEntry]:
    """Send orders, a few to a commit, until the power goes; gives the rows that `move` had acknowledged."""
    acknowledged: dict[str, LedgerEntry] = {}
    connection = Connection(disk, vfs)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # WAL without shared memory
        prepare(connection, Path("ledger.db"), STORE)  # type: ignore[arg-type]
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA wal_autocheckpoint = 20")  # checkpoints too are cut
        ledger = SqliteLedger(connection)  # type: ignore[arg-type]
        for first in range(0, ORDERS, 3):
            sending = [
                LedgerEntry("shop", str(number), f"#{number}", State.SENDING, attempt=1, message="x" * 300)
                for number in range(first, first + 3)
            ]
            for entries in (
                sending,
                [replace(entry, state=State.CREATED, order_id=100 + int(entry.source_id)) for entry in sending],
            ):
                ledger.move(entries)
                acknowledged |= {entry.source_id: entry for entry in entries}
    except (PowerCut, apsw.Error):
        pass
    disk.dead = True
    connection.close()
    return acknowledged


def lost_at(cut: int | None, synchronous: str, dice: random.Random) -> tuple[int, int]:
    """How many acknowledged rows are gone after a cut at that operation, and how many operations there were."""
    vfs = f"disk-{secrets.token_hex(6)}"
    disk = Disk(vfs)
    disk.cut_at = cut
    acknowledged = work_until_the_cut(disk, vfs, synchronous)
    operations = disk.operations
    disk.unregister()
    with tempfile.TemporaryDirectory() as folder:
        path = disk.left_after_cut(Path(folder), dice)
        return len(acknowledged) - _survivors(path, acknowledged), operations


def _survivors(path: Path, acknowledged: dict[str, LedgerEntry]) -> int:
    """Rows that are as they were acknowledged, or already a step further."""
    if not acknowledged:
        return 0
    try:
        ledger = open_ledger(str(path), STORE)
    except Exception:  # noqa: BLE001 - a ledger that does not open has lost every row
        return 0
    rows = ledger.entries("shop", list(acknowledged))
    ledger.close()
    return sum(rows.get(name) == entry or _further(rows.get(name), entry) for name, entry in acknowledged.items())


def _further(row: LedgerEntry | None, entry: LedgerEntry) -> bool:
    return row is not None and (entry.state, row.state) == (State.SENDING, State.CREATED)


def cuts(count: int, synchronous: str, dice: random.Random) -> int:
    """Rows lost in so many cuts, each at a random operation."""
    _, operations = lost_at(None, synchronous, dice)
    return sum(lost_at(dice.randrange(operations), synchronous, dice)[0] for _ in range(count))


@pytest.fixture
def dice() -> random.Random:
    """Chance whose seed is printed when the test fails."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)


def test_no_acknowledged_row_is_lost_in_a_power_cut(dice: random.Random) -> None:
    """500 cuts at FULL, as the ledger opens itself: 0 rows lost."""
    assert cuts(500, "FULL", dice) == 0


def test_the_cuts_find_what_normal_loses(dice: random.Random) -> None:
    """The same cuts at NORMAL do lose rows: the test above can fail."""
    assert cuts(100, "NORMAL", dice) > 0


def test_the_sqlite_here_is_the_one_that_runs() -> None:
    """apsw brings its own SQLite; both know WAL and synchronous."""
    assert tuple(map(int, sqlite3.sqlite_version.split("."))) >= (3, 37)
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 37)
