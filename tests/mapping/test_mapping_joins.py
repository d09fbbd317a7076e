"""Joins in the mapping language: `order` and `line` are rows of two files, with columns of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from importer.errors import MappingError
from importer.mapping import load_mapping
from importer.model import MappedOrder
from importer.run.authoring.columns import fit
from importer.run.line import open_line
from importer.sources import ExportFiles

NOW = datetime(2030, 1, 1, tzinfo=UTC)
CSV = """\
mapping: joined
source:
  format: csv
  order: ID
  items: {order: Order, detect: [Price], called: items.csv}
  optional: [Note]
  clean: [leading-apostrophe]
  dates: {zone: UTC}
money:
  currency: USD
  lines: {unit: "{{ line['Price'] }}", quantity: "{{ line['Count'] }}"}
  total: "{{ order['Total'] }}"
let:
  skus: "{{ lines | map('SKU') | join('+') }}"
  worth: "{{ lines | sum('Price', 'Count') }}"
body:
  date_created: "{{ order['Date'] | date }}"
  status_id: 10
  customer_id: 0
  billing_address: {first_name: "{{ order['Name'] }}"}
  customer_message: "{{ skus }} of {{ order['SKU'] }} worth {{ worth }}{{ order['Note'] }}"
  products: {each: line, name: "{{ line['Name'] }}", sku: "{{ line['SKU'] }}"}
"""
ORDERS = "Date,ID,Name,Total,SKU\n2024-05-05,1,Ada,7,'all\n2024-05-06,2,Bo,2,none\n"
ITEMS = "Name,Price,Order,Count,SKU\nMug,2.50,1,2,'01\nPen,2,2,1,03\nCup,2,1,1,02\n"
JSON = """\
mapping: joined
source:
  format: json
  order: id
  items: {order: order.id}
  dates: {zone: UTC}
money:
  currency: USD
  lines: {unit: "{{ line.price }}", quantity: "{{ line.count }}"}
  total: "{{ order.total }}"
body:
  date_created: "{{ order.date | date }}"
  status_id: 10
  customer_id: 0
  billing_address: {first_name: "{{ order.name }}"}
  customer_message: "{{ lines | map('sku') | join('+') }}"
  products: {each: line, name: "{{ line.name }}"}
"""


def write(folder: Path, **contents: str) -> dict[str, Path]:
    files = {name: folder / f"{name.replace('_', '.')}" for name in contents}
    for name, content in contents.items():
        files[name].write_text(content, encoding="utf-8")
    return files


def csv_files(folder: Path, mapping: str = CSV, orders: str = ORDERS, items: str = ITEMS) -> tuple[ExportFiles, Path]:
    files = write(folder, m_yml=mapping, orders_csv=orders, items_csv=items)
    return ExportFiles((files["orders_csv"],), (files["items_csv"],)), files["m_yml"]


def mapped(files: ExportFiles, mapping: Path) -> list[MappedOrder]:
    with open_line(files, load_mapping(mapping)) as line:
        return [(one, line.program.explain(one.source).body)[0] for one in line.orders(NOW)]


def body(order: MappedOrder) -> dict[str, Any]:
    assert order.body is not None, order.problems
    return order.body


def test_columns_of_one_name_are_those_of_their_own_file(tmp_path: Path) -> None:
    """`order['SKU']` is the first file's, `line['SKU']` the second's, wherever the columns stand."""
    first, second = map(body, mapped(*csv_files(tmp_path)))
    assert first["customer_message"] == "01+02 of all worth 7.00"
    assert [(one["name"], one["sku"], one["quantity"]) for one in first["products"]] == [
        ("Mug", "01", 2),
        ("Cup", "02", 1),
    ]
    assert first["billing_address"] == {"first_name": "Ada"}
    assert second["total_inc_tax"] == "2.0000"


def test_explain_follows_both_files(tmp_path: Path) -> None:
    """Each value leads to the file and the line where it stands."""
    files, mapping = csv_files(tmp_path)
    with open_line(files, load_mapping(mapping)) as line:
        explained = line.program.explain(next(line.export.orders()))
    found = {step.where for one in explained.traced for step in one.steps}
    assert {"orders.csv:2:SKU", "items.csv:2:SKU", "items.csv:4:Price"} <= found


def test_an_unknown_column_is_told_with_the_columns_of_its_file(tmp_path: Path) -> None:
    """The close name is sought where the column should stand; `optional` is for both files."""
    wrong = CSV.replace("line['Price']", "line['Pric']").replace("order['Total']", "order['Price']")
    files, mapping = csv_files(tmp_path, wrong)
    with pytest.raises(MappingError) as caught, open_line(files, load_mapping(mapping)):
        pass
    said = sorted(finding.message.partition(" (read")[0] for finding in caught.value.findings)
    assert said == ["unknown column 'Pric'; did you mean 'Price'?", "unknown column 'Price'"]


def test_data_that_goes_nowhere_is_told_of_both_files(tmp_path: Path) -> None:
    """A filled column of the second file that no field reads is named as one of the first."""
    orders = ORDERS.replace("SKU\n", "SKU,Gift\n").replace("'all\n", "'all,yes\n").replace("none\n", "none,\n")
    items = "Colour," + ITEMS.replace("Mug", ",Mug").replace("Pen", "red,Pen").replace("Cup", ",Cup")
    files, mapping = csv_files(tmp_path, orders=orders, items=items)
    found = fit(files, load_mapping(mapping), 0)
    assert found.findings == []
    assert set(found.nowhere) == {"Gift", "Colour"}


def test_objects_are_lines_as_rows_are(tmp_path: Path) -> None:
    """Two JSON exports join on a path of each; lines are looked into as any other data."""
    orders = [{"id": 1, "name": "Ada", "date": "2024-05-05", "total": "7"}]
    items = [
        {"order": {"id": "1"}, "name": name, "sku": sku, "price": "3.50", "count": 1}
        for name, sku in (("Mug", "a"), ("Cup", "b"))
    ]
    files = write(tmp_path, m_yml=JSON, orders_json=json.dumps(orders), items_json=json.dumps(items))
    (found,) = mapped(ExportFiles((files["orders_json"],), (files["items_json"],)), files["m_yml"])
    assert body(found)["customer_message"] == "a+b"
    assert [one["name"] for one in body(found)["products"]] == ["Mug", "Cup"]


def test_every_mistake_of_a_joined_order_is_told(tmp_path: Path) -> None:
    """The slow twin reads the same two files: mistakes of the order and of a line come together."""
    files, mapping = csv_files(
        tmp_path, orders=ORDERS.replace("2024-05-05", "May"), items=ITEMS.replace("2.50", "dear")
    )
    first = mapped(files, mapping)[0]
    assert {problem.code for problem in first.problems} >= {"date", "money"}
