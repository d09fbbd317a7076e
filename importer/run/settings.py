"""What a sending run is told, what it says on its way, and what it gives at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from importer.errors import UsageError
from importer.ledger import State


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
    retry           states, REJECTED or CONFLICT, of orders to take up again: looked up first, then sent if need be
    wait            at the end, wait for what is in doubt
    breaker         so many same-shaped rejections in a row stop the run
    most_doubts     lost answers of one order, each found not created, after which it counts as rejected
    patience        seconds without one good answer after which the run stops
    shared          others send to the same store through the same ledger: look now and then whether one has died
    first_patience  the same where there was not even a connection: the address is wrong, or the network is down
    """

    namespace: str
    run: str = ""
    total: int = 0
    concurrency: int = 4
    settle: float = 120.0
    limit: int = 0
    only: frozenset[str] = frozenset()
    plan: str = ""
    retry: frozenset[State] = frozenset()
    wait: bool = True
    breaker: int = 20
    most_doubts: int = 6
    patience: float = 900.0
    first_patience: float = 45.0
    shared: bool = False

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
    """A run at one moment.

    rate            requests that create an order, a second, since the run began
    quota           requests that the store allows all its apps in a window, of which `quota_left` are left; the next
                    window begins in `window_left` seconds. None where the store tells none
    seconds_left    until the end: by the quota if the store tells it, else by the rate
    waiting         why nothing goes on for a while, "" while something does; `wait_left`: seconds until it does again
    """

    done: int
    total: int
    created: int
    rejected: int
    created_before: int
    in_doubt: int
    rate: float
    quota: int | None
    quota_left: int | None
    window_left: float | None
    seconds_left: float | None
    waiting: str = ""
    wait_left: float = 0.0


ProgressCallback = Callable[[Progress], None]


class Stop(StrEnum):
    """Why a run ended before its orders did."""

    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    BREAKER = "breaker"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


@dataclass(slots=True)
class RunResult:
    """What a run did, counted on its way. Whatever is open is in the ledger, under its state.

    created         orders made by this run; `adopted` of them were found by a look-up, `adopted_with_differences` names
                    those whose date or total in the store is not the body's
    created_before  by an earlier run, from the same body: nothing sent; people read it as `skipped`
    rejected        by the store, in this run; `rejected_before` were left alone
    changed         source ids created before from another body: reported, never posted again
    in_doubt, conflict, planned    rows of this namespace that are left in that state, counted at the end
    parked          waiting for a customer or a product that the snapshot lacks
    posts, lookups  requests that this run made
    stop, message   why the run ended early, None and "" if it did not
    """

    created: int = 0
    adopted: int = 0
    adopted_with_differences: list[str] = field(default_factory=list)
    created_before: int = 0
    rejected: int = 0
    rejected_before: int = 0
    changed: list[str] = field(default_factory=list)
    in_doubt: int = 0
    conflict: int = 0
    planned: int = 0
    parked: int = 0
    posts: int = 0
    lookups: int = 0
    stop: Stop | None = None
    message: str = ""

    @property
    def done(self) -> int:
        """Orders that came by and need nothing more in this run."""
        settled = self.created + self.created_before + self.rejected + self.rejected_before + self.conflict
        return settled + len(self.changed)

    def close(self, left: Mapping[State, int], stop: Stop | None, message: str) -> None:
        """The run's end, and the rows that it leaves open."""
        self.in_doubt = left[State.IN_DOUBT] + left[State.SENDING]
        self.conflict, self.planned = left[State.CONFLICT], left[State.PLANNED]
        self.stop, self.message = stop, message
