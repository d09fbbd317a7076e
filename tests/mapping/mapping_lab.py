"""Mappings for the tests, written short: the least mapping with what a test adds, and orders to put through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importer.errors import MappingError
from importer.mapping import load_mapping
from importer.mapping.program import Mapping
from importer.model import Body, MappedOrder, Problem, SourceOrder, SourceRow

CSV_COLUMNS = ("Id", "Item", "Price", "Quantity", "Total", "A", "B", "C")
CSV_ROW = {"Id": "1001", "Item": "Mug", "Price": "10.00", "Quantity": "1", "Total": "10.00"}
CSV_SECTIONS = {
    "source": "{format: csv, order: Id}",
    "money": """
  currency: USD
  lines: {unit: "{{ line['Price'] }}", quantity: "{{ line['Quantity'] }}"}
  total: "{{ order['Total'] }}\"""",
}
CSV_PRODUCTS = """{each: line, name: "{{ line['Item'] }}"}"""

JSON_ORDER = {"number": "1001", "total": "10.00", "items": [{"name": "Mug", "price": "10.00", "quantity": 1}]}
JSON_SECTIONS = {
    "source": "{format: json, order: number, lines: items}",
    "money": """
  currency: USD
  lines: {unit: "{{ line.price }}", quantity: "{{ line.quantity }}"}
  total: "{{ order.total }}\"""",
}
JSON_PRODUCTS = '{each: line, name: "{{ line.name }}"}'


def csv_text(body: str = "", *, products: str = CSV_PRODUCTS, **sections: str) -> str:
    """A mapping of a CSV export as text; `body` are further fields, at the depth of 2."""
    return _text(CSV_SECTIONS | sections, body, products)


def json_text(body: str = "", *, products: str = JSON_PRODUCTS, **sections: str) -> str:
    """A mapping of a JSON export as text."""
    return _text(JSON_SECTIONS | sections, body, products)


def _text(sections: dict[str, str], body: str, products: str) -> str:
    heads = "".join(f"{name}: {content}\n" for name, content in sections.items())
    return f"{heads}body:\n{body}\n  products: {products}\n"


def write(folder: Path, text: str, name: str = "shop.yml") -> Path:
    """The mapping's file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str) -> Mapping:
    """The mapping, checked."""
    return load_mapping(write(folder, text))


def findings(folder: Path, text: str, columns: tuple[str, ...] | None = None) -> list[str]:
    """Every mistake of the mapping, `line:column message`; with `columns` those that an export shows as well."""
    with pytest.raises(MappingError) as caught:
        loaded(folder, text).bind(columns)
    return [
        str(finding).replace(f"{folder}/shop.yml:", "").replace(f"{folder}/", "") for finding in caught.value.findings
    ]


def finding(folder: Path, text: str, columns: tuple[str, ...] | None = None) -> str:
    """The mapping's one mistake."""
    found = findings(folder, text, columns)
    assert len(found) == 1, found
    return found[0]


def map_rows(mapping: Mapping, *rows: dict[str, str], columns: tuple[str, ...] = CSV_COLUMNS) -> MappedOrder:
    """One order of a CSV export; its first row has what the least mapping needs unless a test says otherwise."""
    whole = [{**(CSV_ROW if number == 0 else {"Id": "1001"}), **row} for number, row in enumerate(rows or ({},))]
    cells = [[row.get(column, "") for column in columns] for row in whole]
    source = SourceOrder("1001", tuple(SourceRow("orders.csv", 2 + n, row) for n, row in enumerate(cells)))
    return mapping.bind(columns).map(source)


def map_json(mapping: Mapping, order: dict[str, Any] | None = None) -> MappedOrder:
    """One order of a JSON export."""
    data = {**JSON_ORDER, **(order or {})}
    return mapping.bind(None).map(SourceOrder("1001", (SourceRow("orders.json", 1, data),)))


def body_of(mapped: MappedOrder) -> Body:
    """The order's body; fails with its problems where it has none."""
    assert mapped.body is not None, mapped.problems
    return mapped.body


def csv_field(folder: Path, value: str, cells: dict[str, str] | None = None, **sections: str) -> Any:
    """What a field that takes any type becomes of that YAML value, None where it is left out."""
    mapped = map_rows(loaded(folder, csv_text(f"  consignments:\n    any: {value}", **sections)), cells or {})
    return body_of(mapped).get("consignments", {}).get("any")


def json_field(folder: Path, value: str, order: dict[str, Any] | None = None, **sections: str) -> Any:
    """The same of a JSON order."""
    mapped = map_json(loaded(folder, json_text(f"  consignments:\n    any: {value}", **sections)), order)
    return body_of(mapped).get("consignments", {}).get("any")


def problem(mapped: MappedOrder) -> Problem:
    """The order's one problem."""
    assert len(mapped.problems) == 1, mapped.problems
    return mapped.problems[0]
