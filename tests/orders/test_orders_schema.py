"""What `schemas/order.schema.json` takes and refuses: one claim a row."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema_rs import is_valid
from orders_bodies import LEAVE_OUT, changed

from importer.orders import SCHEMA, gate

ADDRESS = {"zip": "78751", "country_iso2": "US"}
CUSTOM = {"name": "Cot", "quantity": 1, "price_ex_tax": 100, "price_inc_tax": 119}
FEE = {"type": "custom_fee", "display_name_customer": "Tip", "cost_ex_tax": "1.0000", "cost_inc_tax": "1.0000"}
PICKUP = {"pickup_method_id": 1, "line_items": [CUSTOM]}


TAKEN: dict[str, dict[str, Any]] = {
    "a country's name serves without its code": {"billing_address": {"zip": "1010", "country": "Austria"}},
    "a country's name may stand beside its code": {"billing_address.country": "United States"},
    "a billing postcode of two characters": {"billing_address.zip": "AB"},
    "a shipping address without postcode": {"shipping_addresses.0.zip": LEAVE_OUT},
    "an empty state": {"billing_address.state": ""},
    "no city, e-mail or telephone": {"billing_address": ADDRESS},
    "several shipping addresses": {"shipping_addresses": [ADDRESS, ADDRESS]},
    "no shipping address": {"shipping_addresses": LEAVE_OUT},
    "the lowest status": {"status_id": 0},
    "the highest status": {"status_id": 14},
    "a guest": {"customer_id": 0},
    "a locale of 2 letters": {"customer_locale": "en"},
    "a locale of 3 letters": {"customer_locale": "asa"},
    "a locale of 5 characters": {"customer_locale": "en-US"},
    "a locale of 6 characters": {"customer_locale": "es-419"},
    "no currency": {"default_currency_code": LEAVE_OUT},
    "a currency of former years": {"default_currency_code": "HRK"},
    "notes of 65535 characters": {"staff_notes": "x" * 65535},
    "a name of 250 characters": {"products.0.name": "x" * 250},
    "a name of 250 characters beyond the first plane": {"products.0.name": "😀" * 250},
    "a negative quantity": {"products.0.quantity": -1},
    "a price of 0": {"products.0.price_ex_tax": 0},
    "an amount of 0": {"discount_amount": "0.0000"},
    "an amount of 15 digits": {"discount_amount": "999999999999999.9999"},
    "a catalogue line without prices": {"products": [{"product_id": 1, "quantity": 1}]},
    "a catalogue line with an empty list of options": {
        "products": [{"product_id": 1, "quantity": 1, "product_options": []}]
    },
    "the highest IPv4 address": {"ip_address": "255.255.255.255"},
    "IPv6 in full": {"ip_address": LEAVE_OUT, "ip_address_v6": "2001:db8:3333:4444:5555:6666:7777:8888"},
    "IPv6 cut in the middle": {"ip_address": LEAVE_OUT, "ip_address_v6": "2001:DB8::1"},
    "IPv6 cut at the end": {"ip_address": LEAVE_OUT, "ip_address_v6": "2001:db8::"},
    "IPv6 of this machine": {"ip_address": LEAVE_OUT, "ip_address_v6": "::1"},
    "IPv6 of none": {"ip_address": LEAVE_OUT, "ip_address_v6": "::"},
    "a fee named for the customer": {"fees": [FEE]},
    "a fee by cost and tax": {
        "fees": [{"type": "custom_fee", "display_name_merchant": "Tip", "cost_inc_tax": "1.0000", "cost_tax": "0.0000"}]
    },
    "a pickup": {"products": LEAVE_OUT, "shipping_addresses": LEAVE_OUT, "consignments": {"pickups": [PICKUP]}},
    "no totals": dict.fromkeys(("subtotal_ex_tax", "subtotal_inc_tax", "total_ex_tax", "total_inc_tax"), LEAVE_OUT),
}

REFUSED: dict[str, dict[str, Any]] = {
    # what an order must have
    "no billing address": {"billing_address": LEAVE_OUT},
    "neither products nor consignments": {"products": LEAVE_OUT},
    "no lines": {"products": []},
    "no source": {"external_source": LEAVE_OUT},
    "another source": {"external_source": "ERP (Acumatica)"},
    "no old order number": {"external_order_id": LEAVE_OUT},
    "an empty old order number": {"external_order_id": ""},
    "an old order number that is a number": {"external_order_id": 1001},
    "no upstream order": {"external_merchant_id": LEAVE_OUT},
    "no date": {"date_created": LEAVE_OUT},
    "no status": {"status_id": LEAVE_OUT},
    # products against consignments
    "consignments beside products": {"shipping_addresses": LEAVE_OUT, "consignments": {"pickups": [PICKUP]}},
    "consignments beside shipping addresses": {"products": LEAVE_OUT, "consignments": {"pickups": [PICKUP]}},
    "two pickups": {
        "products": LEAVE_OUT,
        "shipping_addresses": LEAVE_OUT,
        "consignments": {"pickups": [PICKUP, PICKUP]},
    },
    "no pickup": {"products": LEAVE_OUT, "shipping_addresses": LEAVE_OUT, "consignments": {"pickups": []}},
    "a pickup without lines": {
        "products": LEAVE_OUT,
        "shipping_addresses": LEAVE_OUT,
        "consignments": {"pickups": [{**PICKUP, "line_items": []}]},
    },
    "a digital order that was collected": {
        "products": LEAVE_OUT,
        "shipping_addresses": LEAVE_OUT,
        "consignments": {"pickups": [PICKUP]},
        "order_is_digital": True,
    },
    # fields that the store does not take
    "an unknown field": {"colour": "red"},
    "an unknown field of an address": {"billing_address.zipcode": "78751"},
    "an unknown field of a line": {"products.0.colour": "red"},
    "a read-only field": {"status": "Completed"},
    "the id": {"id": 1},
    "the source of the order": {"order_source": "external"},
    "the id in another system": {"external_id": "1"},
    "the tax provider": {"tax_provider_id": ""},
    "the number of items": {"items_total": 1},
    "null for a text": {"customer_message": None},
    "null for a state": {"billing_address.state": None},
    # dates
    "a date of ISO 8601": {"date_created": "2012-11-20T00:00:00+00:00"},
    "a date of another zone": {"date_created": "Tue, 20 Nov 2012 00:00:00 +0100"},
    "a date in GMT by name": {"date_created": "Tue, 20 Nov 2012 00:00:00 GMT"},
    "a German day": {"date_created": "Die, 20 Nov 2012 00:00:00 +0000"},
    "a French month": {"date_created": "Tue, 20 nov. 2012 00:00:00 +0000"},
    "a day of one digit": {"date_created": "Sat, 3 Nov 2012 00:00:00 +0000"},
    "hour 24": {"date_created": "Tue, 20 Nov 2012 24:00:00 +0000"},
    "a date with a newline behind it": {"date_created": "Tue, 20 Nov 2012 00:00:00 +0000\n"},
    # numbers and texts
    "a status below 0": {"status_id": -1},
    "a status above 14": {"status_id": 15},
    "a status as text": {"status_id": "10"},
    "a customer below 0": {"customer_id": -1},
    "channel 0": {"channel_id": 0},
    "an order amount as a number": {"total_inc_tax": 134},
    "an amount with two decimals": {"total_inc_tax": "134.00"},
    "a negative amount": {"discount_amount": "-1.0000"},
    "an amount with a leading zero": {"discount_amount": "01.0000"},
    "an amount in digits of another script": {"discount_amount": "١.0000"},
    "an amount with a newline behind it": {"discount_amount": "1.0000\n"},
    "a price as text": {"products.0.price_ex_tax": "100.0000"},
    "a negative price": {"products.0.price_ex_tax": -1},
    "a price that JSON holds no cents of": {"products.0.price_ex_tax": 10**11},
    "a price that is no number": {"products.0.price_ex_tax": float("nan")},
    "a quantity as text": {"products.0.quantity": "1"},
    "half a piece": {"products.0.quantity": 0.5},
    "true for a quantity": {"products.0.quantity": True},
    "a billing postcode of one character": {"billing_address.zip": "7"},
    "no billing postcode": {"billing_address.zip": LEAVE_OUT},
    "a postcode as a number": {"billing_address.zip": 78751},
    "no country": {"billing_address": {"zip": "78751"}},
    "no country in a shipping address": {"shipping_addresses": [{"zip": "78751"}]},
    "a country code in lower case": {"billing_address.country_iso2": "us"},
    "a country code of three letters": {"billing_address.country_iso2": "USA"},
    "an empty country": {"billing_address": {"zip": "78751", "country": ""}},
    "an empty list of shipping addresses": {"shipping_addresses": []},
    "notes of 65536 characters": {"staff_notes": "x" * 65536},
    "a locale of 4 letters": {"customer_locale": "engl"},
    "a locale with an underscore": {"customer_locale": "en_US"},
    "a locale with a small region": {"customer_locale": "en-us"},
    "a currency in lower case": {"default_currency_code": "eur"},
    "a currency that is none": {"default_currency_code": "EUX"},
    "an IPv4 address above 255": {"ip_address": "12.345.678.910"},
    "IPv6 in the field of IPv4": {"ip_address": "::1"},
    "IPv4 in the field of IPv6": {"ip_address": LEAVE_OUT, "ip_address_v6": "203.0.113.7"},
    "IPv6 with nine groups": {"ip_address": LEAVE_OUT, "ip_address_v6": "1:2:3:4:5:6:7:8:9"},
    "IPv6 cut twice": {"ip_address": LEAVE_OUT, "ip_address_v6": "1::2::3"},
    "both kinds of IP address": {"ip_address_v6": "::1"},
    # pairs
    "a subtotal without its tax side": {"subtotal_inc_tax": LEAVE_OUT},
    "a total without its net side": {"total_ex_tax": LEAVE_OUT},
    "shipping without its tax side": {"shipping_cost_inc_tax": LEAVE_OUT},
    "handling without its tax side": {"handling_cost_ex_tax": "1.0000"},
    "wrapping without its net side": {"wrapping_cost_inc_tax": "1.0000"},
    # lines
    "a custom line without name": {"products.0.name": LEAVE_OUT},
    "a custom line with an empty name": {"products.0.name": ""},
    "a custom line with a name of 251 characters": {"products.0.name": "x" * 251},
    "a custom line with an empty merchant name": {"products.0.name_merchant": ""},
    "a custom line without quantity": {"products.0.quantity": LEAVE_OUT},
    "a custom line without a price": {"products.0.price_ex_tax": LEAVE_OUT},
    "a custom line with a variant": {"products.0.variant_id": 1},
    "a custom line with wrapping": {"products.0.wrapping_cost_ex_tax": 1},
    "a catalogue line with a SKU": {"products": [{"product_id": 1, "quantity": 1, "sku": "A"}]},
    "a catalogue line without quantity": {"products": [{"product_id": 1}]},
    "a catalogue line with one price": {"products": [{"product_id": 1, "quantity": 1, "price_ex_tax": 1}]},
    "product 0": {"products": [{"product_id": 0, "quantity": 1}]},
    "an option without value": {"products": [{"product_id": 1, "quantity": 1, "product_options": [{"id": 1}]}]},
    "an option with a number for value": {
        "products": [{"product_id": 1, "quantity": 1, "product_options": [{"id": 1, "value": 180}]}]
    },
    "wrapping without its costs": {"products": [{"product_id": 1, "quantity": 1, "wrapping_id": 1}]},
    "a name of a wrapping that is not there": {"products": [{"product_id": 1, "quantity": 1, "wrapping_name": "Red"}]},
    # fees
    "no fees in the list": {"fees": []},
    "a fee of another type": {"fees": [{**FEE, "type": "tip"}]},
    "a fee without a name": {"fees": [{name: FEE[name] for name in ("type", "cost_ex_tax", "cost_inc_tax")}]},
    "a fee with one cost": {"fees": [{name: FEE[name] for name in ("type", "display_name_customer", "cost_ex_tax")}]},
    "a fee with its tax only": {"fees": [{"type": "custom_fee", "display_name_customer": "Tip", "cost_tax": "1.0000"}]},
    "a negative fee": {"fees": [{**FEE, "cost_ex_tax": "-1.0000"}]},
    "a fee as a number": {"fees": [{**FEE, "cost_ex_tax": 1}]},
}


@pytest.mark.parametrize("changes", TAKEN.values(), ids=TAKEN.keys())
def test_the_gate_takes(changes: dict[str, Any], body: dict[str, Any]) -> None:
    """What the store's documents allow passes."""
    assert gate.problems(changed(body, changes)) == ()


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_the_gate_refuses(changes: dict[str, Any], body: dict[str, Any]) -> None:
    """What the store's documents forbid does not pass."""
    assert not gate.passes(changed(body, changes))


def test_the_schema_is_a_schema() -> None:
    """The file keeps draft 2020-12 itself."""
    Draft202012Validator.check_schema(SCHEMA)


def objects() -> list[Any]:
    """Each schema in the file that describes an object, with its name."""
    found = {"order": SCHEMA, "consignments": SCHEMA["properties"]["consignments"], **SCHEMA["$defs"]}
    return [pytest.param(schema, id=name) for name, schema in found.items() if schema.get("type") == "object"]


@pytest.mark.parametrize("schema", objects())
def test_objects_are_closed_and_their_fields_explained(schema: dict[str, Any]) -> None:
    """No object takes an unknown field, and every field has title, description and the source of its rule."""
    assert schema["additionalProperties"] is False
    for name, field in schema["properties"].items():
        assert {"title", "description", "$comment"} <= field.keys(), name


@pytest.mark.parametrize("name", SCHEMA["$defs"])
def test_shared_shapes_are_explained(name: str) -> None:
    """Each shared shape says what it is and where the rule stands; what has a form has an example of it."""
    shape = SCHEMA["$defs"][name]
    assert {"title", "description", "$comment"} <= shape.keys()
    if "pattern" in shape or "enum" in shape:
        assert is_valid(shape, shape["examples"][0])
