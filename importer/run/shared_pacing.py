"""The pace of one worker among several: its own, and no more than is left of the account that all share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from importer.store import CLOCK, Clock, Pacer, read_quota


class Account(Protocol):
    """What all workers of a store share: see `ledger/postgres_quota.py`."""

    def take(self, share: float) -> float:
        """0.0: one request is granted; else the seconds after which to ask again."""

    def told(self, total: int, remaining: int, seconds: float, reset: float) -> None:
        """What the store said last of its quota."""


class SharedPacer(Pacer):
    """A pacer that also asks the account, and tells it what the store says."""

    def __init__(self, account: Account, share: float = 1.0, clock: Clock = CLOCK) -> None:
        super().__init__(share, clock)
        self._account, self._part = account, share

    def take(self) -> float:
        """0.0: one request is granted; else the seconds after which to ask again."""
        wait = super().take()
        if not wait and (wait := self._account.take(self._part)):
            self.untaken()
        return wait

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer, and let the others know."""
        super().heard(status, headers)
        said = read_quota(headers)
        if said and said.quota is not None and said.left is not None:
            self._account.told(said.quota, said.left, said.window, said.window if said.reset is None else said.reset)
