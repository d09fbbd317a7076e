"""Invented orders as Shopify's APIs give them: REST pages, GraphQL pages, and the JSON Lines of a bulk operation."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from invented import ADDRESSES, ZERO, Line, Order, Place
from invented_files import COUNTRIES, Thing, Written, as_json, notation, sparse, utc


def shopify(chance: Random, orders: list[Order]) -> Written:
    old = chance.random() < 0.3  # without *_set, as before 2018
    tips = [order.tip for order in orders]
    sold = [order.with_tip_as_line() if chance.random() < 0.5 else order for order in orders]
    found = [shopify_order(chance, order, received, old=old) for order, received in zip(sold, tips, strict=True)]
    page: Any = chance.choice([{"orders": found}, found])
    return Written(as_json(page, chance), {f"#{order.number}": order for order in sold})


def shopify_order(chance: Random, order: Order, received: Decimal, *, old: bool) -> Thing:
    write = notation(chance, order)

    def money(key: str, amount: Decimal) -> Thing:
        if old:
            return {key: write(amount)}
        return {key: write(amount), f"{key}_set": both(order, amount)}

    word = shopify_word(chance, order)
    listed = order.shipping + (order.unit * 500 if order.shipping and chance.random() < 0.3 else ZERO)
    return {
        "id": 5277620000000 + order.number,
        "name": f"#{order.number}",
        "order_number": order.number,
        "created_at": order.instant.isoformat(),
        "processed_at": chance.choice([order.instant.isoformat(), order.instant.isoformat(timespec="milliseconds")]),
        "cancelled_at": order.instant.isoformat() if order.cancelled else None,
        "test": chance.choice([False, None]),
        "currency": order.currency,
        "presentment_currency": order.currency if old else "CAD",
        "taxes_included": order.mode == "inclusive",
        "financial_status": word,
        "fulfillment_status": "fulfilled" if order.shipped else chance.choice([None, "partial", "restocked"]),
        **money("total_line_items_price", order.goods),
        **money("total_discounts", order.off + listed - order.shipping),
        **money("subtotal_price", order.goods - order.off),
        **money("total_tax", order.tax),
        **money("total_price", order.total),
        "total_tip_received": write(received),
        "line_items": [shopify_line(chance, order, line, money, old=old) for line in order.lines],
        "shipping_lines": [
            {
                "title": "Standard",
                **money("price", listed),
                **money("discounted_price", order.shipping),
                "tax_lines": [{"title": "VAT", "rate": 0.2, **money("price", order.shipping_tax)}]
                if order.shipping_tax
                else [],
                "discount_allocations": [],
            }
        ]
        if listed
        else [],
        "tax_lines": [{"title": "VAT", "rate": 0.2, **money("price", order.tax)}] if order.tax else [],
        "discount_codes": [{"code": "TEN", "amount": write(order.off), "type": "percentage"}] if order.off else [],
        "refunds": [
            {
                "transactions": [
                    {
                        "kind": "refund",
                        "status": "success",
                        "amount": order.text(order.refunded),
                        "currency": order.currency,
                    }
                ],
                "refund_line_items": [],
                "order_adjustments": [],
            }
        ]
        if order.refunded
        else [],
        "billing_address": shopify_place(order.billing),
        "shipping_address": shopify_place(order.delivery),
        "email": chance.choice([order.email, None]),
        "note": order.note or None,
        "browser_ip": chance.choice(ADDRESSES),
        "customer": {"email": order.email, "default_address": None},
        "payment_gateway_names": ["bogus"],
        "tags": "",
    }


def both(order: Order, amount: Decimal) -> Thing:
    shown = (amount * Decimal("1.37")).quantize(Decimal("0.01"))
    return {
        "shop_money": {"amount": order.text(amount), "currency_code": order.currency},
        "presentment_money": {"amount": str(shown), "currency_code": "CAD"},
    }


def shopify_word(chance: Random, order: Order) -> str:
    if order.refunded:
        return "refunded" if order.refunded == order.total else "partially_refunded"
    return (
        "voided" if order.cancelled else "paid" if order.paid else chance.choice(["pending", "authorized", "expired"])
    )


def shopify_line(
    chance: Random, order: Order, line: Line, money: Callable[[str, Decimal], Thing], *, old: bool
) -> Thing:
    taxes = [{"title": "VAT", "rate": 0.2, **money("price", line.tax)}] if line.tax else []
    off = (
        {"amount": order.text(line.off)}
        if old
        else {"amount": order.text(line.off), "amount_set": both(order, line.off)}
    )
    return {
        "id": chance.randint(1, 10**12),
        "title": line.name,
        "name": line.name,
        "sku": line.sku or None,
        "quantity": int(line.quantity),
        **money("price", line.price),
        "total_discount": "0.00",
        "discount_allocations": [{**off, "discount_application_index": 0}] if line.off else [],
        "tax_lines": taxes,
        "taxable": bool(taxes),
        "product_id": None,
    }


def shopify_place(place: Place | None) -> Thing | None:
    if place is None:
        return None
    first, _, last = place.name.rpartition(" ")
    return {
        "first_name": first or None,
        "last_name": last,
        "name": place.name,
        "company": place.company or None,
        "address1": place.street,
        "address2": place.street_2 or None,
        "city": place.city,
        "province": place.state or None,
        "province_code": place.code or None,
        "country": COUNTRIES[place.country],
        "country_code": place.country,
        "zip": place.zip or None,
        "phone": place.phone or None,
    }


def graphql(chance: Random, orders: list[Order]) -> Written:
    shape = chance.choice(["bulk", "nodes", "edges"])
    wholes = [graphql_order(chance, order) for order in orders]
    ids = {f"gid://shopify/Order/{order.number}": order for order in orders}
    if shape == "bulk":
        rows: list[Thing] = []
        for whole in wholes:
            lines = whole.pop("lineItems")
            rows.append(whole)
            rows += [{**line, "__parentId": whole["id"]} for line in lines]
        rows[1:] = chance.sample(rows[1:], len(rows) - 1) if chance.random() < 0.3 else rows[1:]
        text = "\n".join(json.dumps(sparse(row), ensure_ascii=False) for row in rows)
        return Written(f"{text}\n".encode(), ids)
    for whole in wholes:
        whole["lineItems"] = wrapped(whole["lineItems"], shape)
    return Written(as_json({"data": {"orders": wrapped(wholes, shape)}}, chance), ids)


def wrapped(things: list[Thing], shape: str) -> Thing:
    if shape == "nodes":
        return {"nodes": things, "pageInfo": {"hasNextPage": False}}
    return {"edges": [{"node": thing} for thing in things]}


def graphql_order(chance: Random, order: Order) -> Thing:
    def money(amount: Decimal) -> Thing:
        found = both(order, amount)
        return {
            "shopMoney": {
                "amount": str(amount.normalize() + ZERO) if amount % 1 else f"{amount:.1f}",
                "currencyCode": order.currency,
            },
            "presentmentMoney": {"amount": found["presentment_money"]["amount"], "currencyCode": "CAD"},
        }

    def tax(amount: Decimal) -> list[Thing]:
        return [{"title": "VAT", "rate": 0.2, "priceSet": money(amount)}] if amount else []

    return {
        "id": f"gid://shopify/Order/{order.number}",
        "name": f"#{order.number}",
        "createdAt": utc(order.instant, "%Y-%m-%dT%H:%M:%SZ"),
        "processedAt": utc(order.instant, "%Y-%m-%dT%H:%M:%SZ"),
        "cancelledAt": utc(order.instant, "%Y-%m-%dT%H:%M:%SZ") if order.cancelled else None,
        "test": False,
        "taxesIncluded": order.mode == "inclusive",
        "displayFinancialStatus": shopify_word(chance, order).upper(),
        "displayFulfillmentStatus": "FULFILLED"
        if order.shipped
        else chance.choice(["UNFULFILLED", "PARTIALLY_FULFILLED", "ON_HOLD", "IN_PROGRESS", "SCHEDULED"]),
        "email": order.email,
        "note": order.note or None,
        "clientIp": chance.choice(ADDRESSES),
        "totalPriceSet": money(order.total),
        "subtotalPriceSet": money(order.goods - order.off),
        "totalDiscountsSet": money(order.off),
        "totalTaxSet": money(order.tax),
        "totalShippingPriceSet": money(order.shipping),
        "totalTipReceivedSet": money(order.tip),
        "totalRefundedSet": money(order.refunded),
        "shippingLine": {
            "title": "Standard",
            "originalPriceSet": money(order.shipping),
            "discountedPriceSet": money(order.shipping),
            "taxLines": tax(order.shipping_tax),
        }
        if order.shipping
        else None,
        "billingAddress": graphql_place(order.billing),
        "shippingAddress": graphql_place(order.delivery),
        "lineItems": [
            {
                "id": f"gid://shopify/LineItem/{order.number}{place}",
                "title": line.name,
                "name": line.name,
                "sku": line.sku or None,
                "quantity": int(line.quantity),
                "taxable": bool(line.tax),
                "originalUnitPriceSet": money(line.price),
                "taxLines": tax(line.tax),
                "discountAllocations": [{"allocatedAmountSet": money(line.off)}] if line.off else [],
            }
            for place, line in enumerate(order.lines)
        ],
    }


def graphql_place(place: Place | None) -> Thing | None:
    if place is None:
        return None
    found = shopify_place(place) or {}
    names = {
        "first_name": "firstName",
        "last_name": "lastName",
        "province_code": "provinceCode",
        "country_code": "countryCodeV2",
    }
    return {names.get(key, key): one for key, one in found.items()}
