"""Runs whose ledger is a PostgreSQL database: the real command, the real sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import requests
from fake_wire import once_each
from line_files import ROOT
from postgres_server import database
from stub_store import StubStore, mapped

from benchmarks.export import write_export
from importer.ledger.postgres import open_postgres
from importer.run.parcel import pack
from importer.run.protocol import intend
from importer.run.settings import Settings
from importer.run.submit import submit
from importer.sandbox.process import Process, start
from importer.store import OrdersClient

ORDERS = 40


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database of this test's own."""
    with database() as url:
        yield url


@pytest.fixture
def sandbox() -> Iterator[Process]:
    """A store without a quota."""
    with start(plan="unlimited", window=1.0, dice=1, switches={}) as process:
        yield process


def command_of(verb: str, *arguments: object) -> list[str]:
    """The command, as a user types it."""
    return [sys.executable, "-m", "importer", verb, *map(str, arguments)]


def environment_of(token: str) -> dict[str, str]:
    """What the command finds in its environment."""
    return {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": token}


def importer(verb: str, *arguments: object, token: str = "") -> subprocess.CompletedProcess[str]:
    """The command, as a user runs it."""
    command, environment = command_of(verb, *arguments), environment_of(token)
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=240)


def arguments_of(export: Path, url: str, store: Process, *options: str) -> tuple[object, ...]:
    """What `importer run` takes to send the export to the sandbox."""
    where = ("--api-url", store.url, "--store", store.store)
    return (export, "-m", "shopify-csv", "--ledger", url, *where, "--settle", "2", "--yes", *options)


def run(export: Path, url: str, store: Process, *options: str) -> subprocess.CompletedProcess[str]:
    """`importer run` against the sandbox."""
    return importer("run", *arguments_of(export, url, store, *options), token=store.token)


def marks(store: Process) -> Counter[str]:
    """How often the store holds each order."""
    held = requests.get(f"{store.url}/_admin/orders", timeout=60).json()
    return Counter(order["external_merchant_id"] for order in held)


def test_a_run_and_what_tells_of_it(tmp_path: Path, postgres: str, sandbox: Process) -> None:
    """Every order once, also when the command is repeated; status and ids read the same database."""
    write_export(tmp_path / "orders.csv", ORDERS)
    for expected in (f"created {ORDERS}", f"skipped {ORDERS}"):
        done = run(tmp_path / "orders.csv", postgres, sandbox)
        assert done.returncode == 0, done.stderr
        assert expected in " ".join(done.stdout.split())
    assert sorted(marks(sandbox).values()) == [1] * ORDERS
    assert len(importer("ids", "--ledger", postgres).stdout.splitlines()) == ORDERS + 1
    assert "created" in importer("status", "--ledger", postgres).stdout


def test_a_rehearsal_needs_a_file(tmp_path: Path, postgres: str) -> None:
    """Its store's orders lie beside the ledger; the password of the URL is in no message."""
    write_export(tmp_path / "orders.csv", 1)
    url = postgres.replace("@", ":s3cret-pw@")
    done = importer("run", tmp_path / "orders.csv", "-m", "shopify-csv", "--ledger", url, "--store", "sandbox", "--yes")
    assert done.returncode == 2
    assert "name a ledger in a file" in done.stderr
    assert "s3cret-pw" not in done.stdout + done.stderr


def test_workers_send_each_order_once(tmp_path: Path, postgres: str, sandbox: Process) -> None:
    """On two processes: the same orders, counts and exit code as alone; the same command again sends nothing."""
    write_export(tmp_path / "orders.csv", 900)
    for expected in ("created 900 skipped 0", "created 0 skipped 900"):
        done = run(tmp_path / "orders.csv", postgres, sandbox, "--engine", "processes:2", "--concurrency", "8")
        assert done.returncode == 0, done.stderr
        assert expected in " ".join(done.stdout.split())
    assert sorted(marks(sandbox).values()) == [1] * 900


