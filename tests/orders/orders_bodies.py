"""Bodies that are right, and a way to break one thing in them."""

from __future__ import annotations

import copy
from typing import Any

ADDRESS = {
    "first_name": "Jane",
    "last_name": "Doe",
    "company": "",
    "street_1": "123 Main Street",
    "street_2": "",
    "city": "Austin",
    "state": "Texas",
    "zip": "78751",
    "country_iso2": "US",
    "phone": "+1 512 555 0100",
    "email": "jane@example.com",
}
HEAD = {
    "external_source": "M-MIG",
    "external_order_id": "1001",
    "external_merchant_id": "old-shop:1001",
    "date_created": "Tue, 20 Nov 2012 00:00:00 +0000",
    "status_id": 10,
    "billing_address": ADDRESS,
}
CUSTOM = {"name": "Cot", "sku": "COT-1", "quantity": 1, "price_ex_tax": 100, "price_inc_tax": 119}
MONEY = {
    "subtotal_ex_tax": "116.8100",
    "subtotal_inc_tax": "139.0000",
    "shipping_cost_ex_tax": "4.2000",
    "shipping_cost_inc_tax": "5.0000",
    "discount_amount": "10.0000",
    "total_ex_tax": "111.0100",
    "total_inc_tax": "134.0000",
}
BODIES: dict[str, dict[str, Any]] = {
    "least": {**HEAD, "products": [{"name": "Cot", "quantity": 1, "price_ex_tax": 0, "price_inc_tax": 0.5}]},
    "two lines": {
        **HEAD,
        **MONEY,
        "customer_id": 0,
        "channel_id": 1,
        "default_currency_code": "EUR",
        "customer_locale": "en-US",
        "shipping_addresses": [{**ADDRESS, "shipping_method": "Standard"}],
        "products": [CUSTOM, {"name": "Cat", "quantity": 2, "price_ex_tax": 8.4034, "price_inc_tax": 10.0}],
        "payment_method": "Credit card",
        "payment_provider_id": "ch_1",
        "customer_message": "Ring twice",
        "staff_notes": "Old status: paid",
        "ip_address": "203.0.113.7",
        "geoip_country": "United States",
        "geoip_country_iso2": "US",
        "order_is_digital": False,
    },
    "catalogue": {
        **HEAD,
        "wrapping_cost_ex_tax": "2.0000",
        "wrapping_cost_inc_tax": "2.5000",
        "ip_address_v6": "2001:db8::7",
        "products": [
            {
                "product_id": 184,
                "variant_id": 93,
                "quantity": 1,
                "price_ex_tax": 10,
                "price_inc_tax": 11.9,
                "name": "Mug",
                "name_customer": "Mug",
                "name_merchant": "Mug, blue",
                "upc": "0123456789012",
                "product_options": [
                    {"id": 200, "value": "180", "display_name": "Colour", "display_value": "blue"},
                    {"id": 230, "value": "Happy birthday"},
                ],
                "wrapping_id": 1,
                "wrapping_name": "Red paper",
                "wrapping_message": "For Ann",
                "wrapping_cost_ex_tax": 2,
                "wrapping_cost_inc_tax": 2.5,
            },
            {"product_id": 118, "quantity": 3},
        ],
    },
    "pickup": {
        **HEAD,
        "consignments": {
            "pickups": [
                {
                    "pickup_method_id": 1,
                    "pickup_method_display_name": "Pick up",
                    "collection_instructions": "Bring your ID",
                    "collection_time_description": "9am - 6pm",
                    "location": {"name": "Shop", "code": "S1", "postal_code": "78726", "country_alpha2": "US"},
                    "line_items": [CUSTOM],
                }
            ]
        },
    },
    "fees": {
        **HEAD,
        "products": [CUSTOM],
        "fees": [
            {
                "type": "custom_fee",
                "display_name_customer": "Insurance",
                "cost_ex_tax": "10.0000",
                "cost_inc_tax": "11.9000",
                "cost_tax": "1.9000",
                "tax_class_id": 1,
            },
            {"type": "custom_fee", "display_name_merchant": "Tip", "cost_ex_tax": "5.0000", "cost_tax": "0.0000"},
            {
                "type": "custom_fee",
                "display_name_merchant": "Deposit",
                "source": "old-shop",
                "cost_inc_tax": "3.0000",
                "cost_tax": "1.0000",
            },
        ],
        "handling_cost_ex_tax": "1.0000",
        "handling_cost_inc_tax": "1.0000",
        "subtotal_ex_tax": "100.0000",
        "subtotal_inc_tax": "119.0000",
        "total_ex_tax": "118.0000",
        "total_inc_tax": "139.9000",
    },
    "return": {**HEAD, "products": [{**CUSTOM, "quantity": -3}]},
}
"""Valid bodies by what they show."""

LEAVE_OUT = object()
"""In `changed`: the field is removed."""


def changed(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The body with values set at dotted paths: `products.0.name`."""
    body = copy.deepcopy(body)
    for path, value in changes.items():
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
        place: Any = body
        for part in parents:
            place = place[part]
        if value is LEAVE_OUT:
            del place[last]
        else:
            place[last] = value
    return body
