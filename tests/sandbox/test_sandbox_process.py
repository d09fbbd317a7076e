"""The sandbox as a process: start, stop, kill, restart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import requests
from sandbox_caller import Caller

from importer.errors import UsageError
from importer.sandbox.process import Process, start

if TYPE_CHECKING:
    from pathlib import Path

OPEN = "a-token"


def calling(sandbox: Process) -> Caller:
    """A client of a running process."""
    return Caller(sandbox.url, sandbox.token)


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """After SIGKILL and a start on the same file every answered order is there, and ids go on rising."""
    state = str(tmp_path / "store.db")
    with start(state=state) as sandbox:
        before = [calling(sandbox).order(external_order_id=str(number))["id"] for number in range(20)]
        sandbox.kill()
    with start(state=state) as sandbox:
        caller = calling(sandbox)
        assert [order["id"] for order in caller.get("/v2/orders").json()] == before
        assert caller.order()["id"] > before[-1]
        assert caller.get("/_admin/journal").json()["counts"]["webhook"] == 21


def test_it_can_come_back_on_its_port(tmp_path: Path) -> None:
    """A stopped sandbox can be started again at the same address, with the same token."""
    with start(OPEN, state=str(tmp_path / "store.db")) as sandbox:
        port = sandbox.port
        calling(sandbox).order()
    with start(OPEN, state=str(tmp_path / "store.db"), port=port) as sandbox:
        assert calling(sandbox).get("/v2/orders/100").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    """SIGTERM and SIGINT end it with exit code 0."""
    with start() as sandbox:
        os.kill(sandbox.pid, number)
        assert sandbox.wait() == 0


def test_the_verb_prints_one_line_and_leaves_no_orphan() -> None:
    """`importer sandbox` prints its address as JSON, takes the token from the environment without showing it, and ends
    when its stdin closes."""
    child = subprocess.Popen(
        [sys.executable, "-c", "from importer.cli import main; main()", "sandbox", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "IMPORTER_SANDBOX_TOKEN": OPEN},
        text=True,
    )
    assert child.stdout is not None
    ready = json.loads(child.stdout.readline())
    assert OPEN not in str(ready)
    assert Caller(ready["url"], OPEN).get("/v2/time").status_code == 200
    rest, _ = child.communicate(timeout=10)
    assert (rest, child.returncode) == ("", 0)


def test_what_cannot_be_started_says_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A wrong plan and a file that is no state end in UsageError, and stderr has the reason."""
    (tmp_path / "text").write_text("no database, only text that is long enough to be looked at" * 20)
    for options in ({"plan": "gold"}, {"state": str(tmp_path / "text")}, {"switches": {"match": "fuzzy"}}):
        with pytest.raises(UsageError, match="did not start"):
            start(**options)
    assert "no plan 'gold'" in capfd.readouterr().err


def test_a_port_that_is_taken_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    """A second sandbox on the same port does not start, and says why in one line."""
    with start() as sandbox, pytest.raises(UsageError):
        start(port=sandbox.port)
    assert "cannot be used; choose another" in capfd.readouterr().err


def test_fast_time_never_goes_back(tmp_path: Path) -> None:
    """At speed 10,000 a window is 3 ms long on the wire; after a restart time goes on from where it was."""
    state = str(tmp_path / "store.db")
    with start(state=state, speed=10_000) as sandbox:
        answer = calling(sandbox).get("/v2/time")
        assert answer.headers["X-Rate-Limit-Time-Window-Ms"] == "3"
        before = calling(sandbox).get("/v2/time").json()["time"]
    with start(state=state) as sandbox:
        assert calling(sandbox).get("/v2/time").json()["time"] >= before


def test_it_ends_quietly_under_load(capfd: pytest.CaptureFixture[str]) -> None:
    """Clients that are being served when it ends lose their connections; nothing is said about it on stderr."""
    with start() as sandbox, ThreadPoolExecutor(4) as clients:
        running = [clients.submit(_hammer, sandbox) for _ in range(4)]
        calling(sandbox).order()
        sandbox.stop()
        assert all(future.exception(10) is None for future in running)
    assert capfd.readouterr().err == ""


def _hammer(sandbox: Process) -> None:
    caller = calling(sandbox)
    with suppress(requests.ConnectionError):
        while True:
            caller.order()
