"""What a store holds before the first request: its settings, customers, catalogue, channels and hooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from importer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from importer.sandbox.config import Config
    from importer.sandbox.state import State

Thing = dict[str, Any]

SETTINGS: Thing = {
    "name": "Sandbox",
    "currency": "USD",
    "currency_symbol": "$",
    "decimal_places": 2,
    "timezone": {"name": "America/Chicago", "raw_offset": -21600, "dst_offset": -18000, "dst_correction": True},
    "country": "United States",
    "country_code": "US",
    "is_price_entered_with_tax": False,
    "automatic_tax": False,
    "inventory": {
        "update_stock_behavior": "order_placed",
        "edit_order_stock_adjustment": True,
        "delete_order_stock_adjustment": True,
        "refund_order_stock_adjustment": True,
    },
    "hooks": [],
}

PRODUCT: Thing = {
    "type": "physical",
    "sku": "",
    "price": 10,
    "weight": 1,
    "inventory_tracking": "none",
    "inventory_level": 0,
    "order_quantity_minimum": 0,
    "order_quantity_maximum": 0,
    "is_visible": True,
    "options": [],
    "modifiers": [],
    "variants": [],
}

CHANNEL: Thing = {"type": "storefront", "platform": "bigcommerce", "status": "active", "is_listable_from_ui": True}

KINDS = ("settings", "customers", "products", "channels")


def load(config: Config, state: State) -> Thing:
    """Fill an empty state with what the configuration names; gives the store's settings. Raises UsageError."""
    kept: Thing | None = state.get("settings", 1)
    if kept is not None:
        return kept
    given = _read(config.seed) if config.seed else {}
    with state.transaction():
        settings = change_settings(state, given.get("settings", {}))
        put_channels(state, given.get("channels", [{"name": "Storefront"}]))
        put_customers(state, [*given.get("customers", []), *_invented_customers(config.customers)])
        put_products(state, [*given.get("products", []), *_invented_products(config.products)])
    return settings


def _read(path: str) -> Thing:
    try:
        given = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read as YAML or JSON: {error}") from error
    if not isinstance(given, dict) or set(given) - set(KINDS):
        raise UsageError(f"{path}: a seed has {', '.join(KINDS)} at its top and nothing else")
    return given


def change_settings(state: State, changes: Thing) -> Thing:
    """The store's settings with some of them changed, and kept."""
    settings = {**(state.get("settings", 1) or SETTINGS), **changes}
    settings["inventory"] = {**SETTINGS["inventory"], **settings["inventory"]}
    settings["hooks"] = [
        {"id": number, "is_active": True, "scope": "store/order/*", "destination": "https://app.example.com", **hook}
        for number, hook in enumerate(settings["hooks"], 1)
    ]
    state.put("settings", 1, settings)
    return settings


def put_channels(state: State, channels: Iterable[Thing]) -> None:
    """Channels by id, from 1 where none is given."""
    for number, channel in enumerate(channels, 1):
        made = {"id": number, "name": f"Channel {number}", **CHANNEL, **channel}
        state.put("channels", made["id"], made, made["name"])


def put_customers(state: State, customers: Iterable[Thing]) -> None:
    """Customers, found by their e-mail. Raises UsageError for one without."""
    for customer in customers:
        if not customer.get("email"):
            raise UsageError(f"a customer of the seed has no email: {json.dumps(sorted(customer))}")
        made = {"id": customer.get("id") or state.take_ids("customers"), "first_name": "", "last_name": "", **customer}
        state.put("customers", made["id"], made, made["email"].lower())


def put_products(state: State, products: Iterable[Thing]) -> None:
    """Products with their variants, found by SKU. A product without variants has one: itself."""
    for product in products:
        made = {**PRODUCT, "name": f"Product {product.get('sku', '')}", **product}
        made["id"] = product.get("id") or state.take_ids("products")
        variants = made.pop("variants") or [{"sku": made["sku"], "inventory_level": made["inventory_level"]}]
        made["options"] = [_option(one, state) for one in made["options"]]
        made["modifiers"] = [{"required": False, **_option(one, state)} for one in made["modifiers"]]
        state.put("products", made["id"], made, made["sku"])
        for variant in variants:
            _put_variant(state, made, variant)


def _option(option: Thing, state: State) -> Thing:
    """An option with ids; its values may be given as labels alone."""
    values = [{"label": one} if isinstance(one, str) else one for one in option.get("option_values", [])]
    named = [{"id": state.take_ids("option_values", first=101), **one} for one in values]
    return {"id": state.take_ids("options"), "type": "dropdown", **option, "option_values": named}


def _put_variant(state: State, product: Thing, variant: Thing) -> None:
    """`options: {Size: S}` of a seed's variant becomes the option_values of the API."""
    chosen = [
        {"option_id": option["id"], "option_display_name": option["display_name"], **value}
        for option in product["options"]
        for value in option["option_values"]
        if variant.get("options", {}).get(option["display_name"]) == value["label"]
    ]
    made = {
        "id": variant.get("id") or state.take_ids("variants"),
        "product_id": product["id"],
        "sku": variant.get("sku", ""),
        "price": variant.get("price"),
        "inventory_level": variant.get("inventory_level", 0),
        "option_values": chosen,
    }
    state.put("variants", made["id"], made, made["sku"], product["id"])


def _invented_customers(count: int) -> Iterable[Thing]:
    return ({"email": f"customer{number}@example.com", "first_name": f"C{number}"} for number in range(1, count + 1))


def _invented_products(count: int) -> Iterable[Thing]:
    return (
        {
            "sku": f"SKU-{number:05}",
            "name": f"Product {number}",
            "inventory_tracking": "product",
            "inventory_level": 100,
        }
        for number in range(1, count + 1)
    )
