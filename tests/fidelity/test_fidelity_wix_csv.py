"""Wix's order export arrives to the cent: read here on its own, then compared with the importer's bodies."""

from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, local, rows_of, sample

FORMATS = ("%b %d, %Y %I:%M:%S %p", "%b %d, %Y")


def truths(file: Path) -> dict[str, Truth]:
    return {number: truth(rows) for number, rows in grouped(rows_of(file), "Order number").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order = rows[0]
    tax, total, card = (amount(order[name]) for name in ("Total tax", "Total", "Gift card amount"))
    parts = sum((amount(row["Price"]) * amount(row["Qty"]) for row in rows), Decimal(0))
    parts += amount(order["Shipping rate"]) + amount(order["Additional fees"])
    adds_up = {total, total + card} & {parts, parts + tax} or (order["Coupon code"] and not tax and parts > total)
    instant = local(f"{order['Date created']} {order['Time']}", *FORMATS)
    return Truth(total, order["Currency"], instant, [amount(row["Qty"]) for row in rows], bool(adds_up))


@pytest.mark.parametrize("file", [sample("wix-csv"), *exports("wix/*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities are those of the export, whose order columns are repeated on every row."""
    hold(file, "wix-csv", truths(file))


def test_an_order_that_does_not_add_up_is_refused() -> None:
    """A total that lacks money without a coupon is not explained away."""
    lines = lines_of(sample("wix-csv"), "wix-csv")
    assert {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]} == {
        "20330": "unbalanced"
    }


def test_an_older_layout_gives_the_same_bodies(tmp_path: Path) -> None:
    """Where the billing address is headed as a second Delivery address, in cp1252, nothing is lost or swapped."""
    text = sample("wix-csv").read_text(encoding="utf-8-sig")
    header, _, rest = text.partition("\n")
    for name in ("country", "state", "state name", "city", "address", "zip/postal code"):
        header = header.replace(f'"Billing {name}"', f'"Delivery {name}"')
    older = tmp_path / "orders.csv"
    older.write_bytes(f"{header}\n{rest}".encode("cp1252"))
    assert lines_of(older, "wix-csv") == lines_of(sample("wix-csv"), "wix-csv")
