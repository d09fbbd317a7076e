"""Measuring: CPU time of functions in turns, CPU time and peak memory of programs."""

from __future__ import annotations

import gc
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple


class Used(NamedTuple):
    """What a program used: CPU seconds, and at most so many KiB of memory at once."""

    cpu: float
    memory: int


def program(*arguments: str, code: int = 0) -> Used:
    """Runs `python ARGUMENTS` to its end, its output thrown away. Errors: CalledProcessError for another exit code."""
    command = [sys.executable, *arguments]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode != code:
        raise subprocess.CalledProcessError(running.returncode, command)
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def two() -> ProcessPoolExecutor:
    """An engine of two processes, whose CPU time counts as their parent's."""
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))


def function(run: Callable[[], object]) -> float:
    """CPU seconds of one call. What lies around from before is collected first, so that nobody pays for another."""
    gc.collect()
    begun = time.process_time()
    run()
    return time.process_time() - begun


def in_turns(repeats: int, *measured: Callable[[], float]) -> list[float]:
    """The median of each, measured one after the other so often: what slows the machine down slows all of them."""
    turns: list[Sequence[float]] = [[measure() for measure in measured] for _ in range(repeats)]
    return [statistics.median(times) for times in zip(*turns, strict=True)]
