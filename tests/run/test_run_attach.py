"""What hangs on orders, against the sandbox in its own process: each once, under faults, and the order as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from around_store import Around, around, mapped, with_body

from importer.errors import StoreRefused
from importer.ledger import State
from importer.model import Body, MappedOrder
from importer.run.after.attach import attach
from importer.run.after.attached import Attached
from importer.run.settings import Settings, Stop
from importer.run.sides import Sides
from importer.run.undo import plan_undo
from importer.run.update import update
from importer.run.verify import verify
from importer.store import OrdersClient

SETTLE = 1.0
COMMENTS = "Imported shipment {}, shipped on Tue, 05 Mar 2019 10:22:00 +0000."
COUPON = {"namespace": "migration", "key": "coupon", "value": "SUMMER", "permission_set": "read"}


def parcel(number: int, *lines: list[int]) -> Body:
    """A shipment as a mapping makes it ready."""
    chosen = {"lines": list(lines)} if lines else {}
    return {"comments": COMMENTS.format(number), "tracking_number": f"T{number}", **chosen}


def with_after(number: int, **after: Any) -> MappedOrder:
    """An order with a shipment of all its lines and a metafield, unless a test says otherwise."""
    return mapped(number)._replace(after={"shipments": [parcel(1)], "metafields": [COUPON], **after})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Around]:
    """A sandbox that commits late for at most a quarter of the settle time."""
    with around(tmp_path, window=1.0) as running:
        yield running


def hang(store: Around, orders: list[MappedOrder], *, notify: bool = True, **more: Any) -> Attached:
    """Send what hangs on the orders."""
    settings = Settings("shop", run="two", settle=SETTLE, **more)
    client = OrdersClient(store.client.address, timeout=1.0)
    return attach(lambda: orders, client, store.ledger, settings, notify=notify)


def shipments(store: Around, order_id: int) -> list[Body]:
    """The order's shipments in the store."""
    return store.client.read(f"/v2/orders/{order_id}/shipments") or []


def metafields(store: Around, order_id: int) -> list[Body]:
    """The order's metafields in the store."""
    return list(store.client.read(f"/v3/orders/{order_id}/metafields")["data"])


def fault(store: Around, *rules: Body) -> None:
    """Let requests go wrong."""
    requests.post(f"{store.process.url}/_admin/faults", json=list(rules), timeout=10).raise_for_status()


def test_each_shipment_and_metafield_is_made_once(store: Around) -> None:
    """With its comments and its tracking; the second time nothing is sent."""
    orders = [with_after(number) for number in range(120)]
    store.run(orders)
    first, second = hang(store, orders), hang(store, orders)
    assert (first.created, first.sound) == ({"shipment": 120, "metafield": 120}, True)
    assert (second.created, second.created_before, second.sound) == ({}, 240, True)
    order_id = store.order_ids()["7"]
    shipment, metafield = shipments(store, order_id)[0], metafields(store, order_id)[0]
    assert (shipment["comments"], shipment["tracking_number"]) == (COMMENTS.format(1), "T1")
    assert [item["quantity"] for item in shipment["items"]] == [1, 1]
    assert (metafield["namespace"], metafield["key"], metafield["value"]) == ("migration", "coupon", "SUMMER")


def test_the_order_is_as_it_was(store: Around) -> None:
    """A shipment moves its order to shipped; the status is set back, and verify and undo take nothing for a change."""
    orders = [with_after(number) for number in range(9)]
    store.run(orders)
    hang(store, orders)
    for number, order_id in store.order_ids().items():
        order = store.client.get(order_id)
        assert order is not None
        assert order["status_id"] == (orders[int(number)].body or {})["status_id"]
    with Sides() as sides:
        verify(store.client, store.ledger, sides, orders, namespace="shop")
        assert sides.found() == {}
    assert plan_undo(store.client, store.ledger, "one", SETTLE).archived == 9


