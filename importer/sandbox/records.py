"""The record of an order: what its answers are built of, and the columns that lists filter by."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from importer.sandbox.amounts import amount, exactly, shown
from importer.sandbox.statuses import NAMES

if TYPE_CHECKING:
    from importer.sandbox.checks import Body
    from importer.sandbox.state import Record

_ZERO = "0.0000"

TEMPLATE: Record = {
    "id": 0,
    "customer_id": 0,
    "date_created": "",
    "date_modified": "",
    "date_shipped": "",
    "status_id": 1,
    "status": "Pending",
    "subtotal_ex_tax": _ZERO,
    "subtotal_inc_tax": _ZERO,
    "subtotal_tax": _ZERO,
    "base_shipping_cost": _ZERO,
    "shipping_cost_ex_tax": _ZERO,
    "shipping_cost_inc_tax": _ZERO,
    "shipping_cost_tax": _ZERO,
    "shipping_cost_tax_class_id": 0,
    "base_handling_cost": _ZERO,
    "handling_cost_ex_tax": _ZERO,
    "handling_cost_inc_tax": _ZERO,
    "handling_cost_tax": _ZERO,
    "handling_cost_tax_class_id": 0,
    "base_wrapping_cost": _ZERO,
    "wrapping_cost_ex_tax": _ZERO,
    "wrapping_cost_inc_tax": _ZERO,
    "wrapping_cost_tax": _ZERO,
    "wrapping_cost_tax_class_id": 0,
    "total_ex_tax": _ZERO,
    "total_inc_tax": _ZERO,
    "total_tax": _ZERO,
    "items_total": 0,
    "items_shipped": 0,
    "payment_method": "Manual",
    "payment_provider_id": None,
    "payment_status": "",
    "refunded_amount": _ZERO,
    "order_is_digital": False,
    "store_credit_amount": _ZERO,
    "gift_certificate_amount": _ZERO,
    "ip_address": "",
    "ip_address_v6": "",
    "geoip_country": "",
    "geoip_country_iso2": "",
    "currency_id": 1,
    "currency_code": "",
    "currency_exchange_rate": "1.0000000000",
    "default_currency_id": 1,
    "default_currency_code": "",
    "staff_notes": None,
    "customer_message": None,
    "discount_amount": _ZERO,
    "coupon_discount": _ZERO,
    "shipping_address_count": 0,
    "is_deleted": False,
    "ebay_order_id": "0",
    "cart_id": None,
    "billing_address": {},
    "is_email_opt_in": False,
    "credit_card_type": None,
    "order_source": "external",
    "channel_id": 1,
    "external_source": None,
    "external_id": None,
    "external_merchant_id": None,
    "external_order_id": None,
    "tax_provider_id": "",
    "customer_locale": "",
    "store_default_currency_code": "",
    "store_default_to_transactional_exchange_rate": "1.0000000000",
    "custom_status": "Pending",
    "is_tax_inclusive_pricing": False,
}
"""Source: the recorded answer of order 101, which POST /v2/orders made, and `order_Shared` for what came since."""

_COPIED = """customer_id status_id payment_method order_is_digital geoip_country geoip_country_iso2 staff_notes
    customer_message ebay_order_id channel_id external_source external_merchant_id external_order_id customer_locale
    items_shipped is_deleted""".split()


def new_record(order_id: int, body: Body, now: float, settings: dict[str, Any]) -> Record:
    """An order with its own fields, before it has lines, addresses and sums.

    `stated`: the amounts that a body set. `spread`: whether the discount lies on the lines. `moved`: the units by which
    each product or variant was taken from stock.
    """
    currency = body.get("default_currency_code", settings["currency"])
    order = {
        **TEMPLATE,
        "id": order_id,
        "currency_code": currency,
        "default_currency_code": currency,
        "store_default_currency_code": settings["currency"],
        "is_tax_inclusive_pricing": settings["is_price_entered_with_tax"],
    }
    take_fields(order, body)
    parts: Record = {"lines": [], "addresses": [], "fees": [], "pickups": []}
    return {"order": order, **parts, "created": now, "first": now, "stated": {}, "spread": False, "moved": {}}


def take_fields(order: Record, body: Body) -> None:
    """The fields of the body that an order keeps as they are.

    Source: V2 `ip_address`: setting it resets `ip_address_v6`, and vice versa.
    """
    order |= {name: body[name] for name in _COPIED if name in body}
    order["status"] = order["custom_status"] = NAMES[order["status_id"]]
    if "ip_address" in body or "ip_address_v6" in body:
        order |= {name: body.get(name, "") for name in ("ip_address", "ip_address_v6")}
    if "payment_provider_id" in body:
        order["payment_provider_id"] = _plain(body["payment_provider_id"])


def _plain(value: Any) -> Any:
    number = amount(value)
    return shown(number) if isinstance(value, Decimal) and number is not None else value


def columns(record: Record, modified: float) -> dict[str, Any]:
    """What lists filter and sort by; `total` in ten-thousandths."""
    order = record["order"]
    return {
        **{name: order[name] for name in ("external_order_id", "external_merchant_id", "external_source")},
        **{name: order[name] for name in ("customer_id", "status_id", "channel_id", "payment_method")},
        "email": order["billing_address"]["email"].lower(),
        "total": int(exactly(order["total_inc_tax"]) * 10_000),
        "created": record["created"],
        "modified": modified,
        "archived": int(order["is_deleted"]),
        "visible": record["first"],
    }
