# ruff: noqa: T201 - stdout is how it answers
"""Starts the real command line as often as it is asked to, without paying for its imports each time.

Reads one JSON list of arguments a line, forks, and lets the child run `importer` with them; prints the child's pid, and
once the child has ended, its wait status. The child is a process like any other: it can be killed at any instant.
"""

from __future__ import annotations

import json
import os
import sys

import importer.cli.run
from importer.cli import main


def run(arguments: list[str]) -> None:
    """Be the command `importer ARGUMENTS`, silently."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    log = os.open(os.environ["ZYGOTE_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    sys.argv = ["importer", *arguments]
    main()


def serve() -> None:
    """One child at a time."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
            os._exit(0)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    assert importer.cli.run.command.name == "run"
    serve()
