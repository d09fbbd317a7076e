"""`importer map`: bodies as JSON Lines."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from importer.cli.options import EXPORT, MAPPING, NAMESPACE, now, reading_progress, tell_strays
from importer.errors import UsageError
from importer.mapping import Mapping
from importer.run.jsonl import as_json_line
from importer.run.line import find_mapping, open_line
from importer.sources import ExportFiles


@click.command("map")
@EXPORT
@MAPPING
@NAMESPACE
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, whole or not at all."
)
@click.option("--watch", "watching", is_flag=True, help="Map a sample again at each save, and show what changed.")
@click.option("--sample", default=100, show_default=True, help="Orders that --watch maps.")
@click.pass_context
def command(context: click.Context, /, export: ExportFiles, mapping: str, namespace: str, **options: Any) -> None:
    """Turn each order of FILE into the body that would be sent, one JSON line an order, on stdout.

    FILE is a file, a folder, or a pattern in quotes; several are read as one export. A line has source_id, source
    (file and lines), order, problems, substitutions; a skipped order has `skipped`, the reason, and no order. Exit code
    1 when some orders have problems.
    """
    found = find_mapping(export, mapping)
    if options["watching"]:
        _watch(export, found, options["sample"])
        return
    refused = 0
    with (
        open_line(export, found, namespace) as line,
        reading_progress(line.export) as advance,
        _destination(options["output"]) as out,
    ):
        for mapped in advance(line.orders(now())):
            out.write(as_json_line(mapped))
            refused += bool(mapped.problems)
        tell_strays(line.export)
    if refused:
        click.echo(f"importer: {refused:,} orders have problems; `importer validate` groups them by cause", err=True)
        context.exit(1)


def _watch(export: ExportFiles, found: Mapping, sample: int) -> None:
    """Until Ctrl-C."""
    from importer.run.watch import INTERVAL, watch

    def wait() -> bool:
        time.sleep(INTERVAL)
        return True

    for lines in watch(export, found, sample, wait, now):
        click.echo("\n".join([f"{datetime.now():%H:%M:%S} {lines[0]}", *lines[1:]]))  # noqa: DTZ005 - the wall clock of whoever saves


@contextmanager
def _destination(output: Path | None) -> Iterator[BinaryIO]:
    """stdout, or a file that appears only when all of it is written."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}; choose another --output") from error
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        Path(name).chmod(0o644)  # mkstemp's 0600 is for secrets; an output file is the user's to share
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
