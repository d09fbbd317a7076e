"""Sending: every order once, whatever the store answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stub_store import BROKEN, LOST, LYING, StubStore, mapped

from importer.errors import UsageError
from importer.ledger import Ledger, State
from importer.run.settings import Progress, Settings, Stop
from importer.run.submit import submit
from importer.store import OrdersClient

SETTINGS = Settings("shop", run="test", settle=1.0, concurrency=4)


def test_each_order_is_posted_once_and_again_not_at_all(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """A run posts every order once; the same run again posts nothing."""
    first = submit(map(mapped, range(30)), client, ledger, SETTINGS)
    again = submit(map(mapped, range(30)), client, ledger, SETTINGS)
    assert (first.created, first.posts, again.created_before, again.posts, store.posts) == (30, 30, 30, 0, 30)
    assert {row.source_id: row.order_id for row in ledger.in_state(State.CREATED)} == {
        order["external_merchant_id"].partition(":")[2]: order["id"] for order in store.orders
    }


def test_lost_answers_end_in_one_order_each(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Whether the order was made before the answer was lost or not, it exists once when the run ends."""
    store.fault = lambda number: {3: LOST, 7: BROKEN, 11: (502, None), 12: (500, [{"status": 500}])}.get(number)
    result = submit(map(mapped, range(20)), client, ledger, SETTINGS)
    assert (result.created, result.adopted, result.in_doubt, result.posts) == (20, 1, 0, 23)
    assert sorted(order["external_order_id"] for order in store.orders) == sorted(f"#{n}" for n in range(20))


def test_a_changed_body_is_reported_and_not_posted(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """An order that was created from another body is named, and stays as it is."""
    submit([mapped(1)], client, ledger, SETTINGS)
    result = submit([mapped(1, total_inc_tax="11.0000")], client, ledger, SETTINGS)
    assert (result.changed, store.posts) == (["1"], 1)


def test_rejected_orders_wait_for_a_person(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """A rejection is kept with its reason, left alone by the next run, and sent again on request."""
    store.fault = lambda _: (400, [{"status": 400, "message": "The field 'zip' 78751 is invalid."}])
    assert submit([mapped(1)], client, ledger, SETTINGS).rejected == 1
    assert submit([mapped(1)], client, ledger, SETTINGS).rejected_before == 1
    assert [row.message for row in ledger.in_state(State.REJECTED)] == ["400 The field 'zip' [value] is invalid"]
    store.fault = lambda _: None
    retry = Settings("shop", settle=1.0, retry=frozenset({State.REJECTED}))
    assert submit([mapped(1)], client, ledger, retry).created == 1
    assert store.posts == 2


def test_a_rejection_that_was_a_lie_is_found(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """What a store said no to and made all the same is adopted when it is taken up again, not made twice."""
    store.fault = lambda _: LYING
    assert submit([mapped(1)], client, ledger, SETTINGS).rejected == 1
    retry = Settings("shop", settle=1.0, retry=frozenset({State.REJECTED}))
    result = submit([mapped(1)], client, ledger, retry)
    assert (result.created, result.adopted, store.posts) == (1, 1, 1)


def test_a_limit_bounds_what_is_taken_up(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Of three rejected orders a run of two takes up two; `only` those that it names."""
    store.fault = lambda _: (400, [{"status": 400, "message": "no"}])
    submit(map(mapped, range(4)), client, ledger, SETTINGS)
    store.fault = lambda _: None
    retry = Settings("shop", settle=1.0, retry=frozenset({State.REJECTED}))
    assert submit(map(mapped, range(4)), client, ledger, replace(retry, limit=2)).created == 2
    assert submit(map(mapped, range(4)), client, ledger, replace(retry, only=frozenset({"3"}))).created == 1
    assert [row.source_id for row in ledger.in_state(State.REJECTED)] == ["2"]


def test_a_conflict_that_was_mended_is_taken_up(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Two orders under one number, of which a person has archived one: asked for, the other is adopted."""
    store.fault = lambda _: LOST
    store.orders = [{**(mapped(1).body or {}), "id": 7, "is_deleted": False}]
    assert submit([mapped(1)], client, ledger, SETTINGS).conflict == 1
    store.orders[0]["is_deleted"] = True
    assert submit([mapped(1)], client, ledger, SETTINGS).conflict == 1
    retry = Settings("shop", settle=1.0, retry=frozenset({State.CONFLICT}))
    result = submit([mapped(1)], client, ledger, retry)
    assert (result.created, result.conflict, store.posts) == (1, 0, 1)


def test_a_refusing_store_stops_the_run(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """401 ends the run at once; nothing is in doubt and the next run goes on where this one stopped."""
    store.fault = lambda number: (401, {"title": "Unauthorized"}) if number >= 5 else None
    result = submit(map(mapped, range(100)), client, ledger, SETTINGS)
    assert result.stop is Stop.REFUSED
    assert "BIGCOMMERCE_ACCESS_TOKEN" in result.message
    assert (result.created, result.in_doubt) == (5, 0)
    store.fault = lambda _: None
    assert submit(map(mapped, range(100)), client, ledger, SETTINGS).created == 95


def test_the_same_rejection_over_and_over_stops_the_run(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """After twenty rejections that differ in numbers only, no more are sent."""
    store.fault = lambda number: (400, [{"status": 400, "message": f"The field 'products' is invalid ({number})."}])
    result = submit(map(mapped, range(100)), client, ledger, SETTINGS)
    assert result.stop is Stop.BREAKER
    assert 20 <= store.posts <= 23


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_source", "POS"),
        ("external_merchant_id", "other:1"),
        ("external_order_id", ""),
        ("date_created", None),
    ],
)
def test_an_order_without_its_marks_never_leaves(
    field: str, value: str | None, store: StubStore, client: OrdersClient, ledger: Ledger
) -> None:
    """A body that could not be found again, or would count as a sale of today, is refused before the wire."""
    with pytest.raises(UsageError, match=field):
        submit([mapped(1, **{field: value})], client, ledger, SETTINGS)
    assert store.posts == 0


def test_limit_and_only_choose_orders(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """`limit` posts so many orders that are not there yet; `only` those that it names."""
    submit(map(mapped, range(10)), client, ledger, Settings("shop", settle=1.0, limit=3))
    submit(map(mapped, range(10)), client, ledger, Settings("shop", settle=1.0, only=frozenset({"7", "8"})))
    submit(map(mapped, range(10)), client, ledger, Settings("shop", settle=1.0, limit=1))
    assert sorted(order["external_order_id"] for order in store.orders) == ["#0", "#1", "#2", "#3", "#7", "#8"]


def test_progress_ends_with_everything_done(client: OrdersClient, ledger: Ledger) -> None:
    """The last snapshot says that all orders are done and none is in doubt."""
    seen: list[Progress] = []
    submit(map(mapped, range(5)), client, ledger, Settings("shop", settle=1.0, total=5), progress=seen.append)
    assert (seen[-1].done, seen[-1].created, seen[-1].in_doubt, seen[-1].seconds_left) == (5, 5, 0, 0.0)
