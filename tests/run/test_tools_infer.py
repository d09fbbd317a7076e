"""`init`: from an unknown export to a mapping that holds."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.mapping import load_mapping
from importer.run.authoring.columns import fit
from importer.run.authoring.infer import first_mapping
from importer.run.line import open_line

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT.parent / "shared" / "exports"
KINDS = (".csv", ".tsv", ".json", ".jsonl")
EXPORTS = sorted(
    path
    for folder in (ROOT / "samples", SHARED)
    for path in folder.glob("*/*")
    if path.suffix in KINDS and path.stem != "expected"
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def mapped_by_draft(export: Path, folder: Path) -> list[dict[str, object] | None]:
    """The bodies that the inferred mapping makes of the export."""
    mapping = folder / "first.yml"
    mapping.write_text(first_mapping(export), encoding="utf-8")
    with open_line(export, load_mapping(mapping)) as line:
        return [mapped.body for mapped in line.orders(NOW)]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_inferred_mapping_passes_check(export: Path, tmp_path: Path) -> None:
    """Whatever export it is made from, the mapping has no mistake and reads no column that is not there."""
    path = tmp_path / "first.yml"
    path.write_text(first_mapping(export), encoding="utf-8")
    mapping = load_mapping(path)
    assert fit(export, mapping, 100).findings == []


def write(path: Path, header: list[str], *rows: list[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return path


GERMAN = [
    "Bestell-Nr",
    "Order Date",
    "Order Status",
    "Order Total",
    "Currency",
    "Billing City",
    "Qty",
    "Item",
    "Unit Price",
]


def test_plain_export_is_mapped_whole(tmp_path: Path) -> None:
    """Delimiter, encoding, date form, order key, lines, status words and amounts are told from the file."""
    header = ["Order No", *GERMAN[1:]]
    first = ["A-1", "24.12.2023 18:30", "paid", "30.00", "EUR", "Köln", "2", "Tasse", "10.00"]
    second = ["A-1", "24.12.2023 18:30", "paid", "30.00", "EUR", "Köln", "1", "Teller", "10.00"]
    third = ["A-2", "25.12.2023 09:00", "odd word", "5.00", "EUR", "Bonn", "1", "Tee", "5.00"]
    export = write(tmp_path / "o.csv", header, first, second, third, delimiter=";", encoding="cp1252")
    text = first_mapping(export)
    assert 'delimiter: ";"' in text
    assert "encoding: [utf-8, cp1252]" in text
    assert 'dates: {format: "%d.%m.%Y %H:%M", zone: UTC}   # TODO' in text
    assert "    paid: 11" in text
    assert "    odd word:" in text
    body, undecided = mapped_by_draft(export, tmp_path)
    assert undecided is None  # the odd word waits for a person
    assert body is not None
    assert body["total_inc_tax"] == "30.0000"
    assert body["date_created"] == "Sun, 24 Dec 2023 18:30:00 +0000"
    assert [line["quantity"] for line in body["products"]] == [2, 1]  # type: ignore[attr-defined]
    assert body["billing_address"]["city"] == "Köln"  # type: ignore[index]


DUTCH = ["Bestelnummer", "Besteldatum", "Status", "Voornaam", "Achternaam", "Adres factuur", "Plaats factuur"]
DUTCH += ["Land factuur", "Omschrijving", "Aantal", "Prijs per stuk (incl.)", "BTW %", "BTW bedrag", "Totaal", "Valuta"]


@pytest.mark.parametrize(
    "title", ["", "Bestellingen, export van 01-01-2024\n\n", "sep=;\n"], ids=["plain", "title", "spreadsheet's mark"]
)
def test_an_export_in_another_language_is_mapped(tmp_path: Path, title: str) -> None:
    """Names of columns and states are known in six languages, below a title too; a rate of tax is no tax."""
    row = ["B-1", "24-12-2023 18:30", "Geannuleerd", "Jan", "Berg", "Dam 1", "Amsterdam", "Nederland"]
    row += ["Mok, blauw", "2", "6,05", "21", "2,10", "12,10", "EUR"]
    export = write(tmp_path / "o.csv", DUTCH, row, delimiter=";")
    export.write_text(title + export.read_text(encoding="utf-8"), encoding="utf-8")
    (body,) = mapped_by_draft(export, tmp_path)
    assert body is not None
    assert (body["status_id"], body["total_ex_tax"], body["total_inc_tax"]) == (5, "10.0000", "12.1000")
    assert body["date_created"] == "Sun, 24 Dec 2023 18:30:00 +0000"
    address = {"first_name": "Jan", "last_name": "Berg", "street_1": "Dam 1", "city": "Amsterdam", "country_iso2": "NL"}
    assert body["billing_address"] == address


def test_a_column_whose_name_says_nothing_is_told_by_what_stands_there(tmp_path: Path) -> None:
    """A date, a currency and an e-mail address show themselves; each is marked to be looked at."""
    header = ["Order No", "X1", "X2", "X3", "Item", "Unit Price", "Total"]
    row = ["A-1", "24.12.2023 18:30", "CHF", "ada@example.com", "Tasse", "10.00", "10.00"]
    export = write(tmp_path / "o.csv", header, row)
    assert first_mapping(export).count("TODO: told by what stands there") == 3
    (body,) = mapped_by_draft(export, tmp_path)
    assert body is not None
    assert body["date_created"] == "Sun, 24 Dec 2023 18:30:00 +0000"


@pytest.mark.parametrize("apart", [";", "\n"], ids=["semicolons", "lines"])
def test_lines_that_are_packed_into_one_cell_are_unpacked(tmp_path: Path, apart: str) -> None:
    """All lines of an order stand in one cell: their keys tell name, price and quantity."""
    header = ["Number", "Date", "Items", "Total price", "Currency"]
    cells = apart.join(["product_name:Mug: big|quantity:2|price:3.00", "product_name:Tea|quantity:1|price:4.00"])
    (body,) = mapped_by_draft(write(tmp_path / "o.csv", header, ["B-1", "2024-01-31", cells, "10.00", "USD"]), tmp_path)
    assert body is not None
    lines = [(line["name"], line["quantity"], line["price_inc_tax"]) for line in body["products"]]  # type: ignore[attr-defined]
    assert lines == [("Mug: big", 2, 3.0), ("Tea", 1, 4.0)]


def test_a_date_that_reads_in_two_ways_is_marked(tmp_path: Path) -> None:
    """03/04/2024 is March or April: the first form is taken, and the other is named."""
    header = ["Order No", "Order Date", "Item", "Unit Price", "Total"]
    rows = [["A-1", "03/04/2024", "Tasse", "1.00", "1.00"], ["A-2", "05/05/2024", "Tasse", "1.00", "1.00"]]
    assert '# TODO: "%d/%m/%Y" fits as well' in first_mapping(write(tmp_path / "o.csv", header, *rows))
    rows.append(["A-3", "03/14/2024", "Tasse", "1.00", "1.00"])
    assert "fits as well" not in first_mapping(write(tmp_path / "o.csv", header, *rows))


def test_a_blank_shipping_address_is_no_address(tmp_path: Path) -> None:
    """An order that went to its billing address has the method of shipping and no place: no half address is made."""
    header = [
        "Order No",
        "Shipping Street",
        "Shipping City",
        "Shipping Country",
        "Shipping Method",
        "Item",
        "Unit Price",
    ]
    rows = [["A-1", "Weg 2", "Bonn", "DE", "Post", "Tea", "1.00"], ["A-2", "", "", "", "Post", "Tea", "1.00"]]
    first, second = mapped_by_draft(write(tmp_path / "o.csv", header, *rows), tmp_path)
    assert first is not None
    assert second is not None
    address = {"street_1": "Weg 2", "city": "Bonn", "country_iso2": "DE", "shipping_method": "Post"}
    assert first["shipping_addresses"] == [address]
    assert "shipping_addresses" not in second


def test_what_is_no_export_is_told_as_such(tmp_path: Path) -> None:
    """An XML file is not read as a column of tags."""
    (tmp_path / "o.xml").write_text("<orders><order/></orders>\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"o\.xml is XML or a web page: export the orders as CSV"):
        first_mapping(tmp_path / "o.xml")


def test_address_of_no_side_is_the_billing_address(tmp_path: Path) -> None:
    """An export of one address that names neither billing nor shipping is mapped with it."""
    header = ["Order No", "Order Date", "Buyer Name", "Street", "Zip", "City", "Country", "Item", "Unit Price", "Total"]
    row = ["A-1", "24.12.2023 18:30", "Ada Byron", "Weg 2", "01234", "Dresden", "Germany", "Tasse", "10.00", "10.00"]
    (body,) = mapped_by_draft(write(tmp_path / "o.csv", header, row), tmp_path)
    assert body is not None
    assert body["billing_address"] == {
        "first_name": "Ada",
        "last_name": "Byron",
        "street_1": "Weg 2",
        "city": "Dresden",
        "zip": "01234",
        "country_iso2": "DE",
    }


def test_json_structure_is_found(tmp_path: Path) -> None:
    """In JSON the orders are found below their wrapper, the lines by their quantity, an address by its keys."""
    order = {
        "order_id": 7,
        "created_at": "2024-02-03T04:05:06Z",
        "state": "shipped",
        "total": "9.00",
        "currency": "USD",
    }
    order |= {"basket": {"positions": [{"qty": 3, "title": "Pen", "price": "3.00"}]}, "tags": [{"name": "x"}]}
    order |= {"customer": {"email": "a@example.com"}, "billing_address": {"city": "Ghent", "country": "BE"}}
    export = tmp_path / "o.json"
    export.write_text(json.dumps({"result": {"rows": [order]}, "page": 1}), encoding="utf-8")
    text = first_mapping(export)
    assert "records: [result.rows]" in text
    assert "lines: basket.positions" in text
    (body,) = mapped_by_draft(export, tmp_path)
    assert body is not None
    assert (body["status_id"], body["total_inc_tax"]) == (2, "9.0000")
    assert body["billing_address"] == {"city": "Ghent", "country_iso2": "BE", "email": "a@example.com"}


def test_odd_column_names_survive(tmp_path: Path) -> None:
    """Quotes, braces, colons, backslashes and hashes in a column's name are written so that they are read again."""
    header = [
        'Order "No"',
        "Order's Total: {{x}}",
        "Billing City #1\\n",
        "Order Number",
        "Total",
        "Qty: 'n'",
        "Quantity",
    ]
    export = write(tmp_path / "o.csv", header, ["x", "y", "Ghent", "1", "5.00", "2", "1"])
    path = tmp_path / "first.yml"
    path.write_text(first_mapping(export), encoding="utf-8")
    assert fit(export, load_mapping(path), 0).findings == []


def test_signed_amounts_get_their_filter(tmp_path: Path) -> None:
    """Amounts with a currency sign are read by `formatted_money`, plain ones as they are."""
    header = ["Order Number", "Total", "Tax", "Item", "Quantity", "Price"]
    export = write(tmp_path / "o.csv", header, ["1", "$1,204.50", "0.00", "Sofa", "1", "$1,204.50"])
    text = first_mapping(export)
    assert "total: \"{{ order['Total'] | formatted_money }}\"" in text
    assert "tax: \"{{ order['Tax'] }}\"" in text
