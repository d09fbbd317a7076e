"""How much longer a run takes, what it waits for, and whether it had better stop."""

from __future__ import annotations

import re

from importer.run.settings import Progress, RunResult, Settings
from importer.store import Clock, Pacer

_WORTH_TELLING = 3.0
"""Seconds of a wait that a person would wonder about."""


class Forecast:
    """How much longer a run takes: by the store's quota, and where it tells none, by the pace since the start."""

    def __init__(self, settings: Settings, pacer: Pacer, clock: Clock) -> None:
        self._total = settings.total
        self._pacer = pacer
        self._clock = clock
        self._started = clock.monotonic()

    def progress(self, so_far: RunResult, in_doubt: int, waiting: tuple[str, float] = ("", 0.0)) -> Progress:
        """The run at this moment. `waiting`: for what, and the seconds until something can go on."""
        rate = so_far.posts / max(self._clock.monotonic() - self._started, 1.0)
        return Progress(
            done=so_far.done,
            total=self._total,
            created=so_far.created,
            rejected=so_far.rejected,
            created_before=so_far.created_before,
            in_doubt=in_doubt,
            rate=round(rate, 1),
            quota=self._pacer.quota,
            quota_left=self._pacer.left,
            window_left=self._pacer.window_left,
            seconds_left=self._seconds_left(so_far, self._pacer.rate or rate),
            waiting=waiting[0] if waiting[1] >= _WORTH_TELLING else "",
            wait_left=round(waiting[1], 1) if waiting[1] >= _WORTH_TELLING else 0.0,
        )

    def _seconds_left(self, so_far: RunResult, rate: float) -> float | None:
        return max(self._total - so_far.done, 0) / rate if rate and self._total else None


class Breaker:
    """Stops a run that cannot go well: the same rejection over and over, or no good answer for too long."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._limit = settings.breaker
        self._patience, self._first_patience = settings.patience, settings.first_patience
        self._clock = clock
        self._shape = ""
        self._alike = 0
        self._failing_since: float | None = None

    def good(self) -> None:
        """The store made an order, or told of one."""
        self._alike = 0
        self._failing_since = None

    def rejection(self, message: str) -> str:
        """Why to stop after one more rejection, "" to go on. Two are alike when only their numbers differ."""
        self._failing_since = None
        shape = re.sub(r"\d+", "#", message)
        self._alike = self._alike + 1 if shape == self._shape else 1
        self._shape = shape
        if self._alike < self._limit:
            return ""
        advice = "mend the mapping, then run with --retry rejected"
        return f"{self._alike} orders in a row were rejected alike ({message}); {advice}"

    def failure(self, reason: str) -> str:
        """Why to stop after one more failure, "" to go on."""
        now = self._clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since < self._patience:
            return ""
        return f"no good answer for {self._patience / 60:.0f} minutes ({reason}); run again later to resume"

    def never_reached(self) -> bool:
        """Whether, where no connection was ever made, it is time to give up."""
        since = self._failing_since
        return since is not None and self._clock.monotonic() - since >= self._first_patience
