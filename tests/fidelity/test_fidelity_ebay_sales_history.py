"""eBay's Sales History arrives to the cent: read here on its own, then compared with the importer's bodies."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, exports, grouped, hold, lines_of, local, rows_of, sample

MAPPING = "ebay-sales-history"
DATES = ("%b-%d-%y", "%d-%b-%y")


def money(text: str | None) -> Decimal:
    """An amount with a sign; eBay in Germany writes EUR 1.250,00."""
    if not text:
        return Decimal(0)
    plain = text.replace(".", "").replace(",", ".") if "EUR" in text else text.replace(",", "")
    return Decimal(re.sub(r"[^0-9.-]", "", plain) or 0)


def truths(file: Path) -> dict[str, Truth]:
    rows = [row for row in rows_of(file) if row["Sales Record Number"].isdecimal() and len(row) > 3]
    return {number: truth(members) for number, members in grouped(rows, "Sales Record Number").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order, items = rows[0], [row for row in rows if row["Item Title"]]
    quantities = [Decimal(row["Quantity"]) for row in items]
    prices = [money(row["Sale Price"]) for row in items]
    beside = sum(
        (money(order[name]) for name in ("Shipping and Handling", "US Tax", "Insurance", "Cash on delivery fee")),
        Decimal(0),
    )
    kept = sum((money(order[name]) for name in ()), Decimal(0))
    each = sum((price * quantity for price, quantity in zip(prices, quantities, strict=True)), beside)
    total = money(order["Total Price"])
    adds_up = total in {each, each + kept, sum(prices) + beside, sum(prices) + beside + kept}
    currency = re.sub(r"[0-9.,-]", "", order["Total Price"])
    return Truth(total, currency, local(order["Sale Date"], *DATES), quantities, adds_up)


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("ebay/*sales_history*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, dates and quantities are those of the file; footers and blank rows are no orders."""
    hold(file, MAPPING, truths(file))


def test_an_order_that_does_not_add_up_is_refused() -> None:
    """Of the sample only the order whose total is not the sum of its parts is refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    assert {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]} == {
        "4124": "unbalanced"
    }
