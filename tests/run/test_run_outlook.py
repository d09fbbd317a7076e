"""A run that waits says why and until when; one that never reached its store, or fails itself, ends in order."""

from __future__ import annotations

import random
import socket
import threading
from pathlib import Path

import pytest
import requests
from fake_wire import FakeCrew, FakeStore, FakeTime
from stub_store import StubStore, mapped

from importer.ledger import Ledger, State, open_ledger
from importer.run.settings import Progress, RunResult, Settings, Stop
from importer.run.submit import submit
from importer.store import OrdersClient, Pacer, StoreAddress

SETTLE = 40.0


class Played:
    """A run against the fake store, under its clock."""

    def __init__(self, folder: Path) -> None:
        dice = random.Random(1)
        self.time, self.seen = FakeTime(dice), list[Progress]()
        self.store = FakeStore(self.time, dice, 1.0)
        self.crew = FakeCrew(self.time, dice, 0.0)
        self._folder = folder

    def run(self, orders: int, **settings: float) -> RunResult:
        """Send so many orders."""

        def session() -> requests.Session:
            opened = requests.Session()
            opened.mount("http://", self.store)
            return opened

        clock = self.time.clock
        address = StoreAddress("fake", "token", "http://127.0.0.1:1")
        client = OrdersClient(address, sessions=session, clock=clock, pacer=Pacer(clock=clock))
        ledger = open_ledger(str(self._folder / "ledger.db"), address.name)
        chosen = Settings("shop", settle=SETTLE, concurrency=1, **settings)  # type: ignore[arg-type]
        try:
            progress = self.seen.append
            return submit(
                map(mapped, range(orders)), client, ledger, chosen, progress=progress, clock=clock, crew=self.crew
            )
        finally:
            ledger.close()

    @property
    def waits(self) -> list[tuple[str, float]]:
        """What the run said that it waits for."""
        return [(one.waiting, one.wait_left) for one in self.seen if one.waiting]


@pytest.fixture
def played(quick_disk: Path) -> Played:
    """A run to be played."""
    return Played(quick_disk)


def test_a_store_that_was_never_reached_ends_the_run_within_a_minute(played: Played) -> None:
    """The sentence says what was tried and why it failed; nothing was sent."""
    played.store.script = ["refused"] * 1000
    result = played.run(5)
    assert (result.stop, result.created, result.in_doubt) == (Stop.UNREACHABLE, 0, 0)
    assert "http://127.0.0.1:1: no connection to the store" in result.message
    assert 40 < played.time.seconds < 60


def test_a_store_that_was_reached_once_is_given_more_time(played: Played) -> None:
    """An outage in the middle is no mistyped address: the run is there when the store comes back."""
    played.store.script = [""] + ["refused"] * 12
    result = played.run(5)
    assert (result.stop, result.created) == (None, 5)
    assert played.time.seconds > 60


def test_a_wait_says_why_and_until_when(played: Played) -> None:
    """While the connection is refused the reason is told, with the seconds until the next try."""
    played.store.script = [""] + ["refused"] * 8
    played.run(5)
    assert {why for why, _ in played.waits} == {"no connection to the store"}
    assert max(left for _, left in played.waits) > 5


def test_lost_answers_are_waited_for_aloud(played: Played) -> None:
    """At the end of the orders the run waits for the settle time, and says so."""
    played.store.script = ["reset after"]
    assert played.run(1).created == 1
    assert played.waits[0][0] == "1 lost answers may be looked up only when they have settled"
    assert SETTLE - 6 < played.waits[0][1] <= SETTLE


def test_a_bug_on_a_thread_ends_the_run_in_order(
    store: StubStore, client: OrdersClient, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback: the order is in doubt, the run says what failed, and the next one ends with every order once."""
    create, calls = client.create, iter(range(100))

    def failing(*arguments: object, **options: object) -> object:
        if next(calls) == 3:
            raise KeyError("surprise")
        return create(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(client, "create", failing)
    settings = Settings("shop", settle=1.0, concurrency=2)
    result = submit(map(mapped, range(12)), client, ledger, settings)
    assert (result.stop, result.in_doubt) == (Stop.BROKEN, 1)
    assert "KeyError('surprise')" in result.message
    assert submit(map(mapped, range(12)), client, ledger, settings).in_doubt == 0
    assert (len(store.orders), ledger.counts()[State.CREATED]) == (12, 12)


def answer_once(server: socket.socket, content: bytes) -> None:
    """Takes one request, whatever it is, and answers with these bytes."""
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(content)


@pytest.mark.parametrize(
    "header", [b"Location: http://[", b"Content-Length: 5, 7", b"Transfer-Encoding: chunked\r\nX: y"]
)
def test_headers_that_mean_nothing_are_a_lost_answer(header: bytes, tmp_path: Path) -> None:
    """What a library raises for them is no reason to end with a traceback: the order is in doubt."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = b"HTTP/1.1 302 Found\r\n" + header + b"\r\n\r\nzz\r\n"
        answering = threading.Thread(target=answer_once, args=(server, answer))
        answering.start()
        address = StoreAddress("s", "t", f"http://127.0.0.1:{server.getsockname()[1]}")
        ledger = open_ledger(str(tmp_path / "ledger.db"), address.name)
        result = submit([mapped(1)], OrdersClient(address, timeout=2), ledger, Settings("shop", settle=1.0, wait=False))
        ledger.close()
        answering.join()
    assert (result.created, result.in_doubt) == (0, 1)
