"""`importer report`: the page from the ledger alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from importer.cli.options import LEDGER
from importer.cli.outputs import drafted, inputs_of, must_spare_by_report
from importer.cli.reported import heading_of
from importer.cli.telling import tell
from importer.ledger import Ledger, read_ledger
from importer.report.figures import head
from importer.report.folder import write_report
from importer.report.standing import write_answers
from importer.run.standing import not_created, standing


@click.command("report")
@LEDGER
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default="ledger-report",
    show_default=True,
    help="The folder to write.",
)
@click.pass_context
def command(context: click.Context, ledger: str, into: Path) -> None:
    """The page, its data and the store's answers from the ledger alone: no export, no network, no personal data.

    Exit code 0: every order has its place. 3: some are in doubt, in conflict or not sent.
    """
    must_spare_by_report(inputs_of(ledger=ledger), into, "--into")
    with closing(read_ledger(ledger)) as opened, drafted(into, "--into") as draft:
        reasons = write_from_ledger(draft or into, opened)
    tell(f"wrote {into / 'report.html'}", err=True)
    context.exit(3 if reasons else 0)


def write_from_ledger(folder: Path, ledger: Ledger) -> list[str]:
    """Writes the folder; gives why the migration is not finished."""
    held = standing(ledger)
    reasons = held.reasons()
    write_report(folder, {**head("ledger", heading_of(), reasons), "ledger": held.figures()})
    write_answers(folder, not_created(ledger))
    return reasons
