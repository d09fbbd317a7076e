"""Amazon's New Orders report arrives to the cent: read here on its own, then compared with the importer's bodies."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from fidelity_claims import Truth, amount, grouped, hold, lines_of, rows_of, sample

MAPPING = "amazon-new-orders"
PRICES_WITH_TAX = ("Amazon.de", "Amazon.co.uk", "Amazon.it")
PRICES = ("item-price", "shipping-price", "gift-wrap-price")
TAX = ("item-tax", "shipping-tax", "gift-wrap-tax")
OFF = ("item-promotion-discount", "ship-promotion-discount")


def truths(file: Path) -> dict[str, Truth]:
    rows = rows_of(file, "cp1252", "\t", quoting=csv.QUOTE_NONE)
    return {number: truth(rows) for number, rows in grouped(rows, "order-id").items()}


def truth(rows: list[dict[str, str]]) -> Truth:
    def all_of(names: tuple[str, ...]) -> Decimal:
        return sum((amount(row[name]) for row in rows for name in names), Decimal(0))

    total = all_of(PRICES) - all_of(OFF)
    if rows[0]["sales-channel"] not in PRICES_WITH_TAX:
        total += all_of(TAX)
    dated = "T" in rows[0]["purchase-date"]
    instant = datetime.fromisoformat(rows[0]["purchase-date"]) if dated else datetime.now(UTC)
    return Truth(total, rows[0]["currency"], instant, [amount(row["quantity-purchased"]) for row in rows], dated)


def test_every_order_arrives_as_it_was() -> None:
    """Totals, instants and quantities are those of the rows, whose prices are of all their pieces."""
    hold(sample(MAPPING), MAPPING, truths(sample(MAPPING)))


def test_what_was_shipped_tells_the_status() -> None:
    """Unshipped, partly shipped and shipped orders get the store's own statuses."""
    bodies = [line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line]
    assert {body["status_id"] for body in bodies} == {11, 3, 10}


def test_a_quote_in_a_name_is_only_a_quote() -> None:
    """The report knows no quoting: a lantern of 12" keeps its sign and swallows no neighbour."""
    names = {
        product["name"]
        for line in lines_of(sample(MAPPING), MAPPING)
        for product in line.get("order", {}).get("products", ())
    }
    assert {'Camping lantern 12" brass', "Fire steel – ash handle"} <= names


def test_a_report_without_prices_is_refused(tmp_path: Path) -> None:
    """The report of unshipped orders has no prices: its orders are not free, they cannot be imported."""
    priced = {"currency", *PRICES, *TAX, *OFF}
    rows = rows_of(sample(MAPPING), "cp1252", "\t", quoting=csv.QUOTE_NONE)[:3]
    columns = [name for name in rows[0] if name not in priced]
    lines = ["\t".join(columns), *("\t".join(row[name] for name in columns) for row in rows)]
    (tmp_path / "unshipped.txt").write_text("\n".join(lines), encoding="cp1252")
    refused = lines_of(tmp_path / "unshipped.txt", MAPPING)
    assert {line["problems"][0]["code"] for line in refused} == {"refused"}
    assert "no prices" in refused[0]["problems"][0]["message"]
