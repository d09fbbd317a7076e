"""What orders set off: e-mails, webhooks, stock moves, billing, tax documents; and who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_caller import body_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox_caller import Caller

SEED = """
customers:
  - {email: Jane@Example.com, first_name: Jane}
products:
  - {sku: POT, name: Pot, price: 8, inventory_tracking: product, inventory_level: 5, order_quantity_maximum: 4}
  - name: Shirt
    sku: SHIRT
    inventory_tracking: variant
    options:
      - {display_name: Size, option_values: [S, L]}
    modifiers:
      - {display_name: Engraving, type: text, required: true}
    variants:
      - {sku: SHIRT-S, inventory_level: 2, options: {Size: S}}
      - {sku: SHIRT-L, inventory_level: 0, options: {Size: L}, price: 12}
channels:
  - {name: Storefront}
  - {name: Gone, status: disconnected}
settings:
  hooks:
    - {scope: store/order/created}
"""


@pytest.fixture
def shop(start: Callable[..., Caller], tmp_path: Path) -> Caller:
    """A store with a small catalogue."""
    (tmp_path / "seed.yml").write_text(SEED, encoding="utf-8")
    return start(seed=str(tmp_path / "seed.yml"))


def entries(store: Caller, kind: str) -> list[dict[str, Any]]:
    """The journal's entries of a kind, without their numbers and times."""
    found = store.get("/_admin/journal", kind=kind).json()["entries"]
    return [{name: value for name, value in one.items() if name not in ("id", "at", "kind")} for one in found]


def test_history_counts_for_nothing(store: Caller) -> None:
    """Orders with M-MIG and custom lines: none counted for billing, no e-mail, no stock move; the webhook fires."""
    store.order(status_id=2)
    assert [entries(store, kind) for kind in ("billing", "email", "stock", "tax_document")] == [[], [], [], []]
    assert entries(store, "webhook") == [{"scope": "store/order/created", "order_id": 100, "hooks": []}]


def test_an_order_without_the_mark_is_billed(store: Caller) -> None:
    """Without M-MIG an order counts; an incomplete one does not."""
    store.order(external_source="m-mig")
    store.order(external_source=..., status_id=0)
    assert [one["order_id"] for one in entries(store, "billing")] == [100]


def test_a_new_status_sends_an_email(store: Caller) -> None:
    """PUT of another status sends an e-mail unless notifications are off; any other PUT sends none."""
    store.order()
    store.put("/v2/orders/100", {"staff_notes": "x"})
    store.put("/v2/orders/100", {"status_id": 10})
    store.put("/_admin/switches", {"notifications": "no"})
    store.put("/v2/orders/100", {"status_id": 11})
    assert entries(store, "email") == [{"order_id": 100, "to": "jane@example.com", "subject": "status Completed"}]


def test_automatic_tax_submits_documents(store: Caller) -> None:
    """With automatic tax, paid orders go to the tax office, pending ones do not."""
    store.put("/_admin/settings", {"automatic_tax": True})
    store.order(status_id=1)
    store.order(status_id=10)
    assert [one["order_id"] for one in entries(store, "tax_document")] == [101]


def test_catalogue_lines_move_stock(shop: Caller) -> None:
    """A catalogue line takes its units, a changed one the difference, a cancelled order gives them back."""
    shop.order(products=[{"product_id": 1, "quantity": 3}])
    shop.put("/v2/orders/100", {"products": [{"id": 1, "quantity": 1}]})
    shop.put("/v2/orders/100", {"status_id": 5})
    assert [one["units"] for one in entries(shop, "stock")] == [-3, 2, 1]
    assert shop.get("/v3/catalog/products", sku="POT").json()["data"][0]["inventory_level"] == 5


