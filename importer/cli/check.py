"""`importer check`: lint a mapping, with an export its columns too."""

from __future__ import annotations

from pathlib import Path

import click

from importer.mapping import load_mapping
from importer.run.line import open_line


@click.command("check")
@click.argument("mapping")
@click.argument("export", required=False, type=click.Path(path_type=Path))
@click.option("--show-code", is_flag=True, help="Print the Python function that the mapping compiles to.")
def command(mapping: str, export: Path | None, show_code: bool) -> None:
    """Find every mistake in MAPPING at once, each at file:line:column. With FILE, also the columns it lacks."""
    found = load_mapping(mapping)
    code = ""
    if export is not None:
        with open_line(export, found) as line:
            code = line.program.code
    if show_code:
        click.echo(code or found.code)
        return
    click.echo(f"{found.spec.path}: no mistakes found" + (f"; it fits {export.name}" if export else ""))
