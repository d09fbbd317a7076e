"""Where parts of an export are worked on: processes of this machine, a Dask cluster, or any other executor.

    with open_engine("processes:4", home="importer.run.parallel") as engine:
        for task, result in engine.in_order(work, tasks):
            ...

An engine brings computers and nothing else: what a part gives does not depend on where it was worked on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from typing import Any, TypeVar

from importer.errors import EngineError, UsageError

Task = TypeVar("Task")
Result = TypeVar("Result")

Results = Generator[tuple[Task, Result], None, None]
"""Each task and what its work gave; the rest is called off when it is closed."""

_LOOK_AGAIN = 0.5
"""Seconds of waiting between two looks at what goes on meanwhile."""

WINDOW = 32
"""Tasks under way at most, where nothing tells how many workers there are."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Workers behind an executor. `window`: so many tasks are under way or waiting at most."""

    name: str
    executor: Executor
    window: int

    def in_order(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Results[Task, Result]:
        """Each task and what its work gave, in the order of the tasks. Errors: EngineError, and what the work raises.

        `work` and the tasks are pickled: a function of a module, and values.
        """
        with closing(self.outcomes(work, tasks)) as outcomes:
            for task, outcome in outcomes:
                if isinstance(outcome, EngineError):
                    raise outcome
                yield task, outcome

    def outcomes(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], meanwhile: Callable[[], object] = lambda: None
    ) -> Generator[tuple[Task, Result | EngineError], None, None]:
        """The same, with the error in place of what a worker would have given that died.

        `meanwhile` is called again and again while a task is waited for.
        """
        waiting: deque[tuple[Task, Future[Result]]] = deque()
        try:
            for task in tasks:
                waiting.append((task, self._submitted(work, task)))
                if len(waiting) == self.window:
                    yield self._first(waiting, meanwhile)
            while waiting:
                yield self._first(waiting, meanwhile)
        finally:
            for _, future in waiting:
                future.cancel()

    def _submitted(self, work: Callable[[Task], Result], task: Task) -> Future[Result]:
        try:
            return self.executor.submit(work, task)
        except BrokenExecutor as error:
            never: Future[Result] = Future()
            never.set_exception(error)
            return never

    def _first(
        self, waiting: deque[tuple[Task, Future[Any]]], meanwhile: Callable[[], object]
    ) -> tuple[Task, Any | EngineError]:
        task, future = waiting.popleft()
        while not wait([future], timeout=_LOOK_AGAIN).done:
            meanwhile()
        try:
            return task, future.result()
        except (BrokenExecutor, CancelledError):
            return task, self._died()
        except Exception as error:
            if type(error).__name__ == "KilledWorker":  # Dask's, which is not imported for a name
                return task, self._died()
            raise

    def _died(self) -> EngineError:
        return EngineError(
            f"engine {self.name}: a worker died, killed or out of memory; run again,"
            " with fewer workers if memory is short"
        )


def open_engine(name: str, home: str) -> AbstractContextManager[Engine]:
    """The engine of that name: `processes:N`, `dask://host:8786`, or `package.module:factory`, which gives an Executor.

    `home`: the module of the functions that will be its work. Errors: UsageError, EngineError.
    """
    kind, _, rest = name.partition(":")
    if kind == "processes":
        return _processes(name, rest, home)
    if kind == "dask" and rest:
        return _dask(name)
    if kind and rest:
        return _made(name, kind, rest)
    raise UsageError(f"--engine {name}: there are inline, processes:N, dask://host:8786 and package.module:factory")


@contextmanager
def _processes(name: str, number: str, home: str) -> Iterator[Engine]:
    if not number.isdecimal() or not 1 <= int(number) <= 256:
        raise UsageError(f"--engine {name}: the number of processes lies between 1 and 256, such as processes:4")
    with ProcessPoolExecutor(int(number), _start_of(home), initializer=_begin) as pool:
        yield Engine(name, pool, 2 * int(number) + 2)


def _start_of(home: str) -> Any:
    """How processes start: as copies of this one, at once, where it has no thread that would be copied half-way.

    Else as copies of one that only imports `home`, where the system can; a system whose libraries have threads of
    their own (macOS) is never trusted with the first.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([home])
    return context


def _begin() -> None:
    """A worker's first step: Ctrl-C is for the one who waits for it, and when that one is gone, it goes as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _dask(name: str) -> Iterator[Engine]:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(f"--engine {name} needs Dask: pip install 'order-importer[dask]'") from None
    address = name.replace("dask://", "tcp://", 1)
    connect: Any = Client  # untyped
    try:
        client = connect(address, timeout=10, set_as_default=False)
    except OSError:
        raise EngineError(f"engine {name}: no scheduler answers at {address}; start `dask scheduler` there") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise EngineError(f"engine {name}: the scheduler has no workers; start `dask worker {address}`")
        executor = client.get_executor(pure=False, retries=0)
        try:
            yield Engine(name, executor, 2 * threads + 2)
        finally:
            executor.shutdown(wait=False)


@contextmanager
def _made(name: str, module: str, factory: str) -> Iterator[Engine]:
    try:
        make = getattr(import_module(module), factory)
        signature(make).bind()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--engine {name}: {error}") from None
    except (TypeError, ValueError) as error:
        raise UsageError(f"--engine {name}: it cannot be called without arguments: {error}") from None
    executor = make()
    if not isinstance(executor, Executor):
        raise UsageError(f"--engine {name}: it gives a {type(executor).__name__}, not a concurrent.futures.Executor")
    with executor:
        yield Engine(name, executor, WINDOW)
