"""`importer undo`: archive what a run created and nobody touched since."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import click

from importer.cli.client import address_of, client_of, store_options
from importer.cli.options import LEDGER, SECONDS
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.ledger import Run, State, open_ledger
from importer.run.undo import Undoing, plan_undo, undo

_SHOWN = 50


@click.command("undo")
@LEDGER
@store_options
@click.option("--run", default="", metavar="N", help="The run's number or name; without it the runs are listed.")
@click.option("--yes", is_flag=True, help="Archive; without it only the plan is printed.")
@click.option(
    "--settle", type=SECONDS, default=120.0, show_default=True, help="Seconds that the run was given for lost answers."
)
@click.pass_context
def command(context: click.Context, /, ledger: str, run: str, yes: bool, settle: float, **options: Any) -> None:
    """Archive the orders that a run created, except those that somebody has changed in the store since.

    Only orders of this ledger are archived; the API deletes none. Without --yes the plan is printed and nothing is
    done. A later `importer run` sends the undone orders again. Exit code 0: all archived, or the plan printed. 1: some
    were left.
    """
    address = address_of(options)
    with closing(open_ledger(ledger, address.name)) as opened:
        runs = opened.runs()
        if not run:
            tell(_listed(runs))
            return
        chosen = _chosen(runs, run)
        with client_of(address, ledger, options) as client:
            undoing = (undo if yes else plan_undo)(client, opened, chosen.name, settle)
        tell(_report(chosen, undoing, yes, _open(chosen)))
    context.exit(1 if yes and (undoing.touched or undoing.missing or undoing.failed) else 0)


def _chosen(runs: list[Run], wanted: str) -> Run:
    for run in runs:
        if wanted in (str(run.number), run.name):
            return run
    raise UsageError(f"this ledger has no run {wanted!r}; `importer undo --ledger ...` without --run lists them")


def _open(run: Run) -> int:
    """Orders of the run whose fate is not known yet."""
    return sum(run.counts.get(state, 0) for state in (State.SENDING, State.IN_DOUBT, State.CONFLICT))


def _listed(runs: list[Run]) -> str:
    if not runs:
        return "this ledger has sent nothing yet"
    lines = []
    for run in runs:
        counts = "   ".join(f"{state.value} {count:,}" for state, count in sorted(run.counts.items()))
        lines.append(f"{_named(run)}   {counts}")
    return "\n".join(lines)


def _named(run: Run) -> str:
    """`run 2   2026-11-22T10:33:00+00:00   shopify-csv`: a ledger may have the runs of several shops."""
    return f"run {run.number}   {run.name}   {', '.join(run.namespaces)}"


def _report(run: Run, undoing: Undoing, done: bool, open_: int) -> str:
    lines = [_named(run)]
    lines.append(f"{'archived' if done else 'to archive':<11} {undoing.archived:>9,}")
    lines += _group("touched", undoing.touched, "left alone: somebody changed them in the store")
    lines += _group("missing", undoing.missing, "the store does not have them")
    lines += _group("failed", undoing.failed, "the store did not archive them; run undo again")
    if open_:
        lines.append(f"{'open':<11} {open_:>9,}   in doubt; settle them with `importer run`, then undo again")
    if not done and undoing.archived:
        lines.append("nothing was done; the same command with --yes archives them")
    return "\n".join(lines)


def _group(name: str, orders: Sequence[tuple[str, int, str]], meaning: str) -> list[str]:
    if not orders:
        return []
    shown = [f"  {source_id} -> order {order_id}: {why}" for source_id, order_id, why in orders[:_SHOWN]]
    more = [f"  and {len(orders) - _SHOWN:,} more"] if len(orders) > _SHOWN else []
    return [f"{name:<11} {len(orders):>9,}   {meaning}", *shown, *more]
