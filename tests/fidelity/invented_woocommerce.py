"""Invented orders as WooCommerce exports them: its API, and plug-ins that write a row an item or lines packed in cells.

WooCommerce keeps every amount without tax, also in a shop whose prices include it: there the parts are rounded one by
one, and need not make the total to the cent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from invented import ADDRESSES, ZERO, Order, Place
from invented_files import NOWHERE, Row, Rows, Thing, Written, as_csv, as_json, notation, utc


def woo_status(chance: Random, order: Order) -> str:
    if order.refunded and order.refunded == order.total:
        return "refunded"
    if order.cancelled:
        return chance.choice(["cancelled", "failed"])
    return "completed" if order.shipped else "processing" if order.paid else chance.choice(["on-hold", "pending"])


def woo_items(chance: Random, orders: list[Order]) -> Written:
    prefix = chance.choice(["", "wc-"])
    first_only = chance.random() < 0.5
    before = chance.random() < 0.4  # this plug-in's item totals are before the cart's discount
    rows: Rows = []
    for order in orders:
        status = woo_status(chance, order)
        for place, line in enumerate(order.lines):
            whole = {
                "order_number": str(order.number),
                "order_date": utc(order.instant),
                "status": prefix + status,
                "order_currency": order.currency,
                "order_total": order.text(order.total),
                "shipping_total": order.text(order.shipping),
                "shipping_tax_total": order.text(order.shipping_tax),
                "fee_total": "0",
                "fee_tax_total": "0",
                "tax_total": order.text(order.tax),
                "cart_discount": order.text(order.off),
                "refunded_total": order.text(order.refunded),
                "customer_note": order.note,
                "payment_method_title": "Card",
                "shipping_method": "Flat rate",
                **woo_place("billing", order.billing or NOWHERE),
                "billing_email": order.email,
                **woo_place("shipping", order.delivery or NOWHERE),
            }
            if place and first_only:
                whole = {name: cell if name == "order_number" else "" for name, cell in whole.items()}
            rows.append(
                {
                    **whole,
                    "item_name": line.name,
                    "item_sku": line.sku,
                    "item_quantity": str(line.quantity),
                    "item_total": order.text(line.gross if before else line.net),
                    "item_total_tax": order.text(line.tax),
                }
            )
    return Written(as_csv(rows, chance), {str(order.number): order for order in orders})


def woo_place(side: str, place: Place) -> Row:
    first, _, last = place.name.rpartition(" ")
    return {
        f"{side}_first_name": first or last,
        f"{side}_last_name": last if first else "",
        f"{side}_company": place.company,
        f"{side}_address_1": place.street,
        f"{side}_address_2": place.street_2,
        f"{side}_city": place.city,
        f"{side}_state": place.code,
        f"{side}_postcode": place.zip,
        f"{side}_country": place.country,
        f"{side}_phone": place.phone,
    }


def webtoffee(chance: Random, orders: list[Order]) -> Written:
    most = max(len(order.lines) for order in orders)
    form = chance.choice(["%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"])
    rows = []
    for order in orders:
        lines = {f"line_item_{place}": "" for place in range(1, most + 1)}
        for place, line in enumerate(order.lines, 1):
            packed = (
                f"name:{line.name}|product_id:7|sku:{line.sku}|quantity:{line.quantity}|total:{order.text(line.net)}"
            )
            lines[f"line_item_{place}"] = (
                f"{packed}|sub_total:{order.text(line.gross)}|tax:{order.text(line.tax)}|color:Red"
            )
        rows.append(
            {
                "order_id": str(order.number + 5),
                "order_number": str(order.number),
                "order_date": utc(order.instant, form),
                "paid_date": utc(order.instant),
                "status": woo_status(chance, order),
                "shipping_total": order.text(order.shipping),
                "shipping_tax_total": order.text(order.shipping_tax),
                "fee_total": "0",
                "fee_tax_total": "0",
                "tax_total": order.text(order.tax),
                "cart_discount": order.text(order.off),
                "order_discount": order.text(order.off),
                "discount_total": order.text(order.off),
                "order_total": order.text(order.total),
                "order_currency": order.currency,
                "payment_method": "card",
                "shipping_method": "Flat rate",
                "customer_id": "7",
                "customer_email": order.email,
                **woo_place("billing", order.billing or NOWHERE),
                "billing_email": order.email,
                **woo_place("shipping", order.delivery or NOWHERE),
                "customer_note": order.note,
                "refund_items": f"amount:{order.refunded}|reason:|date:2020-01-01" if order.refunded else "",
                **lines,
            }
        )
    return Written(as_csv(rows, chance), {str(order.number): order for order in orders})


def woocommerce(chance: Random, orders: list[Order]) -> Written:
    page: Any = [woo_order(chance, order) for order in orders]
    if chance.random() < 0.3:
        page = {"data": page}
    return Written(as_json(page, chance), {str(order.number): order for order in orders})


def without_tax(order: Order, amount: Decimal) -> Decimal:
    """The amount as WooCommerce keeps it: without the tax that lies inside, rounded by itself."""
    rate = sum(order.rates, ZERO) if order.mode == "inclusive" else ZERO
    return (amount / (1 + rate)).quantize(order.unit, ROUND_HALF_UP)


def tax_of(order: Order) -> Decimal:
    """The order's tax; where prices include it, what lies in all of them together."""
    charged = order.total - order.tip
    return charged - without_tax(order, charged) if order.mode == "inclusive" else order.tax


