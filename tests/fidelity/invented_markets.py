"""Invented orders as the CSV exports of marketplaces: Etsy, Amazon, eBay."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from random import Random

from invented import ZERO, Line, Order
from invented_files import COUNTRIES, NOWHERE, Row, Rows, Written, as_csv, utc

# Etsy


def etsy_items(chance: Random, orders: list[Order]) -> Written:
    form = chance.choice(["%m/%d/%y", "%m/%d/%Y"])
    rows = [row for order in orders for row in etsy_lines(order, form)]
    return Written(as_csv(rows, chance, chance.choice([",", "\t"])), {str(order.number): order for order in orders})


def etsy_lines(order: Order, form: str) -> Rows:
    place = order.delivery or NOWHERE
    return [
        {
            "Sale Date": utc(order.instant, form),
            "Item Name": line.name,
            "Buyer": "buyer1",
            "Quantity": str(line.quantity),
            "Price": order.text(line.price),
            "Coupon Code": "TEN" if line.off else "",
            "Coupon Details": "",
            "Discount Amount": order.text(line.off),
            "Shipping Discount": "0",
            "Order Shipping": order.text(order.shipping),
            "Order Sales Tax": order.text(order.tax),
            "Item Total": order.text(line.gross),
            "Currency": order.currency,
            "Transaction ID": "2500000001",
            "Listing ID": "1000000001",
            "Date Paid": utc(order.instant, "%m/%d/%Y") if order.paid else "",
            "Date Shipped": utc(order.instant, "%m/%d/%Y") if order.shipped else "",
            "Ship Name": place.name,
            "Ship Address1": place.street,
            "Ship Address2": place.street_2,
            "Ship City": place.city,
            "Ship State": place.code,
            "Ship Zipcode": place.zip,
            "Ship Country": COUNTRIES.get(place.country, place.country),
            "Order ID": str(order.number),
            "Variations": "Color:Red",
            "Order Type": "online",
            "Listings Type": "listing",
            "Payment Type": "online_cc",
            "InPerson Discount": "",
            "InPerson Location": "",
            "VAT Paid by Buyer": "0",
            "SKU": line.sku,
        }
        for line in order.lines
    ]


def etsy_orders(chance: Random, orders: list[Order]) -> Written:
    form = chance.choice(["%m/%d/%y", "%m/%d/%Y"])
    rows = []
    for order in orders:
        place = order.delivery or NOWHERE
        first, _, last = place.name.rpartition(" ")
        fees = (order.total / 20).quantize(order.unit)
        rows.append(
            {
                "Sale Date": utc(order.instant, form),
                "Order ID": str(order.number),
                "Buyer User ID": "buyer1",
                "Full Name": place.name,
                "First Name": first,
                "Last Name": last,
                "Number of Items": str(sum(order.quantities)),
                "Payment Method": "Credit Card",
                "Date Shipped": utc(order.instant, form) if order.shipped else "",
                "Street 1": place.street,
                "Street 2": place.street_2,
                "Ship City": place.city,
                "Ship State": place.code,
                "Ship Zipcode": place.zip,
                "Ship Country": COUNTRIES.get(place.country, place.country),
                "Currency": order.currency,
                "Order Value": order.text(order.goods),
                "Coupon Code": "",
                "Coupon Details": "",
                "Discount Amount": order.text(order.off),
                "Shipping Discount": "0.00",
                "Shipping": order.text(order.shipping),
                "Sales Tax": order.text(order.tax),
                "Order Total": order.text(order.total + chance.choice([ZERO, order.unit * 123])),
                "Status": "",
                "Card Processing Fees": order.text(fees),
                "Order Net": order.text(order.total - fees),
                "Adjusted Order Total": "",
                "Adjusted Card Processing Fees": "",
                "Adjusted Net Order Amount": "",
                "Buyer": "buyer1",
                "Order Type": "online",
                "Payment Type": "online_cc",
                "InPerson Discount": "",
                "InPerson Location": "",
                "SKU": "",
            }
        )
    items = [row for order in orders for row in etsy_lines(order, form)]
    return Written(as_csv(rows, chance), {str(order.number): order for order in orders}, as_csv(items, chance))


# Amazon


def amazon_file(rows: Rows, chance: Random) -> bytes:
    columns = list(rows[0])
    lines = [
        "\t".join(columns),
        *("\t".join(row[name].replace("\n", " ").replace("\t", " ") for name in columns) for row in rows),
    ]
    return (chance.choice(["\n", "\r\n"]).join(lines) + "\n").encode(chance.choice(["utf-8", "utf-8-sig"]))


def amazon_money(order: Order, line: Line, *, first: bool) -> Row:
    def text(amount: Decimal) -> str:
        return order.text(amount) if amount else ""

    return {
        "currency": order.currency,
        "item-price": order.text(line.gross),
        "item-tax": text(line.tax),
        "shipping-price": text(order.shipping) if first else "",
        "shipping-tax": text(order.shipping_tax) if first else "",
        "gift-wrap-price": "",
        "gift-wrap-tax": "",
        "item-promotion-discount": text(line.off),
        "ship-promotion-discount": "",
    }


def amazon_all(chance: Random, orders: list[Order]) -> Written:
    rows = []
    for order in orders:
        place = order.delivery or NOWHERE
        status = (
            "Shipped"
            if order.shipped
            else chance.choice(["Unshipped", "PartiallyShipped", "Shipped - Delivered to Buyer"])
        )
        for number, line in enumerate(order.lines):
            rows.append(
                {
                    "amazon-order-id": f"112-{order.number:012d}",
                    "merchant-order-id": "",
                    "purchase-date": utc(
                        order.instant, chance.choice(["%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%SZ"])
                    ),
                    "last-updated-date": utc(order.instant, "%Y-%m-%dT%H:%M:%S+00:00"),
                    "order-status": status,
                    "fulfillment-channel": "Amazon",
                    "sales-channel": "Amazon.com" if order.mode == "exclusive" else "Amazon.se",
                    "order-channel": "",
                    "url": "",
                    "ship-service-level": "Expedited",
                    "product-name": line.name,
                    "sku": line.sku,
                    "asin": "B000000001",
                    "item-status": "Shipped",
                    "quantity": str(line.quantity),
                    **amazon_money(order, line, first=number == 0),
                    "ship-city": place.city,
                    "ship-state": place.code,
                    "ship-postal-code": place.zip,
                    "ship-country": place.country,
                    "promotion-ids": "",
                    "is-business-order": "false",
                    "purchase-order-number": "",
                    "price-designation": "",
                }
            )
    return Written(amazon_file(rows, chance), {f"112-{order.number:012d}": order for order in orders})


def amazon_new(chance: Random, orders: list[Order]) -> Written:
    rows = []
    for order in orders:
        place = order.delivery or NOWHERE
        for number, line in enumerate(order.lines):
            rows.append(
                {
                    "order-id": f"112-{order.number:012d}",
                    "order-item-id": "1",
                    "purchase-date": order.instant.isoformat(),
                    "payments-date": order.instant.isoformat(),
                    "buyer-email": order.email,
                    "buyer-name": (order.billing or NOWHERE).name,
                    "buyer-phone-number": place.phone,
                    "sku": line.sku,
                    "product-name": line.name,
                    "quantity-purchased": str(line.quantity),
                    **amazon_money(order, line, first=number == 0),
                    "ship-service-level": "Standard",
                    "recipient-name": place.name,
                    "ship-address-1": place.street,
                    "ship-address-2": place.street_2,
                    "ship-address-3": "",
                    "ship-city": place.city,
                    "ship-state": place.code,
                    "ship-postal-code": place.zip,
                    "ship-country": place.country,
                    "ship-phone-number": place.phone,
                    "sales-channel": "Amazon.com" if order.mode == "exclusive" else "Amazon.se",
                }
            )
    return Written(amazon_file(rows, chance), {f"112-{order.number:012d}": order for order in orders})


# eBay


def ebay_money(sign: str) -> Callable[[Decimal], str]:
    return lambda amount: f"{sign}{amount:,.2f}"


def ebay_orders(chance: Random, orders: list[Order]) -> Written:
    return ebay(chance, orders, EBAY_ORDERS, "%b-%d-%y")


def ebay_history(chance: Random, orders: list[Order]) -> Written:
    return ebay(chance, orders, EBAY_HISTORY, "%b-%d-%y")


EBAY_ORDERS = {
    "price": "Sold For",
    "shipping": "Shipping And Handling",
    "tax": "Seller Collected Tax",
    "buyer": "Buyer Name",
    "paid": "Paid On Date",
    "sent": "Shipped On Date",
    "user": "Buyer Username",
    "order": "Order Number",
}
EBAY_HISTORY = {
    "price": "Sale Price",
    "shipping": "Shipping and Handling",
    "tax": "US Tax",
    "buyer": "Buyer Fullname",
    "paid": "Paid on Date",
    "sent": "Shipped on Date",
    "user": "User Id",
    "order": "Order ID",
}


def ebay(chance: Random, orders: list[Order], words: dict[str, str], form: str) -> Written:
    sign = {"USD": "$", "GBP": "£", "EUR": "EUR "}[orders[0].currency]
    money = ebay_money(sign)
    rows: Rows = []
    for order in orders:
        place = order.delivery or NOWHERE
        head = {
            "Sales Record Number": str(order.number),
            words["order"]: "12-34567-89012",
            words["user"]: "buyer1",
            words["buyer"]: place.name,
            "Buyer Email": order.email,
            "Buyer Address 1": place.street,
            "Buyer Address 2": place.street_2,
            "Buyer City": place.city,
            "Buyer State": place.code,
            "Buyer Zip": place.zip,
            "Buyer Country": COUNTRIES.get(place.country, ""),
            "Item Number": "",
            "Item Title": "",
            "Custom Label": "",
            "Quantity": str(sum(order.quantities)),
            words["price"]: money(order.goods),
            words["shipping"]: money(order.shipping),
            words["tax"]: money(order.tax),
            "Total Price": money(order.total),
            "Payment Method": "PayPal",
            "Sale Date": utc(order.instant, form),
            words["paid"]: utc(order.instant, form) if order.paid else "",
            words["sent"]: utc(order.instant, form) if order.shipped else "",
            "Variation Details": "",
        }
        several = len(order.lines) > 1
        if several:
            rows.append(head)
        blank = dict.fromkeys(
            (words["shipping"], words["tax"], "Total Price", words["buyer"], "Buyer Address 1", "Buyer City"), ""
        )
        for line in order.lines:
            item = {
                "Item Number": "110001",
                "Item Title": line.name,
                "Custom Label": line.sku,
                "Quantity": str(line.quantity),
                words["price"]: money(line.price),
            }
            rows.append({**head, **(blank if several else {}), **item})
    columns = list(rows[0])
    out = io.StringIO()
    out.write(chance.choice(["\n", "", ",,,,,\n", '"",""\n']))
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerow([""] * len(columns))
    writer.writerows([row[name] for name in columns] for row in rows)
    out.write(f"\n{len(orders)},record(s) downloaded,\nSeller ID : me\n")
    return Written(
        out.getvalue().encode(chance.choice(["utf-8", "utf-8-sig"])), {str(order.number): order for order in orders}
    )
