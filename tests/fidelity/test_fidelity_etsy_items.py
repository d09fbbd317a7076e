"""Etsy's Sold Order Items arrive to the cent: read here on their own, then compared with the importer's bodies."""

from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, local, rows_of, sample


def truths(file: Path) -> dict[str, Truth]:
    return {number: truth(number, rows) for number, rows in grouped(rows_of(file), "Order ID").items()}


def truth(number: str, rows: list[dict[str, str]]) -> Truth:
    first = rows[0]
    shipping, tax = amount(first["Order Shipping"]), amount(first["Order Sales Tax"])
    off_shipping = sum(amount(row["Shipping Discount"]) for row in rows)
    off = sum(amount(row["Discount Amount"]) + amount(row["InPerson Discount"]) for row in rows)
    items = sum(amount(row["Item Total"]) for row in rows)
    total = Decimal(items - off + shipping + tax - (off_shipping if off_shipping <= shipping else 0))
    instant = local(first["Sale Date"], "%m/%d/%y", "%m/%d/%Y")
    quantities = [amount(row["Quantity"]) for row in rows]
    return Truth(total, first["Currency"], instant, quantities, number.isdecimal())


@pytest.mark.parametrize("file", [sample("etsy-items"), *exports("etsy/sold_order_items*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, dates and quantities are those of the rows; shipping that is repeated on each row counts once."""
    hold(file, "etsy-items", truths(file))


def test_a_rounded_order_number_is_refused() -> None:
    """An order number that a spreadsheet rounded is no order's number."""
    lines = lines_of(sample("etsy-items"), "etsy-items")
    assert [line["problems"][0]["code"] for line in lines if line["problems"]] == ["rounded-id"]


def test_dates_of_shipping_tell_the_status() -> None:
    """Shipped, partly shipped, paid and unpaid orders get the store's own statuses."""
    bodies = [line["order"] for line in lines_of(sample("etsy-items"), "etsy-items") if "order" in line]
    assert {body["status_id"] for body in bodies} == {10, 3, 11, 7}
