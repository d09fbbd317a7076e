"""A sandbox in a process of its own, for tests, the demo and `importer run --store sandbox`."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from importer.errors import UsageError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

PATIENCE = 10.0
"""Seconds a sandbox has to end by itself when it is told to."""


class Process:
    """A running sandbox: `url`, `store`, `token`. Ends with its `with` block, with `stop`, or with its parent."""

    def __init__(self, child: subprocess.Popen[str], ready: dict[str, Any], token: str) -> None:
        self.url: str = ready["url"]
        self.store: str = ready["store"]
        self.token = token
        self._child = child

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._child.pid

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit code, once it has ended."""
        return self._child.wait(seconds)

    def stop(self) -> None:
        """End it in order; killed if it does not end in time. May be called twice."""
        _stdin(self._child).close()
        try:
            self._child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        _stdout(self._child).close()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash would. What it answered stays in its state file."""
        self._child.kill()
        self._child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(token: str = "", **options: Any) -> Process:
    """Start a sandbox and wait until it answers. `options`: the fields of `config.Config`.

    Without a token one is made up. Raises UsageError with what the sandbox said if it does not start.
    """
    token = token or secrets.token_urlsafe(24)
    child = subprocess.Popen(
        [sys.executable, "-m", "importer.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": _import_path()},
        start_new_session=True,
    )
    _stdin(child).write(json.dumps({**options, "token": token}) + "\n")
    _stdin(child).flush()
    line = _stdout(child).readline()
    if not line:
        child.communicate()
        raise UsageError(f"the sandbox did not start (exit {child.returncode}); its reason is on stderr")
    return Process(child, json.loads(line), token)


def _import_path() -> str:
    """Where this package is imported from, ahead of what the environment says."""
    here = str(Path(__file__).parents[2])
    return os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))


def _stdin(child: subprocess.Popen[str]) -> IO[str]:
    assert child.stdin is not None  # noqa: S101 - opened as a pipe above
    return child.stdin


def _stdout(child: subprocess.Popen[str]) -> IO[str]:
    assert child.stdout is not None  # noqa: S101 - opened as a pipe above
    return child.stdout
