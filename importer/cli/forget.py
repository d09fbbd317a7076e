"""`importer forget`: every trace of one person in what the toolkit holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from importer.cli.options import MAPPING, now
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.model import MappedOrder
from importer.run.forget import Trace, forget, person_of
from importer.run.line import find_mapping, open_line
from importer.sources import ExportFiles, named_files


@click.command("forget")
@click.argument("email")
@click.argument("places", metavar="[PLACE]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--export",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="The export: it tells the person's orders, name, street and phone. More than once for several files.",
)
@MAPPING
@click.option("--ledger", "ledgers", multiple=True, metavar="URL", help="A ledger that is no file in PLACE.")
@click.option("--yes", is_flag=True, help="Remove; without it the traces are only listed.")
@click.pass_context
def command(
    context: click.Context, /, email: str, places: tuple[Path, ...], files: tuple[Path, ...], **options: Any
) -> None:
    """Find every trace of a person in the toolkit's files, and remove it.

    EMAIL is the person's, or - to read it from stdin. Every PLACE, a file or a folder with all below it, is looked
    through; the current folder where none is given. Reports, rejects and a rehearsal's store are removed whole; of
    bodies and logs the lines, of a snapshot the customer. A ledger holds nothing of a person; it tells which orders of
    the store are the person's. Exit code 0: nothing is left. 1: something is.
    """
    wanted = sys.stdin.readline().strip() if email == "-" else email
    if "@" not in wanted:
        raise UsageError("forget takes an e-mail, or - to read one from stdin")
    with _orders(files, options["mapping"]) as orders:
        person = person_of(wanted, orders)
    left = 0
    for trace in forget(person, places or (Path(),), options["ledgers"], remove=options["yes"]):
        tell(_line(trace))
        left += trace.left
    if files:
        tell(f"orders of the person in the export: {len(person.source_ids):,}")
    else:
        tell("looked for the e-mail alone; with --export also for the name, street, phone and orders behind it")
    tell(_ending(left, done=options["yes"]))
    context.exit(1 if left else 0)


@contextmanager
def _orders(files: tuple[Path, ...], mapping: str) -> Iterator[Iterator[MappedOrder]]:
    if not files:
        yield iter(())
        return
    export = ExportFiles(named_files(files), ())
    with open_line(export, find_mapping(export, mapping)) as line:
        yield line.orders(now())


def _line(trace: Trace) -> str:
    return f"{trace.what:<10} {trace.path}: {trace.told}"


def _ending(left: int, *, done: bool) -> str:
    if not left:
        return "nothing of the person is left here; the store and the old shop have their own tools"
    if not done:
        return f"{left:,} traces; the same command with --yes removes what importer wrote"
    return f"{left:,} traces are left: see above"
