"""How many requests the store takes, all its apps together, and what it tells about that in every answer."""

from __future__ import annotations

import math
import random
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importer.sandbox.config import PLANS

if TYPE_CHECKING:
    from importer.sandbox.clock import Clock
    from importer.sandbox.config import Config


@dataclass(frozen=True, slots=True)
class Allowance:
    """The quota as one request finds it, in store seconds. `granted`: whether the request is within it."""

    granted: bool
    quota: int
    left: int
    window: float
    reset: float


class Quota:
    """A window of `window` seconds begins with the first request after the last one ended.

    The neighbours, the store's other apps, use their share evenly, or all at once at a random moment of the window.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._dice = random.Random(config.dice)  # noqa: S311 - a rehearsal, no secret
        self._begun = -math.inf
        self._used = 0
        self._burst = 0.0
        self.settle(config)

    def settle(self, config: Config) -> None:
        """Take the plan, quota, window and neighbours of a configuration from now on."""
        self._quota = config.quota or max(1, round(PLANS[config.plan] * config.window / 30))
        self._window = config.window
        self._share = config.neighbour
        self._bursts = config.bursts

    def take(self) -> Allowance:
        """Count one request. What was refused is not counted."""
        with self._lock:
            now = self._clock.now()
            if now >= self._begun + self._window:
                self._begun, self._used = now, 0
                self._burst = self._dice.random() * self._window
            elapsed = now - self._begun
            left = self._quota - self._used - self._neighbours(elapsed)
            self._used += left > 0
            return Allowance(left > 0, self._quota, max(0, left - 1), self._window, self._window - elapsed)

    def _neighbours(self, elapsed: float) -> int:
        if self._bursts:
            return round(self._quota * self._share) if elapsed >= self._burst else 0
        return math.floor(self._quota * self._share * elapsed / self._window)


def headers(allowance: Allowance, spelling: str, clock: Clock, dice: random.Random) -> list[tuple[str, str]]:
    """The quota as headers, in the client's own time.

    Source: rate-limit guide: X-Rate-Limit-Time-Window-Ms, -Time-Reset-Ms, -Requests-Quota, -Requests-Left.
    """
    if spelling == "none":
        return []
    found = [
        ("X-Rate-Limit-Time-Window-Ms", clock.on_the_wire(allowance.window) * 1000),
        ("X-Rate-Limit-Time-Reset-Ms", clock.on_the_wire(allowance.reset) * 1000),
        ("X-Rate-Limit-Requests-Quota", allowance.quota),
        ("X-Rate-Limit-Requests-Left", allowance.left),
    ]
    return [(_spelled(name, spelling, dice), str(math.ceil(value))) for name, value in found]


def _spelled(name: str, spelling: str, dice: random.Random) -> str:
    if spelling == "lower":
        return name.lower()
    if spelling == "random":
        return "".join(dice.choice((letter.lower(), letter.upper())) for letter in name)
    return name


def retry_after(allowance: Allowance, clock: Clock) -> tuple[str, str]:
    """How long to wait after a 429, in whole seconds. Source: rate-limit guide: X-Retry-After."""
    return ("X-Retry-After", str(max(1, math.ceil(clock.on_the_wire(allowance.reset)))))