def test_what_a_person_did_before_stays_a_persons(store: Around) -> None:
    """An order that was edited between its creation and its shipment is still left alone by undo."""
    orders = [with_after(number) for number in range(3)]
    store.run(orders)
    edited = store.order_ids()["1"]
    store.client.update(edited, {"status_id": 4})
    hang(store, orders)
    order = store.client.get(edited)
    assert order is not None
    assert order["status_id"] == 4
    plan = plan_undo(store.client, store.ledger, "one", SETTLE)
    assert (plan.archived, [order_id for _, order_id, _ in plan.touched]) == (2, [edited])


@pytest.mark.parametrize(
    ("when", "wished", "status"), [("after", {"staff_notes": "New"}, 10), ("before", {"status_id": 9}, 9)]
)
def test_an_update_while_a_shipment_is_in_doubt(store: Around, when: str, wished: Body, status: int) -> None:
    """The status that is set back after the last shipment is the body's, also where the body changed meanwhile."""
    orders = [with_after(0, metafields=[])]
    store.run(orders)
    fault(store, {"do": "close", "when": when, "nth": 1, "request": "POST /v2/orders/{}/shipments"})
    assert hang(store, orders, wait=False).in_doubt == 1
    edited = [with_body(orders[0], **wished)]
    assert update(edited, store.client, store.ledger, "shop").puts == 1
    assert hang(store, edited).sound
    order = store.client.get(store.order_ids()["0"])
    assert order is not None
    assert order["status_id"] == status
    assert len(shipments(store, order["id"])) == 1


def test_two_parcels_of_one_order(store: Around) -> None:
    """Each has its lines; one that says nothing takes what is left."""
    orders = [with_after(1, shipments=[parcel(1, [1, 1]), parcel(2)], metafields=[])]
    store.run(orders)
    assert hang(store, orders).created == {"shipment": 2}
    order_id = store.order_ids()["1"]
    names = {line["id"]: line["name"] for line in store.client.read(f"/v2/orders/{order_id}/products")}
    sent = [[names[item["order_product_id"]] for item in one["items"]] for one in shipments(store, order_id)]
    assert sent == [["Cup 1"], ["Mug"]]


def test_an_order_with_nothing_left_to_ship_is_named(store: Around) -> None:
    """A parcel that the order as it stands does not take is not sent, and the reason is told."""
    orders = [with_after(1, shipments=[parcel(1), parcel(2)], metafields=[])]
    store.run(orders)
    found = hang(store, orders)
    assert found.created == {"shipment": 1}
    why = "shipment 2: nothing of the order is left to be shipped"
    assert found.failed == [("1", store.order_ids()["1"], why)]
    assert not found.sound


def test_without_notification_shipments_wait(store: Around) -> None:
    """Metafields go, shipments are held back until they may go; nobody is told before."""
    orders = [with_after(number) for number in range(3)]
    store.run(orders)
    quiet = hang(store, orders, notify=False)
    assert (quiet.created, quiet.held_back) == ({"metafield": 3}, 3)
    query = {"kind": "email", "limit": 10}
    journal = requests.get(f"{store.process.url}/_admin/journal", params=query, timeout=10).json()
    assert journal["entries"] == []
    assert hang(store, orders).created == {"shipment": 3}


def test_another_value_in_its_place_is_a_conflict(store: Around) -> None:
    """A metafield that is there already with our value is adopted; one with another value is for a person."""
    orders = [with_after(number, shipments=[]) for number in range(2)]
    store.run(orders)
    for number, value in ((0, "SUMMER"), (1, "WINTER")):
        path = f"/v3/orders/{store.order_ids()[str(number)]}/metafields"
        store.client.create_at(path, {**COUPON, "value": value})
    found = hang(store, orders)
    assert (found.created, found.adopted, found.conflict) == ({"metafield": 1}, 1, 1)
    row = next(store.ledger.attachments_in_state(State.CONFLICT))
    assert (row.source_id, row.message) == ("1", "the order has another value in its place")


def test_a_changed_content_is_told_and_not_sent_again(store: Around) -> None:
    """The row knows the hash of what was sent."""
    orders = [with_after(1, shipments=[])]
    store.run(orders)
    hang(store, orders)
    found = hang(store, [with_after(1, shipments=[], metafields=[{**COUPON, "value": "WINTER"}])])
    assert [why for *_, why in found.changed] == [
        "metafield migration/coupon: another content now; it is not sent again"
    ]


