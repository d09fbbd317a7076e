"""A store's quota and its other apps, under a simulated clock: hours pass in a moment."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from importer.store.clock import Clock
from importer.store.pacing import Pacer


@dataclass
class Simulation:
    """Events in time order. `clock` is what the pacer sees."""

    seed: int = 1
    now: float = 1000.0
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    number: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        start = datetime(2026, 1, 1, tzinfo=UTC)
        self.clock = Clock(
            now=lambda: start + timedelta(seconds=self.now),
            monotonic=lambda: self.now,
            sleep=self._sleep,
            chance=self.dice.random,
        )

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Have something happen."""
        heapq.heappush(self.events, (self.now + seconds, next(self.number), event))

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        until = self.now + seconds
        while self.events and self.events[0][0] <= until:
            self.now, _, event = heapq.heappop(self.events)
            event()
        self.now = until


class QuotaServer:
    """Counts requests in fixed windows, or in sliding ones, and answers 429 beyond the quota."""

    def __init__(
        self, simulation: Simulation, quota: int = 450, window: float = 30.0, *, sliding: bool = False
    ) -> None:
        self.simulation, self.quota, self.window, self.sliding = simulation, quota, window, sliding
        self.taken: deque[float] = deque()
        self.opened = simulation.now

    def request(self) -> tuple[int, dict[str, str]]:
        """One request of anybody: the status and the headers of its answer."""
        now = self.simulation.now
        self._forget(now)
        status = 200 if len(self.taken) < self.quota else 429
        if status == 200:
            self.taken.append(now)
        ends = self.taken[0] + self.window if self.sliding else self.opened + self.window
        headers = {
            "x-rate-limit-time-window-ms": f"{self.window * 1000:.0f}",
            "X-Rate-Limit-Time-Reset-Ms": f"{(ends - now) * 1000:.0f}",
            "X-RATE-LIMIT-REQUESTS-QUOTA": str(self.quota),
            "X-Rate-Limit-Requests-Left": str(self.quota - len(self.taken)),
        }
        return status, headers | ({"X-Retry-After": f"{ends - now:.0f}"} if status == 429 else {})

    def _forget(self, now: float) -> None:
        if self.sliding:
            while self.taken and self.taken[0] <= now - self.window:
                self.taken.popleft()
            return
        while now >= self.opened + self.window:
            self.opened += self.window
            self.taken.clear()


class Sender:
    """So many workers that send whenever the pacer lets them; `answers` counts what they got."""

    def __init__(self, simulation: Simulation, server: QuotaServer, pacer: Pacer, workers: int = 8) -> None:
        self.simulation, self.server, self.pacer = simulation, server, pacer
        self.answers: dict[int, int] = {200: 0, 429: 0}
        for _ in range(workers):
            simulation.after(simulation.dice.random() * 0.01, self._try)

    def _try(self) -> None:
        wait = self.pacer.take()
        self.simulation.after(wait or self.simulation.dice.uniform(0.02, 0.2), self._try if wait else self._arrive)

    def _arrive(self) -> None:
        status, headers = self.server.request()
        self.simulation.after(self.simulation.dice.uniform(0.02, 0.2), lambda: self._hear(status, headers))

    def _hear(self, status: int, headers: dict[str, str]) -> None:
        self.answers[status] += 1
        self.pacer.heard(status, headers)
        self._try()


def neighbour(simulation: Simulation, server: QuotaServer, rate: float, *, burst: int = 1) -> None:
    """Another app of the store: so many requests a second, one by one or in bursts."""

    def act() -> None:
        for _ in range(burst):
            server.request()
        simulation.after(burst / rate * simulation.dice.uniform(0.7, 1.3), act)

    simulation.after(0.0, act)
