"""`importer verify`: read the store back and prove that it holds what the export held."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, TextColumn

from importer.cli.client import address_of, client_of, store_options
from importer.cli.options import LEDGER, MAPPING, MAYBE_EXPORT, NAMESPACE, disguised, now, pseudonym_options
from importer.cli.outputs import drafted, inputs_of, must_spare, must_spare_by_report
from importer.cli.reported import REPORT, Reported, heading_of, reported
from importer.cli.telling import tell
from importer.errors import LedgerError, UsageError
from importer.ledger import Ledger, read_ledger, shown
from importer.mapping import Mapping
from importer.report.figures import head
from importer.report.folder import make_folder, write_report
from importer.report.proof import (
    KINDS,
    cell_line,
    counts_text,
    differences,
    findings_text,
    money_lines,
    proof_figures,
    share_line,
)
from importer.report.rejects import safe_cell
from importer.report.standing import write_answers
from importer.run.line import find_mapping, open_line
from importer.run.sides import Sides
from importer.run.standing import not_created, standing
from importer.run.verify import verify
from importer.sources import ExportFiles
from importer.store import StoreAddress

COLUMNS = ("finding", "source_id", "order_id", "detail")
_EXPLAINED = 20


@click.command("verify")
@MAYBE_EXPORT
@MAPPING
@NAMESPACE
@LEDGER
@store_options
@pseudonym_options
@REPORT
@click.option("--lines", is_flag=True, help="Compare lines, addresses and fees of every order, not only counts.")
@click.option("--other", multiple=True, metavar="NAMESPACE", help="Another migration into this store; let it be.")
@click.option("--list", "listed", type=click.Path(path_type=Path, dir_okay=False), help="Write all findings here, CSV.")
@click.option("--table", is_flag=True, help="Print the money of every month, currency and status.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON document.")
@click.pass_context
def command(context: click.Context, /, export: ExportFiles | None, mapping: str, ledger: str, **options: Any) -> None:
    """Compare the store with the id map and, with FILE, with what its orders should be, to the cent.

    Every order that is missing, archived, doubled, changed or foreign is named. Nothing is written to the store. Exit
    code 0: the proof holds. 1: it does not. 4: the store refuses.
    """
    if mapping and export is None:
        raise UsageError("-m says how FILE is read, but there is no FILE; name the export, or leave -m out")
    address = address_of(options)
    loaded = disguised(find_mapping(export, mapping), options) if export else None
    inputs = list(inputs_of(export, loaded, ledger))
    must_spare(inputs, "--list", options["listed"])
    must_spare_by_report(inputs, options["report"])
    with drafted(options["report"]) as options["report"], closing(read_ledger(ledger)) as opened, Sides() as sides:
        _check_store(opened.store, address, ledger)
        seen = _read_back(sides, opened, address, ledger, export, loaded, options)
        if options["report"]:
            _write_report(options["report"], sides, opened, seen)
        if options["listed"]:
            write_list(options["listed"], sides)
        if options["as_json"]:
            click.echo(_document(sides))
        else:
            tell(proof_text(sides, options["table"]))
        context.exit(1 if sides.found() else 0)


def _check_store(bound: str, address: StoreAddress, ledger: str) -> None:
    if bound != address.name:
        raise LedgerError(f"ledger {shown(ledger)} belongs to store {bound}, not to {address.name}; name the other one")


def _read_back(
    sides: Sides,
    opened: Any,
    address: StoreAddress,
    ledger: str,
    export: ExportFiles | None,
    loaded: Mapping | None,
    options: dict[str, Any],
) -> Reported | None:
    """Fills `sides`; gives what was seen of the export, if there is one."""
    with ExitStack() as stack:
        orders, namespace, seen = None, "", None
        if export is not None and loaded is not None:
            namespace = options["namespace"] or loaded.name
            if options["report"]:
                seen = stack.enter_context(reported(export, loaded, namespace, options["report"]))
                orders = seen.passing(seen.line.orders(now()))
            else:
                orders = stack.enter_context(open_line(export, loaded, namespace)).orders(now())
        client = stack.enter_context(client_of(address, ledger, options))
        advance = stack.enter_context(_progress())
        depth = {"lines": options["lines"], "others": frozenset(options["other"])}
        verify(client, opened, sides, orders, namespace=namespace, advance=advance, **depth)
        return seen


def _write_report(folder: Path, sides: Sides, ledger: Ledger, seen: Reported | None) -> None:
    """The page with what the ledger and the store hold; of an export only where one was given."""
    found = sides.found()
    cells = sides.cells() if sides.with_bodies else ()
    parts = {
        "ledger": standing(ledger).figures(),
        "proof": proof_figures(sides.counts(), cells, found, sides.findings),
    }
    if seen:
        seen.write(folder, seen.figures("verify", differences(found), **parts))
    else:
        write_report(make_folder(folder), head("verify", heading_of(), differences(found)) | parts)
    write_answers(folder, not_created(ledger))


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A live count of orders read, on stderr when that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(TextColumn("reading the store: {task.completed:,} orders"), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda number: bar.advance(task, number)


def proof_text(sides: Sides, table: bool = False) -> str:
    """The whole proof as text; `table`: the money of every cell, not only of those that differ."""
    found = sides.found()
    lines = [counts_text(sides.counts())]
    if sides.with_bodies:
        lines += money_lines(sides.cells())
        lines += map(cell_line, (cell for cell in sides.cells() if cell.equal)) if table else ()
        lines += _explained(sides)
    lines += ["", *(findings_text(kind, found[kind], sides.findings(kind)) for kind in KINDS if kind in found)]
    once = "every order is in the store once"
    proved = f"equal: {once}, to the cent" if sides.with_bodies else f"{once}, as the id map says"
    return "\n".join([*lines, f"HOLDS: {proved}" if not found else "DOES NOT HOLD: see above"])


def _explained(sides: Sides) -> Iterator[str]:
    """Each difference of money down to its orders."""
    for cell in [cell for cell in sides.cells() if not cell.equal][:_EXPLAINED]:
        yield f"  {cell.name} differs by:"
        shares = sides.shares(cell)
        yield from map(share_line, shares[:_EXPLAINED])
        if len(shares) > _EXPLAINED:
            yield f"    and {len(shares) - _EXPLAINED:,} orders more"


def _document(sides: Sides) -> str:
    cells = [
        {
            **asdict(cell),
            "equal": cell.equal,
            "shares": [] if cell.equal else [asdict(one) for one in sides.shares(cell)],
        }
        for cell in (sides.cells() if sides.with_bodies else ())
    ]
    return json.dumps(
        {
            "holds": not sides.found(),
            "counts": asdict(sides.counts()),
            "money": cells,
            "found": sides.found(),
            "findings": [asdict(finding) for finding in sides.findings()],
        },
        default=str,
        indent=1,
    )


def write_list(path: Path, sides: Sides) -> None:
    """All findings as CSV for people, safe to open in a spreadsheet. Raises UsageError."""
    try:
        with path.open("w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(COLUMNS)
            for one in sides.findings():
                rows.writerow((one.kind, safe_cell(one.source_id), one.order_id, safe_cell(one.detail)))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; choose another --list") from error
