"""Undo: archives what a run made and nobody touched, survives death, and lets a later run send again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from around_store import Around, around, mapped

from importer.ledger import Doing, State, open_ledger
from importer.run.sides import Sides
from importer.run.undo import plan_undo, undo
from importer.run.verify import verify

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Around]:
    """A sandbox with its state in a file, and a ledger."""
    with around(tmp_path) as running:
        yield running


EDITS = (
    {"status_id": 5},
    {"staff_notes": "called the customer"},
    {"customer_id": 0, "customer_message": "please hurry"},
    {"total_ex_tax": "1.0000", "total_inc_tax": "1.0000"},
    {"billing_address": {"city": "Austin", "zip": "78751"}},
    {"products": [{"name": "Gift", "quantity": 1, "price_ex_tax": 0, "price_inc_tax": 0}]},
    {"payment_method": "Cash"},
)
"""What a person may do to an order; one field each."""


def test_what_people_edited_is_left_and_the_rest_archived(shop: Around) -> None:
    """Of 1,000 orders of which a person edited 7, undo archives 993 and lists the 7."""
    assert shop.run(map(mapped, range(1000))).created == 1000
    ids = shop.order_ids()
    for number, fields in enumerate(EDITS):
        shop.client.update(ids[str(number * 100)], fields)
    planned = plan_undo(shop.client, shop.ledger, "one", 1.0)
    done = undo(shop.client, shop.ledger, "one", 1.0)
    edited = [str(number * 100) for number in range(7)]
    assert (planned.archived, done.archived) == (993, 993)
    assert (
        [source_id for source_id, _, _ in planned.touched] == [source_id for source_id, _, _ in done.touched] == edited
    )
    assert archived(shop) == {order_id for source_id, order_id in ids.items() if source_id not in edited}
    assert shop.ledger.counts()[State.ARCHIVED] == 993


def archived(shop: Around) -> set[int]:
    """The orders that the store has archived."""
    orders = requests.get(f"{shop.process.url}/_admin/orders", timeout=10).json()
    return {order["id"] for order in orders if order["archived"]}


def test_only_this_ledgers_own_run_is_archived(shop: Around) -> None:
    """Another run's orders, foreign ones and the store's own stay."""
    shop.run(map(mapped, range(3)), run="one")
    shop.run(map(mapped, range(3, 6)), run="two")
    shop.post(mapped(9, "else").body or {})
    assert undo(shop.client, shop.ledger, "two", 1.0).archived == 3
    assert archived(shop) == {shop.ledger.entries("shop", [str(n)])[str(n)].order_id for n in (3, 4, 5)}


def test_undone_orders_are_sent_again_in_a_new_generation(shop: Around) -> None:
    """After an undo the same export is created anew, and verify holds although the old orders lie in the archive."""
    shop.run(map(mapped, range(5)))
    first = shop.order_ids()
    undo(shop.client, shop.ledger, "one", 1.0)
    again = shop.run(map(mapped, range(5)), run="two")
    assert (again.created, again.posts, shop.run(map(mapped, range(5)), run="three").posts) == (5, 5, 0)
    assert not set(first.values()) & set(shop.order_ids().values())
    assert {row.generation for row in shop.ledger.in_state(State.CREATED)} == {2}
    with Sides() as sides:
        verify(shop.client, shop.ledger, sides, map(mapped, range(5)), namespace="shop")
        assert sides.found() == {}


def test_a_lost_answer_of_the_next_generation_is_not_the_old_order(shop: Around) -> None:
    """Even where lists show archived orders, the look-up after a lost answer adopts the new order only."""
    shop.run([mapped(1)])
    old = shop.order_ids()["1"]
    undo(shop.client, shop.ledger, "one", 1.0)
    requests.put(f"{shop.process.url}/_admin/switches", json={"archived_in_lists": True}, timeout=10)
    requests.post(f"{shop.process.url}/_admin/faults", json={"do": "close", "when": "after", "nth": [1]}, timeout=10)
    result = shop.run([mapped(1)], run="two")
    assert (result.created, result.adopted, result.posts) == (1, 1, 1)
    assert shop.order_ids()["1"] > old


def test_the_next_generation_knows_nothing_of_the_old_ones_status(shop: Around) -> None:
    """An order that was undone before anything was attached to it: its status is not set back on the new one."""
    shop.run([mapped(1)])
    row = shop.ledger.entries("shop", ["1"])["1"]
    shop.ledger.move([replace(row, status_before=10, touched=True)])
    assert undo(shop.client, shop.ledger, "one", 1.0).archived == 1
    row = shop.ledger.entries("shop", ["1"])["1"]
    assert (row.state, row.doing, row.status_before, row.touched) == (State.ARCHIVED, Doing.NOTHING, None, False)


def test_what_a_person_archived_is_theirs(shop: Around) -> None:
    """An order that was archived in the store already is listed, and stays `created` in the ledger."""
    shop.run(map(mapped, range(3)))
    shop.client.archive(shop.order_ids()["1"])
    done = undo(shop.client, shop.ledger, "one", 1.0)
    assert (done.archived, [(one[0], one[2]) for one in done.touched]) == (2, [("1", "archived already")])


def test_an_update_that_was_cut_short_is_not_taken_for_a_person(shop: Around) -> None:
    """What it had written already is left, and the way out is said."""
    shop.run([mapped(1)])
    row = shop.ledger.entries("shop", ["1"])["1"]
    shop.ledger.move([replace(row, doing=Doing.UPDATING)])
    shop.client.update(row.order_id or 0, {"staff_notes": "from the new export"})
    planned = plan_undo(shop.client, shop.ledger, "one", 1.0)
    assert planned.archived == 0
    assert [why for _, _, why in planned.touched] == [
        "an update of it was cut short: end it with `importer run --update`, then undo"
    ]


def test_an_undo_that_is_killed_can_be_repeated(tmp_path: Path) -> None:
    """SIGKILL in the middle, again: in the end everything untouched is archived, and the ledger knows it."""
    with around(tmp_path, switches={"latency": 0.01, "id_gaps": 0.0}) as shop:
        shop.run(map(mapped, range(120)))
        shop.client.update(shop.order_ids()["7"], {"status_id": 5})
        shop.ledger.close()
        for _ in range(3):
            kill_an_undo(shop)
        ledger = open_ledger(str(tmp_path / "ledger.db"), shop.client.address.name)
        undo(shop.client, ledger, "one", 1.0)
        assert len(archived(shop)) == ledger.counts()[State.ARCHIVED] == 119
        ledger.close()


def kill_an_undo(shop: Around) -> None:
    """Starts the real command and kills it once some more orders are archived."""
    arguments = ["--ledger", str(shop.folder / "ledger.db"), "--store", shop.process.store, "--run", "1", "--yes"]
    command = [sys.executable, "-m", "importer", "undo", *arguments, "--api-url", shop.process.url]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": shop.process.token}
    before = len(archived(shop))
    child = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    while child.poll() is None and len(archived(shop)) < before + 15:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
