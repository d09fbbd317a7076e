"""Ctrl-C once: finish what is under way. Twice: stop at once. Both leave a ledger that can be resumed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


class Interrupt:
    """Whether the run was asked to end; the second time the handler raises KeyboardInterrupt."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.asked = False
        self._wake = wake

    def heard(self, _signal: int, _frame: FrameType | None) -> None:
        """A signal's handler."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._wake()


@contextlib.contextmanager
def interruptible(wake: Callable[[], None]) -> Iterator[Interrupt]:
    """Listen to SIGINT and SIGTERM while the block runs; outside the main thread nobody can."""
    interrupt = Interrupt(wake)
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = {number: signal.signal(number, interrupt.heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, listener in before.items():
            signal.signal(number, listener)
