"""`importer check`: every mistake at once, each at its place; with an export, columns both ways."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "mappings" / "shopify-csv.yml"
ORDERS = ROOT / "samples" / "shopify-csv" / "orders.csv"


def importer(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a folder of its own."""
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False, timeout=60)


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """Shopify's mapping with mistakes put in, beside its template."""
    text = SHOPIFY.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    (folder / "shopify-csv-notes.j2").write_bytes((SHOPIFY.parent / "shopify-csv-notes.j2").read_bytes())
    path = folder / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


def place(path: Path, text: str) -> str:
    """file:line:column of a text in a file."""
    before = path.read_text(encoding="utf-8").partition(text)[0]
    return f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


MISTAKES = {
    "column": [
        ("order['Total']", "order['Totl']", "\"{{ order['Totl']", "unknown column 'Totl'; did you mean 'Total'?"),
        ("line['Lineitem name']", "line['Item name']", "\"{{ line['Item", "unknown column 'Item name'; did you mean"),
    ],
    "filter": [
        ("side ~ ' Phone'] | phone", "side ~ ' Phone'] | fone", "\"{{ order[side ~ ' Phone'] | fone", "mean 'phone'?"),
        ("| zip }}", "| zipp }}", "\"{{ order[side ~ ' Zip'] | zipp", "unknown filter 'zipp'; did you mean 'zip'?"),
    ],
    "table": [
        ("table('status')", "table('statuses')", '"{{ [payment', "unknown table 'statuses'; did you mean 'status'?"),
    ],
    "key": [
        ("  shipping: ", "  shiping: ", "shiping", "unknown key 'shiping' in money; did you mean 'shipping'?"),
        ("  customer_id: 0", "  custmer_id: 0", "custmer_id", "unknown key 'custmer_id' in body; did you mean"),
    ],
    "type": [
        ("currency: \"{{ order['Currency'] }}\"", "currency: [USD]", "[USD]", "money.currency is a list; it takes"),
        ("| money >= order['Tot", ">= order['Tot", "\"{{ financial == 'part", "a text is compared with a number; put"),
    ],
    "braces": [
        ("{{ line['Lineitem sku'] }}", "{{ line['Lineitem sku' }}", "\"{{ line['Lineitem sku' }}", "unexpected '}'"),
        ("{{ order['Notes'] }}", "{{ order['Notes']", "\"{{ order['Notes']\"", "each {{ needs its }}"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_broken_mapping_gets_every_finding_at_once(case: str, tmp_path: Path) -> None:
    """Each mistake of a broken mapping is told in the one run, at file:line:column, with what to do."""
    path = changed(tmp_path, *((old, new) for old, new, _, _ in MISTAKES[case]))
    done = importer("check", path, ORDERS, cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    for _, _, where, message in MISTAKES[case]:
        assert any(line.startswith(f"{place(path, where)} ") and message in line for line in lines), (where, lines)


def test_lacking_column_is_one_line(tmp_path: Path) -> None:
    """A column that many fields read and the export lacks is one finding, which names some of the fields."""
    text = ORDERS.read_text(encoding="utf-8").replace("Billing Name,", "Billing Nom,", 1)
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")
    done = importer("check", "shopify-csv", "orders.csv", cwd=tmp_path)
    assert done.returncode == 2
    found = [line for line in done.stdout.splitlines() if "Billing Nom" in line and "unknown column" in line]
    assert len(found) == 1
    assert "unknown column 'Billing Name'; did you mean 'Billing Nom'?" in found[0]
    assert "billing_address.first_name, billing_address.last_name" in found[0]


def test_column_that_goes_nowhere_is_listed_with_lines_to_paste(tmp_path: Path) -> None:
    """A column with data that no field carries is shown with fill rate and examples; the pasted lines silence it."""
    header, *rows = ORDERS.read_text(encoding="utf-8").splitlines()
    more = "\n".join([f"{header},Gift: wrap,Empty", *(f'{row},"yes, please",' for row in rows)])
    whole = [line for line in more.splitlines() if line.count('"') % 2 == 0]  # no line break in a cell
    (tmp_path / "orders.csv").write_text("\n".join(whole) + "\n", encoding="utf-8")
    done = importer("check", "shopify-csv", "orders.csv", cwd=tmp_path)
    assert "1 columns of orders.csv hold data that no field carries" in done.stdout
    assert re.search(r"Gift: wrap +[0-9]+\.[0-9]% of orders   'yes, please'\n", done.stdout)
    assert 'ignore:\n  "Gift: wrap": TODO\n' in done.stdout
    assert "Empty" not in done.stdout
    (tmp_path / "mine.yml").write_text('extends: shopify-csv\nignore:\n  "Gift: wrap": a sticker\n', encoding="utf-8")
    assert "hold data" not in importer("check", "mine.yml", "orders.csv", cwd=tmp_path).stdout


def test_paths_of_json_that_go_nowhere_are_folded(tmp_path: Path) -> None:
    """Of JSON, a group that is read nowhere is one path; a group that is read in part shows what is left."""
    order = {
        "number": "1",
        "total": "1.00",
        "currency": "EUR",
        "date": "2024-01-02T00:00:00Z",
        "links": {"a": {"b": 1}, "c": 2},
    }
    order |= {"lines": [{"name": "Cup", "price": "1.00", "count": 1, "color": "red", "note": None}], "tags": ["x", "y"]}
    (tmp_path / "orders.json").write_text(json.dumps([order, order | {"number": "2"}]), encoding="utf-8")
    mapping = (
        "source: {format: json, order: number, lines: lines}\n"
        'money: {currency: "{{ order.currency }}", lines: {unit: "{{ line.price }}", quantity: "{{ line.count }}"}, '
        'total: "{{ order.total }}"}\n'
        'body: {date_created: "{{ order.date | date }}", products: {each: line, name: "{{ line.name }}"}, '
        'staff_notes: "{{ order.tags | join }}"}\n'
    )
    (tmp_path / "mine.yml").write_text(mapping, encoding="utf-8")
    done = importer("check", "mine.yml", "orders.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ignore:\n  links: TODO\n  lines.color: TODO\n" in done.stdout
    assert "2 keys: a.b, c" in done.stdout
    (tmp_path / "mine.yml").write_text(mapping + "ignore: {links: none, '*.color': of the product}\n", encoding="utf-8")
    assert "hold data" not in importer("check", "mine.yml", "orders.json", cwd=tmp_path).stdout


def test_mistakes_of_the_mapping_come_before_an_unreadable_export(tmp_path: Path) -> None:
    """An export that cannot be read does not hide what is wrong with the mapping."""
    path = changed(tmp_path, ("| zip }}", "| zipp }}"))
    done = importer("check", path, tmp_path / "none.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "unknown filter 'zipp'" in done.stdout
    assert "no such file" in done.stderr


def test_good_mapping_is_said_to_be_good(tmp_path: Path) -> None:
    """A mapping that fits the export gives exit code 0 and one line."""
    done = importer("check", "shopify-csv", ORDERS, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert "no mistakes found; it fits orders.csv" in done.stdout


def test_paths_that_no_order_has_are_told_with_what_was_meant(tmp_path: Path) -> None:
    """A JSON order has no header: a misspelt key is told by the orders, at its place; a blank one is there."""
    order = {"number": "1", "placed_at": "2024-01-01T10:00:00Z", "items": [{"title": "Mug", "price": "1"}], "to": None}
    (tmp_path / "orders.json").write_text(json.dumps([order]), encoding="utf-8")
    mapping = tmp_path / "shop.yml"
    mapping.write_text(
        """source: {format: json, order: number, lines: items}
money: {currency: USD, lines: {unit: "{{ line.price }}", quantity: 1}}
body:
  date_created: "{{ order.placd_at | date }}"
  customer_message: "{{ order.to.note }}"
  products: {each: line, name: "{{ line.titel }}"}
""",
        encoding="utf-8",
    )
    done = importer("check", "shop.yml", "orders.json", cwd=tmp_path)
    told = [line for line in done.stdout.splitlines() if line.startswith("  shop.yml")]
    assert told == [
        "  shop.yml:4:17 placd_at; did you mean 'placed_at'? (read by date_created)",
        "  shop.yml:6:32 items.titel; did you mean 'title'? (read by products[].name)",
    ]
    assert done.returncode == 0


def test_a_column_of_the_lines_that_is_read_of_the_order_is_told(tmp_path: Path) -> None:
    """`order['SKU']` in a product gives every line the first one's, and no sum shows it."""
    (tmp_path / "orders.csv").write_text("Id,Price,SKU,Note\n7,1.00,A,x\n7,1.00,B,\n8,1.00,C,y\n", encoding="utf-8")
    (tmp_path / "shop.yml").write_text(
        """source: {format: csv, order: Id}
money: {currency: USD, lines: {unit: "{{ line['Price'] }}", quantity: 1}}
body: {products: {each: line, name: "{{ order['Note'] }}", sku: "{{ order['SKU'] }}"}}
""",
        encoding="utf-8",
    )
    done = importer("check", "shop.yml", "orders.csv", cwd=tmp_path)
    told = [line for line in done.stdout.splitlines() if line.startswith("  shop.yml")]
    assert told == [
        "  shop.yml:3:65 products[].sku: order['SKU'] differs between the lines of 7; is line['SKU'] meant?"
    ]
