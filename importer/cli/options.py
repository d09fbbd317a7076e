"""Options and small steps that several verbs share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from importer.model import MappedOrder
from importer.sources import Export

_EVERY = 500
"""Orders between two looks at the clock of the progress bar."""

EXPORT = click.argument("export", metavar="FILE", type=click.Path(path_type=Path))
MAPPING = click.option(
    "-m",
    "--mapping",
    default="",
    metavar="MAPPING",
    help="A mapping's file, or the name of a shipped one. May be left out when the export identifies itself.",
)
NAMESPACE = click.option(
    "--namespace",
    default="",
    metavar="NAME",
    help="Names the old shop in the store, for good: order 1001 of two shops is two orders. Default: the mapping's.",
)
LEDGER = click.option("--ledger", required=True, metavar="URL", help="A path, or sqlite:///path.")


def now() -> datetime:
    """The present instant: the one clock of a verb that only maps."""
    return datetime.now(UTC)


def version() -> str:
    """This package's version."""
    return metadata.version("order-importer")


@contextmanager
def reading_progress(export: Export) -> Iterator[Callable[[Iterator[MappedOrder]], Iterator[MappedOrder]]]:
    """A bar of bytes read on stderr, when that is a terminal; gives the function that orders pass through meanwhile."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda orders: orders
        return
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading", total=export.size)

        def passing(orders: Iterator[MappedOrder]) -> Iterator[MappedOrder]:
            for number, order in enumerate(orders):
                yield order
                if number % _EVERY == 0:
                    progress.update(task, completed=export.position())

        yield passing
