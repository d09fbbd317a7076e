"""The moves of a row as SQL for SQLite: of an order's, and of what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence

from importer.ledger.entry import MOVES, State


def move_into(state: State, table: str, key: Sequence[str], values: Sequence[str]) -> str:
    """The statement that moves a row into `state`, from a state that may and in the attempt it continues."""
    origins = ", ".join(f"'{origin}'" for origin, targets in MOVES.items() if state in targets)
    changes = ", ".join(f"{name} = :{name}" for name in values)
    where = " AND ".join(f"{name} = :{name}" for name in key)
    step = 1 if state is State.SENDING else 0
    return (
        f"UPDATE {table} SET {changes} WHERE {where} "  # noqa: S608 - own names
        f"AND state IN ({origins}) AND attempt = :attempt - {step}"
    )
