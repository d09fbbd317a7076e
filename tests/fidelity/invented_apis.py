"""Invented orders as other APIs give them: Magento, Ecwid, PrestaShop, BigCommerce."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from invented import ADDRESSES, ZERO, Order, Place
from invented_files import COUNTRIES, NOWHERE, Thing, Written, as_json, utc

# Magento


def magento(chance: Random, orders: list[Order]) -> Written:
    page = {
        "items": [magento_order(chance, order) for order in orders],
        "search_criteria": {},
        "total_count": len(orders),
    }
    return Written(as_json(page, chance), {f"{order.number:09d}": order for order in orders})


def magento_order(chance: Random, order: Order) -> Thing:
    write: Callable[[Decimal], Any] = chance.choice([float, lambda amount: f"{amount:.4f}"])
    items: list[Thing] = []
    for place, line in enumerate(order.lines, 1):
        bundled = chance.random() < 0.3
        item = {
            "item_id": place * 10,
            "name": line.name,
            "sku": line.sku,
            "product_type": "configurable" if bundled else "simple",
            "qty_ordered": float(line.quantity),
            "qty_shipped": float(line.quantity) if order.shipped else 0,
            "price": write(line.price),
            "row_total": write(line.gross),
            "tax_amount": write(line.tax),
            "discount_amount": write(line.off),
        }
        items.append(item)
        if bundled:
            items.append(
                {
                    **item,
                    "item_id": place * 10 + 1,
                    "parent_item_id": place * 10,
                    "price": 0,
                    "row_total": 0,
                    "tax_amount": 0,
                    "product_type": "simple",
                    "parent_item": dict(item),
                }
            )
    refunded = {"total_refunded": write(order.refunded)} if order.refunded else {}
    state = (
        "closed"
        if order.refunded and order.refunded == order.total
        else "canceled"
        if order.cancelled
        else "complete"
        if order.shipped
        else "processing"
    )
    return {
        "entity_id": order.number,
        "increment_id": f"{order.number:09d}",
        "state": state,
        "status": chance.choice([state, f"{state}_custom"]),
        "created_at": utc(order.instant),
        "order_currency_code": order.currency,
        "base_currency_code": "USD",
        "subtotal": write(order.goods),
        "discount_amount": write(-order.off),
        "shipping_amount": write(order.shipping),
        "shipping_tax_amount": write(order.shipping_tax),
        "tax_amount": write(order.tax),
        "discount_tax_compensation_amount": 0,
        "grand_total": write(order.total),
        **refunded,
        "customer_email": order.email,
        "remote_ip": chance.choice(ADDRESSES),
        "items": items,
        "billing_address": magento_place(order.billing),
        "payment": {"method": "checkmo", "additional_information": ["Check"]},
        "status_histories": [],
        "extension_attributes": {
            "shipping_assignments": [{"shipping": {"address": magento_place(order.delivery)}, "items": items}]
        }
        if order.delivery
        else {},
    }


def magento_place(place: Place | None) -> Thing | None:
    if place is None:
        return None
    first, _, last = place.name.rpartition(" ")
    return {
        "firstname": first or last,
        "lastname": last if first else None,
        "company": place.company or None,
        "street": [place.street, place.street_2] if place.street_2 else [place.street],
        "city": place.city,
        "region": place.state or None,
        "region_code": place.code or None,
        "postcode": place.zip or None,
        "country_id": place.country,
        "telephone": place.phone or None,
    }


# Ecwid


def ecwid(chance: Random, orders: list[Order]) -> Written:
    found = [ecwid_order(chance, order) for order in orders]
    page = chance.choice([{"total": len(found), "count": len(found), "offset": 0, "limit": 100, "items": found}, found])
    return Written(as_json(page, chance), {f"BB{order.number}": order for order in orders})


def ecwid_order(chance: Random, order: Order) -> Thing:
    word = "PAID" if order.paid else "AWAITING_PAYMENT"
    if order.refunded:
        word = "REFUNDED" if order.refunded == order.total else "PARTIALLY_REFUNDED"
    return {
        "id": f"BB{order.number}",
        "vendorOrderNumber": f"BB{order.number}",
        "orderNumber": order.number,
        "subtotal": float(order.goods),
        "total": float(order.total),
        "usdTotal": float(order.total),
        "tax": float(order.tax),
        "couponDiscount": float(order.off),
        "discount": 0,
        "volumeDiscount": 0,
        "email": order.email,
        "paymentStatus": "CANCELLED" if order.cancelled and not order.refunded else word,
        "fulfillmentStatus": "SHIPPED"
        if order.shipped
        else chance.choice(["AWAITING_PROCESSING", "PROCESSING", "READY_FOR_PICKUP", "DELIVERED"]),
        "createDate": order.instant.strftime("%Y-%m-%d %H:%M:%S %z"),
        "refundedAmount": float(order.refunded),
        "items": [
            {
                "id": place,
                "name": line.name,
                "sku": line.sku,
                "price": float(line.price),
                "quantity": int(line.quantity),
                "tax": float(line.tax),
                "taxes": [],
            }
            for place, line in enumerate(order.lines)
        ],
        "billingPerson": ecwid_place(order.billing),
        "shippingPerson": ecwid_place(order.delivery),
        "shippingOption": {"shippingMethodName": "Post", "shippingRate": float(order.shipping)}
        if order.shipping
        else None,
        "taxesOnShipping": [{"name": "VAT", "total": float(order.shipping_tax)}] if order.shipping_tax else None,
        "orderComments": order.note,
        "ipAddress": chance.choice(ADDRESSES),
    }


def ecwid_place(place: Place | None) -> Thing | None:
    if place is None:
        return None
    return {
        "name": place.name,
        "companyName": place.company,
        "street": "\n".join(filter(None, (place.street, place.street_2))),
        "city": place.city,
        "countryCode": place.country,
        "countryName": COUNTRIES[place.country],
        "postalCode": place.zip,
        "stateOrProvinceCode": place.code,
        "stateOrProvinceName": place.state,
        "phone": place.phone,
    }


# PrestaShop and BigCommerce: both sides of every amount


def prestashop(chance: Random, orders: list[Order]) -> Written:
    found = [prestashop_order(chance, order) for order in orders]
    return Written(as_json({"orders": found}, chance), {str(order.number): order for order in orders})


def sides(order: Order, amount: Decimal, tax: Decimal) -> tuple[Decimal, Decimal]:
    """The amount without and with its tax."""
    return (amount - tax, amount) if order.mode == "inclusive" else (amount, amount + tax)


def prestashop_order(chance: Random, order: Order) -> Thing:
    goods = [sides(order, line.gross, line.tax) for line in order.lines]
    shipping = sides(order, order.shipping, order.shipping_tax)
    total_ex = sum((side[0] for side in goods), shipping[0]) - order.off
    total_inc = sum((side[1] for side in goods), shipping[1]) - order.off

    def pair(name: str, both: tuple[Decimal, Decimal]) -> Thing:
        return {f"{name}_tax_excl": f"{both[0]:.6f}", f"{name}_tax_incl": f"{both[1]:.6f}", name: f"{both[1]:.6f}"}

    state = (
        7
        if order.refunded == order.total and order.refunded
        else 6
        if order.cancelled
        else 5
        if order.shipped
        else 2
        if order.paid
        else 10
    )
    return {
        "id": order.number,
        "id_address_delivery": "5",
        "id_address_invoice": "5",
        "id_currency": chance.choice(["1", 1]),
        "id_customer": "2",
        "id_carrier": "2",
        "current_state": chance.choice([state, str(state)]),
        "module": "ps_checkpayment",
        "date_add": utc(order.instant),
        "invoice_date": "0000-00-00 00:00:00",
        "payment": "Cheque",
        **pair("total_discounts", (order.off, order.off)),
        **pair("total_paid", (total_ex, total_inc)),
        "total_products": f"{sum(side[0] for side in goods):.6f}",
        "total_products_wt": f"{sum(side[1] for side in goods):.6f}",
        **pair("total_shipping", shipping),
        **pair("total_wrapping", (ZERO, ZERO)),
        "round_type": "2",
        "reference": f"REF{order.number}",
        "associations": {
            "order_rows": [
                {
                    "id": "1",
                    "product_quantity": str(int(line.quantity)),
                    "product_name": line.name,
                    "product_reference": line.sku,
                    "unit_price_tax_excl": f"{side[0] / line.quantity:.6f}",
                    "unit_price_tax_incl": f"{side[1] / line.quantity:.6f}",
                }
                for line, side in zip(order.lines, goods, strict=True)
            ]
        },
    }


def bigcommerce(chance: Random, orders: list[Order]) -> Written:
    found = [bigcommerce_order(chance, order) for order in orders]
    return Written(as_json(found, chance), {str(order.number): order for order in orders})


def bigcommerce_order(chance: Random, order: Order) -> Thing:
    def four(amount: Decimal) -> str:
        return str(amount.quantize(Decimal("0.0001"), ROUND_HALF_UP))

    def pair(name: str, amount: Decimal, tax: Decimal) -> Thing:
        ex, inc = sides(order, amount, tax)
        return {f"{name}_ex_tax": four(ex), f"{name}_inc_tax": four(inc), f"{name}_tax": four(tax)}

    goods_tax = order.tax - order.shipping_tax
    full = order.refunded and order.refunded == order.total
    total_ex = order.total - order.tax
    return {
        "id": order.number,
        "status_id": 4 if full else 14 if order.refunded else 5 if order.cancelled else 10 if order.shipped else 11,
        "date_created": order.instant.strftime("%a, %d %b %Y %H:%M:%S %z"),
        **pair("subtotal", order.goods, goods_tax),
        **pair("shipping_cost", order.shipping, order.shipping_tax),
        **pair("handling_cost", ZERO, ZERO),
        **pair("wrapping_cost", ZERO, ZERO),
        "total_ex_tax": four(total_ex),
        "total_inc_tax": four(order.total),
        "total_tax": four(order.tax),
        "discount_amount": four(order.off),
        "coupon_discount": "0.0000",
        "refunded_amount": four(order.refunded),
        "store_credit_amount": "0.0000",
        "gift_certificate_amount": "0.0000",
        "currency_code": order.currency,
        "default_currency_code": "USD",
        "payment_method": "Card",
        "is_deleted": False,
        "customer_message": order.note,
        "ip_address": chance.choice(ADDRESSES),
        "billing_address": bigcommerce_place(order.billing, order.email),
        "products": [
            {
                "name": line.name,
                "sku": line.sku,
                "quantity": int(line.quantity),
                "type": "physical",
                **pair("total", line.gross, line.tax),
                "price_ex_tax": four(sides(order, line.gross, line.tax)[0] / line.quantity),
                "price_inc_tax": four(sides(order, line.gross, line.tax)[1] / line.quantity),
            }
            for line in order.lines
        ],
        "shipping_addresses": [bigcommerce_place(order.delivery, order.email)] if order.delivery else [],
        "coupons": [],
        "fees": [],
    }


def bigcommerce_place(place: Place | None, email: str) -> Thing:
    place = place or NOWHERE
    first, _, last = place.name.rpartition(" ")
    return {
        "first_name": first or last,
        "last_name": last if first else "",
        "company": place.company,
        "street_1": place.street,
        "street_2": place.street_2,
        "city": place.city,
        "state": place.state,
        "zip": place.zip,
        "country": COUNTRIES.get(place.country, ""),
        "country_iso2": place.country,
        "phone": place.phone,
        "email": email,
    }
