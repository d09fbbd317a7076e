"""`importer status`: where the orders of a ledger stand."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import click

from importer.cli.options import LEDGER
from importer.cli.telling import tell
from importer.ledger import State, read_ledger
from importer.report.standing import ADVICE

_OPEN = (State.CONFLICT, State.IN_DOUBT, State.REJECTED)
_SHOWN = 20


@click.command("status")
@LEDGER
@click.pass_context
def command(context: click.Context, ledger: str) -> None:
    """The closing table of a ledger: orders by state, and what is open. Exit code 3 while any is undecided."""
    opened = read_ledger(ledger)
    counts = opened.counts()
    for state, orders in counts.items():
        advice = ADVICE.get(state, "") if orders else ""
        tell(f"{state.value:<10} {orders:>9,}   {advice}".rstrip())
    for state in _OPEN:
        for number, entry in enumerate(opened.in_state(state)):
            if number == _SHOWN:
                tell(f"  and more that are {state.value}")
                break
            tell(f"  {state.value} {entry.namespace}:{entry.source_id}: {entry.message}")
    hung = opened.attachment_counts()
    for (kind, state), number in sorted(hung.items()):
        tell(f"{kind}s {state.value} {number:,}")
    for row in islice(opened.attachments_in_state(*_OPEN), _SHOWN):
        what = f"{row.key.kind} {row.key.name} of {row.namespace}:{row.source_id}, order {row.key.order_id}"
        tell(f"  {row.state.value} {what}: {row.message}")
    for message, orders in Counter(entry.message for entry in opened.in_state(State.PARKED)).most_common(_SHOWN):
        tell(f"  parked {orders:,} x {message}")
    undecided = {state for _, state in hung} | {state for state, orders in counts.items() if orders}
    context.exit(3 if undecided & {State.IN_DOUBT, State.CONFLICT, State.SENDING} else 0)