def test_stock_may_move_only_when_shipped(shop: Caller) -> None:
    """With order_completed_or_shipped a pending order moves nothing."""
    shop.put("/_admin/settings", {"inventory": {"update_stock_behavior": "order_completed_or_shipped"}})
    shop.order(products=[{"product_id": 1, "quantity": 3}])
    assert entries(shop, "stock") == []
    shop.order(products=[{"product_id": 1, "quantity": 3}], status_id=2)
    assert [one["order_id"] for one in entries(shop, "stock")] == [101]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ({"product_id": 1, "quantity": 5}, "ExceedsMaxQuantity"),
        ({"product_id": 2, "quantity": 1, "variant_id": 3, "product_options": [{"id": 2, "value": "J"}]}, "OutOfStock"),
    ],
)
def test_catalogue_lines_can_be_out_of_stock(shop: Caller, line: dict[str, Any], kind: str) -> None:
    """Stock and quantity rules answer 409 with the documented details."""
    answer = shop.post("/v2/orders", body_of(products=[line]))
    assert answer.status_code == 409
    assert answer.json()[0]["details"]["errors"][0]["type"] == kind


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ([], ["MandatoryProductOptions"]),
        ([{"id": 1, "value": "101"}], ["MandatoryProductOptions"]),
        ([{"id": 1, "value": "7"}, {"id": 2, "value": "J"}], ["InvalidProductOptionValue"]),
        ([{"id": 1, "value": "101"}, {"id": 2, "value": "J"}, {"id": 9, "value": "x"}], ["InvalidProductOption"]),
    ],
)
def test_options_must_be_chosen(shop: Caller, options: list[dict[str, Any]], kinds: list[str]) -> None:
    """A product with options needs each of them, with a value that it has; 400 says what is wrong."""
    answer = shop.post("/v2/orders", body_of(products=[{"product_id": 2, "quantity": 1, "product_options": options}]))
    assert answer.status_code == 400
    assert [error["type"] for error in answer.json()[0]["details"]["errors"]] == kinds


def test_a_variant_has_its_own_sku_and_price(shop: Caller) -> None:
    """A catalogue line takes name, SKU and price from the variant that its options choose."""
    options = [{"id": 1, "value": "101"}, {"id": 2, "value": "Jane"}]
    shop.order(products=[{"product_id": 2, "quantity": 1, "product_options": options}])
    [line] = shop.get("/v2/orders/100/products").json()
    assert (line["sku"], line["name"], line["variant_id"], line["price_inc_tax"]) == ("SHIRT-S", "Shirt", 2, "10.0000")
    assert [one["display_value"] for one in line["product_options"]] == ["S", "Jane"]


def test_references_of_the_seed(shop: Caller) -> None:
    """A customer of the seed can order; a disconnected channel takes no order."""
    assert shop.order(customer_id=1)["customer_id"] == 1
    assert shop.post("/v2/orders", body_of(channel_id=2)).status_code == 400
    assert shop.get("/v2/orders", customer_id=1).status_code == 200


def test_hooks_that_listen_are_called(shop: Caller) -> None:
    """The journal names the hooks that a webhook reaches."""
    shop.order()
    assert entries(shop, "webhook")[0]["hooks"] == [1]
    assert shop.get("/v3/hooks").json()["data"][0]["scope"] == "store/order/created"


def test_tokens_have_scopes(store: Caller) -> None:
    """A read-only token reads; a token of another scope gets 403, an unknown one 401, another store 403."""
    store.put("/_admin/tokens", {"token": "reader", "scopes": ["store_v2_orders_read_only"]})
    header = {"X-Auth-Token": "reader"}
    assert store.call("GET", "/v2/orders", headers=header).status_code == 204
    assert store.call("POST", "/v2/orders", headers=header, json=body_of()).status_code == 403
    assert store.call("GET", "/v3/customers", headers=header).status_code == 403
    assert store.call("GET", "/v2/time", headers=header).status_code == 200
    store.put("/_admin/tokens", {"token": "reader"})
    assert store.call("GET", "/v2/orders", headers=header).status_code == 401
    assert store.session.get(f"{store.url}/stores/other/v2/orders").status_code == 403


def test_the_admin_answers_this_machine_only(store: Caller) -> None:
    """A page of another host that resolves to loopback reaches nothing."""
    assert store.call("GET", "/_admin/orders", headers={"Host": "evil.example:80"}).status_code == 403
