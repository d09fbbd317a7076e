"""WooCommerce's CSV with a row an item arrives to the cent: read here on its own, against the importer's bodies."""

from decimal import Decimal
from pathlib import Path

import pytest
from fidelity_claims import Truth, amount, exports, grouped, hold, lines_of, local, rows_of, sample

MAPPING = "woocommerce-csv-items"


def truths(file: Path) -> dict[str, Truth]:
    return {number: truth(rows) for number, rows in grouped(rows_of(file), "Order Number").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order = next(row for row in rows if row["Order Total Amount"])
    goods = sum((amount(row["Order Line (w/o tax)"]) for row in rows), Decimal(0))
    parts = goods + amount(order["Order Shipping Amount"])
    tax, off, total = (
        amount(order[name]) for name in ("Order Total Tax Amount", "Cart Discount Amount", "Order Total Amount")
    )
    adds_up = total in (parts, parts + tax, parts - off, parts - off + tax) and order["Order Status"] != "Trash"
    instant = local(order["Order Date"], "%Y-%m-%d %H:%M:%S")
    return Truth(total, order["Currency"], instant, [amount(row["Quantity"]) for row in rows], adds_up)


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("woocommerce_csv/*item_rows*.csv")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities are those of the export, whose totals stand on an order's first row."""
    hold(file, MAPPING, truths(file))


def test_other_words_for_the_same_columns_give_the_same_bodies(tmp_path: Path) -> None:
    """Plug-ins head their columns in other cases and words; the bodies are the same."""
    header, _, rest = sample(MAPPING).read_text(encoding="utf-8").partition("\n")
    words = {
        "Order Number": "order_number",
        "Order Date": "ORDER DATE",
        "Order Total Amount": "Order_Total",
        "SKU": "Product SKU",
        "Order Line (w/o tax)": "line_total",
        "City (Billing)": "billing_city",
    }
    other = tmp_path / "orders.csv"
    other.write_text(",".join(words.get(name, name) for name in header.split(",")) + "\n" + rest, encoding="utf-8")
    assert lines_of(other, MAPPING) == lines_of(sample(MAPPING), MAPPING)


def test_a_currency_that_the_export_does_not_name_is_assumed_aloud(tmp_path: Path) -> None:
    """Without a currency column each order says that its currency was assumed."""
    header, _, rest = sample(MAPPING).read_text(encoding="utf-8").partition("\n")
    other = tmp_path / "orders.csv"
    other.write_text(header.replace(",Currency,", ",Till,") + "\n" + rest, encoding="utf-8")
    bodies = [line for line in lines_of(other, MAPPING) if "order" in line]
    assert bodies
    assert all("currency-assumed" in [one["code"] for one in line["substitutions"]] for line in bodies)
