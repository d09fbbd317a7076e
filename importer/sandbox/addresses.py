"""Addresses, fees and pickups of an order: from what a body says to what answers show."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from importer.sandbox.amounts import exactly, shown
from importer.sandbox.geography import country

if TYPE_CHECKING:
    from importer.sandbox.checks import Body
    from importer.sandbox.state import Record

PERSON: Record = dict.fromkeys(
    "first_name last_name company street_1 street_2 city state zip country country_iso2 phone email".split(), ""
)

_COST_NAMES = (
    "base_cost",
    "cost_ex_tax",
    "cost_inc_tax",
    "cost_tax",
    "base_handling_cost",
    "handling_cost_ex_tax",
    "handling_cost_inc_tax",
    "handling_cost_tax",
)


def billing(given: Body, before: Record | None = None) -> Record:
    """A billing address; what is not given stays as it was."""
    return {**PERSON, "form_fields": [], **(before or {}), **given, **country(given)}


def shipping(given: Body, address_id: int, order_id: int) -> Record:
    """A shipping address as the store keeps it."""
    return {
        "id": address_id,
        "order_id": order_id,
        **PERSON,
        "items_total": 0,
        "items_shipped": 0,
        "shipping_method": "",
        **dict.fromkeys(_COST_NAMES, "0.0000"),
        "cost_tax_class_id": 0,
        "handling_cost_tax_class_id": 0,
        "shipping_zone_id": 0,
        "shipping_zone_name": "",
        "form_fields": [],
        **given,
        **country(given),
    }


def change_shipping(address: Record, given: Body) -> None:
    """Only what is given changes, and no cost is computed again.

    Source: V2 `PUT /orders/{id}/shipping_addresses/{id}`.
    """
    address |= {**given, **country(given)}


def fee(given: Body, fee_id: int) -> Record:
    """A fee whole: of the three costs the missing one follows from the other two.

    Source: V2 `orderFees_Post`.
    """
    ex, inc, tax = (exactly(given.get(name)) for name in ("cost_ex_tax", "cost_inc_tax", "cost_tax"))
    if "cost_ex_tax" not in given:
        ex = inc - tax
    if "cost_inc_tax" not in given:
        inc = ex + tax
    name = given.get("display_name_customer") or given["display_name_merchant"]
    return {
        "id": fee_id,
        "type": given["type"],
        "display_name_customer": name,
        "display_name_merchant": given.get("display_name_merchant") or name,
        "source": given.get("source", ""),
        **_fee_costs(ex, inc),
        "tax_class_id": given.get("tax_class_id"),
    }


def _fee_costs(ex: Decimal, inc: Decimal) -> Record:
    return {
        "base_cost": shown(ex),
        "cost_ex_tax": shown(ex),
        "cost_inc_tax": shown(inc),
        "cost_tax": shown(inc - ex),
    }


def pickup(given: Body, pickup_id: int) -> Record:
    """A pickup consignment without its lines.

    Source: V2 `pickupConsignment_Get`.
    """
    return {
        "id": pickup_id,
        "pickup_method_id": given["pickup_method_id"],
        "pickup_method_display_name": given.get("pickup_method_display_name", ""),
        "collection_instructions": given.get("collection_instructions", ""),
        "collection_time_description": given.get("collection_time_description", ""),
        "location": {"id": pickup_id, **given.get("location", {})},
    }
