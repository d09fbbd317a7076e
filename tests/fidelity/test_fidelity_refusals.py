"""Exports that cannot be migrated are refused whole, with the reason and the way out, and nothing is written."""

from pathlib import Path

import pytest
from fidelity_claims import refusal_of, sample

UNUSABLE = {
    "magento-grid": (
        "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status",
        "1,Main Website,2021-01-01 10:00:00,Ada Dahl,Ada Dahl,12.00,12.00,complete",
        ("no line items", "magento2-json"),
    ),
    "woocommerce-analytics": (
        "Date,Order #,Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue,Attribution",
        "2021-01-01 10:00:00,7,Completed,Ada Dahl,new,1× Mug,1,,12.00,Direct",
        ("without prices", "woocommerce-json"),
    ),
    "woocommerce-analytics-german": (
        "Datum,Bestellung #,Status,Kunde,Kundentyp,Produkt(e),Verkaufte Artikel,Gutschein(e),Nettoumsatz,Zuordnung",
        "2021-01-01 10:00:00,7,Abgeschlossen,Ada Dahl,neu,1× Becher,1,,12.00,Direkt",
        ("without prices", "woocommerce-json"),
    ),
    "etsy-without-ids": (
        "Sale Date,Buyer,Number of Items,Order Value,Shipping,Order Total,Status",
        "03/14/24,ada,1,12.00,3.00,15.00,",
        ("Order ID", "Download it again"),
    ),
    "etsy-orders-alone": (
        "Sale Date,Order ID,Buyer User ID,Full Name,Number of Items,Currency,Order Value,Shipping,Order Net",
        "03/14/24,2900000001,ada,Ada Dahl,1,USD,12.00,3.00,14.00",
        ("second file", "--with"),
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_export_that_holds_too_little_is_refused_with_the_way_out(name: str, tmp_path: Path) -> None:
    """Without a mapping named, the message says what the file is, why it will not do and what to export instead."""
    header, row, wanted = UNUSABLE[name]
    file = tmp_path / "orders.csv"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    said = refusal_of(file)
    assert all(words in said for words in wanted), said


def test_the_reason_is_given_to_a_named_mapping_as_well(tmp_path: Path) -> None:
    """A person who names the platform's mapping is told the same, not a list of missing columns."""
    header, row, _ = UNUSABLE["etsy-orders-alone"]
    file = tmp_path / "orders.csv"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert "no line items" in refusal_of(file, "-m", "etsy-items")


def test_the_wrong_platform_is_named() -> None:
    """An export given to another platform's mapping is refused for the columns that it lacks."""
    assert "is not the export this mapping reads" in refusal_of(sample("wix-csv"), "-m", "shopify-csv")
