"""Time and chance, passed in wherever they are needed, so that tests rule both."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """`now`: aware wall time, as a ledger keeps it; `monotonic`, `sleep`: seconds; `chance`: a number in [0, 1)."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    chance: Callable[[], float]

    def within(self, seconds: float, since: datetime) -> Callable[[], bool]:
        """Whether so many seconds have not passed yet; `since` is now, by the wall.

        Both clocks must agree: one stands still in suspend, the other may be set.
        """
        start = self.monotonic()
        return lambda: self.monotonic() - start < seconds and (self.now() - since).total_seconds() < seconds


def _utc_now() -> datetime:
    return datetime.now(UTC)


CLOCK = Clock(now=_utc_now, monotonic=time.monotonic, sleep=time.sleep, chance=random.random)
"""The machine's own."""
