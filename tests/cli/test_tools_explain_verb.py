"""`importer explain`: from a value of the body back to the cell it came from."""

from __future__ import annotations

import json
from pathlib import Path

from test_tools_check import ROOT, importer

SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
WOOCOMMERCE = ROOT / "samples" / "woocommerce-json" / "orders.json"


def explained(*arguments: str | Path, code: int = 0) -> str:
    done = importer("explain", *arguments, cwd=ROOT)
    assert done.returncode == code, done.stderr
    return done.stdout


def squeezed(text: str) -> str:
    """One blank where there are several: columns are set by the longest value."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def test_value_is_followed_to_its_cell() -> None:
    """A value shows the mapping's line, each filter with what it gave, and file:line:column of the cell."""
    text = squeezed(explained(SHOPIFY, "billing_address.first_name", "--order", "#1003"))
    line = 1 + (ROOT / "mappings" / "shopify-csv.yml").read_text().split("first_name:")[0].count("\n")
    assert f"mappings/shopify-csv.yml:{line}:17 {{{{ order[side ~ ' Name'] | first_name }}}}" in text
    assert "order[side ~ ' Name'] 'Emma Tremblay' orders.csv:7:Billing Name\n| first_name 'Emma'" in text
    assert "billing_address.last_name" not in text


def test_table_row_and_names_are_followed() -> None:
    """A value out of a table names the row; the names of `let` that it reads are followed before it."""
    text = squeezed(explained(SHOPIFY, "status_id", "--order", "#1003"))
    assert "| table('status') 10 mappings/shopify-csv.yml:" in text
    assert "status / paid / fulfilled" in text
    assert text.index("let.payment = 'paid'") < text.index("status_id = 10")


def test_value_of_the_body_is_shown_in_its_form() -> None:
    """Where the body holds another form than the expression gave, both are shown."""
    text = explained(SHOPIFY, "date_created", "--order", "#1003")
    assert "    in the body: '" in text
    assert "+0000'" in text


def test_money_is_followed_to_the_statement() -> None:
    """A field that follows from money brings what the mapping states, each figure with its cell."""
    text = squeezed(explained(SHOPIFY, "total_inc_tax", "--order", "#1003"))
    assert "order['Total'] '90.29' orders.csv:7:Total" in text
    assert "line['Lineitem price'] '27.95' orders.csv:8:Lineitem price" in text


def test_json_path_is_shown() -> None:
    """In JSON the place is the path inside the order, with the item of a list."""
    text = squeezed(explained(WOOCOMMERCE, "products[0].name", "--order", "4101"))
    assert "$.line_items[0].name" in text


def test_refused_order_is_shown_as_far_as_it_came(tmp_path: Path) -> None:
    """An order with a problem exits 1, tells the problem, the value that failed, and what was computed before."""
    text = WOOCOMMERCE.read_text(encoding="utf-8")
    order = json.loads(text)[0]
    export = tmp_path / "orders.json"
    export.write_text(json.dumps([order | {"status": "lost"}]), encoding="utf-8")
    shown = squeezed(explained(export, "status_id", "-m", "woocommerce-json", "--order", order["number"], code=1))
    assert "refused" in shown
    assert "status_id failed: table 'status' has no row for 'lost'" in shown
    assert "let.status = 'lost'" in shown


def test_unknown_order_is_named_with_others() -> None:
    """An order that the export does not have is a usage error that shows how its orders are called."""
    done = importer("explain", SHOPIFY, "--order", "1003", cwd=ROOT)
    assert done.returncode == 2
    assert "has no order '1003'; its orders are called '#1001'" in done.stderr


def test_an_item_that_a_filter_chose_keeps_its_place(tmp_path: Path) -> None:
    """`keep` gives the third of the list: its place is the third's, and each figure of money is shown once."""
    totals = [{"code": code, "value": value} for code, value in (("sub", "9"), ("tax", "1"), ("ship", "2"))]
    order = {"number": "1", "totals": totals, "items": [{"name": "Mug", "price": "9.00"}]}
    (tmp_path / "orders.json").write_text(json.dumps([order]), encoding="utf-8")
    (tmp_path / "shop.yml").write_text(
        """source: {format: json, order: number, lines: items}
money:
  currency: USD
  lines: {unit: "{{ line.price }}", quantity: 1}
  fees: {each: {fee: "{{ order.totals | keep('code', 'ship') }}"}, name: "{{ fee.code }}", amount: "{{ fee.value }}"}
body: {products: {each: line, name: "{{ line.name }}"}, staff_notes: "{{ (order.totals | last).value }}"}
""",
        encoding="utf-8",
    )
    whole = ("explain", "orders.json", "-m", "shop.yml", "--order", "1")
    assert "fee.value  '2'  orders.json:1 $.totals[2].value" in importer(*whole, cwd=tmp_path).stdout
    products = importer(*whole, "products", cwd=tmp_path).stdout
    assert products.count("products[0] money.lines.unit = ") == 1


def test_a_problem_of_the_body_has_the_mappings_line(tmp_path: Path) -> None:
    """What the schema refuses is told where the mapping sets the field, or the group that lacks it."""
    (tmp_path / "orders.csv").write_text("Id,Price,Country\n1,9.00,\n", encoding="utf-8")
    (tmp_path / "shop.yml").write_text(
        """source: {format: csv, order: Id}
money: {currency: USD, lines: {unit: "{{ line['Price'] }}", quantity: 1}}
body:
  billing_address: {zip: "10115", country_iso2: "{{ order['Country'] }}"}
  products: {each: line, name: Mug}
""",
        encoding="utf-8",
    )
    text = importer("explain", "orders.csv", "-m", "shop.yml", "--order", "1", cwd=tmp_path).stdout
    assert "shop.yml:4:49 billing_address.country_iso2: billing_address.country_iso2 is missing" in text


def test_a_row_of_a_csv_table_has_its_line(tmp_path: Path) -> None:
    """A table that lies in a file beside the mapping: the row is named with the file's line."""
    (tmp_path / "states.csv").write_text("word,status\nsent,2\nPaid,11\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text("Id,Price,State\n1,9.00,paid\n", encoding="utf-8")
    (tmp_path / "shop.yml").write_text(
        """source: {format: csv, order: Id}
money: {currency: USD, lines: {unit: "{{ line['Price'] }}", quantity: 1}}
tables: {states: {file: states.csv}}
body: {status_id: "{{ order['State'] | table('states') }}", products: {each: line, name: Mug}}
""",
        encoding="utf-8",
    )
    done = importer("explain", "orders.csv", "-m", "shop.yml", "--order", "1", "status_id", cwd=tmp_path)
    assert "| table('states') 11 states.csv:3 states / paid" in squeezed(done.stdout)
