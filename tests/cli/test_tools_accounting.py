"""Field accounting in `importer validate`: each column's way, each field's origin, what was never needed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from test_tools_check import importer

MAPPING = """\
source: {format: csv, order: No, detect: [No], dates: {format: iso, zone: UTC}}
money:
  currency: EUR
  lines: {unit: "{{ line['Price'] }}", quantity: "{{ line['Qty'] }}"}
  total: "{{ order['Total'] }}"
tables:
  status: {paid: 11, sent: {home: 2, shop: 8}}
body:
  date_created: "{{ order['Date'] | date }}"
  status_id: "{{ [order['State'], order['Where']] | table('status') }}"
  billing_address:
    country_iso2: BE
    last_name: Peeters
    zip: {value: "{{ order['Zip'] }}", otherwise: "00000", as: no-zip}
    city: {value: "{{ order['City'] }}", otherwise: Ghent, as: no-city}
    company: "{{ order['Company'] }}"
  products: {each: line, name: "{{ line['Item'] }}"}
ignore: {Colour: of the product}
"""
HEADER = [
    "No",
    "Total",
    "Price",
    "Qty",
    "Item",
    "Date",
    "State",
    "Where",
    "Zip",
    "City",
    "Company",
    "Colour",
    "Gift",
    "Blank",
]
ROWS = [
    ["1", "5.00", "2.50", "2", "Cup", "2024-01-02", "paid", "", "9000", "", "", "red", "ribbon", ""],
    ["2", "7.00", "5.00", "1", "Cup", "2024-01-02", "sent", "home", "9000", "Aalst", "", "", "", ""],
    ["2", "", "2.00", "1", "Tea", "2024-01-02", "", "", "", "", "", "", "", ""],
]


def validated(folder: Path, *arguments: str) -> tuple[str, dict[str, Any]]:
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    (folder / "mine.yml").write_text(MAPPING, encoding="utf-8")
    done = importer("validate", "orders.csv", "-m", "mine.yml", "--report", "report", *arguments, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads((folder / "report" / "fields.json").read_text(encoding="utf-8"))


def test_each_column_goes_somewhere(tmp_path: Path) -> None:
    """A column is read by the fields that are named with their lines, ignored with its reason, or goes nowhere."""
    _, fields = validated(tmp_path)
    by_name = {row["name"]: row for row in fields["source"]}
    assert by_name["Zip"]["read_by"] == {"billing_address.zip": "mine.yml:14:18"}
    assert (by_name["Zip"]["orders"], by_name["Zip"]["examples"]) == (2, ["9000"])
    assert by_name["Colour"]["ignored"] == "of the product"
    assert [name for name, row in by_name.items() if row["nowhere"]] == ["Gift"]
    assert by_name["Blank"]["orders"] == 0


def test_each_field_has_its_line_and_fill_rate(tmp_path: Path) -> None:
    """A field of the body names the line that sets it and how many bodies have it; money's has none."""
    _, fields = validated(tmp_path)
    by_field = {row["field"]: row for row in fields["body"]}
    assert by_field["billing_address.company"] == {
        "field": "billing_address.company",
        "origin": "mine.yml:16:14",
        "orders": 0,
    }
    assert by_field["products[].name"]["orders"] == 2
    assert by_field["total_inc_tax"] == {"field": "total_inc_tax", "origin": "", "orders": 2}


def test_what_was_never_needed_is_listed(tmp_path: Path) -> None:
    """Rows of tables that no order looked up, and fallbacks that no order took, are named with their lines."""
    text, fields = validated(tmp_path)
    assert [row["name"] for row in fields["never_used"]] == ["status / sent / shop", "no-zip"]
    assert fields["never_used"][0]["origin"] == "mine.yml:7:44"
    assert "never needed: status / sent / shop, no-zip\n" in text
    assert "never filled: billing_address.company\n" in text


def test_branches_that_no_order_took_are_listed(tmp_path: Path) -> None:
    """A choice that always falls the same way, an `if` of a template, a rule of `skip`: each with its line."""
    with (tmp_path / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    (tmp_path / "notes.j2").write_text("{% if order['Gift'] %}\nGift\n{% elif order['Blank'] %}\nBlank\n{% endif %}\n")
    more = """\
  customer_message: "{{ 'a' if order['No'] == '1' else 'b' }}"
  payment_method: "{{ 'cash' if order['Where'] == 'till' else 'card' }}"
  staff_notes: {template: notes.j2}
skip:
  - {when: "{{ order['State'] == 'draft' }}", because: a draft}
  - {when: "{{ order['Zip'] == '0' }}", because: no place}
"""
    (tmp_path / "mine.yml").write_text(MAPPING.replace("ignore:", f"{more}ignore:"), encoding="utf-8")
    done = importer("validate", "orders.csv", "-m", "mine.yml", "--report", "report", cwd=tmp_path)
    fields = json.loads((tmp_path / "report" / "fields.json").read_text(encoding="utf-8"))
    assert [(row["name"], row["origin"]) for row in fields["never_used"][2:]] == [
        ("skip: a draft", "mine.yml:22:5"),
        ("skip: no place", "mine.yml:23:5"),
        ("order['Where'] == 'till'", "mine.yml:19:19"),
        ("order['Blank']", "notes.j2:3:1"),
    ]
    assert "never taken: skip: a draft, skip: no place, order['Where'] == 'till', order['Blank']\n" in done.stdout


def test_terminal_tells_what_deserves_a_look(tmp_path: Path) -> None:
    """After the verdict: how many columns go where, and the lines to paste for those that go nowhere."""
    text, _ = validated(tmp_path)
    assert "Fields   12 columns hold data: 10 read, 1 ignored on purpose, 1 carried by no field" in text
    assert "ignore:\n  Gift: TODO\n" in text


def test_data_output_stays_data(tmp_path: Path) -> None:
    """With --json, stdout is one JSON document."""
    text, _ = validated(tmp_path, "--json")
    assert json.loads(text)["verdict"] == "go"
