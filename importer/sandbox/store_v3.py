"""The store in V3: customers, catalogue, channels, settings, hooks. All to be read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox.pages_v3 import listed
from importer.sandbox.wire import json_answer, not_found, nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.calls import Call
    from importer.sandbox.wire import Answer

CUSTOMER: dict[str, Any] = {
    "company": "",
    "phone": "",
    "notes": "",
    "tax_exempt_category": "",
    "customer_group_id": 0,
    "address_count": 0,
    "accepts_product_review_abandoned_cart_emails": False,
    "channel_ids": None,
    "origin_channel_id": 1,
    "date_created": "2023-01-01T00:00:00Z",
    "date_modified": "2023-01-01T00:00:00Z",
}


def list_customers(call: Call) -> Answer:
    """Customers; the same e-mail may be there once a channel. Source: V3 `GET /customers`, `email:in`, `id:in`."""
    emails = call.query.get("email:in")
    keys = None if emails is None else [one.lower() for one in emails.split(",")]
    rows = [{**CUSTOMER, **one} for one in call.shop.state.all("customers", keys=keys)]
    return listed(call, rows, "id:in", "email:in", "name:in", "customer_group_id:in")


def _product(call: Call, own: dict[str, Any]) -> dict[str, Any]:
    included = call.query.get("include", "").split(",")
    shown = {name: value for name, value in own.items() if name not in ("options", "modifiers")}
    variants = call.shop.state.all("variants", owner=own["id"])
    shown["base_variant_id"] = None if own["options"] else variants[0]["id"]
    if "variants" in included:
        shown["variants"] = [_variant(one) for one in variants]
    return shown | {name: own[name] for name in ("options", "modifiers") if name in included}


def _variant(own: dict[str, Any]) -> dict[str, Any]:
    return {**own, "sku_id": own["id"], "calculated_price": own["price"], "purchasing_disabled": False, "upc": ""}


def list_products(call: Call) -> Answer:
    """Products; `sku` and `sku:in` know base SKUs only. Source: V3 `GET /catalog/products`."""
    rows = [_product(call, one) for one in call.shop.state.all("products")]
    return listed(call, rows, "id", "id:in", "sku", "sku:in", "name", "is_visible", "type")


def _product_of(call: Call) -> dict[str, Any]:
    found: dict[str, Any] | None = call.shop.state.get("products", call.ids[0])
    if found is None:
        raise not_found()
    return found


def show_product(call: Call) -> Answer:
    """One product."""
    return json_answer({"data": _product(call, _product_of(call)), "meta": {}})


def list_product_variants(call: Call) -> Answer:
    """The variants of a product."""
    product = _product_of(call)
    return listed(call, [_variant(one) for one in call.shop.state.all("variants", owner=product["id"])])


def list_options(call: Call) -> Answer:
    """The variant options of a product."""
    return listed(call, _product_of(call)["options"])


def list_modifiers(call: Call) -> Answer:
    """The modifiers of a product."""
    return listed(call, _product_of(call)["modifiers"])


def list_variants(call: Call) -> Answer:
    """All variants; `sku:in` is not documented. Source: V3 `GET /catalog/variants`."""
    keys = [call.query["sku"]] if "sku" in call.query else None
    rows = [_variant(one) for one in call.shop.state.all("variants", keys=keys)]
    return listed(call, rows, "id", "sku", "product_id", "upc")


def list_channels(call: Call) -> Answer:
    """The channels. Source: V3 `GET /channels`."""
    return listed(call, call.shop.state.all("channels"), "available", "status:in", "type:in", "platform:in")


def show_channel(call: Call) -> Answer:
    """One channel."""
    found = call.shop.state.get("channels", call.ids[0])
    if found is None:
        raise not_found()
    return json_answer({"data": found, "meta": {}})


def show_inventory(call: Call) -> Answer:
    """When orders take from stock. Source: V3 `GET /settings/inventory`."""
    return json_answer({"data": call.shop.settings["inventory"], "meta": {}})


def list_hooks(call: Call) -> Answer:
    """The webhooks of this token's app. Source: V3 `GET /hooks`."""
    return listed(call, call.shop.settings["hooks"], "is_active", "scope", "destination")


def list_pickup_methods(call: Call) -> Answer:
    """The pickup methods: none, as none can be made here."""
    return listed(call, [])


def list_transactions(call: Call) -> Answer:
    """The transactions of an order: none, as V2 orders are paid elsewhere. Source: V3 `getOrderTransactions`: 204."""
    call.order()
    return nothing()


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/v3/customers"): list_customers,
    ("GET", "/v3/catalog/products"): list_products,
    ("GET", "/v3/catalog/products/{}"): show_product,
    ("GET", "/v3/catalog/products/{}/variants"): list_product_variants,
    ("GET", "/v3/catalog/products/{}/options"): list_options,
    ("GET", "/v3/catalog/products/{}/modifiers"): list_modifiers,
    ("GET", "/v3/catalog/variants"): list_variants,
    ("GET", "/v3/channels"): list_channels,
    ("GET", "/v3/channels/{}"): show_channel,
    ("GET", "/v3/settings/inventory"): show_inventory,
    ("GET", "/v3/hooks"): list_hooks,
    ("GET", "/v3/pickup/methods"): list_pickup_methods,
    ("GET", "/v3/orders/{}/transactions"): list_transactions,
}
