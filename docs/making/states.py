"""The reference of the ledger's states, from its moves."""

from __future__ import annotations

from importer.ledger import MOVES, Doing, State
from making.table import MADE

STATES = {
    State.PLANNED: "known not to be in the store, and to be sent",
    State.SENDING: "the intent is on disk, the answer is not: under way, or its process died",
    State.CREATED: "in the store, under an order id",
    State.REJECTED: "the store refused it; mend it, then run with `--retry rejected`",
    State.IN_DOUBT: "the answer was lost; a look-up decides, no earlier than the settle time after the send",
    State.CONFLICT: "the look-up found the number twice, or without our mark; a person decides",
    State.ARCHIVED: "undone; the next run sends it again",
    State.PARKED: "waits for a customer or a product that the snapshot lacks",
}

DOINGS = {
    Doing.UPDATING: "a PUT may be under way: by `run --update`, or by one that died",
    Doing.UNDOING: "an archiving may be under way: by `undo`, or by one that died",
}
_MARKS = """
## What is being done to a created order

Some things are done to an order that stays `created`. The ledger says so before the request, and takes it back after
the answer, so that after a crash what the store shows is not taken for a person's doing.

| `doing` | what it means |
|---|---|
"""
_ATTACHING = """
`status_before` is there while shipments or metafields are being attached: the status that the order had before the
first of them, set back after the last. `touched` says that somebody had changed the order before that. `message` is for
people: nothing is decided by it.
"""


def states_reference() -> str:
    """The reference of the ledger's states."""
    intro = (
        "Where an order stands in the ledger, or a shipment or metafield that hangs on one; `importer status` counts"
        " them. A ledger refuses every other move."
    )
    lines = ["# Ledger states", "", MADE, "", intro, "", "| state | what it means | may become |", "|---|---|---|"]
    for state, meaning in STATES.items():
        after = ", ".join(sorted(f"`{one.value}`" for one in MOVES[state]))
        lines.append(f"| `{state.value}` | {meaning} | {after} |")
    lines += [_MARKS.rstrip(), *(f"| `{doing.value}` | {DOINGS[doing]} |" for doing in DOINGS), _ATTACHING]
    return "\n".join([*lines, "Why: [exactly once](../explanation/exactly-once.md).", ""])
