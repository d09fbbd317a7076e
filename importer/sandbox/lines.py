"""A line of an order: from what a body says to what `GET /orders/{id}/products` shows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from importer.sandbox.amounts import ZERO, exactly, shown
from importer.sandbox.catalog import chosen_variant

if TYPE_CHECKING:
    from importer.sandbox.checks import Body
    from importer.sandbox.state import Record, State

_ZERO = "0.0000"

TEMPLATE: Record = {
    "id": 0,
    "order_id": 0,
    "product_id": 0,
    "order_pickup_method_id": 0,
    "order_address_id": 0,
    "name": "",
    "name_customer": "",
    "name_merchant": "",
    "sku": "",
    "upc": "",
    "type": "physical",
    "base_price": _ZERO,
    "price_ex_tax": _ZERO,
    "price_inc_tax": _ZERO,
    "price_tax": _ZERO,
    "base_total": _ZERO,
    "total_ex_tax": _ZERO,
    "total_inc_tax": _ZERO,
    "total_tax": _ZERO,
    "weight": _ZERO,
    "width": _ZERO,
    "height": _ZERO,
    "depth": _ZERO,
    "quantity": 0,
    "base_cost_price": _ZERO,
    "cost_price_inc_tax": _ZERO,
    "cost_price_ex_tax": _ZERO,
    "cost_price_tax": _ZERO,
    "is_refunded": False,
    "quantity_refunded": 0,
    "refund_amount": _ZERO,
    "return_id": 0,
    "wrapping_id": 0,
    "wrapping_name": "",
    "base_wrapping_cost": _ZERO,
    "wrapping_cost_ex_tax": _ZERO,
    "wrapping_cost_inc_tax": _ZERO,
    "wrapping_cost_tax": _ZERO,
    "wrapping_message": "",
    "quantity_shipped": 0,
    "event_name": None,
    "event_date": None,
    "fixed_shipping_cost": _ZERO,
    "ebay_item_id": "",
    "ebay_transaction_id": "",
    "option_set_id": None,
    "parent_order_product_id": None,
    "is_bundled_product": False,
    "bin_picking_number": "",
    "external_id": None,
    "brand": "",
    "applied_discounts": [],
    "product_options": [],
    "configurable_fields": [],
    "gift_certificate_id": None,
    "discounted_total_inc_tax": _ZERO,
}
"""Source: V2 `orderProducts`, in the order of the recorded answer of order 149."""

_COPIED = ("quantity", "upc", "sku", "wrapping_id", "wrapping_name", "wrapping_message")


def new_line(given: Body, line_id: int, order_id: int, place: Body, state: State) -> Record:
    """A line as the store keeps it. `place`: the order_address_id or order_pickup_method_id it goes to."""
    line = {**TEMPLATE, "id": line_id, "order_id": order_id, **place}
    if "product_id" in given:
        _take_catalog(line, given, state)
    _take(line, given, state)
    return line


def change_line(line: Record, given: Body, state: State) -> None:
    """Only what is given changes; what discounts lay on the line are gone.

    Source: V2 `PUT /orders/{id}`: "the PUT request clears all discounts and promotions applied to the changed order
    line items".
    """
    product_id = given.get("product_id", line["product_id"])
    if product_id and (product_id != line["product_id"] or "variant_id" in given or "product_options" in given):
        _take_catalog(line, {**given, "product_id": product_id}, state)
    _take(line, given, state)
    line["applied_discounts"] = []
    settle_line(line)


def _take_catalog(line: Record, given: Body, state: State) -> None:
    product = state.get("products", given["product_id"])
    variant = chosen_variant(given, state) or {}
    price = shown(Decimal(str(variant.get("price") or product["price"])))
    names = dict.fromkeys(("name", "name_customer", "name_merchant"), product["name"])
    line |= names | {
        "product_id": product["id"],
        "sku": variant.get("sku") or product["sku"],
        "type": product["type"],
        "price_ex_tax": price,
        "price_inc_tax": price,
        "weight": shown(Decimal(str(product["weight"]))),
        "brand": product.get("brand", ""),
        "product_options": [],
    }
    if variant:
        line["variant_id"] = variant["id"]


def _take(line: Record, given: Body, state: State) -> None:
    line |= {name: given[name] for name in _COPIED if name in given}
    line |= _names(line, given)
    for name in ("price_ex_tax", "price_inc_tax", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax"):
        if name in given:
            line[name] = shown(exactly(given[name]))
    if given.get("wrapping_id") == 0:
        line |= {name: TEMPLATE[name] for name in TEMPLATE if "wrapping" in name}
    if "product_options" in given:
        line["product_options"] = _options(line, given["product_options"], state)
    settle_line(line)


def _names(line: Record, given: Body) -> Record:
    """Source: V2 `orderCustomProduct_Post`: name is name_customer; each side defaults to the other."""
    customer = given.get("name_customer", given.get("name"))
    merchant = given.get("name_merchant")
    if customer is None and merchant is None:
        return {}
    shown_name = customer or line["name"] or merchant
    return {
        "name": shown_name,
        "name_customer": shown_name,
        "name_merchant": merchant or line["name_merchant"] or customer,
    }


def settle_line(line: Record) -> None:
    """What follows from a line's prices, quantity, wrapping and discounts."""
    ex, inc, quantity = Decimal(line["price_ex_tax"]), Decimal(line["price_inc_tax"]), line["quantity"]
    wrapping = Decimal(line["wrapping_cost_inc_tax"]) - Decimal(line["wrapping_cost_ex_tax"])
    discount = sum((Decimal(one["amount"]) for one in line["applied_discounts"]), ZERO)
    line |= {
        "base_price": shown(ex),
        "price_tax": shown(inc - ex),
        "base_total": shown(ex * quantity),
        "total_ex_tax": shown(ex * quantity),
        "total_inc_tax": shown(inc * quantity),
        "total_tax": shown((inc - ex) * quantity),
        "base_wrapping_cost": line["wrapping_cost_ex_tax"],
        "wrapping_cost_tax": shown(wrapping),
        "discounted_total_inc_tax": shown(inc * quantity - discount),
    }


def _options(line: Record, given: list[Body], state: State) -> list[Record]:
    product = state.get("products", line["product_id"])
    known = {one["id"]: one for one in (*product["options"], *product["modifiers"])} if product else {}
    first = state.take_ids("order_product_options", len(given))
    return [
        _option(first + index, line["id"], one, known.get(one["id"], {}))
        for index, one in enumerate(given)
        if one["id"] in known
    ]


def _option(option_id: int, line_id: int, given: Body, known: dict[str, Any]) -> Record:
    name = given.get("display_name_customer", given.get("display_name", known.get("display_name", "")))
    labels = {str(one["id"]): one["label"] for one in known.get("option_values", [])}
    label = labels.get(given["value"], given["value"])
    value = given.get("display_value_customer", given.get("display_value", label))
    return {
        "id": option_id,
        "option_id": known.get("id", 0),
        "order_product_id": line_id,
        "product_option_id": given["id"],
        "display_name": name,
        "display_name_customer": name,
        "display_name_merchant": given.get("display_name_merchant", name),
        "display_value": value,
        "display_value_customer": value,
        "display_value_merchant": given.get("display_value_merchant", value),
        "value": given["value"],
        "type": known.get("type", "Multiple choice"),
        "name": known.get("display_name", name),
        "display_style": known.get("display_style", ""),
    }
