"""Attachments in every ledger: the same moves and the same fence as the orders'."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from old_schemas import SCHEMA_2

from importer.ledger import MOVES, Attachment, AttachmentKey, Ledger, State, open_ledger, read_ledger

STORE = "api.example/stores/abc"
TIME = datetime(2026, 4, 1, 10, 0, 0, 123456, UTC)
KEY = AttachmentKey(100, "shipment", "1")
SENDING = Attachment(KEY, "shop", "#1", State.SENDING, attempt=1, body_hash="b", sent_at=TIME, run="r")

ROUTES: dict[State, tuple[State, ...]] = {
    State.SENDING: (),
    State.PLANNED: (State.PLANNED,),
    State.CREATED: (State.CREATED,),
    State.REJECTED: (State.REJECTED,),
    State.IN_DOUBT: (State.IN_DOUBT,),
    State.CONFLICT: (State.IN_DOUBT, State.CONFLICT),
}
"""How an attachment gets from its first `sending` into each state."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger lies."""
    return tmp_path / "ledger.db"


@pytest.mark.parametrize(("origin", "target"), list(product(ROUTES, ROUTES)))
def test_only_the_moves_of_the_table_are_let_through(ledger: Ledger, origin: State, target: State) -> None:
    """An attachment moves from one state into another exactly where MOVES has it."""
    row = SENDING
    assert ledger.attach([row]) == [row]
    for state in ROUTES[origin]:
        row = replace(row, state=state)
        assert ledger.attach([row]) == [row]
    moved = replace(row, state=target, attempt=row.attempt + (target is State.SENDING))
    assert ledger.attach([moved]) == ([moved] if target in MOVES[origin] else [])
    assert ledger.attachments([100]) == [moved if target in MOVES[origin] else row]


@pytest.mark.parametrize("target", [state for state in ROUTES if state is not State.SENDING])
def test_what_continues_an_older_attempt_is_refused(ledger: Ledger, target: State) -> None:
    """The answer to attempt 1 changes nothing once attempt 2 is under way."""
    second = replace(SENDING, attempt=2)
    ledger.attach([SENDING])
    ledger.attach([replace(SENDING, state=State.PLANNED)])
    assert ledger.attach([second]) == [second]
    assert ledger.attach([replace(SENDING, state=target, remote_id=7)]) == []


def test_one_of_two_first_intents_wins(ledger: Ledger) -> None:
    """An attachment that comes by twice is sent once."""
    assert ledger.attach([SENDING, replace(SENDING, body_hash="other")]) == [SENDING]


def test_an_attachment_comes_back_as_it_was_written(url: str) -> None:
    """Every field survives a new process, times to the microsecond and with their zone."""
    created = replace(SENDING, state=State.CREATED, remote_id=7, doubts=2, not_before=TIME, message="found")
    with contextlib.closing(open_ledger(url, STORE)) as ledger:
        ledger.attach([SENDING])
        ledger.attach([created])
    with contextlib.closing(read_ledger(url)) as again:
        assert again.attachments([100, 101]) == [created]
        assert list(again.attachments_in_state(State.CREATED)) == [created]


def test_attachments_are_counted_by_kind_and_state(ledger: Ledger) -> None:
    """A namespace counts its own; a kind without any is absent."""
    keys = [AttachmentKey(100, "shipment", "1"), AttachmentKey(100, "metafield", "a/b")]
    ledger.attach([replace(SENDING, key=key) for key in keys])
    ledger.attach([replace(SENDING, key=AttachmentKey(101, "shipment", "1"), namespace="other")])
    assert ledger.attachment_counts("shop") == {("shipment", State.SENDING): 1, ("metafield", State.SENDING): 1}
    assert ledger.attachment_counts()["shipment", State.SENDING] == 2
    assert list(ledger.attachments_in_state(State.CREATED)) == []


def test_a_ledger_of_the_second_schema_is_upgraded(path: Path) -> None:
    """A ledger that knows no attachments takes them from now on."""
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(SCHEMA_2)
    for _ in range(2):
        open_ledger(str(path), STORE).close()
    with contextlib.closing(open_ledger(str(path), STORE)) as ledger:
        assert ledger.attach([SENDING]) == [SENDING]
