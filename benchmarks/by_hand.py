"""The script that one would otherwise write by hand: Shopify's plain CSV to V2 bodies, and nothing else.

It knows one layout and has no mapping, no notes of what it substitutes, no place in its messages; an order that does
not add up ends it. Written as a good Python programmer writes what runs over years of orders: columns by index, all of
a row's cells in one step, parsed amounts remembered. On the benchmark's export its bodies are byte for byte those of
`importer map -m shopify-csv`.

    python -m benchmarks.by_hand FILE > bodies.jsonl
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

Row = Any
"""A list of cells, or a dict of them by column."""

Body = dict[str, Any]

ZERO, CENT, HALF_CENT = Decimal(0), Decimal("0.01"), Decimal("0.005")
PRICE = Decimal("0.0001")
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")

OPEN = {"fulfilled": 2, "partial": 3, "unfulfilled": 7, "restocked": 7}
PAID = {"fulfilled": 10, "partial": 3, "unfulfilled": 11, "restocked": 11}
ENDED = {"partially_refunded": 14, "refunded": 4, "voided": 5, "cancelled": 5}
UNPAID = ("pending", "authorized", "partially_paid", "expired")
STATUS = {
    **{("paid", fulfilment): status for fulfilment, status in PAID.items()},
    **{(payment, fulfilment): status for payment in UNPAID for fulfilment, status in OPEN.items()},
    **{(payment, fulfilment): status for payment, status in ENDED.items() for fulfilment in OPEN},
}

ORDER = (
    *("Name", "Created at", "Financial Status", "Fulfillment Status", "Cancelled at", "Refunded Amount", "Total"),
    *("Email", "Phone", "Shipping Method", "Payment Method", "Notes"),
)
ADDRESS = (
    *("Name", "Company", "Address1", "Street", "Address2", "City", "Province Name", "Province", "Zip", "Country"),
    "Phone",
)
MONEY = ("Subtotal", "Discount Amount", "Shipping", "Duties", "Taxes", "Total", "Refunded Amount")
LINE = ("Lineitem name", "Lineitem sku", "Lineitem price", "Lineitem quantity", "Lineitem taxable", "Lineitem discount")
TAXES = tuple(f"Tax {number} {part}" for number in range(1, 6) for part in ("Name", "Value"))
NOTES = (
    *("Id", "Paid at", "Fulfilled at", "Outstanding Balance", "Payment Terms Name", "Next Payment Due At"),
    *("Payment References", "Payment Reference", "Payment ID", "Receipt Number", "Discount Code", "Discount Amount"),
    *("Tags", "Source", "Location", "Employee", "Note Attributes"),
)


class Picks(NamedTuple):
    """What takes the cells that belong together out of a row, in one step each."""

    order: Callable[[Row], tuple[str, ...]]
    billing: Callable[[Row], tuple[str, ...]]
    shipping: Callable[[Row], tuple[str, ...]]
    money: Callable[[Row], tuple[str, ...]]
    notes: Callable[[Row], tuple[str, ...]]
    taxes: Callable[[Row], tuple[str, ...]]
    line: Callable[[Row], tuple[str, ...]]


def picks(key: Callable[[str], Any]) -> Picks:
    """The picks of rows whose cells lie under `key` of their column: `header.index` of lists, `str` of dicts."""
    sides = [[f"{side} {part}" for part in ADDRESS] for side in ("Billing", "Shipping")]
    return Picks(*(itemgetter(*map(key, names)) for names in (ORDER, *sides, MONEY, NOTES, TAXES, LINE)))


def typed(cell: str) -> str:
    """What a person typed: without blanks around it, without a spreadsheet's apostrophe, nothing for a dash."""
    if not cell:
        return ""
    cell = cell.strip()
    if cell[:1] == "'":
        return cell[1:]
    return "" if cell == "-" else cell


@lru_cache(8192)
def amount(cell: str) -> Decimal:
    """The amount of a cell; nothing where it is blank."""
    return Decimal(cell) if cell else ZERO


def body(rows: list[Row], pick: Picks) -> Body:
    """The V2 body of the rows of one order, of which the first has the totals."""
    first = rows[0]
    name, created, financial, fulfilment, cancelled, refunded, total, *rest = pick.order(first)
    email, phone, method, paid_by, message = map(typed, rest)
    financial, fulfilment = financial.lower(), fulfilment.lower() or "unfulfilled"
    email = email if EMAIL.fullmatch(email) else ""
    shipping = address(pick.shipping(first), email, phone)
    order: Body = {
        "external_order_id": name.removeprefix("#"),
        "date_created": date(created),
        "status_id": STATUS[payment(financial, cancelled, refunded, total), fulfilment],
        "customer_id": 0,
        "billing_address": address(pick.billing(first), email, phone) or shipping,
    }
    if shipping:
        order["shipping_addresses"] = [shipping | {"shipping_method": method} if method else shipping]
    lines = [pick.line(row) for row in rows]
    order["products"] = products = [product(line) for line in lines]
    if paid_by:
        order["payment_method"] = paid_by
    if message:
        order["customer_message"] = message
    order["staff_notes"] = notes(first, name, financial, fulfilment, cancelled, refunded, lines, pick)
    order |= money(pick.money(first), lines, products)
    order["external_merchant_id"] = f"shopify-csv:{name}"
    order["external_source"] = "M-MIG"
    return order


