"""What a sending run is told, what it says on its way, and what it gives at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from importer.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run sends.

    namespace       names the old shop; with the source id it marks an order in the store for good
    run             this run's name in the ledger
    total           orders to expect, for progress only; 0 when unknown
    concurrency     requests under way at most
    settle          seconds from a send until a look-up may decide: send deadline + the store's longest late commit
    limit           orders to post at most in this run; 0: all
    only            source ids to send; empty: all
    plan            digest of export, mapping and tables, kept with each order: see `run/resume.py`
    retry_rejected  send again what the store rejected before
    retry_conflicts look again at conflicts, which a person has mended in the store
    wait            at the end, wait for what is in doubt
    breaker         so many same-shaped rejections in a row stop the run
    most_doubts     lost answers of one order, each found not created, after which it counts as rejected
    patience        seconds without one good answer after which the run stops
    """

    namespace: str
    run: str = ""
    total: int = 0
    concurrency: int = 4
    settle: float = 120.0
    limit: int = 0
    only: frozenset[str] = frozenset()
    plan: str = ""
    retry_rejected: bool = False
    retry_conflicts: bool = False
    wait: bool = True
    breaker: int = 20
    most_doubts: int = 6
    patience: float = 900.0

    def __post_init__(self) -> None:
        if not self.namespace or ":" in self.namespace:
            raise UsageError(f"the namespace {self.namespace!r} must be a name without a colon")
        if not 1 <= self.concurrency <= 64:
            raise UsageError(f"--concurrency lies between 1 and 64, not {self.concurrency}")
        if not 1 <= self.settle <= 86_400:
            raise UsageError(f"--settle lies between 1 and 86400 seconds, not {self.settle:g}")
        if self.limit < 0:
            raise UsageError("--limit is a number of orders")

    @property
    def deadline(self) -> float:
        """Seconds after its durable intent in which an order must reach the socket, or is not sent."""
        return min(15.0, self.settle / 4)


@dataclass(frozen=True, slots=True)
class Progress:
    """A run at one moment. `seconds_left` follows from the quota if the store tells it, else from the pace."""

    done: int
    total: int
    created: int
    rejected: int
    skipped: int
    in_doubt: int
    quota_left: int | None
    seconds_left: float | None


ProgressCallback = Callable[[Progress], None]


class Stop(StrEnum):
    """Why a run ended before its orders did."""

    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    BREAKER = "breaker"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did. Whatever is open is in the ledger, under its state.

    created         orders made by this run; `adopted` of them were found by a look-up, `adopted_with_differences` names
                    those whose date or total in the store is not the body's
    skipped         created before, nothing sent
    rejected        by the store, in this run; `rejected_before` were left alone
    changed         source ids created before from another body: reported, never posted again
    in_doubt, conflict, planned    rows of this namespace that are left in that state
    parked          waiting for a customer or a product that the snapshot lacks
    posts, lookups  requests that this run made
    stop, message   why the run ended early, None and "" if it did not
    """

    created: int = 0
    adopted: int = 0
    adopted_with_differences: tuple[str, ...] = ()
    skipped: int = 0
    rejected: int = 0
    rejected_before: int = 0
    changed: tuple[str, ...] = ()
    in_doubt: int = 0
    conflict: int = 0
    planned: int = 0
    parked: int = 0
    posts: int = 0
    lookups: int = 0
    stop: Stop | None = None
    message: str = ""
