"""`importer status`: where the orders of a ledger stand."""

from __future__ import annotations

from collections import Counter

import click

from importer.cli.options import LEDGER
from importer.ledger import State, read_ledger

_ADVICE = {
    State.PLANNED: "not sent yet; run again",
    State.SENDING: "a run is under way, or died; run again",
    State.IN_DOUBT: "the answer was lost; run again to look them up",
    State.REJECTED: "the store refused them; mend and run with --retry rejected",
    State.CONFLICT: "a person must decide; see the messages",
    State.ARCHIVED: "undone; a run sends them again",
    State.PARKED: "they wait for a customer or a product that the snapshot lacks; run again with a newer one",
}
_SHOWN = 20


@click.command("status")
@LEDGER
@click.pass_context
def command(context: click.Context, ledger: str) -> None:
    """The closing table of a ledger: orders by state, and what is open. Exit code 3 while any is undecided."""
    opened = read_ledger(ledger)
    counts = opened.counts()
    for state, orders in counts.items():
        advice = _ADVICE.get(state, "") if orders else ""
        click.echo(f"{state.value:<10} {orders:>9,}   {advice}".rstrip())
    for state in (State.CONFLICT, State.IN_DOUBT, State.REJECTED):
        for number, entry in enumerate(opened.in_state(state)):
            if number == _SHOWN:
                click.echo(f"  and more that are {state.value}")
                break
            click.echo(f"  {state.value} {entry.namespace}:{entry.source_id}: {entry.message}")
    for message, orders in Counter(entry.message for entry in opened.in_state(State.PARKED)).most_common(_SHOWN):
        click.echo(f"  parked {orders:,} x {message}")
    context.exit(3 if counts[State.IN_DOUBT] or counts[State.CONFLICT] or counts[State.SENDING] else 0)