def test_two_runs_share_a_store(tmp_path: Path, postgres: str, sandbox: Process) -> None:
    """The same command twice at once, each told of the other: each order once."""
    write_export(tmp_path / "orders.csv", 200)
    with ThreadPoolExecutor() as threads:
        both = [
            threads.submit(run, tmp_path / "orders.csv", postgres, sandbox, "--workers-share-store") for _ in range(2)
        ]
    assert [done.result().returncode for done in both] == [0, 0], [done.result().stderr for done in both]
    assert sorted(marks(sandbox).values()) == [1] * 200


def test_what_a_killed_run_was_sending_is_settled_by_the_other(tmp_path: Path, postgres: str, sandbox: Process) -> None:
    """Of two runs that share a store one is killed: the other does not end before its orders are settled."""
    write_export(tmp_path / "orders.csv", 1_000)
    with ThreadPoolExecutor() as threads:
        given = (tmp_path / "orders.csv", postgres, sandbox, "--workers-share-store")
        survivor = threads.submit(run, *given)
        command = command_of("run", *arguments_of(*given))
        victim = subprocess.Popen(command, env=environment_of(sandbox.token), cwd=ROOT, stderr=subprocess.DEVNULL)
        while len(marks(sandbox)) < 100:
            time.sleep(0.1)
        victim.kill()
        victim.wait()
        done = survivor.result()
    assert done.returncode == 0, done.stderr
    assert sorted(marks(sandbox).values()) == [1] * 1_000
    assert importer("status", "--ledger", postgres).returncode == 0


def test_a_database_that_goes_away_is_a_reason_to_run_again(tmp_path: Path, postgres: str, sandbox: Process) -> None:
    """Every session is ended in mid-run: exit code 3, for a scheduler to repeat; then each order is there once."""
    write_export(tmp_path / "orders.csv", 600)
    command = command_of("run", *arguments_of(tmp_path / "orders.csv", postgres, sandbox))
    with subprocess.Popen(
        command, env=environment_of(sandbox.token), cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as first:
        while len(marks(sandbox)) < 50:
            time.sleep(0.02)
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        told = first.communicate()[1]
    assert first.returncode == 3, told
    assert "run again, nothing is sent twice" in told
    assert run(tmp_path / "orders.csv", postgres, sandbox).returncode == 0
    assert sorted(marks(sandbox).values()) == [1] * 600


def test_what_another_left_before_it_was_sent_is_sent(postgres: str, store: StubStore, client: OrdersClient) -> None:
    """Of an order that another was sending as it came by, and died before the store had it, the body is kept."""
    settings = Settings(namespace="shop", run="r", total=300, settle=1.0, shared=True)
    orders = list(map(mapped, range(300)))
    gone = open_postgres(postgres, client.address.name, shared=True, lease=2.0)
    parcels = [pack(order, "shop") for order in orders[:5]]
    gone.move([intend(parcel.entry, parcel.hash, "", datetime.now(UTC), "gone") for parcel in parcels])
    store.post(orders[4].body or {})
    gone._session._ended.set()  # type: ignore[union-attr]  # no sign of life from now on
    with closing(gone), closing(open_postgres(postgres, client.address.name, shared=True)) as ledger:
        result = submit(orders, client, ledger, settings)
    assert (result.created, result.adopted, result.planned) == (300, 1, 0)
    assert sorted(once_each(store.orders)) == sorted(f"shop:{number}" for number in range(300))


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("ledger.db", ["--engine", "processes:2"], "share a postgresql:// ledger"),
        ("postgresql://me:s3cret-pw@host/db", ["--engine", "processes:2"], "must not travel to workers"),
        ("postgresql://me@host/db", ["--workers-share-store", "--limit", "3"], "--limit is for a run that sends alone"),
    ],
)
def test_what_workers_cannot_do_is_said(tmp_path: Path, url: str, options: list[str], said: str) -> None:
    """Before anything is read or sent, and without a password."""
    write_export(tmp_path / "orders.csv", 1)
    done = importer("run", tmp_path / "orders.csv", "-m", "shopify-csv", "--ledger", url, "--store", "abc", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "s3cret-pw" not in done.stderr
