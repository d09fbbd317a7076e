"""When the next request may go: as fast as our share of the store's quota allows, spread over its window.

The quota belongs to the store and is shared by all its apps. Three bounds, each a rate in requests a second:

    catch up    a little over our even share, so that a slow minute is made good but never by a burst
    our budget  what is left of our share of this window, spread over what is left of it
    the store   what the store says is left, less what is under way and what the neighbours will take
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from importer.store.clock import CLOCK, Clock
from importer.store.quota import Quota, read_quota, read_wait

_MARGIN = 0.985
"""Of the share that is aimed at: requests are counted when they arrive, which is later than when they leave."""
_CATCH_UP = 1.25
_NEIGHBOUR_KNOWN_AFTER = 0.1
"""Part of a window after which its own figures say more of the neighbours than the window before."""
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
        self._started = self._under_way = 0
        self._neighbours = 0.0

    def turn(self) -> None:
        """Wait until one more request may go."""
        while wait := self.take():
            self._clock.sleep(wait)

    def take(self) -> float:
        """0.0: one request is granted; else the seconds after which to ask again."""
        with self._lock:
            now = self._clock.monotonic()
            self._roll(now)
            wait = max(self._blocked_until, self._next_at) - now
            if wait > 0:
                return wait
            rate = self._rate(now)
            if rate is not None and rate <= 0:
                return max(self._window_ends - now, 0.01)
            if rate is not None:
                self._next_at = min(max(self._next_at, now - 1 / rate) + 1 / rate, self._window_ends)
            self._started += 1
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
            return self._even_rate()

    @property
    def left(self) -> int | None:
        """Requests that the store last said were left in its window."""
        with self._lock:
            return self._quota.left if self._quota else None

    # -- under the lock ------------------------------------------------------------------------------------------------

    def _even_rate(self) -> float | None:
        if self._quota is None or self._quota.quota is None:
            return None
        return max(self._quota.quota / self._quota.window * self._share * _MARGIN, 1 / self._quota.window)

    def _rate(self, now: float) -> float | None:
        quota = self._quota
        if quota is None:
            return None
        time_left = max(self._window_ends - now, 0.05)
        bounds = []
        if quota.quota is not None:
            even = quota.quota / quota.window * self._share * _MARGIN
            bounds += [even * _CATCH_UP, (quota.quota * self._share * _MARGIN - self._started) / time_left]
        if quota.left is not None:
            bounds.append((quota.left - self._under_way) / time_left - self._neighbours)
        return min(bounds)

    def _learn(self, quota: Quota | None, now: float) -> None:
        if quota is None:
            return
        ends = now + (quota.reset if quota.reset is not None else max(self._window_ends - now, 0))
        if ends - self._window_ends > quota.window / 2:
            self._open_window(ends)
        self._window_ends = ends
        self._quota = quota
        self._watch_neighbours(quota, now)

    def _watch_neighbours(self, quota: Quota, now: float) -> None:
        """What was used of this window and not by us, by the second."""
        if quota.quota is None or quota.left is None:
            return
        elapsed = quota.window - (self._window_ends - now)
        if elapsed > quota.window * _NEIGHBOUR_KNOWN_AFTER:
            ours = self._started - self._under_way
            self._neighbours = max(0.0, quota.quota - quota.left - ours) / elapsed

    def _roll(self, now: float) -> None:
        """Past the end of the window without an answer that says so: the next one has begun, full."""
        if self._quota is None or now < self._window_ends:
            return
        window = self._quota.window
        self._open_window(now + window - (now - self._window_ends) % window)
        self._quota = Quota(window, None, self._quota.quota, self._quota.quota)

    def _open_window(self, ends: float) -> None:
        self._window_ends = ends
        self._started = self._under_way

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
