"""The store's time, which may run faster than ours so that a night's migration is rehearsed in minutes."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Store time: begins at `start` (seconds since 1970, default now) and runs `speed` times as fast as ours."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        self.speed = speed
        self._start = time.time() if start is None else start
        self._origin = time.monotonic()

    def now(self) -> float:
        """Store time in seconds since 1970."""
        return self._start + (time.monotonic() - self._origin) * self.speed

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds of store time."""
        time.sleep(max(0.0, seconds) / self.speed)

    def on_the_wire(self, seconds: float) -> float:
        """Store seconds as the client must wait them: what a header says is meant for the client's own clock."""
        return seconds / self.speed


def moment(seconds: float) -> datetime:
    """Store time as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)
