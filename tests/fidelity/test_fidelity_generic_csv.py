"""The template for any CSV arrives to the cent, as it is and through an overlay that renames its columns."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from fidelity_claims import Truth, amount, grouped, hold, lines_of, rows_of, sample

MAPPING = "generic-csv"
OVERLAY = """
extends: generic-csv
mapping: oak-and-son
source:
  delimiter: ";"
  rename:
    {Beleg: order_number, Datum: order_date, Artikel: item_name, Menge: item_quantity, Einzelpreis: item_price,
     Gesamt: order_total}
  dates: {format: ["%d.%m.%Y %H:%M:%S %z", "%d.%m.%Y %H:%M"], zone: UTC}
tables: {status: {geliefert: 10}}
"""
WORDS = {
    "order_number": "Beleg",
    "order_date": "Datum",
    "item_name": "Artikel",
    "item_quantity": "Menge",
    "item_price": "Einzelpreis",
    "order_total": "Gesamt",
}
AMOUNTS = ("item_price", "item_total", "discount", "shipping", "fee", "tax", "order_total", "refunded", "item_quantity")


def truths(file: Path) -> dict[str, Truth]:
    return {number: truth(rows) for number, rows in grouped(rows_of(file), "order_number").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    order = rows[0]
    parts = sum((amount(row["item_price"]) * amount(row["item_quantity"]) for row in rows), Decimal(0))
    parts = (parts + amount(order["shipping"]) + amount(order["fee"]) - amount(order["discount"])).quantize(
        Decimal("0.01")
    )
    total = amount(order["order_total"]) or parts + amount(order["tax"])
    dated = len(order["order_date"]) > 8
    instant = datetime.fromisoformat(order["order_date"]) if dated else datetime.now(UTC)
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    quantities = [amount(row["item_quantity"]) for row in rows]
    return Truth(
        total, order["currency"], instant, quantities, dated and total in (parts, parts + amount(order["tax"]))
    )


def test_every_order_arrives_as_it_was() -> None:
    """Totals, instants and quantities are those of the file; a missing total is the sum, and recorded as such."""
    hold(sample(MAPPING), MAPPING, truths(sample(MAPPING)))


def test_an_overlay_reads_another_house_s_export(tmp_path: Path) -> None:
    """Other column names, separators, decimal commas, dates and encoding give the same bodies through an overlay."""
    rows = rows_of(sample(MAPPING))
    overlay = tmp_path / "oak-and-son.yml"
    overlay.write_text(OVERLAY, encoding="utf-8")
    export = tmp_path / "orders.csv"
    with export.open("w", newline="", encoding="cp1252") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow([WORDS.get(name, name) for name in rows[0]])
        writer.writerows([in_german(name, cell) for name, cell in row.items()] for row in rows)
    ours = [line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line]
    theirs = [line["order"] for line in lines_of(export, str(overlay)) if "order" in line]
    for body in (*ours, *theirs):
        body.pop("external_merchant_id")
        body["staff_notes"] = body["staff_notes"].replace("geliefert", "completed")
    assert theirs == ours


def in_german(name: str, cell: str) -> str:
    if name == "status":
        return cell.replace("completed", "geliefert")
    if name in AMOUNTS:
        return cell.replace(".", ",")
    if name == "order_date" and len(cell) > 8:
        instant = datetime.fromisoformat(cell)
        return instant.strftime("%d.%m.%Y %H:%M:%S %z" if instant.tzinfo else "%d.%m.%Y %H:%M")
    return cell
