"""The protocol's functions one by one: what each answer and each look-up makes of an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from importer.ledger import MOVES, LedgerEntry, State
from importer.run.protocol import after_answer, after_death, after_lookup, intend, reopened
from importer.store import Answer, Created, InDoubt, NotCreated, Refused, Rejected

NOW = datetime(2026, 4, 1, tzinfo=UTC)
SENDING = intend(LedgerEntry("shop", "1001", "#1001"), "hash", "plan", NOW, "run")
IN_DOUBT = after_answer(SENDING, InDoubt("no answer in time"), 120)


def order(**fields: Any) -> dict[str, Any]:
    """The order as the store shows it."""
    return {
        "id": 7,
        "external_order_id": "#1001",
        "external_merchant_id": "shop:1001",
        "external_source": "M-MIG",
        "is_deleted": False,
        **fields,
    }


def test_an_intent_is_one_attempt_higher_and_says_what_is_sent() -> None:
    """State, attempt, hash, time and run are written before the request."""
    assert (SENDING.state, SENDING.attempt, SENDING.body_hash, SENDING.sent_at) == (State.SENDING, 1, "hash", NOW)
    assert intend(replace(SENDING, state=State.PLANNED), "h", "p", NOW, "r").attempt == 2


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Created(7), State.CREATED),
        (Rejected(400, "no"), State.REJECTED),
        (NotCreated("429"), State.PLANNED),
        (Refused("401"), State.PLANNED),
        (Refused("suspended", lost=True), State.IN_DOUBT),
        (InDoubt("no answer"), State.IN_DOUBT),
    ],
)
def test_an_answer_leads_to(answer: Answer, state: State) -> None:
    """Each answer has one state, which the table of moves allows."""
    after = after_answer(SENDING, answer, 120)
    assert after.state is state
    assert state in MOVES[State.SENDING]
    assert after.order_id == (7 if state is State.CREATED else None)


@pytest.mark.parametrize(
    ("after", "doubts"), [(IN_DOUBT, 1), (after_death(SENDING, 120), 0)], ids=["lost answer", "dead process"]
)
def test_doubt_lasts_until_the_send_has_settled(after: LedgerEntry, doubts: int) -> None:
    """The settle time is counted from the intent. A doubt is counted against the order where the store failed it."""
    assert (after.not_before, after.doubts) == (NOW + timedelta(seconds=120), doubts)


@pytest.mark.parametrize(
    ("found", "state", "order_id"),
    [
        ([], State.PLANNED, None),
        ([order()], State.CREATED, 7),
        ([order(), order(id=8)], State.CONFLICT, None),
        ([order(is_deleted=True)], State.PLANNED, None),
        ([order(is_deleted=True), order(id=8)], State.CREATED, 8),
        ([order(external_merchant_id="other shop:1001")], State.PLANNED, None),
        ([order(external_merchant_id="other shop:1001"), order(id=8)], State.CREATED, 8),
        ([order(external_source="POS")], State.CONFLICT, None),
        ([order(external_merchant_id=None, external_source=None)], State.CONFLICT, None),
        ([order(external_merchant_id="no mark of ours")], State.CONFLICT, None),
    ],
)
def test_a_look_up_decides(found: list[dict[str, Any]], state: State, order_id: int | None) -> None:
    """One living order of ours is adopted; two, or one that nobody marked, are for a person; others' do not count."""
    after = after_lookup(IN_DOUBT, found, 6)
    assert (after.state, after.order_id) == (state, order_id)
    assert state in MOVES[State.IN_DOUBT]
    assert all(str(hit["id"]) in after.message for hit in found[:1] if state is State.CONFLICT)


def test_an_order_that_the_store_fails_again_and_again_is_rejected() -> None:
    """After so many lost answers without an order, a person looks at it."""
    after = after_lookup(replace(IN_DOUBT, doubts=6), [], 6)
    assert after.state is State.REJECTED
    assert "failed 6 times" in after.message


@pytest.mark.parametrize(("value", "state"), [("false", State.CREATED), (None, State.CREATED), ("true", State.PLANNED)])
def test_only_what_says_so_is_archived(value: object, state: State) -> None:
    """A living order that is taken for an archived one would be sent a second time."""
    assert after_lookup(IN_DOUBT, [order(is_deleted=value)], 6).state is state


def test_a_conflict_can_be_looked_at_again() -> None:
    """What a person has mended in the store is looked up anew, once its send has settled."""
    conflict = after_lookup(IN_DOUBT, [order(), order(id=8)], 6)
    again = reopened(conflict, 120)
    assert again.state in MOVES[State.CONFLICT]
    assert again.not_before == NOW + timedelta(seconds=120)
    assert after_lookup(again, [order(), order(id=8, is_deleted=True)], 6).order_id == 7


def test_a_rejected_order_that_is_taken_up_begins_anew() -> None:
    """It is looked up, and the store may fail it as often as a new one."""
    rejected = after_lookup(replace(IN_DOUBT, doubts=6), [], 6)
    again = reopened(rejected, 120)
    assert again.state in MOVES[State.REJECTED]
    assert after_lookup(again, [], 6).state is State.PLANNED
