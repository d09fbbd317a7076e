"""A small shop's mapping and export, as files, for the tests of the line."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COLUMNS = ("Id", "Date", "Status", "Item", "Price", "Quantity", "Total", "City")
MAPPING = """\
mapping: small-shop
source: {format: csv, order: Id, dates: {format: iso, zone: UTC}}
money:
  currency: USD
  lines: {unit: "{{ line['Price'] }}", quantity: "{{ line['Quantity'] }}"}
  total: "{{ order['Total'] }}"
skip:
  - {when: "{{ order['Status'] == 'draft' }}", because: never became an order}
tables: {status: {paid: 10, refunded: 4}}
body:
  date_created: "{{ order['Date'] | date }}"
  status_id: "{{ order['Status'] | table('status') }}"
  billing_address:
    first_name: Jane
    last_name: Doe
    street_1: 1 Main Street
    city: {value: "{{ order['City'] }}", otherwise: Austin, as: city-placeholder}
    state: Texas
    zip: "78751"
    country_iso2: US
  products: {each: line, name: "{{ line['Item'] }}"}
budget: {city-placeholder: 50%}
"""
ROW = {"Date": "2021-04-08", "Status": "paid", "Item": "Mug", "Price": "10.00", "Quantity": "1", "Total": "10.00"}
ROW |= {"City": "Ghent"}


def shop(folder: Path, *rows: dict[str, str]) -> tuple[Path, Path]:
    """The export with those rows, each as `ROW` but for what is told, and the mapping."""
    export, mapping = folder / "orders.csv", folder / "small-shop.yml"
    with export.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    mapping.write_text(MAPPING, encoding="utf-8")
    return export, mapping


def importer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command, as a user runs it."""
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