def payment(financial: str, cancelled: str, refunded: str, total: str) -> str:
    """The payment that decides the status."""
    if cancelled and financial != "refunded":
        return "cancelled"
    if financial == "partially_refunded" and amount(refunded) >= amount(total):
        return "refunded"
    return financial


def date(text: str) -> str:
    """`2023-07-14 11:38:07 +0200` as V2 wants it: RFC 2822, UTC."""
    instant = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
    return instant.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def address(cells: tuple[str, ...], email: str, order_phone: str) -> Body:
    """One address; empty where the row has none."""
    name, company, address1, street, address2, city, state, province, zip_code, country, phone = map(typed, cells)
    street_1, state = address1 or street, state or province
    if not (name or company or street_1 or address2 or city or state or zip_code or country or phone):
        return {}
    first_name, _, last_name = name.rpartition(" ")
    found = {
        "first_name": first_name or last_name,
        "last_name": last_name if first_name else "",
        "company": company,
        "street_1": street_1,
        "street_2": address2,
        "city": city,
        "state": state,
        "zip": zip_code if len(zip_code) > 1 else "00000",
        "country_iso2": country or "US",
        "phone": phone or order_phone,
        "email": email,
    }
    return {key: value for key, value in found.items() if value}


def product(line: tuple[str, ...]) -> Body:
    """One product, its prices to follow."""
    name, sku = typed(line[0]), typed(line[1])
    if len(name) > 250:
        name = name[:249] + "…"
    return {"name": name, "sku": sku} if sku else {"name": name}


def notes(  # noqa: C901 - one `if` for each cell that may be blank
    row: Row, name: str, financial: str, fulfilment: str, cancelled: str, refunded: str, lines: list[Any], pick: Picks
) -> str:
    """What V2 has no field for, as staff notes."""
    number, paid, fulfilled, outstanding, terms, due, *references = pick.notes(row)
    references, reference, payment_id, receipt, code, discount, tags, source, place, employee, extra = references
    text = f"Imported from Shopify, order {name}{f' (id {number})' if number else ''}\n"
    text += f"Payment: {financial}; fulfilment: {fulfilment}\n"
    if cancelled:
        text += f"Cancelled at: {cancelled}\n"
    if paid:
        text += f"Paid at: {paid}\n"
    if fulfilled:
        text += f"Fulfilled at: {fulfilled}\n"
    if amount(refunded):
        text += f"Refunded: {refunded}\n"
    if amount(outstanding):
        text += f"Outstanding balance: {outstanding}\n"
    if terms:
        text += f"Payment terms: {terms}; next payment due at: {due}\n"
    if references or reference:
        text += f"Payment reference: {references or reference}\n"
    if payment_id and payment_id != references:
        text += f"Payment id: {payment_id}\n"
    if receipt:
        text += f"Receipt number: {receipt}\n"
    if code:
        text += f"Discount code: {code}, {discount}\n"
    for line in lines:
        if amount(line[5]):
            text += f"Discount on {typed(line[0])}: {line[5]}\n"
    taxes = pick.taxes(row)
    for tax, value in zip(taxes[::2], taxes[1::2], strict=True):
        if tax or value:
            text += f"Tax: {tax} {value}\n"
    if tags:
        text += f"Tags: {tags}\n"
    if source:
        text += f"Source: {source}\n"
    if place:
        text += f"Location: {place}\n"
    if employee:
        text += f"Employee: {employee}\n"
    if extra:
        text += f"\nNote attributes:\n{extra}\n"
    return text.strip()


