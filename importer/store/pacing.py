"""When the next request may go: as fast as our share of the store's quota allows, spread over its window.

The quota belongs to the store and is shared by all its apps. In no window's length do more of our requests leave than
our share; below that, three bounds, each a rate in requests a second:

    catch up    a little over our even share, so that a slow minute is made good, but never by a burst
    our budget  what is left of our share of the store's window, spread over what is left of it
    the store   what the store says is left, less what is under way and what the neighbours will take
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping

from importer.store.clock import CLOCK, Clock
from importer.store.quota import Quota, read_quota, read_wait

_MARGIN = 0.985
"""Of the share that is aimed at: requests are counted when they arrive, which is later than when they leave."""
_CATCH_UP = 1.25
_LEAST = 0.1
"""Of the even share that is used however much the neighbours seem to take: estimates err."""
_RESERVE = 2.0
"""Seconds of the neighbours' use that are left alone: they come in bursts."""
_LOOK_AGAIN = 1.0
"""Seconds after which a wait for the neighbours is thought over."""
_PATIENCE = 3
"""So many failures in a row are the network's everyday; one more, and the store is given time."""


class Pacer:
    """The account of one store's quota, shared by threads; `take` grants one request or says how long to wait."""

    def __init__(self, share: float = 1.0, clock: Clock = CLOCK) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"a quota share lies between 0 and 1, not {share}")
        self._share = share
        self._clock = clock
        self._lock = threading.Lock()
        self._quota: Quota | None = None
        self._window_ends = 0.0
        self._next_at = 0.0
        self._blocked_until = 0.0
        self._troubles = 0
        self._sent: list[float] = []
        self._under_way = 0
        self._foreign = 0
        self._neighbours_before = 0.0

    def turn(self) -> None:
        """Wait until one more request may go."""
        while wait := self.take():
            self._clock.sleep(wait)

    def take(self) -> float:
        """0.0: one request is granted; else the seconds after which to ask again."""
        with self._lock:
            now = self._clock.monotonic()
            wait = max(self._blocked_until, self._next_at) - now
            if wait <= 0:
                wait = self._pace(now)
            if wait > 0:
                return wait
            self._sent.append(now)
            self._under_way += 1
            return 0.0

    def untaken(self) -> None:
        """Give back a turn whose request did not reach the store."""
        with self._lock:
            self._under_way = max(0, self._under_way - 1)

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer; `status` 0 stands for no answer at all."""
        with self._lock:
            now = self._clock.monotonic()
            self._under_way = max(0, self._under_way - 1)
            self._learn(read_quota(headers), now)
            if status == 429:
                self._wait_as_told(headers, now)
            elif status == 0 or status >= 500:
                self._back_off(0.5, _PATIENCE, now)
            else:
                self._troubles = 0

    @property
    def rate(self) -> float | None:
        """Requests a second that our share allows in the long run; None while the store has not said."""
        with self._lock:
            quota = self._quota
            if quota is None or quota.quota is None:
                return None
            return max(min(_even(quota, self._share), _even(quota, 1.0) - self._neighbours_before), 1 / quota.window)

    @property
    def left(self) -> int | None:
        """Requests that the store last said were left in its window."""
        with self._lock:
            return self._quota.left if self._quota else None

    @property
    def quota(self) -> int | None:
        """Requests that the store allows in a window."""
        with self._lock:
            return self._quota.quota if self._quota else None

    @property
    def blocked(self) -> float:
        """Seconds for which nothing may be sent at all, as the store said or as failures in a row advise; else 0."""
        with self._lock:
            return max(self._blocked_until - self._clock.monotonic(), 0.0)

    @property
    def window_left(self) -> float | None:
        """Seconds until the store's next window begins; None while the store has not said."""
        with self._lock:
            return max(self._window_ends - self._clock.monotonic(), 0.0) if self._quota else None

    # -- under the lock ------------------------------------------------------------------------------------------------

    def _pace(self, now: float) -> float:
        """0.0 when the quota lets a request go now, and then the next one only a while later; else seconds to wait."""
        if self._quota is None:
            self._sent.clear()
            return 0.0
        self._roll(now)
        del self._sent[: bisect_left(self._sent, now - self._quota.window)]
        if self._quota.quota is not None and len(self._sent) >= max(1, int(_allowed(self._quota, self._share))):
            return max(self._sent[0] + self._quota.window - now, 0.001)
        rate = self._rate(now)
        if rate is None:
            return 0.0
        if rate <= 0:
            return min(max(self._window_ends - now, 0.01), _LOOK_AGAIN)
        self._next_at = min(
            max(self._next_at, now - 1 / rate) + 1 / rate, max(self._window_ends, now), now + _LOOK_AGAIN
        )
        return 0.0

    def _rate(self, now: float) -> float | None:
        """The smallest of the three bounds; None when the store has told of no quota."""
        quota = self._quota
        assert quota is not None  # noqa: S101 - asked before
        time_left = max(self._window_ends - now, 0.05)
        least, bounds = 0.0, []
        if quota.quota is not None:
            even = _even(quota, self._share)
            least = even * _LEAST
            bounds = [even * _CATCH_UP, (_allowed(quota, self._share) - self._ours()) / time_left]
        if quota.left is not None:
            neighbours = self._neighbours(now)
            free = quota.left - self._under_way - neighbours * _RESERVE
            bounds.append(max(free / time_left - neighbours, least) if free > 0 else 0.0)
        return min(bounds, default=None)

    def _ours(self) -> int:
        """Our requests in the store's window."""
        assert self._quota is not None  # noqa: S101 - asked before
        return len(self._sent) - bisect_left(self._sent, self._window_ends - self._quota.window)

    def _neighbours(self, now: float) -> float:
        """Requests a second of the store's other apps, over this window and the one before."""
        assert self._quota is not None  # noqa: S101 - asked before
        window = self._quota.window
        elapsed = min(max(now - (self._window_ends - window), 0.0), window)
        return (self._neighbours_before * window + self._foreign) / (window + elapsed)

    def _learn(self, quota: Quota | None, now: float) -> None:
        if quota is None:
            return
        known = self._window_ends if self._window_ends > now else now + quota.window
        ends = known if quota.reset is None else now + quota.reset
        if ends - self._window_ends > quota.window / 2:
            self._open_window(ends, quota.window)
        self._window_ends = ends
        self._quota = quota
        if quota.quota is not None and quota.left is not None:
            ours = max(self._ours() - self._under_way, 0)
            self._foreign = max(quota.quota - quota.left - ours, 0)

    def _roll(self, now: float) -> None:
        """Past the end of the window without an answer that says so: the next one has begun, full."""
        quota = self._quota
        if quota is None or now < self._window_ends:
            return
        self._open_window(now + quota.window - (now - self._window_ends) % quota.window, quota.window)
        self._quota = Quota(quota.window, None, quota.quota, quota.quota)

    def _open_window(self, ends: float, window: float) -> None:
        self._neighbours_before = self._foreign / window
        self._foreign = 0
        self._window_ends = ends

    def _wait_as_told(self, headers: Mapping[str, str], now: float) -> None:
        """Block everyone as long as a 429 says, with a little chance so that several runs do not come back as one."""
        said = read_wait(headers)
        if said is None:
            self._back_off(3.0, 0, now)
            return
        self._blocked_until = max(self._blocked_until, now + said + 0.1 * self._clock.chance())

    def _back_off(self, floor: float, patience: int, now: float) -> None:
        """Block everyone for a growing time. Answers to requests that left before the block began are one trouble."""
        if now < self._blocked_until:
            return
        self._troubles += 1
        if self._troubles > patience:
            growing = min(floor * 2.0 ** min(self._troubles - patience - 1, 10), 60.0)
            self._blocked_until = now + growing * (1 + 0.5 * self._clock.chance())


def _allowed(quota: Quota, share: float) -> float:
    """Our requests in a window at most."""
    return (quota.quota or 0) * share * _MARGIN


def _even(quota: Quota, share: float) -> float:
    """Our requests a second, spread evenly."""
    return _allowed(quota, share) / quota.window
