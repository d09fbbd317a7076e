"""Rows below the data are no orders."""

from pathlib import Path

from importer.model import SourceSpec
from importer.sources import open_export

SPEC = SourceSpec("csv", "Number", footer=("record(s) downloaded", "Seller ID"))


def test_a_footer_is_passed_over_wherever_it_stands(tmp_path: Path) -> None:
    """A count of records and a seller's name belong to no order, also between two exports joined into one file."""
    file = tmp_path / "orders.csv"
    file.write_text(
        '"",""\n"Number","Title"\n"",""\n1,Mug\n2,record player\n"2","record(s) downloaded"\nSeller ID : ada\n3,Cup\n',
        encoding="utf-8",
    )
    with open_export(file, SPEC) as export:
        assert [(order.source_id, order.problems) for order in export.orders()] == [("1", ()), ("2", ()), ("3", ())]
