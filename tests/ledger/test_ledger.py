"""Every ledger: what it lets through, what it refuses, what it gives back."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from importer.errors import LedgerError
from importer.ledger import MOVES, Ledger, LedgerEntry, State, open_ledger, read_ledger

TIME = datetime(2026, 4, 1, 10, 0, 0, 123456, UTC)
SENDING = LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1, body_hash="b", plan="p", sent_at=TIME, run="r")

STORE = "api.example/stores/abc"

ROUTES: dict[State, tuple[State, ...]] = {
    State.SENDING: (),
    State.PLANNED: (State.PLANNED,),
    State.CREATED: (State.CREATED,),
    State.REJECTED: (State.REJECTED,),
    State.IN_DOUBT: (State.IN_DOUBT,),
    State.CONFLICT: (State.IN_DOUBT, State.CONFLICT),
    State.ARCHIVED: (State.CREATED, State.ARCHIVED),
    State.PARKED: (),
}
"""How a row gets from its first `sending` into each state."""


def bring_to(ledger: Ledger, state: State) -> LedgerEntry:
    """Row 1, standing in `state`."""
    entry = SENDING if state is not State.PARKED else LedgerEntry("shop", "1", "#1", State.PARKED)
    assert ledger.move([entry]) == [entry]
    for step in ROUTES[state]:
        entry = replace(entry, state=step)
        assert ledger.move([entry]) == [entry]
    return entry


@pytest.mark.parametrize(("origin", "target"), list(product(State, State)))
def test_only_the_moves_of_the_table_are_let_through(ledger: Ledger, origin: State, target: State) -> None:
    """A row moves from one state into another exactly where MOVES has it."""
    entry = bring_to(ledger, origin)
    step = 1 if target is State.SENDING else 0
    moved = replace(entry, state=target, attempt=entry.attempt + step)
    assert ledger.move([moved]) == ([moved] if target in MOVES[origin] else [])
    assert ledger.entries("shop", ["1"])["1"] == (moved if target in MOVES[origin] else entry)


@pytest.mark.parametrize("target", [state for state in State if state is not State.SENDING])
def test_what_continues_an_older_attempt_is_refused(ledger: Ledger, target: State) -> None:
    """The answer to attempt 1 changes nothing once attempt 2 is under way."""
    bring_to(ledger, State.PLANNED)
    second = replace(SENDING, attempt=2)
    assert ledger.move([second]) == [second]
    assert ledger.move([replace(SENDING, state=target, order_id=100)]) == []
    assert ledger.entries("shop", ["1"]) == {"1": second}


def test_one_of_two_intents_for_the_same_attempt_wins(ledger: Ledger) -> None:
    """An order that comes by twice is sent once."""
    assert ledger.move([SENDING, replace(SENDING, body_hash="other")]) == [SENDING]


def test_an_entry_comes_back_as_it_was_written(url: str) -> None:
    """Every field survives a new process, times to the microsecond and with their zone."""
    created = replace(SENDING, state=State.CREATED, order_id=100, doubts=2, not_before=TIME, message="found")
    ledger = open_ledger(url, STORE)
    ledger.move([SENDING])
    ledger.move([created])
    ledger.close()
    again = read_ledger(url)
    assert list(again.in_state(State.CREATED)) == [created]
    again.close()


def test_rows_are_found_by_state_by_id_and_by_plan(ledger: Ledger) -> None:
    """Look-ups give the namespace's own rows only."""
    entries = [replace(SENDING, namespace=name, source_id=str(n)) for name in ("a", "b") for n in (1, 2)]
    ledger.move(entries)
    ledger.move([replace(entry, state=State.CREATED, order_id=100 + n) for n, entry in enumerate(entries)])
    assert [(row.namespace, row.source_id) for row in ledger.in_state(State.CREATED, namespace="b")] == [
        ("b", "1"),
        ("b", "2"),
    ]
    assert [row.order_id for row in ledger.created("a", 101, 900)] == [101]
    assert ledger.already_created("a", "p", ["1", "3"]) == {"1"}
    assert ledger.already_created("a", "another plan", ["1"]) == set()
    assert (ledger.counts("a")[State.CREATED], ledger.counts()[State.CREATED]) == (2, 4)


def test_a_plan_that_passed_is_kept_with_its_facts(url: str) -> None:
    """They survive the process; another plan, or the same of another shop, never passed."""
    ledger = open_ledger(url, STORE)
    ledger.keep_plan("shop", "p", "old")
    ledger.keep_plan("shop", "p", "facts")
    ledger.close()
    again = read_ledger(url)
    assert [again.kept_plan(*one) for one in (("shop", "p"), ("shop", "q"), ("b", "p"))] == ["facts", "", ""]
    again.close()


def test_an_order_id_given_out_twice_is_named(ledger: Ledger) -> None:
    """A store that begins its ids anew is not the store of this ledger; nothing of that step is kept."""
    ledger.move([SENDING, replace(SENDING, source_id="2")])
    ledger.move([replace(SENDING, state=State.CREATED, order_id=100)])
    with pytest.raises(LedgerError, match="order id that this ledger holds already"):
        ledger.move([replace(SENDING, source_id="2", state=State.CREATED, order_id=100)])
    assert ledger.entries("shop", ["2"])["2"].state is State.SENDING


HOLD = """
import sys, time
from importer.ledger import open_ledger
held = open_ledger(sys.argv[1], sys.argv[2])
print(1, flush=True)
time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_is_gone(url: str) -> None:
    """One run holds the ledger, readers may look in, and a killed run lets it go."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url, STORE], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"1\n"
    with pytest.raises(LedgerError, match="in use by another run"):
        open_ledger(url, STORE)
    reader = read_ledger(url)
    assert reader.counts()[State.CREATED] == 0
    reader.close()
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    open_ledger(url, STORE).close()


def test_a_reader_cannot_write(url: str) -> None:
    """What status and ids open is read only."""
    open_ledger(url, STORE).close()
    reader = read_ledger(url)
    with pytest.raises(LedgerError, match=r"readonly|for reading only"):
        reader.move([SENDING])
    reader.close()


def test_runs_are_numbered_and_give_what_they_created(ledger: Ledger) -> None:
    """A run keeps its number, and its created rows come by rising order id."""
    first, second, other = (replace(SENDING, source_id=str(n), run=run) for n, run in enumerate(["b", "a", "b"]))
    ledger.move([first, second, other])
    ledger.move([replace(entry, state=State.CREATED, order_id=9 - n) for n, entry in enumerate([first, second, other])])
    assert [(run.number, run.name, run.counts) for run in ledger.runs()] == [
        (1, "b", {State.CREATED: 2}),
        (2, "a", {State.CREATED: 1}),
    ]
    assert [row.order_id for row in ledger.created_by("b", 0, 9)] == [7, 9]
    assert [row.order_id for row in ledger.created_by("b", 7, 9)] == [9]
    assert [row.order_id for row in ledger.created_by("b", 0, 1)] == [7]
