"""Invented orders as the CSV exports of shops: Shopify, Squarespace, Wix, Magento by SQL, and the template."""

from __future__ import annotations

from random import Random

from invented import ZERO, Line, Order, Place
from invented_files import NOWHERE, Row, Rows, Written, as_csv, stamp, utc, without

# Shopify and its likeness

SHOPIFY_LATER = (
    "Email",
    "Phone",
    "Paid at",
    "Fulfilled at",
    "Cancelled at",
    "Discount Code",
    "Lineitem sku",
    "Lineitem taxable",
    "Lineitem discount",
    "Billing Street",
    "Billing Company",
    "Billing Phone",
    "Billing Province Name",
    "Shipping Street",
    "Shipping Company",
    "Shipping Phone",
    "Shipping Province Name",
    "Notes",
    "Note Attributes",
    "Payment Method",
    "Payment Reference",
    "Outstanding Balance",
    "Duties",
    "Id",
    "Tags",
    "Tax 1 Name",
    "Tax 1 Value",
)


def shopify(chance: Random, orders: list[Order]) -> Written:
    rows: Rows = []
    sold = [order.with_tip_as_line() for order in orders]
    for order in sold:
        for place, line in enumerate(order.lines):
            rows.append(shopify_row(chance, order, line, first=place == 0))
    rows = without(rows, chance, SHOPIFY_LATER)
    old = chance.random() < 0.2
    if old:
        names = {
            "Cancelled at": "Canceled at",
            "Lineitem sku": "Lineitem SKU",
            "Payment Reference": "Payment Reference (deprecated)",
        }
        rows = [{names.get(name, name): cell for name, cell in row.items()} for row in rows]
    return Written(as_csv(rows, chance), {f"#{order.number}": order for order in sold})


def shopify_row(chance: Random, order: Order, line: Line, *, first: bool) -> Row:
    head = shopify_head(chance, order)
    row = {
        name: cell if first or name in ("Name", "Created at", "Email", "Vendor") else "" for name, cell in head.items()
    }
    return {
        **row,
        "Lineitem quantity": str(line.quantity),
        "Lineitem name": line.name,
        "Lineitem price": order.text(line.price),
        "Lineitem compare at price": chance.choice(["", order.text(line.price)]),
        "Lineitem sku": line.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true" if line.tax else "false",
        "Lineitem fulfillment status": "pending",
        "Lineitem discount": order.text(line.off),
        "Vendor": "Acme",
    }


def shopify_head(chance: Random, order: Order) -> Row:
    word = "paid" if order.paid else chance.choice(["pending", "authorized", "partially_paid"])
    if order.refunded:
        word = "refunded" if order.refunded == order.total else "partially_refunded"
    elif order.cancelled:
        word = "voided"
    return {
        "Name": f"#{order.number}",
        "Email": order.email,
        "Financial Status": word,
        "Paid at": stamp(order.instant) if order.paid else "",
        "Fulfillment Status": chance.choice(["fulfilled"])
        if order.shipped
        else chance.choice(["unfulfilled", "partial", "", "restocked"]),
        "Fulfilled at": "",
        "Accepts Marketing": "no",
        "Currency": order.currency,
        "Subtotal": order.text(order.goods - order.off),
        "Shipping": order.text(order.shipping),
        "Taxes": order.text(order.tax),
        "Total": order.text(order.total),
        "Discount Code": "CODE 10, WELCOME" if order.off else "",
        "Discount Amount": order.text(order.off),
        "Shipping Method": "Standard",
        "Created at": stamp(order.instant),
        **shopify_place("Billing", order.billing or NOWHERE),
        **shopify_place("Shipping", order.delivery or NOWHERE),
        "Notes": order.note,
        "Note Attributes": "gift: yes\r\nwhere: left" if order.note else "",
        "Cancelled at": stamp(order.instant) if order.cancelled else "",
        "Payment Method": "Shopify Payments",
        "Payment Reference": "c123.1",
        "Refunded Amount": order.text(order.refunded),
        "Outstanding Balance": order.text(ZERO),
        "Id": "5277620000001",
        "Tags": "vip, wholesale",
        "Duties": "",
        "Tax 1 Name": "VAT 20%" if order.tax else "",
        "Tax 1 Value": order.text(order.tax) if order.tax else "",
        "Phone": "",
    }