def woo_order(chance: Random, order: Order) -> Thing:
    write = notation(chance, order)
    tax, shipping = tax_of(order), without_tax(order, order.shipping)
    shipping_tax = order.shipping - shipping if order.mode == "inclusive" else order.shipping_tax
    status = woo_status(chance, order)
    return {
        "id": order.number + 77,
        "number": str(order.number),
        "status": status,
        "currency": order.currency,
        "prices_include_tax": chance.choice([True, False]),
        "date_created": utc(order.instant, "%Y-%m-%dT%H:%M:%S"),
        "date_created_gmt": utc(order.instant, "%Y-%m-%dT%H:%M:%S"),
        "discount_total": write(order.off),
        "discount_tax": write(ZERO),
        "shipping_total": write(shipping),
        "shipping_tax": write(shipping_tax),
        "cart_tax": write(tax - shipping_tax),
        "total": write(order.total),
        "total_tax": write(tax),
        "billing": woo_side("billing", order.billing, order.email),
        "shipping": woo_side("shipping", order.delivery, None),
        "payment_method": "card",
        "payment_method_title": "Card",
        "customer_note": order.note,
        "customer_ip_address": chance.choice(ADDRESSES),
        "line_items": [
            {
                "id": place,
                "name": line.name,
                "sku": line.sku or None,
                "quantity": float(line.quantity) if line.quantity % 1 else int(line.quantity),
                "subtotal": write(without_tax(order, line.gross)),
                "subtotal_tax": write(line.tax),
                "total": write(without_tax(order, line.net)),
                "total_tax": write(line.tax),
                "price": float(line.net / line.quantity),
                "meta_data": [{"id": 1, "key": "_x", "value": {"deep": []}}],
            }
            for place, line in enumerate(order.lines)
        ],
        "tax_lines": [],
        "shipping_lines": [{"method_title": "Flat rate", "method_id": "flat_rate", "total": write(order.shipping)}]
        if order.shipping
        else [],
        "fee_lines": [],
        "coupon_lines": [{"code": "ten", "discount": write(order.off)}] if order.off else [],
        "refunds": [{"id": 1, "reason": "", "total": f"-{order.text(order.refunded)}"}] if order.refunded else [],
    }


def woo_side(side: str, place: Place | None, email: str | None) -> Thing:
    found: Thing = {key.removeprefix(f"{side}_"): one for key, one in woo_place(side, place or NOWHERE).items()}
    return {**found, "email": email} if email is not None else found
