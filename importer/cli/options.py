"""Options and small steps that several verbs share."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from importer.cli.telling import tell
from importer.errors import UsageError
from importer.model import MappedOrder
from importer.sources import Export, ExportFiles, named_files

if TYPE_CHECKING:  # most verbs have options, few have a mapping
    from importer.mapping import Mapping

F = TypeVar("F", bound=Callable[..., Any])

_EVERY = 500
"""Orders between two looks at the clock of the progress bar."""


class Between(click.FloatRange):
    """A number within bounds; `nan`, which no bound keeps out, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises click.BadParameter."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


PERCENT = Between(0, 100)
SECONDS = Between(0, 86_400)


_WITH = click.option(
    "--with",
    "items",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The export with the orders' lines, where the mapping joins two; a folder and a pattern too, more than once.",
)


def _export(metavar: str, *, several: bool, required: bool) -> Callable[[F], F]:
    """The files of an export as the parameter `export`: each a file, a folder, or a pattern; None without any."""
    argument = click.argument(
        "files", metavar=metavar, nargs=-1 if several else 1, required=required, type=click.Path(path_type=Path)
    )

    def option(command: F) -> F:
        @_WITH
        @argument
        @wraps(command)
        def gathered(*arguments: Any, files: Any, items: tuple[Path, ...], **options: Any) -> Any:
            named = files if several else (files,)
            if items and not named:
                raise UsageError("--with brings the lines of an export's orders, but there is no FILE; name the export")
            export = ExportFiles(named_files(named), named_files(items)) if named else None
            return command(*arguments, export=export, **options)

        return cast("F", gathered)

    return option


EXPORT = _export("FILE...", several=True, required=True)
MAYBE_EXPORT = _export("[FILE]...", several=True, required=False)
ONE_EXPORT = _export("FILE", several=False, required=True)
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
ENGINE = click.option(
    "--engine",
    default="inline",
    show_default=True,
    metavar="ENGINE",
    help="Where to work: inline, processes:N, dask://host:8786, or package.module:factory of an Executor.",
)
LEDGER = click.option(
    "--ledger", required=True, metavar="URL", help="A path, sqlite:///path, or postgresql://user@host/database."
)


_PSEUDONYMS = (
    click.option("--pseudonymise", is_flag=True, help="Give orders of nobody, for rehearsals and samples."),
    click.option(
        "--key-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The key of the pseudonyms; else IMPORTER_PSEUDONYM_KEY.",
    ),
)


def pseudonym_options(command: F) -> F:
    """The options that take the persons out of orders."""
    for option in reversed(_PSEUDONYMS):
        command = option(command)
    return command


def disguised(mapping: Mapping, options: dict[str, Any]) -> Mapping:
    """The mapping, giving pseudonyms where the options ask for them. Raises UsageError."""
    if not options["pseudonymise"]:
        return mapping
    from importer.run.pseudonymise import pseudonymised

    return pseudonymised(mapping, os.environ, options["key_file"])


def now() -> datetime:
    """The present instant: the one clock of a verb that only maps."""
    return datetime.now(UTC)


def tell_strays(export: Export) -> None:
    """After the last order: a line on stderr about rows of the second export that belong to no order of the first."""
    if strays := export.strays():
        said = f"{strays.rows:,} rows of the second export belong to {strays.orders:,} orders that the first one lacks"
        tell(f"importer: {said}, such as '{strays.example}' at {strays.origin}; no body has them", err=True)


def version() -> str:
    """This package's version."""
    from importlib import metadata

    return metadata.version("order-importer")


@contextmanager
def reading_progress(export: Export) -> Iterator[Callable[[Iterator[MappedOrder]], Iterator[MappedOrder]]]:
    """A bar of bytes read on stderr, when that is a terminal; gives the function that orders pass through meanwhile."""
    if not sys.stderr.isatty():
        yield lambda orders: orders
        return
    from rich.console import Console  # a fifth of the start, for people only
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=export.size)

        def passing(orders: Iterator[MappedOrder]) -> Iterator[MappedOrder]:
            for number, order in enumerate(orders):
                yield order
                if number % _EVERY == 0:
                    progress.update(task, completed=export.position())

        yield passing
