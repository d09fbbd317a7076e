"""`importer validate`: the dry run."""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import click

from importer.cli.options import EXPORT, MAPPING, NAMESPACE, now, reading_progress, tell_strays, version
from importer.mapping import Mapping
from importer.model import MappedOrder
from importer.report.accounting import accounting_text
from importer.report.examples import Examples
from importer.report.figures import Heading, figures
from importer.report.folder import as_json, make_folder, write_report
from importer.report.overlay import overlay_text
from importer.report.rejects import Rejects, must_lie_apart
from importer.report.summary import Summary
from importer.report.text import summary_text
from importer.run.accounting import accounting_of, watched
from importer.run.line import Line, find_mapping, open_line
from importer.run.plan import reasons_against
from importer.sources import ExportFiles


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
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), help="Write the report into this folder.")
@click.option("--json", "as_data", is_flag=True, help="Print the report's data instead of text.")
@click.pass_context
def command(context: click.Context, /, export: ExportFiles, mapping: str, namespace: str, **options: Any) -> None:
    """Map and check every order of FILE without network or token, and say go or no-go.

    Exit code 0: every order can be sent. 1: some are refused, or the verdict is no-go.
    """
    found, used = watched(find_mapping(export, mapping))
    summary, folder = Summary(), options["report"]
    with ExitStack() as stack:
        line = stack.enter_context(open_line(export, found, namespace))
        examples = Examples(line.export.columns, line.export.line_columns)
        accounting = accounting_of(line, used)
        watchers: list[Watcher] = [summary, accounting]
        if folder:
            must_lie_apart(folder, (*export.orders, *export.items))
            watchers += examples, stack.enter_context(_rejects(folder, line, found))
        pass_by(line, *watchers)
    reasons = reasons_against(summary, found.spec.budget, Decimal(str(options["max_refused"])) / 100)
    told = figures(summary, _heading(export, found), reasons, found.spec.budget)
    if folder:
        write_report(folder, told, examples.kept, accounting.figures())
    if options["as_data"]:
        click.echo(as_json(told), nl=False)
    else:
        click.echo(f"{export.name} by {found.spec.title or found.name}\n")
        click.echo(summary_text(summary, reasons))
        click.echo("\n".join(accounting_text(accounting, export.name)))
    _offer_overlay(options["overlay"], found, summary)
    context.exit(1 if reasons or summary.refused else 0)


class Watcher(Protocol):
    """Whoever looks at orders while they pass by."""

    def add(self, mapped: MappedOrder) -> None:
        """Looks at one order."""


def pass_by(line: Line, *watchers: Watcher) -> None:
    """One pass over the whole export, with a progress bar on a terminal."""
    with reading_progress(line.export) as advance:
        for mapped in advance(line.orders(now())):
            for watcher in watchers:
                watcher.add(mapped)
    tell_strays(line.export)


def summarise(line: Line, *watchers: Watcher) -> Summary:
    """The counts of the whole export; the watchers see it go by as well."""
    summary = Summary()
    pass_by(line, summary, *watchers)
    return summary


def _rejects(folder: Path, line: Line, found: Mapping) -> Rejects:
    return Rejects(make_folder(folder), line.export.columns, found.spec.source, line.export.line_columns)


def _heading(export: ExportFiles, found: Mapping) -> Heading:
    return Heading(export.name, found.spec.title or found.name, now().isoformat(timespec="seconds"), version())


def _offer_overlay(overlay: Path | None, found: Mapping, summary: Summary) -> None:
    if overlay and summary.undecided:
        overlay.write_text(overlay_text(found.spec.path.stem, summary.undecided), encoding="utf-8")
        click.echo(f"\nwrote {overlay}: fill it in, then validate again with -m {overlay}", err=True)
