"""The PostgreSQL ledger: several stores, several writers, leases, and what it says of a database."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from importer.errors import LedgerError, TakenOver
from importer.ledger import Attachment, AttachmentKey, LedgerEntry, State, open_ledger, read_ledger
from importer.ledger.postgres import PostgresLedger, open_postgres
from importer.ledger.postgres_database import MIGRATIONS, PostgresUrl

STORE, OTHER = "api.example/stores/abc", "api.example/stores/xyz"
TIME = datetime(2026, 4, 1, 10, 0, 0, 123456, UTC)
SENDING = LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1, body_hash="b", plan="p", sent_at=TIME, run="r")


def test_many_stores_share_a_database(fresh: str) -> None:
    """The same order of two stores is two rows, and each store numbers its own runs."""
    with closing(open_ledger(fresh, STORE)) as one, closing(open_ledger(fresh, OTHER)) as other:
        assert one.move([SENDING]) == other.move([SENDING]) == [SENDING]
        one.move([replace(SENDING, state=State.CREATED, order_id=100)])
        other.move([replace(SENDING, state=State.CREATED, order_id=100)])
        assert [run.number for run in other.runs()] == [1]
        assert one.counts() == other.counts()


def test_a_reader_chooses_among_stores_by_hash(fresh: str) -> None:
    """Of several, the URL must name one; the message lists them."""
    for store in (STORE, OTHER):
        open_ledger(fresh, store).close()
    with pytest.raises(LedgerError, match=r"the ledgers of 2 stores \(abc, xyz\): add \?store=HASH to the URL"):
        read_ledger(fresh)
    with closing(read_ledger(f"{fresh}?store=xyz")) as reader:
        assert reader.store == OTHER


def test_a_store_has_one_submitter_unless_all_share_it(fresh: str) -> None:
    """One alone keeps everybody out; those who share keep out one who would be alone. Another store is free."""
    in_use = "is in use by another run of store api.example/stores/abc"
    with closing(open_ledger(fresh, STORE)):
        open_ledger(fresh, OTHER).close()
        for shared in (False, True):
            with pytest.raises(LedgerError, match=in_use):
                open_ledger(fresh, STORE, shared=shared)
    one, two = (open_ledger(fresh, STORE, shared=True) for _ in range(2))
    with closing(one), closing(two), pytest.raises(LedgerError, match=in_use):
        open_ledger(fresh, STORE)


def test_only_what_a_gone_writer_left_is_taken_over(fresh: str) -> None:
    """While its lease lasts, what a writer sends is its own; after it closed, everybody's, but only once."""
    first, second, third = (open_postgres(fresh, STORE, shared=True) for _ in range(3))
    doubt = replace(SENDING, source_id="2", state=State.SENDING)
    first.move([SENDING, doubt])
    first.move([doubt := replace(doubt, state=State.IN_DOUBT, not_before=TIME)])
    assert second.take_over("shop") == []
    first.close()
    assert second.take_over("shop") == [SENDING, doubt]
    assert (third.take_over("shop"), second.take_over("shop")) == ([], [])
    second.close()
    third.close()


def test_a_writer_that_was_taken_over_writes_nothing_any_more(fresh: str) -> None:
    """Its lease ran out while it slept; the order's row is what the other one made of it, and a new row is refused."""
    slow = open_postgres(fresh, STORE, shared=True, lease=0.3)
    slow.move([SENDING])
    slow._session._ended.set()  # type: ignore[union-attr]  # no sign of life from now on
    with closing(open_postgres(fresh, STORE, shared=True)) as quick:
        wait_until(lambda: quick.take_over("shop") == [SENDING])
        quick.move([replace(SENDING, state=State.IN_DOUBT)])
        for entry in (replace(SENDING, state=State.CREATED, order_id=7), replace(SENDING, source_id="2")):
            with pytest.raises(LedgerError, match="another worker has taken over from this one"):
                slow.move([entry])
        assert quick.entries("shop", ["1", "2"]) == {"1": replace(SENDING, state=State.IN_DOUBT)}
    slow.close()


