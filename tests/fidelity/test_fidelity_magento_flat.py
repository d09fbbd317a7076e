"""Magento's flat SQL export arrives to the cent: read here on its own, then compared with the importer's bodies."""

from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, local, rows_of, sample

MAPPING = "magento-flat"
STATUSES = {"complete", "processing", "pending", "canceled", "closed", "holded", "pending_payment", "fraud"}


def truths(file: Path) -> dict[str, Truth]:
    return {number: truth(rows) for number, rows in grouped(rows_of(file), "Ordernumber").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order = rows[0]
    instant = local(order["Orderdate"], "%Y-%m-%d")
    quantities = [amount(row["ItemOrdered"]) for row in rows]
    if order["OrderStatus"] not in STATUSES:  # the row is shifted: its total is no number
        return Truth(Decimal(0), "USD", instant, quantities, False)
    parts = sum((amount(row["ItemPrice"]) * amount(row["ItemOrdered"]) for row in rows), amount(order["ShippingCost"]))
    tax = amount(order["GranTotal"]) - parts + abs(amount(order["orders_order_discount_amount"]))
    total = amount(order["GranTotal"]).quantize(Decimal("0.01"))
    return Truth(total, "USD", instant, quantities, 0 <= tax <= parts * Decimal("0.25"))


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("magento_flat/*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, dates and quantities are those of the rows; what the total has above its parts is tax."""
    hold(file, MAPPING, truths(file))


def test_shifted_rows_are_refused_and_say_only_that() -> None:
    """An order whose cells are shifted has one problem, not one for each cell; a gap that can be no tax is refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: [one["code"] for one in line["problems"]] for line in lines if line["problems"]}
    assert refused == {key: ["refused"] for key in ("100000023", "100000024", "100000025", "100000026")}


def test_computed_tax_is_recorded() -> None:
    """Tax that no column states is a substitution with its amount."""
    lines = lines_of(sample(MAPPING), MAPPING)
    assert (
        sum(one["code"] == "tax-from-total" for line in lines if "order" in line for one in line["substitutions"]) == 4
    )
