"""The real runner, client and ledger under a false clock and a false transport: whatever happens, every order once."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import requests
from fake_wire import FakeCrew, FakeStore, FakeTime, Killed, MortalLedger, once_each
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stub_store import mapped

from importer.ledger import State, open_ledger
from importer.run.settings import RunResult, Settings
from importer.run.submit import submit
from importer.store import OrdersClient, StoreAddress

SETTLE = 40.0
SETTINGS = Settings("shop", settle=SETTLE, concurrency=4, breaker=10**6, most_doubts=10**6, patience=10**9)
LATE = SETTLE - SETTINGS.deadline
ADDRESS = StoreAddress("fake", "token", "http://127.0.0.1:1")


class Migration(RuleBasedStateMachine):
    """Runs over growing exports, some of them killed, some under faults, some long after the last."""

    @initialize(seed=st.integers(0, 2**32), stall=st.sampled_from([0.0, 3.0, 8.0]))
    def begin(self, seed: int, stall: float) -> None:
        """A new store, a new ledger, the clock at zero."""
        self.dice = random.Random(seed)
        self.time = FakeTime(self.dice)
        self.store = FakeStore(self.time, self.dice, LATE)
        self.stall = stall
        memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of our own in it
        self.folder = Path(tempfile.mkdtemp(dir=memory))
        self.orders = 0

    @rule(
        more=st.integers(0, 30),
        faulty=st.sampled_from([0.0, 0.1, 0.3, 0.6]),
        dies_in=st.one_of(st.none(), st.integers(0, 120)),
        wait=st.booleans(),
    )
    def run(self, more: int, faulty: float, dies_in: int | None, wait: bool) -> None:
        """A run, over more orders than the last one, which may not live to see its end."""
        self.orders += more
        self.store.faulty = faulty
        self.store.dies_in = 10**9 if dies_in is None else dies_in
        with contextlib.suppress(Killed):
            self._run(replace(SETTINGS, wait=wait))

    @rule(seconds=st.floats(0, 100))
    def pass_by(self, seconds: float) -> None:
        """Time between two runs."""
        self.time.pass_by(seconds)

    @precondition(lambda self: self.orders > 0)
    @rule()
    def all_is_well_again(self) -> None:
        """A run without faults ends with every order created or rejected, and knows where each one is."""
        self.store.faulty, self.store.dies_in = 0.0, 10**9
        result = self._run(SETTINGS)
        assert (result.in_doubt, result.planned, result.conflict) == (0, 0, 0)
        expected = {f"shop:{number}" for number in range(self.orders) if number % 10 != 7}
        assert once_each(self.store.orders).keys() == expected
        posts = self.store.posts
        self._run(SETTINGS)
        assert self.store.posts == posts

    @invariant()
    def the_ledger_tells_the_truth(self) -> None:
        """No order is there twice, and what the ledger calls created is there under that id."""
        if not hasattr(self, "folder"):
            return
        ids = once_each(self.store.orders)
        ledger = open_ledger(str(self.folder / "ledger.db"), ADDRESS.name)
        created = {row.external_merchant_id: row.order_id for row in ledger.in_state(State.CREATED)}
        ledger.close()
        assert created.items() <= ids.items()

    def teardown(self) -> None:
        """Whatever went before, the migration can be brought to its end."""
        if hasattr(self, "folder"):
            if self.orders:
                self.all_is_well_again()
            shutil.rmtree(self.folder)

    def _run(self, chosen: Settings) -> RunResult:
        ledger = open_ledger(str(self.folder / "ledger.db"), ADDRESS.name)
        client = OrdersClient(ADDRESS, sessions=self._session, clock=self.time.clock)
        crew = FakeCrew(self.time, self.dice, self.stall)
        try:
            return submit(
                map(mapped, range(self.orders)),
                client,
                MortalLedger(ledger, self.store.die_soon),  # type: ignore[arg-type]
                chosen,
                clock=self.time.clock,
                crew=crew,
            )
        finally:
            ledger.close()

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.mount("http://", self.store)
        return session


TestMigration = Migration.TestCase
TestMigration.settings = settings(
    max_examples=40,
    stateful_step_count=8,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),  # the dice decide: there is nothing to shrink
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
