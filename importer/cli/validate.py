"""`importer validate`: the dry run."""

from __future__ import annotations

from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from importer.cli.options import EXPORT, MAPPING, NAMESPACE, PERCENT
from importer.cli.outputs import drafted, inputs_of, must_spare, must_spare_by_report
from importer.cli.planned import tell_delta
from importer.cli.reported import REPORT, reported
from importer.cli.telling import tell
from importer.ledger import read_ledger
from importer.mapping import Mapping
from importer.report.accounting import accounting_text
from importer.report.folder import as_json
from importer.report.overlay import overlay_text
from importer.report.summary import Summary
from importer.report.text import summary_text
from importer.run.delta import DeltaPass
from importer.run.line import find_mapping
from importer.run.plan import reasons_against
from importer.sources import ExportFiles


@click.command("validate")
@EXPORT
@MAPPING
@NAMESPACE
@click.option("--max-refused", type=PERCENT, default=5.0, show_default=True, help="Percent that may be.")
@click.option(
    "--overlay", type=click.Path(path_type=Path, dir_okay=False), help="Write undecided values here, to fill in."
)
@click.option("--ledger", default="", metavar="URL", help="Compare with what was sent: new, changed, vanished.")
@REPORT
@click.option("--json", "as_data", is_flag=True, help="Print the report's data instead of text.")
@click.pass_context
def command(context: click.Context, /, export: ExportFiles, mapping: str, namespace: str, **options: Any) -> None:
    """Map and check every order of FILE without network or token, and say go or no-go.

    With --ledger, what a newer export or an edited mapping changes is told as well.
    Exit code 0: every order can be sent. 1: some are refused, or the verdict is no-go.
    """
    loaded = find_mapping(export, mapping)
    inputs = list(inputs_of(export, loaded, options["ledger"]))
    must_spare(inputs, "--overlay", options["overlay"])
    must_spare_by_report(inputs, options["report"])
    with drafted(options["report"]) as folder:
        with ExitStack() as stack:
            passing = _against(stack, options["ledger"], namespace or loaded.name)
            seen = stack.enter_context(reported(export, loaded, namespace, folder))
            seen.pass_by(*passing)
            deltas = [delta for one in passing if (delta := tell_delta(one))]
        summary = seen.summary
        reasons = reasons_against(summary, loaded.spec.budget, Decimal(str(options["max_refused"])) / 100)
        told = seen.figures("validate", reasons, **({"delta": deltas[0]} if deltas else {}))
        if folder:
            seen.write(folder, told)
    if options["as_data"]:
        click.echo(as_json(told), nl=False)
    else:
        tell(f"{export.name} by {loaded.spec.title or loaded.name}\n")
        tell(summary_text(summary, reasons))
        tell("\n".join(accounting_text(seen.accounting, export.name)))
    _offer_overlay(options["overlay"], loaded, summary)
    context.exit(1 if reasons or summary.refused else 0)


def _against(stack: ExitStack, ledger: str, namespace: str) -> list[DeltaPass]:
    """What watches the orders on behalf of the ledger, where one is named."""
    if not ledger:
        return []
    opened = stack.enter_context(closing(read_ledger(ledger)))
    return [stack.enter_context(closing(DeltaPass(opened, namespace)))]


def _offer_overlay(overlay: Path | None, loaded: Mapping, summary: Summary) -> None:
    if overlay and summary.undecided:
        overlay.write_text(overlay_text(loaded.spec.path.stem, summary.undecided), encoding="utf-8")
        tell(f"\nwrote {overlay}: fill it in, then validate again with -m {overlay}", err=True)
