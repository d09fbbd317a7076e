"""Amazon's All Orders report arrives to the cent: read here on its own, then compared with the importer's bodies."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, rows_of, sample

MAPPING = "amazon-all-orders"
PRICES_WITH_TAX = ("Amazon.co.uk", "Amazon.it")
TAX = ("item-tax", "shipping-tax", "gift-wrap-tax")


def truths(file: Path, encoding: str) -> dict[str, Truth]:
    rows = rows_of(file, encoding, "\t", quoting=csv.QUOTE_NONE)
    return {number: truth(rows) for number, rows in grouped(rows, "amazon-order-id").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    live = [row for row in rows if row["item-status"].lower() != "cancelled"] or rows
    total = sum((net(row) for row in live), Decimal(0))
    tax = sum((amount(row[name]) for row in live for name in TAX), Decimal(0))
    if not holds_its_tax(live[0], total, tax):
        total += tax
    quantities = [amount(row["quantity"]) for row in live]
    well_formed = (
        "T" in rows[0]["purchase-date"] and any(quantities) and (total > 0 or rows[0]["order-status"] != "Pending")
    )
    instant = datetime.fromisoformat(rows[0]["purchase-date"]) if "T" in rows[0]["purchase-date"] else datetime.now(UTC)
    return Truth(total, live[0]["currency"], instant, quantities, well_formed)


def net(row: dict[str, str]) -> Decimal:
    charged = sum(amount(row[name]) for name in ("item-price", "shipping-price", "gift-wrap-price"))
    return Decimal(charged - amount(row["item-promotion-discount"]) - amount(row["ship-promotion-discount"]))


def holds_its_tax(row: dict[str, str], total: Decimal, tax: Decimal) -> bool:
    """Whether prices include tax: in Britain and Italy; in Germany unless the tax is 19 % on top."""
    german = row["sales-channel"] == "Amazon.de" and tax * Decimal("1.19") <= total * Decimal("0.19") + 1
    return german or row["sales-channel"] in PRICES_WITH_TAX


@pytest.mark.parametrize(
    ("file", "encoding"),
    [(sample(MAPPING), "cp1252"), *((one.values[0], "utf-8") for one in exports("amazon/*.tsv"))],
)
def test_every_order_arrives_as_it_was(file: Path, encoding: str) -> None:
    """Totals, instants and quantities are those of the rows; rows of cancelled items are left out."""
    hold(file, MAPPING, truths(file, encoding))


def test_blanked_and_pending_orders_are_skipped_with_a_reason() -> None:
    """What Amazon has blanked, or not priced yet, is left out aloud; a date without a form is refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    assert sorted(line["skipped"].split(":")[0] for line in lines if line.get("skipped")) == [
        "cancelled with nothing left",
        "still pending",
    ]
    assert [line["source_id"] for line in lines if line["problems"]] == ["112-0000000-0000099"]
