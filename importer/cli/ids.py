"""`importer ids`: the id map."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from importer.cli.options import LEDGER, now
from importer.cli.outputs import inputs_of, must_spare, written_whole
from importer.cli.telling import tell
from importer.ledger import Ledger, State, read_ledger
from importer.report.ids_page import Numbered, ids_page
from importer.report.rejects import safe_cell

COLUMNS = ("source_id", "order_id", "external_order_id", "namespace")


@click.command("ids")
@LEDGER
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page that finds orders by number here."
)
def command(ledger: str, html: Path | None) -> None:
    """The id map as CSV on stdout, one line an order created: source_id, order_id, external_order_id, namespace.

    It is data for programs: every cell as the source has it, also one that a spreadsheet would run as a formula, which
    is told. With --html instead one page for support staff: it finds the new order by the old number, and the old by
    the new, opens offline and holds nothing but numbers.
    """
    must_spare(inputs_of(ledger=ledger), "--html", html)
    with closing(read_ledger(ledger)) as opened:
        if html:
            _write_page(html, opened)
            return
        formulas = _write_csv(opened)
    if formulas:
        said = f"importer: {formulas:,} of these orders have a number that a spreadsheet runs as a formula (=, +, -, @)"
        tell(f"{said}; read the CSV with a program, or give people the page of --html", err=True)


def _write_csv(ledger: Ledger) -> int:
    """Writes the map; gives how many of its rows a spreadsheet would run."""
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(COLUMNS)
    formulas = 0
    for entry in ledger.in_state(State.CREATED):
        cells = (entry.source_id, entry.order_id, entry.external_order_id, entry.namespace)
        lines.writerow(cells)
        formulas += any(safe_cell(cell) != cell for cell in cells if isinstance(cell, str))
    return formulas


def _write_page(path: Path, ledger: Ledger) -> None:
    text = ids_page(ledger.store, now().isoformat(timespec="minutes"), _numbered(ledger))
    with written_whole(path, "--html") as out:
        out.write(text.encode())


def _numbered(ledger: Ledger) -> Iterator[Numbered]:
    """Every order of the ledger; an archived one is not in the store, whatever its number was."""
    for entry in ledger.in_state(*State):
        order_id = entry.order_id if entry.state is State.CREATED else None
        yield Numbered(entry.external_order_id, entry.source_id, entry.namespace, entry.state.value, order_id)