def shopify_place(side: str, place: Place) -> Row:
    return {
        f"{side} Name": place.name,
        f"{side} Street": f"{place.street}, {place.street_2}" if place.street_2 else place.street,
        f"{side} Address1": place.street,
        f"{side} Address2": place.street_2,
        f"{side} Company": place.company,
        f"{side} City": place.city,
        f"{side} Zip": f"'{place.zip}" if place.zip else "",
        f"{side} Province": place.code,
        f"{side} Country": place.country,
        f"{side} Phone": place.phone,
        f"{side} Province Name": place.state,
    }


def squarespace(chance: Random, orders: list[Order]) -> Written:
    rows: Rows = []
    for order in orders:
        for place, line in enumerate(order.lines):
            row = shopify_row(chance, order, line, first=place == 0)
            row["Order ID"] = f"{order.number:05d}"
            row["Lineitem variant"] = "200g"
            word = row.pop("Financial Status")
            row["Financial Status"] = {"authorized": "pending", "partially_paid": "pending"}.get(
                word, chance.choice([word, word.upper()])
            )
            row["Fulfillment Status"] = {"": "", "fulfilled": "fulfilled"}.get(row["Fulfillment Status"], "pending")
            row["Subtotal"] = order.text(order.goods) if place == 0 else ""
            row["Amount Refunded"] = row.pop("Refunded Amount")
            row["Private Notes"] = row.pop("Notes")
            for gone in (
                "Name",
                "Id",
                "Vendor",
                "Tax 1 Name",
                "Tax 1 Value",
                "Note Attributes",
                "Accepts Marketing",
                "Duties",
                "Tags",
            ):
                row.pop(gone, None)
            for side in ("Billing", "Shipping"):
                row.pop(f"{side} Street")
                row.pop(f"{side} Province Name")
            rows.append(row)
    later = [
        "Email",
        "Paid at",
        "Fulfilled at",
        "Cancelled at",
        "Amount Refunded",
        "Discount Code",
        "Lineitem sku",
        "Lineitem variant",
        "Private Notes",
    ]
    if any(order.refunded for order in orders):
        later.remove("Amount Refunded")
    return Written(as_csv(without(rows, chance, later), chance), {f"{order.number:05d}": order for order in orders})


# Wix


THREE_LETTERS = {
    "US": "USA",
    "CA": "CAN",
    "GB": "GBR",
    "DE": "DEU",
    "HK": "HKG",
    "BE": "BEL",
    "ZA": "ZAF",
    "JP": "JPN",
    "IE": "IRL",
}


def wix(chance: Random, orders: list[Order]) -> Written:
    clock = chance.choice(["%I:%M:%S %p", "%I:%M:%S %p", "%H:%M:%S"])
    rows: Rows = []
    for order in orders:
        billing, delivery = order.billing or NOWHERE, order.delivery or NOWHERE
        for line in order.lines:
            rows.append(
                {
                    "Order number": str(order.number),
                    "Date created": utc(order.instant, "%b %d, %Y").replace(" 0", " "),
                    "Time": utc(order.instant, clock).lstrip("0") if "%p" in clock else utc(order.instant, clock),
                    "Fulfill by": "",
                    "Total order quantity": str(sum(order.quantities)),
                    "Contact email": order.email,
                    "Note from customer": order.note,
                    "Additional checkout info": "",
                    "Item": line.name,
                    "Variant": "Color:Navy | Size:S",
                    "SKU": line.sku,
                    "Qty": str(line.quantity),
                    "Quantity refunded": "0",
                    "Price": order.text(line.price),
                    "Weight": "0.5",
                    "Custom text": "",
                    "Deposit amount": "",
                    "Delivery method": "Standard",
                    "Delivery time": "",
                    **wix_place("Recipient", "Delivery", delivery),
                    **wix_place("Billing", "Billing", billing),
                    "Payment status": wix_payment(order),
                    "Payment method": "Visa",
                    "Coupon code": "",
                    "Gift card amount": "",
                    "Shipping rate": order.text(order.shipping),
                    "Total tax": order.text(order.tax),
                    "Total": order.text(order.total),
                    "Currency": order.currency,
                    "Refunded amount": order.text(order.refunded) if order.refunded else "",
                    "Net amount": order.text(order.total - order.refunded),
                    "Additional fees": "",
                    "Fulfillment status": "Canceled"
                    if order.cancelled
                    else "Fulfilled"
                    if order.shipped
                    else chance.choice(["Unfulfilled", "Partially Fulfilled"]),
                    "Tracking number": "",
                    "Fulfillment service": "",
                    "Shipping label": "",
                }
            )
    later = [
        "Contact email",
        "Variant",
        "SKU",
        "Delivery state name",
        "Coupon code",
        "Gift card amount",
        "Additional fees",
        "Deposit amount",
    ]
    return Written(as_csv(without(rows, chance, later), chance), {str(order.number): order for order in orders})


