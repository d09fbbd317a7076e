"""`importer demo`: the whole story on a shipped sample, against a store on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import click

from importer.cli.options import now
from importer.cli.reported import pass_by
from importer.cli.verify import proof_text
from importer.cli.words import closing_table
from importer.errors import ImporterError
from importer.files import data_folder
from importer.ledger import State, open_ledger, read_ledger
from importer.mapping import Mapping, load_mapping
from importer.report.summary import Summary
from importer.report.text import summary_text
from importer.run.apply import Migration, apply
from importer.run.line import open_line
from importer.run.plan import reasons_against
from importer.run.settings import RunResult, Settings
from importer.run.sides import Sides
from importer.run.verify import verify
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress

SETTLE = 4.0
"""Seconds: this sandbox commits at once, so a lost answer may be looked up soon."""

PATIENCE = 15.0


@click.command("demo")
@click.pass_context
def command(context: click.Context) -> None:
    """Validate a sample export, send it to a sandbox, kill the run half-way, resume it, and read the store back.

    Needs no network, no store and no token; takes some ten seconds. Exit code 0 when the store holds every order once.
    """
    export = data_folder("samples") / "shopify-csv" / "orders.csv"
    mapping = load_mapping("shopify-csv")
    with tempfile.TemporaryDirectory() as folder, start(plan="pro") as sandbox:
        summary = _validate(export, mapping)
        ledger = Path(folder) / "demo.db"
        killed_at = _kill_half_way(export, ledger, sandbox, summary.valid // 2)
        result = _resume(export, mapping, ledger, sandbox, killed_at)
        click.echo(closing_table(result, summary))
        _show_id_map(ledger)
        holds = _prove(export, mapping, ledger, sandbox, summary, killed_at, result)
    context.exit(0 if holds else 1)


def _title(number: int, text: str) -> None:
    click.secho(f"\n{number}. {text}\n", bold=True)


def _validate(export: Path, mapping: Mapping) -> Summary:
    _title(1, f"importer validate: what {export.name} of a Shopify shop holds, and what must stay behind")
    with open_line(export, mapping) as line:
        summary = Summary()
        pass_by(line, summary)
    click.echo(summary_text(summary, reasons_against(summary, mapping.spec.budget)))
    return summary


def _kill_half_way(export: Path, ledger: Path, sandbox: Process, half: int) -> int:
    """Runs the real command and kills it (SIGKILL) when half of the orders are in the store; gives how many are."""
    _title(2, "importer run: send them, and pull the plug half-way (SIGKILL)")
    arguments = ["run", str(export), "-m", "shopify-csv", "--ledger", str(ledger), "--store", sandbox.store]
    credentials = {"BIGCOMMERCE_ACCESS_TOKEN": sandbox.token}
    child = subprocess.Popen(  # noqa: S603 - our own command under our own interpreter
        [sys.executable, "-m", "importer", *arguments, "--api-url", sandbox.url, "--settle", str(SETTLE)],
        env={**os.environ, **credentials},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    created = _wait_for(ledger, half, child)
    child.send_signal(signal.SIGKILL)
    child.wait()
    click.echo(f"killed with {created} orders known to be created; whatever was on its way is in doubt")
    return created


def _wait_for(ledger: Path, half: int, child: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and child.poll() is None:
        created = _created(ledger)
        if created >= half:
            return created
        time.sleep(0.02)
    raise ImporterError("the demo's run did not get half-way; try `importer demo` again")


def _created(ledger: Path) -> int:
    if not ledger.exists():
        return 0
    try:
        with closing(read_ledger(str(ledger))) as opened:
            return opened.counts()[State.CREATED]
    except ImporterError:  # the run is just making it
        return 0


def _client(sandbox: Process) -> OrdersClient:
    return OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url))


def _resume(export: Path, mapping: Mapping, ledger: Path, sandbox: Process, before: int) -> RunResult:
    _title(3, "importer run again: resume; what was in doubt is looked up, nothing is sent twice")
    client = _client(sandbox)
    settings = Settings(namespace=mapping.name, run="resumed", settle=SETTLE)
    with closing(open_ledger(str(ledger), client.address.name)) as opened:
        result = apply(Migration(export, mapping, client, opened, settings, now))
    there = f"{before} were there already, {result.adopted} in doubt were found in the store"
    click.echo(f"{there}, {result.posts} posted now\n")
    return result


def _show_id_map(ledger: Path) -> None:
    _title(4, "importer ids: old order, new order")
    with closing(read_ledger(str(ledger))) as opened:
        entries = list(opened.in_state(State.CREATED))
    for entry in entries[:5]:
        click.echo(f"{entry.source_id} -> {entry.order_id}")
    click.echo(f"... and {len(entries) - 5} more")


def _prove(
    export: Path, mapping: Mapping, ledger: Path, sandbox: Process, summary: Summary, before: int, result: RunResult
) -> bool:
    """Reads everything back from the store and compares it with the export."""
    _title(5, "importer verify: the store against the export")
    rejected = result.rejected + summary.refused
    click.echo(f"created {before + result.created}   rejected {rejected}   skipped {sum(summary.skipped.values())}")
    with open_line(export, mapping) as line, closing(read_ledger(str(ledger))) as opened, Sides() as sides:
        verify(_client(sandbox), opened, sides, line.orders(now()), namespace=mapping.name, lines=True)
        click.echo(proof_text(sides))
        return not sides.found()
