"""Each step of the protocol x each fault x resume: one order, one death at a time, and the order is there once."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests
from fake_wire import GET_FAULTS, POST_FAULTS, FakeCrew, FakeStore, FakeTime, Killed, MortalLedger, once_each
from stub_store import mapped

from importer.ledger import State, open_ledger
from importer.run.settings import RunResult, Settings
from importer.run.submit import submit
from importer.store import OrdersClient, StoreAddress

SETTINGS = Settings("shop", settle=40.0, concurrency=1)
ADDRESS = StoreAddress("fake", "token", "http://127.0.0.1:1")
NEVER = 10**9


@dataclass
class Life:
    """One migration of one order: a store, a clock and a ledger that outlive the processes."""

    folder: Path
    seed: int

    def __post_init__(self) -> None:
        dice = random.Random(self.seed)
        self.time = FakeTime(dice)
        self.store = FakeStore(self.time, dice, SETTINGS.settle - SETTINGS.deadline)
        self.crew = FakeCrew(self.time, dice, 0.0)

    def run(self, dies_in: int = NEVER, **changes: bool) -> RunResult | None:
        """One process; None when it died."""
        self.store.dies_in = dies_in
        session = requests.Session()
        session.mount("http://", self.store)
        ledger = open_ledger(str(self.folder / "ledger.db"), ADDRESS.name)
        mortal = MortalLedger(ledger, self.store.die_soon)
        client = OrdersClient(ADDRESS, sessions=lambda: session, clock=self.time.clock)
        with contextlib.suppress(Killed), contextlib.closing(ledger):
            chosen = replace(SETTINGS, **changes)
            return submit([mapped(1)], client, mortal, chosen, clock=self.time.clock, crew=self.crew)  # type: ignore[arg-type]
        self.crew = FakeCrew(self.time, random.Random(self.seed), 0.0)
        return None


def deaths(folder: Path, script: list[str]) -> int:
    """How many moments there are at which the process can die while this script plays."""
    life = Life(folder, seed=1)
    life.store.script = list(script)
    life.run(dies_in=1000)
    return 1000 - life.store.dies_in


FAULTS = list(dict.fromkeys(POST_FAULTS))
SCRIPTS = [[post, get] for post in ["", *FAULTS] for get in ["", *GET_FAULTS]]


def once_at_every_death(folder: Path, script: list[str]) -> int:
    """Play the script, die at each moment in turn, resume: one order each time. Gives the number of cases."""
    (folder / "whole").mkdir()
    cases = deaths(folder / "whole", script) + 1
    for dies_in in range(cases):
        here = folder / str(dies_in)
        here.mkdir()
        life = Life(here, seed=dies_in)
        life.store.script = list(script)
        life.run(dies_in)
        life.store.script = []
        result = life.run()
        assert result is not None
        assert (result.in_doubt, result.planned, result.rejected) == (0, 0, 0)
        ids = once_each(life.store.orders)
        ledger = open_ledger(str(here / "ledger.db"), ADDRESS.name)
        assert [row.order_id for row in ledger.in_state(State.CREATED)] == list(ids.values())
        assert len(ids) == 1
        ledger.close()
    return cases


@pytest.mark.parametrize(
    "script", SCRIPTS, ids=[f"{post or 'answered'}, then {get or 'answered'}" for post, get in SCRIPTS]
)
def test_one_order_once(script: list[str], quick_disk: Path) -> None:
    """With this fault, and dying at any moment, the next run ends with one order and knows its id."""
    assert once_at_every_death(quick_disk, script) > 5


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_that_does_not_wait_leaves_it_to_the_next(fault: str, quick_disk: Path) -> None:
    """With `wait` off a lost answer stays in doubt, and is settled by a later run."""
    life = Life(quick_disk, 1)
    life.store.script = [fault]
    first = life.run(wait=False)
    second = life.run()
    assert first is not None
    assert second is not None
    assert (second.in_doubt, len(life.store.orders)) == (0, 1)
    assert first.in_doubt == (0 if fault in ("429", "429 silent", "refused") else 1)
