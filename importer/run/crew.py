"""Threads that send while one caller decides and records."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Crew(Protocol[T]):
    """Where requests run: threads, or in a test one after the other under a false clock."""

    def start(self, job: Callable[[], T]) -> None:
        """Have the job done; what it gives comes out of `done`."""

    def done(self, timeout: float) -> list[T]:
        """What has come back, after waiting up to `timeout` seconds for the first."""

    def wake(self) -> None:
        """Let a waiting `done` return at once; may be called from a signal's handler."""

    def close(self) -> None:
        """No more jobs will come."""


class Threads(Generic[T]):
    """A crew of daemon threads: a run that is stopped at once does not wait for them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: SimpleQueue[Callable[[], T] | None] = SimpleQueue()
        self._results: SimpleQueue[T | BaseException | None] = SimpleQueue()
        for number in range(size):
            threading.Thread(target=self._work, name=f"sender-{number + 1}", daemon=True).start()

    def start(self, job: Callable[[], T]) -> None:
        """Have the job done by the next free thread."""
        self._jobs.put(job)

    def done(self, timeout: float) -> list[T]:
        """What has come back, after waiting up to `timeout` seconds for the first. Raises what a job raised."""
        results: list[T] = []
        with contextlib.suppress(Empty):
            result = self._results.get(timeout=timeout) if timeout > 0 else self._results.get_nowait()
            while not isinstance(result, BaseException):
                results += [] if result is None else [result]
                result = self._results.get_nowait()
            if not results:
                raise result
            self._results.put(result)  # what came before it is recorded first
        return results

    def wake(self) -> None:
        """Let a waiting `done` return."""
        self._results.put(None)

    def close(self) -> None:
        """Send the threads home; one that is still sending goes when it is done."""
        for _ in range(self._size):
            self._jobs.put(None)

    def _work(self) -> None:
        while job := self._jobs.get():
            try:
                self._results.put(job())
            except BaseException as error:  # noqa: BLE001 - whatever it is, the caller's thread must hear of it
                self._results.put(error)
