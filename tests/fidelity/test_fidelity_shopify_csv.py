"""Shopify's CSV export arrives to the cent: read here on its own, then compared with the importer's bodies."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, rows_of, sample

REFUSED = {"#1030": "unbalanced", "#1045": "refused"}


def truths(file: Path) -> dict[str, Truth]:
    return {name: truth(rows) for name, rows in grouped(rows_of(file), "Name").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order = next(row for row in rows if row["Total"])
    lines = [(amount(row["Lineitem quantity"]), amount(row["Lineitem price"])) for row in rows]
    subtotal, shipping, taxes, total = (amount(order[name]) for name in ("Subtotal", "Shipping", "Taxes", "Total"))
    sold = sum((quantity * price for quantity, price in lines), Decimal(0))
    adds_up = total in (subtotal + shipping, subtotal + shipping + taxes) and sold >= subtotal
    instant, zoned = created(order["Created at"])
    return Truth(total, order["Currency"], instant, [quantity for quantity, _ in lines], adds_up and zoned)


def created(text: str) -> tuple[datetime, bool]:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S %z"), True
    except ValueError:
        return datetime.min.replace(tzinfo=UTC), False


@pytest.mark.parametrize("file", [sample("shopify-csv"), *exports("shopify_csv/*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a Shopify export are those of the bodies; all well-formed orders arrive."""
    hold(file, "shopify-csv", truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, an order that does not add up and one whose date a spreadsheet rewrote are refused."""
    lines = lines_of(sample("shopify-csv"), "shopify-csv")
    assert {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]} == REFUSED


def test_notes_hold_what_the_store_has_no_field_for() -> None:
    """Tax lines, discount codes, tags, attributes and money still owed are in the staff notes."""
    notes = {
        line["source_id"]: line["order"]["staff_notes"]
        for line in lines_of(sample("shopify-csv"), "shopify-csv")
        if "order" in line
    }
    assert "Tax: NL btw 9% 1.64\nTax: NL btw 21% 5.37" in notes["#1001"]
    assert "Discount code: " in notes["#1011"]
    assert "Outstanding balance: " in notes["#1032"]
    assert "Note attributes:\n" in notes["#1016"]
