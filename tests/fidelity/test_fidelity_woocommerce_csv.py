"""WooCommerce's packed CSV arrives to the cent: read here on its own, then compared with the importer's bodies."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, hold, lines_of, local, rows_of, sample

NEVER_ORDERS = ("trash", "auto-draft", "checkout-draft")


def truths(file: Path) -> dict[str, Truth]:
    return {row["order_number"]: truth(row) for row in rows_of(file)}


def truth(row: dict[str, str]) -> Truth:
    lines = [cell for name, cell in row.items() if name.startswith("line_item_") and cell]
    quantities = [amount(re.findall(r"\|quantity:([0-9.]+)", cell)[0]) for cell in lines]
    parts = sum((amount(re.findall(r"\|total:([0-9.]+)", cell)[0]) for cell in lines), Decimal(0))
    parts += sum(amount(row[name]) for name in ("shipping_total", "fee_total", "tax_total"))
    total = amount(row["order_total"])
    instant = local(row["order_date"], "%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")
    well_formed = parts == total and bool(lines) and row["status"] not in NEVER_ORDERS
    return Truth(total, row["order_currency"], instant, quantities, well_formed)


@pytest.mark.parametrize("file", [sample("woocommerce-csv"), *exports("woocommerce_csv/webtoffee*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities are those of the export, whose lines are packed in cells."""
    hold(file, "woocommerce-csv", truths(file))


def test_names_with_the_packing_s_own_signs_arrive_whole() -> None:
    """A product's name may hold the signs that pack its cell."""
    names = {
        product["name"]
        for line in lines_of(sample("woocommerce-csv"), "woocommerce-csv")
        for product in line.get("order", {}).get("products", ())
    }
    assert "Veil: square | folding" in names
