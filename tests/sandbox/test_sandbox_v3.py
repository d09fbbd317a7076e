"""V3 and the store's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox_caller import Caller

FIELD = {"permission_set": "app_only", "namespace": "old", "key": "number", "value": "7"}


def test_customers_by_email(start: Callable[..., Caller]) -> None:
    """email:in takes several addresses in any case, and pages tell how many there are."""
    store = start(customers=120)
    found = store.get("/v3/customers", **{"email:in": "Customer1@example.com,customer2@example.com,none@x.y"}).json()
    assert [one["email"] for one in found["data"]] == ["customer1@example.com", "customer2@example.com"]
    page = store.get("/v3/customers", limit=50, page=3).json()["meta"]["pagination"]
    assert (page["total"], page["count"], page["total_pages"], page["current_page"]) == (120, 20, 3, 3)


def test_variants_by_sku(start: Callable[..., Caller]) -> None:
    """Every product has a variant; `sku` finds it, `sku:in` is not documented."""
    store = start(products=3)
    [found] = store.get("/v3/catalog/variants", sku="SKU-00002").json()["data"]
    assert (found["product_id"], found["sku"]) == (2, "SKU-00002")
    assert store.get("/v3/catalog/variants", **{"sku:in": "SKU-00002"}).status_code == 422
    assert store.get("/v3/catalog/products", **{"sku:in": "SKU-00002"}, include="variants").json()["data"][0][
        "variants"
    ]
    assert set(store.get("/v3/catalog/variants", include_fields="sku").json()["data"][0]) == {"id", "sku"}


def test_errors_of_v3_are_objects(store: Caller) -> None:
    """V3 answers 404 with an object."""
    answer = store.get("/v3/orders/7/metafields")
    assert answer.status_code == 404
    assert {"status", "title", "type", "errors"} <= set(answer.json())


def test_metafields_are_unique(store: Caller) -> None:
    """The same namespace and key a second time is 409; another order may have it."""
    store.order()
    store.order()
    assert store.post("/v3/orders/100/metafields", FIELD).status_code == 200
    assert store.post("/v3/orders/100/metafields", FIELD).status_code == 409
    assert store.post("/v3/orders/101/metafields", FIELD).status_code == 200
    assert store.put("/v3/orders/100/metafields/1", {"value": "8"}).json()["data"]["value"] == "8"
    assert store.get("/v3/orders/101/metafields/1").status_code == 404
    assert store.delete("/v3/orders/100/metafields/1").status_code == 204
    assert store.get("/v3/orders/100/metafields", namespace="old").json()["data"] == []


def test_metafields_in_a_batch(store: Caller) -> None:
    """A batch does what it can, and answers 422 when some of it could not be done."""
    store.order()
    done = store.post("/v3/orders/metafields", [{**FIELD, "resource_id": 100}, {**FIELD, "resource_id": 7}])
    assert (done.status_code, done.json()["meta"]) == (422, {"total": 2, "success": 1, "failed": 1})
    assert store.put("/v3/orders/metafields", [{"id": 1, "value": "9"}]).json()["data"][0]["value"] == "9"
    assert store.call("DELETE", "/v3/orders/metafields", json=[1]).json()["data"] == [1]


def test_the_store_tells_of_itself(store: Caller) -> None:
    """Store, time, statuses, countries, states, currencies, channels, inventory settings."""
    info = store.get("/v2/store").json()
    assert (info["timezone"]["name"], info["currency"], info["default_channel_id"]) == ("America/Chicago", "USD", 1)
    assert store.get("/v2/time").json() == {"time": 1_700_000_000}
    assert len(store.get("/v2/order_statuses").json()) == 15
    assert store.get("/v2/order_statuses/14").json()["name"] == "Partially Refunded"
    [country] = store.get("/v2/countries", country_iso2="US").json()
    assert len(store.get(f"/v2/countries/{country['id']}/states", limit=250).json()) > 50
    assert store.get("/v2/currencies").json()[0]["currency_code"] == "USD"
    assert store.get("/v3/channels").json()["data"][0]["status"] == "active"
    assert store.get("/v3/settings/inventory").json()["data"]["update_stock_behavior"] == "order_placed"


def test_methods_and_types_that_are_not_there(store: Caller) -> None:
    """405 for a method, 406 for XML, 404 for a path."""
    assert store.call("PATCH", "/v2/orders").status_code == 405
    assert store.call("GET", "/v2/orders", headers={"Accept": "application/xml"}).status_code == 406
    assert store.get("/v2/nothing").json()[0]["status"] == 404