def wix_place(who: str, side: str, place: Place) -> Row:
    return {
        f"{who} name": place.name,
        f"{who} phone": f'"{place.phone}"' if place.phone else "",
        f"{who} company name": place.company,
        f"{side} country": THREE_LETTERS.get(place.country, ""),
        f"{side} state": f"{place.country}-{place.code}" if place.code and "-" not in place.code else place.code,
        f"{side} state name": place.state,
        f"{side} city": place.city,
        f"{side} address": place.street,
        f"{side} zip/postal code": f'"{place.zip}"' if place.zip else "",
    }


def wix_payment(order: Order) -> str:
    if order.refunded:
        return "Refunded" if order.refunded == order.total else "Partially Refunded"
    return "Paid" if order.paid else "Unpaid"


# Magento by SQL


def magento_flat(chance: Random, orders: list[Order]) -> Written:
    rows = []
    for order in orders:
        place = order.delivery or NOWHERE
        for line in order.lines:
            rows.append(
                {
                    "Ordernumber": f"{order.number:09d}",
                    "Orderdate": utc(order.instant, "%Y-%m-%d"),
                    "ItemSKU": line.sku or "x",
                    "ItemOrdered": f"{line.quantity:.4f}",
                    "ItemPrice": f"{line.price:.4f}",
                    "ShippingMethod": "Flat Rate, Fixed",
                    "ShippingCost": f"{order.shipping:.4f}",
                    "PaymentMethod": "checkmo",
                    "CustomerID": chance.choice(["", "NULL", "17"]),
                    "ItemName": line.name,
                    "OrderStatus": "closed"
                    if order.refunded
                    else "canceled"
                    if order.cancelled
                    else "complete"
                    if order.shipped
                    else "processing",
                    "GranTotal": f"{order.total:.4f}",
                    "orders_order_discount_amount": f"{-order.off:.4f}",
                    "items_item_discount_amount": f"{line.off:.4f}",
                    "City": place.city,
                    "RegionCode": place.code,
                    "PostCode": place.zip,
                    "Country": place.country,
                    "StoreID": "1",
                }
            )
    return Written(as_csv(rows, chance), {f"{order.number:09d}": order for order in orders})


# A template for anything


def generic(chance: Random, orders: list[Order]) -> Written:
    rows: Rows = []
    for order in orders:
        for place, line in enumerate(order.lines):
            head = {
                "order_number": str(order.number),
                "order_date": order.instant.isoformat(),
                "status": "cancelled" if order.cancelled else "shipped" if order.shipped else "paid",
                "currency": order.currency,
                "discount": order.text(order.off),
                "shipping": order.text(order.shipping),
                "tax": order.text(order.tax),
                "order_total": order.text(order.total),
                "refunded": order.text(order.refunded),
                "prices_include_tax": {"inclusive": "yes", "exclusive": "no", "none": ""}[order.mode],
                "email": order.email,
                "shipping_name": (order.delivery or NOWHERE).name,
                "shipping_zip": (order.delivery or NOWHERE).zip,
                "shipping_country": (order.delivery or NOWHERE).country,
            }
            if place and chance.random() < 0.5:
                head = {name: cell if name == "order_number" else "" for name, cell in head.items()}
            rows.append(
                {
                    **head,
                    "item_name": line.name,
                    "item_sku": line.sku,
                    "item_quantity": str(line.quantity),
                    "item_price": order.text(line.price),
                }
            )
    return Written(
        as_csv(rows, chance, chance.choice([",", ";", "\t"])),
        {str(order.number): order for order in orders},
    )
