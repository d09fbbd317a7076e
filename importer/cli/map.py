"""`importer map`: bodies as JSON Lines."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from importer.cli.options import EXPORT, MAPPING, NAMESPACE, now, reading_progress, tell_strays
from importer.errors import UsageError
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
@click.pass_context
def command(context: click.Context, export: ExportFiles, mapping: str, namespace: str, output: Path | None) -> None:
    """Turn each order of FILE into the body that would be sent, one JSON line an order, on stdout.

    FILE is a file, a folder, or a pattern in quotes; several are read as one export. A line has source_id, source
    (file and lines), order, problems, substitutions; a skipped order has `skipped`, the reason, and no order. Exit code
    1 when some orders have problems.
    """
    refused = 0
    with (
        open_line(export, find_mapping(export, mapping), namespace) as line,
        reading_progress(line.export) as advance,
        _destination(output) as out,
    ):
        for mapped in advance(line.orders(now())):
            out.write(as_json_line(mapped))
            refused += bool(mapped.problems)
        tell_strays(line.export)
    if refused:
        click.echo(f"importer: {refused:,} orders have problems; `importer validate` groups them by cause", err=True)
        context.exit(1)


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
