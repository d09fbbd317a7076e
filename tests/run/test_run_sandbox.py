"""The real client against the real sandbox: each fault that it can play, one order each, in one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from stub_store import mapped

from importer.ledger import Ledger, State, open_ledger
from importer.model import MappedOrder
from importer.run.reconcile import reconcile
from importer.run.settings import Settings, Stop
from importer.run.submit import submit
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, Pacer, StoreAddress

SETTLE = 4.0
LATE = SETTLE / 4
ANYTIME = ["500", "502", "503", "503-json", "504", "html", "close", "reset", "hang"]
FAULTS = [
    *[{"do": do, "when": when} for do in ANYTIME for when in ("before", "after", "late")],
    *[{"do": do, "when": "before"} for do in ("429", "429-bare")],
    *[{"do": do, "when": "after"} for do in ("truncate", "drip", "no-id", "gzip", "unseen")],
]


@pytest.fixture
def sandbox() -> Iterator[Process]:
    """A store with a short quota window, so that a 429 is over soon."""
    with start(plan="unlimited", window=1.0, switches={"late_commit": LATE}) as running:
        yield running


@pytest.fixture
def client(sandbox: Process) -> OrdersClient:
    """A client that does not wait long for a store that hangs."""
    return OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url), timeout=0.8, pacer=Pacer())


@pytest.fixture
def patient(sandbox: Process) -> OrdersClient:
    """A client that waits for a slow machine: only what a fault takes away is lost."""
    return OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url), timeout=60, pacer=Pacer())


@pytest.fixture
def ledger(tmp_path: Path, client: OrdersClient) -> Iterator[Ledger]:
    """A new ledger for the sandbox."""
    opened = open_ledger(str(tmp_path / "ledger.db"), client.address.name)
    yield opened
    opened.close()


def real_order(number: int) -> MappedOrder:
    """An order that a strict store accepts."""
    address = {"first_name": "Ada", "last_name": "L", "street_1": "1 Row", "city": "Austin", "state": "Texas"}
    line = {"name": "Tea", "quantity": 1, "price_inc_tax": 10.0, "price_ex_tax": 10.0}
    billing = {**address, "zip": "78751", "country_iso2": "US"}
    return mapped(number, billing_address=billing, products=[line], total_ex_tax="10.0000")


def play(sandbox: Process, rules: list[dict[str, Any]]) -> None:
    """Have these faults happen."""
    requests.post(f"{sandbox.url}/_admin/faults", json=rules, timeout=10).raise_for_status()


def held(sandbox: Process) -> list[dict[str, Any]]:
    """Every order that the store holds."""
    orders: list[dict[str, Any]] = requests.get(f"{sandbox.url}/_admin/orders", timeout=10).json()
    return orders


def test_each_fault_once(sandbox: Process, client: OrdersClient, ledger: Ledger) -> None:
    """With every order meeting another fault, each is there once at the end, and the ledger knows where."""
    seconds = {"hang": 2.0, "drip": 2.0, "429": 1.0, "unseen": 1.0}
    play(
        sandbox,
        [
            {**fault, "external_order_id": f"#{number}", "times": 1, "seconds": seconds.get(fault["do"], LATE)}
            for number, fault in enumerate(FAULTS)
        ],
    )
    result = submit(map(real_order, range(len(FAULTS))), client, ledger, Settings("shop", settle=SETTLE, concurrency=8))
    assert (result.created, result.in_doubt, result.conflict, result.rejected) == (len(FAULTS), 0, 0, 0)
    assert Counter(order["external_order_id"] for order in held(sandbox)) == {f"#{n}": 1 for n in range(len(FAULTS))}
    assert reconcile(client, ledger, "shop").agreed == len(FAULTS)


def test_a_post_that_somebody_replays_is_found(sandbox: Process, client: OrdersClient, ledger: Ledger) -> None:
    """No client can keep a proxy from delivering twice; reconciliation names the second order."""
    play(sandbox, [{"do": "replay", "when": "after", "external_order_id": "#1", "times": 1}])
    submit(map(real_order, range(3)), client, ledger, Settings("shop", settle=SETTLE))
    found = reconcile(client, ledger, "shop")
    assert [source_id for source_id, _ in found.doubled] == ["1"]
    assert len(held(sandbox)) == 4


@pytest.mark.parametrize("fault", ["401", "403", "suspended"])
def test_a_store_that_refuses_in_mid_run(fault: str, sandbox: Process, client: OrdersClient, ledger: Ledger) -> None:
    """The run stops with the reason; once the store is itself again the next run ends with every order once."""
    play(sandbox, [{"do": fault, "nth": [4], "when": "before"}])
    settings = Settings("shop", settle=SETTLE, concurrency=2)
    first = submit(map(real_order, range(12)), client, ledger, settings)
    assert first.stop is Stop.REFUSED
    assert first.created < 12
    second = submit(map(real_order, range(12)), client, ledger, settings)
    assert (second.stop, second.in_doubt) == (None, 0)
    assert Counter(order["external_order_id"] for order in held(sandbox)) == {f"#{n}": 1 for n in range(12)}


def test_a_store_that_is_shut_for_a_while(sandbox: Process, client: OrdersClient, ledger: Ledger) -> None:
    """The run waits, and goes on by itself when the store is open again."""
    requests.put(f"{sandbox.url}/_admin/shut", json={"seconds": 2}, timeout=10).raise_for_status()
    result = submit(map(real_order, range(12)), client, ledger, Settings("shop", settle=SETTLE, concurrency=2))
    assert (result.created, result.stop) == (12, None)
    assert len(held(sandbox)) == 12


@pytest.mark.parametrize(
    "switches",
    [
        {"post_status": 201, "match": "prefix", "archived_in_lists": True},
        {"match": "case-insensitive", "quota_headers": "random", "novelties": True},
        {"post_status": 200, "quota_headers": "none", "list_lag": 1.0, "id_gaps": 0.5},
    ],
)
def test_whatever_nobody_documents(
    switches: dict[str, Any], patient: OrdersClient, sandbox: Process, ledger: Ledger
) -> None:
    """200 or 201, exact or prefix match, lagging lists, any header case: lost answers are resolved all the same."""
    requests.put(f"{sandbox.url}/_admin/switches", json=switches, timeout=10).raise_for_status()
    play(sandbox, [{"do": "close", "when": "after", "nth": [1, 2, 11]}])
    result = submit(map(real_order, range(12)), patient, ledger, Settings("shop", settle=SETTLE, concurrency=4))
    assert (result.stop, result.created, result.adopted, result.in_doubt) == (None, 12, 3, 0)
    assert len(held(sandbox)) == 12
    assert sum(row.message == "found by look-up" for row in ledger.in_state(State.CREATED)) == 3
