"""Shipments of V2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox_caller import Caller


def shipment(**more: Any) -> dict[str, Any]:
    """A shipment of one unit of the first line."""
    return {"order_address_id": 1, "items": [{"order_product_id": 1, "quantity": 1}], **more}


def test_shipments_move_the_order(store: Caller) -> None:
    """Part of the units: partially shipped; all of them: shipped, with a date. Each sends an e-mail."""
    store.order()
    answer = store.post("/v2/orders/100/shipments", shipment(tracking_number="T1"))
    assert (answer.status_code, answer.json()["tracking_number"]) == (201, "T1")
    assert store.get("/v2/orders/100").json()["status"] == "Partially Shipped"
    store.post("/v2/orders/100/shipments", shipment())
    order = store.get("/v2/orders/100").json()
    assert (order["status_id"], order["items_shipped"], bool(order["date_shipped"])) == (2, 2, True)
    assert store.get("/v2/orders/100/shipments/count").json() == {"count": 2}
    emails = [one["subject"] for one in store.get("/_admin/journal", kind="email").json()["entries"]]
    assert emails.count("shipment") == 2


def test_a_deleted_shipment_leaves_the_status(store: Caller) -> None:
    """Deleting shipments gives the units back and leaves the status as it is."""
    store.order()
    store.post("/v2/orders/100/shipments", shipment())
    assert store.delete("/v2/orders/100/shipments/1").status_code == 204
    assert store.get("/v2/orders/100/shipments").status_code == 204
    order = store.get("/v2/orders/100").json()
    assert (order["status_id"], order["items_shipped"]) == (3, 0)
    store.post("/v2/orders/100/shipments", shipment())
    assert store.delete("/v2/orders/100/shipments").status_code == 204


def test_a_shipment_changes(store: Caller) -> None:
    """Tracking can be changed, items cannot."""
    store.order()
    store.post("/v2/orders/100/shipments", shipment())
    assert store.put("/v2/orders/100/shipments/1", {"tracking_number": "T2"}).json()["tracking_number"] == "T2"
    refused = store.put("/v2/orders/100/shipments/1", {"items": []})
    assert "The field 'items' cannot be written to." in refused.json()[0]["message"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"items": []}, "'items' was not supplied"),
        ({"order_address_id": 9}, "'order_address_id' is invalid"),
        ({"order_address_id": "1"}, "'order_address_id' is invalid"),
        ({"items": [{"order_product_id": 1, "quantity": 3}]}, "'items' is invalid"),
        ({"items": [{"order_product_id": 1, "quantity": 1, "product_id": 0}]}, "'product_id' cannot be written to"),
        ({"shipping_provider": "foo"}, "'shipping_provider' is invalid"),
        ({"tracking_number": "1" * 51}, "'tracking_number' is invalid"),
        ({"date_created": "x"}, "'date_created' cannot be written to"),
    ],
)
def test_a_wrong_shipment_is_refused(store: Caller, more: dict[str, Any], message: str) -> None:
    """What the reference forbids gets 400."""
    store.order()
    answer = store.post("/v2/orders/100/shipments", shipment(**more))
    assert answer.status_code == 400
    assert message in answer.json()[0]["message"]