def test_only_created_orders_carry_anything(store: Around) -> None:
    """An order that was not sent, or was undone, is passed over."""
    orders = [with_after(number) for number in range(3)]
    store.run(orders[:1])
    assert hang(store, orders).created == {"shipment": 1, "metafield": 1}


def test_a_rejection_is_kept_for_review(store: Around) -> None:
    """The store's words without our values; again only when it is asked for."""
    orders = [with_after(1, shipments=[{**parcel(1), "tracking_number": "9" * 51}], metafields=[])]
    store.run(orders)
    assert hang(store, orders).rejected == 1
    assert hang(store, orders).rejected_before == 1
    row = next(store.ledger.attachments_in_state(State.REJECTED))
    assert row.message.startswith("400 ")
    assert "999" not in row.message
    assert hang(store, orders, retry=frozenset({State.REJECTED})).rejected == 1


def test_the_store_that_refuses_stops_the_run(store: Around) -> None:
    """401 ends it; what was not sent is sent by the next run."""
    orders = [with_after(number) for number in range(5)]
    store.run(orders)
    fault(store, {"do": "401", "request": "POST /v2/orders/{}/shipments"})
    with pytest.raises(StoreRefused):
        hang(store, orders)
    requests.delete(f"{store.process.url}/_admin/faults", timeout=10).raise_for_status()
    assert hang(store, orders).sound
    assert Counter(len(shipments(store, one)) for one in store.order_ids().values()) == {1: 5}


BEFORE = ("429", "429-bare", "500", "502", "503", "close", "reset")
AFTER = ("500", "502", "504", "close", "reset", "truncate", "no-id", "html")


@pytest.mark.parametrize("request_", ["POST /v2/orders/{}/shipments", "POST /v3/orders/{}/metafields"])
def test_lost_answers_double_nothing(store: Around, request_: str) -> None:
    """Thirty percent of the requests go wrong, before the store acts or after it: everything hangs once."""
    orders = [with_after(number) for number in range(40)]
    store.run(orders)
    rules = [{"do": do, "when": "before", "seconds": 0.1} for do in BEFORE]
    rules += [{"do": do, "when": "after"} for do in AFTER]
    fault(store, *({**rule, "request": request_, "probability": 0.02, "seed": n} for n, rule in enumerate(rules)))
    found = hang(store, orders)
    assert (found.stop, found.in_doubt, found.conflict) == (None, 0, 0)
    ids = store.order_ids().values()
    assert Counter(len(shipments(store, one)) for one in ids) == {1: 40}
    assert Counter(len(metafields(store, one)) for one in ids) == {1: 40}


def test_a_shipment_that_comes_late_is_found(store: Around) -> None:
    """The store commits after it broke off; the look-up waits for the settle time and adopts it."""
    orders = [with_after(1, metafields=[])]
    store.run(orders)
    fault(
        store,
        {"do": "close", "when": "late", "seconds": SETTLE / 2, "nth": 1, "request": "POST /v2/orders/{}/shipments"},
    )
    found = hang(store, orders)
    assert (found.created, found.adopted) == ({"shipment": 1}, 1)
    assert len(shipments(store, store.order_ids()["1"])) == 1


def test_a_run_that_does_not_wait_leaves_doubts(store: Around) -> None:
    """They are counted, and the next run settles them."""
    orders = [with_after(number, metafields=[]) for number in range(3)]
    store.run(orders)
    fault(store, {"do": "close", "when": "after", "nth": 2, "request": "POST /v2/orders/{}/shipments"})
    assert hang(store, orders, wait=False).in_doubt == 1
    assert hang(store, orders).sound
    assert Counter(len(shipments(store, one)) for one in store.order_ids().values()) == {1: 3}


def test_a_row_of_rejections_stops_the_run(store: Around) -> None:
    """The same rejection over and over opens the breaker."""
    orders = [with_after(n, shipments=[{**parcel(1), "tracking_number": "9" * 51}], metafields=[]) for n in range(9)]
    store.run(orders)
    found = hang(store, orders, breaker=3)
    assert (found.stop, found.sound) == (Stop.BREAKER, False)
