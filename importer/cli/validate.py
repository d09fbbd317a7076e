"""`importer validate`: the dry run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click

from importer.cli.options import EXPORT, MAPPING, NAMESPACE, now, reading_progress
from importer.report.overlay import overlay_text
from importer.report.summary import Summary
from importer.report.text import summary_text
from importer.run.line import Line, find_mapping, open_line
from importer.run.plan import reasons_against


@click.command("validate")
@EXPORT
@MAPPING
@NAMESPACE
@click.option(
    "--max-refused", type=click.FloatRange(0, 100), default=5.0, show_default=True, help="Percent that may be."
)
@click.option(
    "--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Write undecided values here, to fill in."
)
@click.pass_context
def command(
    context: click.Context, export: Path, mapping: str, namespace: str, max_refused: float, overlay: Path | None
) -> None:
    """Map and check every order of FILE without network or token, and say go or no-go.

    Exit code 0: every order can be sent. 1: some are refused, or the verdict is no-go.
    """
    found = find_mapping(export, mapping)
    with open_line(export, found, namespace) as line:
        summary = summarise(line)
    reasons = reasons_against(summary, found.spec.budget, Decimal(str(max_refused)) / 100)
    click.echo(f"{export.name} by {found.spec.title or found.name}\n")
    click.echo(summary_text(summary, reasons))
    if overlay and summary.undecided:
        overlay.write_text(overlay_text(found.spec.path.stem, summary.undecided), encoding="utf-8")
        click.echo(f"\nwrote {overlay}: fill it in, then validate again with -m {overlay}")
    context.exit(1 if reasons or summary.refused else 0)


def summarise(line: Line) -> Summary:
    """One pass over the whole export, with a progress bar on a terminal."""
    summary = Summary()
    with reading_progress(line.export) as advance:
        for mapped in advance(line.orders(now())):
            summary.add(mapped)
    return summary
