"""A store behind a transport of our own, a clock that moves when told, a crew without threads: all by the dice."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from importer.ledger import Ledger, LedgerEntry
from importer.store import Clock


class Killed(BaseException):
    """SIGKILL, as far as one process can play it: nothing may catch it."""


class FakeTime:
    """A clock that moves when somebody sleeps, waits or stalls."""

    def __init__(self, dice: random.Random) -> None:
        self.seconds = 0.0
        start = datetime(2026, 1, 1, tzinfo=UTC)
        self.clock = Clock(
            now=lambda: start + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            sleep=self.pass_by,
            chance=dice.random,
        )

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class FakeCrew:
    """Jobs are done one at a time, in any order, after any stall; what is never fetched was never answered."""

    def __init__(self, time: FakeTime, dice: random.Random, stall: float) -> None:
        self._time, self._dice, self._stall = time, dice, stall
        self._jobs: list[Callable[[], Any]] = []

    def start(self, job: Callable[[], Any]) -> None:
        """Put a job on the heap."""
        self._jobs.append(job)

    def done(self, timeout: float) -> list[Any]:
        """Do one of the jobs, or let the time pass."""
        if not self._jobs:
            self._time.pass_by(timeout)
            return []
        self._time.pass_by(self._dice.random() * self._stall)
        return [self._jobs.pop(self._dice.randrange(len(self._jobs)))()]

    def wake(self) -> None:
        """Nobody waits here."""

    def close(self) -> None:
        """Nobody works here."""


POST_FAULTS = (
    "429",
    "429 silent",
    "refused",
    "reset before",
    "reset after",
    "500 before",
    "500 after",
    *["500 late"] * 4,
    "no id",
)
GET_FAULTS = ("429", "refused", "reset before", "500 before", "html")


class FakeStore(BaseAdapter):
    """Orders, some of them committed late, and faults: by `script` first, then by chance.

    `late`: the longest late commit, in seconds. `dies_in`: so many more things happen, then the process is gone.
    """

    def __init__(self, time: FakeTime, dice: random.Random, late: float) -> None:
        super().__init__()
        self._time, self._dice, self._late = time, dice, late
        self._coming: list[tuple[float, dict[str, Any]]] = []
        self._made: list[dict[str, Any]] = []
        self.faulty = 0.0
        self.script: list[str] = []
        self.dies_in = 10**9
        self.posts = 0

    @property
    def orders(self) -> list[dict[str, Any]]:
        """What is committed by now."""
        due = [order for at, order in self._coming if at <= self._time.seconds]
        self._coming = [(at, order) for at, order in self._coming if at > self._time.seconds]
        for order in due:
            self._commit(order)
        return self._made

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """One request, answered or not."""
        self.die_soon()
        faults = POST_FAULTS if request.method == "POST" else GET_FAULTS
        by_chance = self._dice.choice(faults) if self._dice.random() < self.faulty else ""
        fault = self.script.pop(0) if self.script else by_chance
        if fault == "refused":
            refused = NewConnectionError(HTTPConnection("127.0.0.1"), "refused")
            raise requests.ConnectionError(refused)
        answer = self._post(request, fault) if request.method == "POST" else self._get(request, fault)
        self.die_soon()
        return response_of(request, *answer)

    def close(self) -> None:
        """Nothing is open."""

    def die_soon(self) -> None:
        """One more thing happened; after so many the process is gone."""
        self.dies_in -= 1
        if self.dies_in < 0:
            raise Killed

    def _post(self, request: requests.PreparedRequest, fault: str) -> tuple[int, Any]:
        content = request.body.read()  # type: ignore[union-attr]
        self.posts += 1
        order = json.loads(content)
        try:
            self.die_soon()
        except Killed:  # the sender is gone, the store goes on
            self._come_late(order)
            raise
        if fault.startswith("429"):
            return 429, {}
        if fault == "reset before":
            raise requests.ConnectionError("reset")
        if fault == "500 before":
            return 500, [{"status": 500, "message": "no"}]
        if fault == "500 late":
            self._come_late(order)
            return 504, b""
        if order["external_order_id"].endswith("7"):
            return 400, [{"status": 400, "message": "The field 'billing_address' is invalid."}]
        made = self._commit(order)
        self.die_soon()
        if fault == "reset after":
            raise requests.ConnectionError("reset")
        if fault == "500 after":
            return 502, b"<html>"
        return (200, {}) if fault == "no id" else (201, made)

    def _get(self, request: requests.PreparedRequest, fault: str) -> tuple[int, Any]:
        if fault == "reset before":
            raise requests.ConnectionError("reset")
        if fault:
            return {"429": (429, {}), "500 before": (500, []), "html": (200, b"<html>")}[fault]
        number = parse_qs(urlsplit(str(request.url)).query)["external_order_id"][0]
        found = [order for order in self.orders if order["external_order_id"] == number]
        return (200, found) if found else (204, b"")

    def _come_late(self, order: dict[str, Any]) -> None:
        self._coming.append((self._time.seconds + self._dice.random() * self._late, order))

    def _commit(self, order: dict[str, Any]) -> dict[str, Any]:
        made = {**order, "id": 100 + len(self._made)}
        if not order["external_order_id"].endswith("7"):
            self._made.append(made)
        return made


def response_of(request: requests.PreparedRequest, status: int, body: Any) -> requests.Response:
    """An answer as the transport gives it."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = requests.Response()
    response.status_code = status
    response.request = request
    response.raw = HTTPResponse(io.BytesIO(content), status=status, preload_content=False)
    return response


class MortalLedger:
    """A ledger whose process may die right before or right after a durable step."""

    def __init__(self, ledger: Ledger, die_soon: Callable[[], None]) -> None:
        self._ledger = ledger
        self._die_soon = die_soon

    def move(self, entries: list[LedgerEntry]) -> list[LedgerEntry]:
        """A durable step, and death on either side of it."""
        self._die_soon()
        moved = self._ledger.move(entries)
        self._die_soon()
        return moved

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


def once_each(orders: list[dict[str, Any]]) -> Mapping[str, int]:
    """The store's order id by mark; fails where a mark is there twice."""
    ids = {order["external_merchant_id"]: order["id"] for order in orders}
    assert len(ids) == len(orders), "an order was made twice"
    return ids
