"""What a run has done so far, and whether it had better stop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from importer.ledger import Ledger, State
from importer.run.settings import Progress, RunResult, Settings, Stop
from importer.store import Clock, Pacer


@dataclass(slots=True)
class Tally:
    """The counts of one run."""

    created: int = 0
    adopted: int = 0
    skipped: int = 0
    rejected: int = 0
    rejected_before: int = 0
    conflicts: int = 0
    posts: int = 0
    lookups: int = 0
    changed: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    def done(self) -> int:
        """Orders that came by and need nothing more in this run."""
        settled = self.created + self.skipped + self.rejected + self.rejected_before + self.conflicts
        return settled + len(self.changed)

    def result(self, ledger: Ledger, namespace: str, stop: Stop | None, message: str) -> RunResult:
        """The run's end; what is open is counted in the ledger."""
        rows = ledger.counts(namespace)
        return RunResult(
            created=self.created,
            adopted=self.adopted,
            adopted_with_differences=tuple(self.different),
            skipped=self.skipped,
            rejected=self.rejected,
            rejected_before=self.rejected_before,
            changed=tuple(self.changed),
            in_doubt=rows[State.IN_DOUBT] + rows[State.SENDING],
            conflict=rows[State.CONFLICT],
            planned=rows[State.PLANNED],
            posts=self.posts,
            lookups=self.lookups,
            stop=stop,
            message=message,
        )


class Forecast:
    """How much longer a run takes: by the store's quota, and where it tells none, by the pace since the start."""

    def __init__(self, settings: Settings, pacer: Pacer, clock: Clock) -> None:
        self._total = settings.total
        self._pacer = pacer
        self._clock = clock
        self._started = clock.monotonic()

    def progress(self, tally: Tally, in_doubt: int) -> Progress:
        """The run at this moment."""
        return Progress(
            done=tally.done(),
            total=self._total,
            created=tally.created,
            rejected=tally.rejected,
            skipped=tally.skipped,
            in_doubt=in_doubt,
            quota_left=self._pacer.left,
            seconds_left=self._seconds_left(tally),
        )

    def _seconds_left(self, tally: Tally) -> float | None:
        rate = self._pacer.rate or tally.posts / max(self._clock.monotonic() - self._started, 1.0)
        return max(self._total - tally.done(), 0) / rate if rate and self._total else None


class Breaker:
    """Stops a run that cannot go well: the same rejection over and over, or no good answer for too long."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._limit = settings.breaker
        self._patience = settings.patience
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
