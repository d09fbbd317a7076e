"""An export like Shopify's, for the benchmarks: 79 columns, about two lines an order, a third of them discounted."""

from __future__ import annotations

import csv
import random
from decimal import Decimal
from pathlib import Path

from importer.files import data_folder

CENT = Decimal("0.01")
NAMES = (
    "Ada Bergström",
    "Bo Chen",
    "Carla Díaz",
    "Dmitri Ilyin",
    "Efua Owusu",
    "Farah Nasser",
    "Gwen Rhys",
    "Hiro Ito",
)
CITIES = (
    ("Rotterdam", "3011", "ZH", "Zuid-Holland", "NL"),
    ("Austin", "'78701", "TX", "Texas", "US"),
    ("Leeds", "LS1 4AP", "ENG", "England", "GB"),
)
STATUS = (("paid", "fulfilled"), ("paid", "unfulfilled"), ("refunded", "fulfilled"), ("pending", "unfulfilled"))


def header() -> list[str]:
    """The 79 columns, as the shipped sample has them."""
    with (data_folder("samples") / "shopify-csv" / "orders.csv").open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def write_export(path: Path, orders: int, seed: int = 1, spoilt: int = 0) -> None:
    """Writes that many orders; the same seed gives the same file. One in `spoilt` orders does not add up."""
    dice = random.Random(seed)
    columns = header()
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.DictWriter(file, columns, restval="")
        lines.writeheader()
        for number in range(orders):
            rows = _order(number, dice)
            if spoilt and number % spoilt == 0:
                rows[0]["Total"] += "9"
            lines.writerows(rows)


def _order(number: int, dice: random.Random) -> list[dict[str, str]]:
    lines = [_line(number, dice) for _ in range(dice.choice((1, 1, 2, 2, 2, 3, 3)))]
    goods = sum((Decimal(line["Lineitem price"]) * int(line["Lineitem quantity"]) for line in lines), Decimal(0))
    discount = (goods / 10).quantize(CENT) if number % 3 == 0 else Decimal("0.00")
    shipping = Decimal(dice.choice(("0.00", "4.95", "12.00")))
    tax = ((goods - discount) * 21 / 121).quantize(CENT) if number % 4 else Decimal("0.00")
    lines[0] |= _totals(number, dice, goods - discount, discount, shipping, tax)
    return lines


def _line(number: int, dice: random.Random) -> dict[str, str]:
    return {
        "Name": f"#{10_000 + number}",
        "Email": f"buyer{number}@example.com",
        "Created at": f"2023-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d} 11:{dice.randint(0, 59):02d}:07 +0200",
        "Vendor": "Kettle & Crane",
        "Lineitem quantity": str(dice.choice((1, 1, 1, 2, 3))),
        "Lineitem name": f"Tea no. {dice.randint(1, 400)} - {dice.choice(('100 g', '250 g', 'Tin'))}",
        "Lineitem price": f"{dice.randint(3, 80)}.{dice.choice(('00', '50', '95', '99'))}",
        "Lineitem sku": f"TEA-{dice.randint(1, 400):04d}",
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled",
        "Lineitem discount": "0.00",
    }


def _totals(
    number: int, dice: random.Random, subtotal: Decimal, discount: Decimal, shipping: Decimal, tax: Decimal
) -> dict[str, str]:
    financial, fulfilment = dice.choice(STATUS)
    total = subtotal + shipping
    return {
        "Financial Status": financial,
        "Fulfillment Status": fulfilment,
        "Paid at": "2023-05-13 11:01:13 +0200",
        "Currency": "EUR",
        "Subtotal": str(subtotal),
        "Shipping": str(shipping),
        "Taxes": str(tax),
        "Total": str(total),
        "Discount Code": "SPRING" if discount else "",
        "Discount Amount": str(discount),
        "Shipping Method": "Standard",
        "Payment Method": "Shopify Payments",
        "Payment Reference": f"c{number}.1",
        "Refunded Amount": str(total) if financial == "refunded" else "0.00",
        "Id": str(5_000_000_000 + number),
        "Risk Level": "Low",
        "Source": "web",
        "Tax 1 Name": "VAT 21%" if tax else "",
        "Tax 1 Value": str(tax) if tax else "",
        **_address("Billing", number, dice),
        **_address("Shipping", number, dice),
    }


def _address(side: str, number: int, dice: random.Random) -> dict[str, str]:
    city, zip_code, code, state, country = dice.choice(CITIES)
    return {
        f"{side} Name": dice.choice(NAMES),
        f"{side} Street": f"{number} Quay Street",
        f"{side} Address1": f"{number} Quay Street",
        f"{side} City": city,
        f"{side} Zip": zip_code,
        f"{side} Province": code,
        f"{side} Country": country,
        f"{side} Phone": "'+31 10 555 0100",
        f"{side} Province Name": state,
    }
