"""A ledger's orders for a report: counts, runs, and what the store answered to those that are not created."""

from __future__ import annotations

from collections.abc import Iterator

from importer.ledger import Ledger, State
from importer.report.standing import Open, Standing

_OPEN = tuple(state for state in State if state is not State.CREATED)


def standing(ledger: Ledger, namespace: str = "") -> Standing:
    """Where the orders of one namespace, or of all, stand."""
    counts = {state.value: orders for state, orders in ledger.counts(namespace).items()}
    runs = [(run.number, run.name, sum(run.counts.values())) for run in ledger.runs()]
    attached = {(kind, state.value): number for (kind, state), number in ledger.attachment_counts(namespace).items()}
    held = Standing(ledger.store, counts, runs, attached)
    for one in not_created(ledger, namespace):
        held.add(one)
    return held


def not_created(ledger: Ledger, namespace: str = "") -> Iterator[Open]:
    """The orders that are in any other state than created, by namespace and source id."""
    for entry in ledger.in_state(*_OPEN, namespace=namespace):
        yield Open(entry.namespace, entry.source_id, entry.state.value, entry.order_id, entry.message)