def test_nothing_of_one_that_was_taken_over_is_committed(fresh: str) -> None:
    """Plans, attachments and rows of another ledger neither, though the commit goes to the server with them."""
    hung = Attachment(AttachmentKey(7, "shipment", "0"), "shop", "1", State.SENDING, attempt=1)
    slow = open_postgres(fresh, STORE, shared=True)
    with closing(open_postgres(fresh, STORE, shared=True)) as other:
        other._connection.execute("DELETE FROM sessions WHERE epoch = %s", (slow._writer.epoch,))
        writes: list[Callable[[], object]] = [
            lambda: slow.keep_plan("shop", "p", "facts"),
            lambda: slow.attach([hung]),
            lambda: slow.take_in([SENDING]),
            lambda: slow.take_in([hung]),
        ]
        for write in writes:
            with pytest.raises(TakenOver):
                write()
        assert (other.kept_plan("shop", "p"), other.attachments([7]), other.entries("shop", ["1"])) == ("", [], {})
    slow.close()


def test_a_move_is_one_transaction(fresh: str) -> None:
    """Of a batch that holds an order id which the ledger has already, nothing is written."""
    with closing(open_ledger(fresh, STORE)) as ledger:
        two = replace(SENDING, source_id="2")
        ledger.move([SENDING, two, replace(SENDING, source_id="3")])
        ledger.move([replace(SENDING, state=State.CREATED, order_id=7)])
        batch = [
            replace(two, state=State.CREATED, order_id=8),
            replace(two, source_id="3", state=State.CREATED, order_id=7),
        ]
        with pytest.raises(LedgerError, match="the store gave out an order id that this ledger holds already"):
            ledger.move(batch)
        assert ledger.entries("shop", ["2"]) == {"2": two}
        assert ledger.move(batch[:1]) == batch[:1]


def test_one_who_waits_long_keeps_its_lease(fresh: str) -> None:
    """A writer that writes nothing for several leases is not gone."""
    with closing(open_postgres(fresh, STORE, shared=True, lease=0.3)) as waiting:
        waiting.move([SENDING])
        time.sleep(1.2)
        with closing(open_postgres(fresh, STORE, shared=True)) as other:
            assert other.take_over("shop") == []
        assert waiting.move([created := replace(SENDING, state=State.CREATED, order_id=7)]) == [created]


HOLD = """
import sys, time
from importer.ledger.postgres import open_postgres
from importer.ledger import LedgerEntry, State
held = open_postgres(sys.argv[1], sys.argv[2], shared=True, lease=2.0)
held.move([LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1)])
print(1, flush=True)
time.sleep(60)
"""


def test_a_killed_writer_is_taken_over_when_its_lease_ends(fresh: str) -> None:
    """SIGKILL: not before its lease has ended, and then at the next look."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, fresh, STORE], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"1\n"
    with closing(open_postgres(fresh, STORE, shared=True)) as other:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
        assert other.take_over("shop") == []
        wait_until(lambda: [entry.source_id for entry in other.take_over("shop")] == ["1"])


RACE = """
import sys
from dataclasses import replace
from importer.ledger import LedgerEntry, State, open_ledger
ledger = open_ledger(sys.argv[1], sys.argv[2], shared=True)
print(0, flush=True)
sys.stdin.readline()
won = 0
numbers = list(range(int(sys.argv[3])))
if int(sys.argv[4]) % 2:
    numbers.reverse()
for first in range(0, len(numbers), 4):
    batch = map(str, numbers[first:first + 4])
    won += len(ledger.move([LedgerEntry("shop", n, n, State.SENDING, attempt=1, run=sys.argv[4]) for n in batch]))
