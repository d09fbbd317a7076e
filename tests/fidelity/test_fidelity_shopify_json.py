"""Shopify's REST export arrives to the cent: read here on its own, then compared with the importer's bodies."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fidelity_claims import Truth, exports, hold, lines_of, sample
from fidelity_json import decimal, load, summed

MAPPING = "shopify-json"
WORDS = {"paid", "pending", "authorized", "partially_paid", "expired", "partially_refunded", "refunded", "voided"}


def truths(file: Path) -> dict[str, Truth]:
    page = load(file)
    orders = page if isinstance(page, list) else page.get("orders") or [page.get("order") or page]
    return {order["name"]: truth(order) for order in orders}


def truth(order: dict[str, Any]) -> Truth:
    lines, total = order["line_items"], decimal(order["total_price"])
    return Truth(
        total=total,
        currency=order["currency"],
        instant=datetime.fromisoformat(order["processed_at"] or order["created_at"]),
        quantities=[decimal(line["quantity"]) for line in lines],
        well_formed=total in sums(order) and order["financial_status"] in WORDS and not order["test"],
    )


def sums(order: dict[str, Any]) -> set[Decimal]:
    """Lines, discount, shipping, tax, duties and fees; with the tip, and without it where it is a line already."""
    lines = order["line_items"]
    sold = sum((decimal(line["price"]) * decimal(line["quantity"]) for line in lines), Decimal(0))
    discounted = [*lines, *order["shipping_lines"]]
    discount = sum((summed(one.get("discount_allocations"), "amount") for one in discounted), Decimal(0))
    sold += summed(order["shipping_lines"], "price") - (decimal(order["total_discounts"]) or discount)
    sold += Decimal(0) if order["taxes_included"] else decimal(order["total_tax"])
    for key in ("original_total_duties_set", "original_total_additional_fees_set"):
        sold += decimal(order[key]["shop_money"]["amount"]) if order.get(key) else 0
    return {sold, sold + decimal(order.get("total_tip_received"))}


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("shopify_json/*.json")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a Shopify page are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, an edited order and one with an unknown status are refused, and the test order is left out."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]}
    assert refused == {"#2037": "unbalanced", "#2038": "undecided"}
    assert [line["source_id"] for line in lines if line.get("skipped")] == ["#2019"]


def test_refunds_count_in_the_shops_currency() -> None:
    """What went back is the money of the refunds; one paid in the customer's currency counts by its goods."""
    orders = {line["source_id"]: line.get("order") or {} for line in lines_of(sample(MAPPING), MAPPING)}
    refunded = {name: order["refunded_amount"] for name, order in orders.items() if "refunded_amount" in order}
    assert refunded == {"#2009": "14.0300", "#2010": "109.5000", "#2011": "43.4100", "#2024": "46.0000"}


def test_a_tip_counts_once() -> None:
    """A tip is a fee where no line states it, and nothing more where it is a line."""
    orders = {line["source_id"]: line.get("order") or {} for line in lines_of(sample(MAPPING), MAPPING)}
    assert [fee["cost_inc_tax"] for fee in orders["#2021"]["fees"]] == ["4.0000"]
    assert "fees" not in orders["#2022"]
    assert "Tip" in [product["name"] for product in orders["#2022"]["products"]]
