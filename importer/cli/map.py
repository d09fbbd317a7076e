"""`importer map`: bodies as JSON Lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from importer.cli.options import (
    ENGINE,
    EXPORT,
    MAPPING,
    NAMESPACE,
    disguised,
    now,
    pseudonym_options,
    reading_progress,
    tell_strays,
)
from importer.cli.outputs import inputs_of, must_spare, written_whole
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.mapping import Mapping
from importer.run.jsonl import as_json_line
from importer.run.line import Line, find_mapping, open_line
from importer.sources import ExportFiles, unchanged


@click.command("map")
@EXPORT
@MAPPING
@NAMESPACE
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, whole or not at all."
)
@ENGINE
@pseudonym_options
@click.option("--watch", "watching", is_flag=True, help="Map a sample again at each save, and show what changed.")
@click.option("--sample", default=100, show_default=True, help="Orders that --watch maps.")
@click.pass_context
def command(context: click.Context, /, export: ExportFiles, mapping: str, namespace: str, **options: Any) -> None:
    """Turn each order of FILE into the body that would be sent, one JSON line an order, on stdout.

    FILE is a file, a folder, or a pattern in quotes; several are read as one export. Every engine, with any number of
    workers, writes the same bytes. A line has source_id, source
    (file and lines), order, problems, substitutions; a skipped order has `skipped`, the reason, and no order. Exit code
    1 when some orders have problems.
    """
    loaded = disguised(find_mapping(export, mapping), options)
    must_spare(inputs_of(export, loaded), "--output", options["output"])
    if loaded.disguise and (options["watching"] or options["engine"] != "inline"):
        raise UsageError("--pseudonymise maps once, in this process: without --watch and --engine")
    if options["watching"]:
        _watch(export, loaded, options["sample"])
        return
    with open_line(export, loaded, namespace) as line, _destination(options["output"]) as out, unchanged(export):
        if options["engine"] == "inline":
            refused = _map_inline(line, out)
        else:
            refused = _map_in_parts(line, export, options["engine"], out, options["output"])
        tell_strays(line.export)
    if refused:
        tell(f"importer: {refused:,} orders have problems; `importer validate` groups them by cause", err=True)
        context.exit(1)


def _map_inline(line: Line, out: BinaryIO) -> int:
    """Writes every line; gives the number of orders with problems."""
    refused = 0
    with reading_progress(line.export) as advance:
        for mapped in advance(line.orders(now())):
            out.write(as_json_line(mapped))
            refused += bool(mapped.problems)
    return refused


def _map_in_parts(line: Line, export: ExportFiles, engine: str, out: BinaryIO, output: Path | None) -> int:
    """The same, with the parts of the export on an engine; in this process where it cannot be cut."""
    from importer.engine import open_engine
    from importer.run import parallel

    parts = parallel.MappedInParts(line, export, now())
    with open_engine(engine, parallel.__name__) as workers:
        if parts.parts() is None:
            return _map_inline(line, out)
        parts.write(workers, out, output.absolute().parent if output else None)
    return parts.refused


def _watch(export: ExportFiles, loaded: Mapping, sample: int) -> None:
    """Until Ctrl-C."""
    from importer.run.authoring.watch import INTERVAL, watch

    def wait() -> bool:
        time.sleep(INTERVAL)
        return True

    for lines in watch(export, loaded, sample, wait, now):
        tell("\n".join([f"{datetime.now():%H:%M:%S} {lines[0]}", *lines[1:]]))  # noqa: DTZ005 - the wall clock of whoever saves


@contextmanager
def _destination(output: Path | None) -> Iterator[BinaryIO]:
    """stdout, or a file that appears only when all of it is written."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with written_whole(output, "--output") as out:
        yield out
