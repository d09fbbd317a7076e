"""Whether a ledger holds together: each row such as the moves that lead to its state leave it."""

from __future__ import annotations

from collections.abc import Iterator

from importer.ledger.entry import Ledger, LedgerEntry, State


def faults(ledger: Ledger) -> Iterator[str]:
    """What is wrong with the ledger's storage and rows, a sentence each; nothing where all is well."""
    yield from ledger.damage()
    before = None
    for entry in ledger.in_state(*State):
        key = (entry.namespace, entry.source_id)
        for fault in _faults_of(entry):
            yield f"{entry.state.value} {entry.external_merchant_id}: {fault}"
        if before is not None and key <= before:
            yield f"{entry.external_merchant_id}: the rows are out of order, or one is there twice"
        before = key


def _faults_of(entry: LedgerEntry) -> Iterator[str]:
    if entry.state is State.PARKED:
        return
    if not entry.external_order_id:
        yield "it has no external_order_id, so the store cannot be searched for it"
    if entry.attempt < 1:
        yield "it was never sent, yet has a row"
    if entry.state in (State.CREATED, State.ARCHIVED) and entry.order_id is None:
        yield "it has no order id"
    if entry.state in (State.SENDING, State.IN_DOUBT) and entry.sent_at is None:
        yield "it does not say when it was sent"
