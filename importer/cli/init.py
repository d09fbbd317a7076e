"""`importer init`: a first mapping, inferred from an export."""

from __future__ import annotations

from pathlib import Path

import click

from importer.cli.outputs import must_spare, written_whole
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.run.authoring.infer import first_mapping
from importer.sources import named_files


@click.command("init")
@click.argument("export", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of stdout.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(export: Path, output: Path | None, force: bool) -> None:
    """Write a first mapping for FILE: what could be told from it is mapped, what could not is marked TODO."""
    named = named_files([export])
    must_spare(named, "--output", output)
    text = first_mapping(named[0])
    if output is None:
        click.echo(text, nl=False)
        return
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; pass --force to write over it")
    with written_whole(output, "--output") as out:
        out.write(text.encode())
    todo = text.count("TODO") - 1
    tell(f"wrote {output}, {todo} TODO; next: importer check {output} {export}", err=True)
