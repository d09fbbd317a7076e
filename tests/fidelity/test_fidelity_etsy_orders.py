"""Etsy's Sold Orders, joined with their items, arrive to the cent: read here on their own, then compared."""

from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import ROOT, Truth, amount, grouped, hold, lines_of, local, refusal_of, rows_of, sample

MAPPING = "etsy-orders"
ITEMS = ROOT / "samples" / MAPPING / "items.csv"
JOINED = ("--with", str(ITEMS))


def truths(orders: Path, items: Path) -> dict[str, Truth]:
    lines = grouped(rows_of(items), "Order ID")
    return {row["Order ID"]: truth(row, lines.get(row["Order ID"], [])) for row in rows_of(orders)}


def truth(order: dict[str, str], lines: list[dict[str, str]]) -> Truth:
    goods = sum((amount(line["Price"]) * amount(line["Quantity"]) for line in lines), Decimal(0))
    parts = goods - amount(order["Discount Amount"]) + amount(order["Shipping"]) + amount(order["Sales Tax"])
    less_cut = parts - amount(order["Shipping Discount"])
    paid = amount(order["Order Net"]) + amount(order["Card Processing Fees"]) if order["Order Net"] else less_cut
    instant = local(order["Sale Date"], "%m/%d/%y")
    quantities = [amount(line["Quantity"]) for line in lines]
    return Truth(paid, order["Currency"], instant, quantities, bool(lines) and paid in (parts, less_cut))


def test_every_order_arrives_as_it_was() -> None:
    """What the shop was paid, the dates and the quantities are those of the two files, whose rows lie anyhow."""
    hold(sample(MAPPING), MAPPING, truths(sample(MAPPING), ITEMS), *JOINED)


def test_only_the_wrong_orders_are_refused() -> None:
    """An order that does not add up, and one whose items are missing."""
    lines = lines_of(sample(MAPPING), MAPPING, *JOINED)
    assert {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]} == {
        "2950022471": "unbalanced",
        "2950023448": "no-lines",
    }


@pytest.mark.parametrize("named", [(), ("-m", MAPPING)])
def test_the_orders_alone_are_refused_with_the_way_out(named: tuple[str, ...]) -> None:
    """Without the file of the items the message asks for it by Etsy's name."""
    assert "--with EtsySoldOrderItems2022.csv" in refusal_of(sample(MAPPING), *named)