def money(cells: tuple[str, ...], lines: list[Any], products: list[Body]) -> Body:
    """The money of the body; writes quantity and prices into the products. The order's own total must come out."""
    subtotal, discount, shipping, duties, tax, total, refunded = map(amount, cells)
    quantities = [int(line[3]) for line in lines]
    amounts = [amount(line[2]) * quantity for line, quantity in zip(lines, quantities, strict=True)]
    goods = sum(amounts, ZERO)
    discount, inclusive = balance(goods, goods - subtotal, discount, shipping + duties, tax, total)
    taxes = shares(tax, amounts, [line[4] != "false" for line in lines]) if tax else [ZERO] * len(lines)
    if inclusive:
        goods_ex, goods_inc = goods - tax, goods
        exes, incs = [cost - part for cost, part in zip(amounts, taxes, strict=True)], amounts
    else:
        goods_ex, goods_inc = goods, goods + tax
        exes, incs = amounts, [cost + part for cost, part in zip(amounts, taxes, strict=True)]
    for item, quantity, ex, inc in zip(products, quantities, exes, incs, strict=True):
        item["quantity"] = quantity
        item["price_ex_tax"] = unit_price(ex, quantity)
        item["price_inc_tax"] = unit_price(inc, quantity)
    found = {
        "subtotal_ex_tax": f"{goods_ex}00",
        "subtotal_inc_tax": f"{goods_inc}00",
        "shipping_cost_ex_tax": f"{shipping}00",
        "shipping_cost_inc_tax": f"{shipping}00",
        "discount_amount": f"{discount}00",
        "total_ex_tax": f"{total - tax}00",
        "total_inc_tax": f"{total}00",
    }
    if refunded:
        found["refunded_amount"] = f"{refunded}00"
    if duties:
        fee = {"type": "custom_fee", "display_name_customer": "Duties"}
        found["fees"] = [{**fee, "cost_ex_tax": f"{duties}00", "cost_inc_tax": f"{duties}00"}]
    return found


def balance(
    goods: Decimal, implied: Decimal, discount: Decimal, charges: Decimal, tax: Decimal, total: Decimal
) -> tuple[Decimal, bool]:
    """The discount and the tax mode under which the order adds up: no column tells either for sure."""
    for taken in (discount, implied) if implied >= 0 else (discount,):
        gap = goods + charges - taken - total
        if abs(gap + tax) <= HALF_CENT:
            return taken, False
        if abs(gap) <= HALF_CENT:
            return taken, True
    raise SystemExit(f"an order of {total} does not add up")


def shares(tax: Decimal, amounts: list[Decimal], taxable: list[bool]) -> list[Decimal]:
    """The order's tax over its taxable lines in whole cents, by largest remainder."""
    weights = [cost if bears else ZERO for cost, bears in zip(amounts, taxable, strict=True)]
    whole = sum(weights, ZERO)
    if tax > whole:
        raise SystemExit(f"a tax of {tax} is more than its lines can hold")
    exact = [tax * weight / whole for weight in weights]
    parts = [share.quantize(CENT, ROUND_HALF_EVEN) for share in exact]
    missing = tax - sum(parts, ZERO)
    if missing:
        step = CENT if missing > 0 else -CENT
        furthest = sorted(range(len(parts)), key=lambda number: (parts[number] - exact[number]) * step)
        for number in furthest[: int(missing / step)]:
            parts[number] += step
    return parts


def unit_price(cost: Decimal, quantity: int) -> float:
    """The price that times the quantity is the line's amount again, to the cent."""
    if quantity == 1:
        return float(cost)
    price = (cost / quantity).quantize(PRICE)
    if (price * quantity).quantize(CENT) != cost:
        price = (cost / quantity).quantize(Decimal("0.00000001"))
    return float(price)


def with_reader(path: Path, out: BinaryIO, valid: Callable[[Body], bool]) -> None:
    """The whole loop, its best form: csv.reader, columns by index, `valid` from jsonschema-rs, orjson."""
    from orjson import dumps

    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        header = next(rows)
        pick = picks(header.index)
        for name, members in groupby(rows, itemgetter(header.index("Name"))):
            order = body(list(members), pick)
            if not valid(order):
                raise SystemExit(f"order {name} is not valid")
            out.write(dumps({"source_id": name, "order": order}) + b"\n")


def with_dict_reader(path: Path, out: BinaryIO, valid: Callable[[Body], bool]) -> None:
    """The whole loop, its usual form: csv.DictReader, `valid` from jsonschema, json."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        pick = picks(str)
        for name, members in groupby(csv.DictReader(file), itemgetter("Name")):
            order = body(list(members), pick)
            if not valid(order):
                raise SystemExit(f"order {name} is not valid")
            out.write(json.dumps({"source_id": name, "order": order}).encode() + b"\n")


def bodies(path: Path) -> Iterator[Body]:
    """The body of each order of the file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        header = next(rows)
        pick = picks(header.index)
        for _, members in groupby(rows, itemgetter(header.index("Name"))):
            yield body(list(members), pick)


if __name__ == "__main__":
    from jsonschema_rs import Draft202012Validator

    schema = json.loads(Path("schemas/order.schema.json").read_text(encoding="utf-8"))
    with_reader(Path(sys.argv[1]), sys.stdout.buffer, Draft202012Validator(schema).is_valid)
