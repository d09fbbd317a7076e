"""Squarespace's order export arrives to the cent: read here on its own, then compared with the importer's bodies."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, rows_of, sample


def truths(file: Path) -> dict[str, Truth]:
    return {number: truth(rows) for number, rows in grouped(rows_of(file), "Order ID").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order = next(row for row in rows if row["Total"])
    parts = sum((amount(row["Lineitem price"]) * amount(row["Lineitem quantity"]) for row in rows), Decimal(0))
    parts += amount(order["Shipping"]) - amount(order["Discount Amount"])
    total = amount(order["Total"])
    zoned = "/" not in order["Created at"]
    unknown = datetime.min.replace(tzinfo=UTC)
    instant = datetime.strptime(order["Created at"], "%Y-%m-%d %H:%M:%S %z") if zoned else unknown
    adds_up = total in (parts, parts + amount(order["Taxes"]))
    return Truth(
        total, order["Currency"], instant, [amount(row["Lineitem quantity"]) for row in rows], adds_up and zoned
    )


@pytest.mark.parametrize("file", [sample("squarespace-csv"), *exports("squarespace*/*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities are those of the export; blank rows at its end are no orders."""
    hold(file, "squarespace-csv", truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """A date that a spreadsheet rewrote and a total that is not the sum of its parts are refused, nothing else."""
    lines = lines_of(sample("squarespace-csv"), "squarespace-csv")
    assert {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]} == {
        "00175": "refused",
        "00176": "unbalanced",
    }