print(won, flush=True)
ledger.close()
"""


def race(url: str, processes: int, orders: int) -> list[int]:
    """How many claims each of the processes got, all of which want every order."""
    commands = [[sys.executable, "-c", RACE, url, STORE, str(orders), str(number)] for number in range(processes)]
    racers = [subprocess.Popen(one, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for one in commands]
    for racer in racers:
        assert racer.stdout is not None
        racer.stdout.readline()
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return [int(racer.communicate(timeout=240)[0]) for racer in racers]


def test_processes_that_race_claim_each_order_once(fresh: str) -> None:
    """Four processes want the same orders, two of them from the other end: as many claims as orders."""
    assert sum(race(fresh, 4, 800)) == 800


def test_intents_of_two_writers_do_not_wait_in_a_ring(fresh: str) -> None:
    """Batches in opposite orders: one waits for the other, and both end."""
    entries = [replace(SENDING, source_id=str(number)) for number in range(50)]
    with (
        closing(open_postgres(fresh, STORE, shared=True)) as one,
        closing(open_postgres(fresh, STORE, shared=True)) as two,
    ):
        won: list[int] = []

        def claim(ledger: PostgresLedger, batch: list[LedgerEntry]) -> None:
            won.append(len(ledger.move(batch)))

        batches = ((one, entries), (two, entries[::-1]))
        threads = [threading.Thread(target=claim, args=arguments) for arguments in batches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(won) == [0, 50]


def test_every_commit_is_synchronous(fresh: str) -> None:
    """Whatever the server's default is."""
    with closing(open_postgres(fresh, STORE)) as ledger:
        assert ledger._connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_newer_ledger_is_refused(fresh: str) -> None:
    """By a writer and by a reader; nothing is changed."""
    open_ledger(fresh, STORE).close()
    with psycopg.connect(fresh, autocommit=True) as connection:
        connection.execute("INSERT INTO importer.version VALUES (99, now())")
    for opened in (lambda: open_ledger(fresh, STORE), lambda: read_ledger(fresh)):
        with pytest.raises(LedgerError, match=rf"newer importer \(schema 99, this one knows {len(MIGRATIONS)}\)"):
            opened()


def test_a_database_without_ledgers_is_said(fresh: str) -> None:
    """A reader makes no tables."""
    with pytest.raises(LedgerError, match="no ledger at postgresql://"):
        read_ledger(fresh)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:s3cret-pw@127.0.0.1:9/db", "ledger postgresql://me@127.0.0.1:9/db cannot be used"),
        ("postgresql://me@127.0.0.1:9/db?password=s3cret-pw", "ledger postgresql://me@127.0.0.1:9/db cannot be used"),
        ("postgresql://me@127.0.0.1:9/db?sslpassword=s3cret-pw", "cannot be used"),
        ("postgresql://me:s3cret-pw@127.0.0.1:port/db", "cannot be used"),
        ("postgresql://me:s3cret-pw@127.0.0.1/db?nonsense=1", "cannot be used"),
        ("postgresql://me:s3cret-pw@[127.0.0.1/db", "cannot be read"),
        ("postgresql://me:s3cret-pw%zz@127.0.0.1/db", "cannot be used"),
        ("postgresql://me:s3cret%2Dpw%zz@127.0.0.1/db", "cannot be used"),
        ("postgresql://me:p/s3cret@127.0.0.1/db", "set PGPASSWORD"),
        ("postgresql://me:p?s3cret@127.0.0.1/db", "set PGPASSWORD"),
        ("postgresql://me:p#s3cret@127.0.0.1/db", "set PGPASSWORD"),
        ("postgresql://me:p@s3cret@127.0.0.1/db", "set PGPASSWORD"),
        ("postgresql://me:s3cret/pw@127.0.0.1/db", "set PGPASSWORD"),
        ("postgresql://me:s3cret@pw@127.0.0.1/db", "set PGPASSWORD"),
    ],
)
def test_no_message_has_a_password(url: str, said: str) -> None:
    """A server that is not there, a port that is none, a URL that is none: told in one line, without the password."""
    with pytest.raises(LedgerError, match=re.escape(said)) as caught:
        open_ledger(url, STORE)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_shown_of_a_url() -> None:
    """User, host and database; nothing of the query."""
    assert PostgresUrl("postgresql://me:pw@db.example:5433/orders?sslmode=require&store=abc").shown == (
        "postgresql://me@db.example:5433/orders"
    )
    assert PostgresUrl("postgresql:///orders").shown == "postgresql:///orders"


def wait_until(true: Callable[[], bool]) -> None:
    """Until it is, half a minute at most."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
