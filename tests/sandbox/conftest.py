"""Sandboxes for one test."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_caller import TOKEN, Caller, ManualClock

from importer.sandbox.config import Config
from importer.sandbox.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def start() -> Iterator[Callable[..., Caller]]:
    """Start sandboxes with options of Config; they end with the test."""
    with ExitStack() as stack:

        def begin(**options: Any) -> Caller:
            clock = ManualClock()
            config = Config(**{"token": TOKEN, "plan": "unlimited", **options})
            url, _ = stack.enter_context(serving(config, clock))
            caller = Caller(url, clock=clock)
            stack.callback(caller.session.close)
            return caller

        yield begin


@pytest.fixture
def store(start: Callable[..., Caller]) -> Caller:
    """A sandbox as it comes."""
    return start()
