"""Serving until told to stop: the life of a sandbox's process."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from importer.errors import UsageError
from importer.sandbox.clock import Clock
from importer.sandbox.sandbox import Sandbox
from importer.sandbox.server import bind
from importer.sandbox.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from importer.sandbox.config import Config


@contextmanager
def serving(config: Config, clock: Clock | None = None) -> Iterator[tuple[str, Sandbox]]:
    """A sandbox that answers in threads of this process: its url and itself. Ends with the block.

    Without a clock, time runs at the configured speed and never behind what the state has seen. Raises UsageError.
    """
    state = State(config.state)
    try:
        sandbox = Sandbox(config, clock or _clock(config, state), state)
        server = bind(sandbox, config.port)
    except UsageError:
        state.close()
        raise
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", sandbox
    finally:
        sandbox.shop.closing = True
        server.shutdown()
        thread.join()
        server.server_close()
        state.close()


def _clock(config: Config, state: State) -> Clock:
    real = Clock(config.speed)
    (latest,) = state.rows("SELECT max(at) FROM journal")[0]
    return Clock(config.speed, max(real.now(), latest or 0.0))


def serve(config: Config, until: TextIO | None = None, shown: bool = False) -> None:
    """Serve until SIGTERM, SIGINT, or the end of `until`; print one line of JSON when ready.

    `shown`: the line has the token too. Raises UsageError. Must run in the main thread.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(config) as (url, _):
        ready = {"url": url, "store": config.store, "plan": config.plan, "speed": config.speed, "state": config.state}
        print(json.dumps(ready | ({"token": config.token} if shown else {})), flush=True)  # noqa: T201 - the ready line
        if until is not None:
            threading.Thread(target=_watch, args=(until, stop), daemon=True).start()
        while not stop.wait(1.0):
            pass
    sys.stdout.flush()


def _watch(until: TextIO, stop: threading.Event) -> None:
    while until.read(4096):
        pass
    stop.set()
