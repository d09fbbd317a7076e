"""Ctrl-C on a real process: once finishes what is under way, twice stops at once, and both can be resumed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
from stub_store import StubStore, mapped

from benchmarks.export import write_export
from importer.ledger import State, open_ledger, read_ledger
from importer.run.settings import Settings
from importer.run.submit import submit
from importer.sandbox.process import Process, start
from importer.store import OrdersClient

ORDERS = 40


class Gate:
    """Holds three POSTs under way until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, number: int) -> None:
        if number >= 2:
            self.reached.set()
            self.opened.wait(20)


@pytest.fixture
def gate(store: StubStore) -> Gate:
    """A gate in the stub store."""
    store.fault = Gate()
    return store.fault


def started(store: StubStore, path: Path) -> subprocess.Popen[bytes]:
    """A run in a process of its own."""
    script = str(Path(__file__).with_name("interrupted_run.py"))
    return subprocess.Popen([sys.executable, script, store.url, str(path), str(ORDERS)], stderr=subprocess.DEVNULL)


def asked_until_gone(process: subprocess.Popen[bytes]) -> None:
    """Ask again. Two signals that come while the process is held up by the disk are one, so ask more than once."""
    for _ in range(40):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
            return
    pytest.fail("it does not stop")


def states(path: Path) -> dict[State, int]:
    """How many rows stand where."""
    ledger = read_ledger(str(path))
    try:
        return ledger.counts()
    finally:
        ledger.close()


def resume(path: Path, client: OrdersClient) -> int:
    """Bring the migration to its end; gives the orders in doubt or unsent."""
    ledger = open_ledger(str(path), client.address.name)
    result = submit(map(mapped, range(ORDERS)), client, ledger, Settings("shop", settle=1.0))
    ledger.close()
    return result.in_doubt + result.planned


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_once_it_finishes_what_is_under_way(
    number: signal.Signals, gate: Gate, store: StubStore, client: OrdersClient, tmp_path: Path
) -> None:
    """The answers of the requests under way are recorded, nothing new is sent, and the exit code is 130."""
    path = tmp_path / "ledger.db"
    process = started(store, path)
    assert gate.reached.wait(20)
    process.send_signal(number)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)  # it waits for the answers
    gate.opened.set()
    assert process.wait(20) == 130
    rows = states(path)
    assert rows[State.SENDING] + rows[State.IN_DOUBT] == 0
    assert rows[State.CREATED] == len(store.orders) <= 5
    assert (resume(path, client), len(store.orders)) == (0, ORDERS)


def test_asked_twice_it_stops_at_once(gate: Gate, store: StubStore, client: OrdersClient, tmp_path: Path) -> None:
    """Without waiting for answers; what was under way is in doubt for the next run, which doubles nothing."""
    path = tmp_path / "ledger.db"
    process = started(store, path)
    assert gate.reached.wait(20)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    asked_until_gone(process)
    assert states(path)[State.SENDING] > 0
    gate.opened.set()
    assert (resume(path, client), len(store.orders)) == (0, ORDERS)


def held(sandbox: Process) -> list[dict[str, object]]:
    """Every order that the sandbox holds."""
    orders: list[dict[str, object]] = requests.get(f"{sandbox.url}/_admin/orders", timeout=10).json()
    return orders


def test_the_command_line_says_130_and_resumes(tmp_path: Path) -> None:
    """`importer run`, interrupted once, exits with 130; the same command again ends the migration, each order once."""
    write_export(tmp_path / "orders.csv", 60)
    with start(plan="unlimited", switches={"latency": 0.1}) as sandbox:
        command = [sys.executable, "-m", "importer", "run", str(tmp_path / "orders.csv"), "-m", "shopify-csv", "--yes"]
        command += ["--ledger", str(tmp_path / "ledger.db"), "--store", sandbox.store, "--api-url", sandbox.url]
        environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": sandbox.token}
        options = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([*command, "--concurrency", "2"], **options)  # type: ignore[call-overload]
        while len(held(sandbox)) < 4:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        made = len(held(sandbox))
        assert 4 <= made < 60
        assert subprocess.run(command, check=False, **options).returncode == 0  # type: ignore[call-overload]
        marks = [order["external_merchant_id"] for order in held(sandbox)]
    assert len(marks) == len(set(marks)) == 60
