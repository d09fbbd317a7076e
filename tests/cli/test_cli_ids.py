"""`importer ids`: the id map as data for programs."""

from __future__ import annotations

from pathlib import Path

from test_cli_bad_input import importer


def test_the_csv_is_data_and_says_where_it_holds_formulas(tmp_path: Path) -> None:
    """A number that a spreadsheet would run stays what it is, for programs join by it; people are told of the page."""
    (tmp_path / "orders.csv").write_text("Id,Price\n=1+1,9.00\n1002,9.00\n", encoding="utf-8")
    (tmp_path / "mine.yml").write_text(
        """source: {format: csv, order: Id}
money: {currency: USD, lines: {unit: "{{ line['Price'] }}", quantity: 1}, total: "{{ order['Price'] }}"}
body:
  date_created: "Thu, 08 Apr 2021 15:24:41 +0000"
  status_id: 10
  billing_address: {zip: "10115", country_iso2: DE}
  products: {each: line, name: Mug}
""",
        encoding="utf-8",
    )
    run = ("run", "orders.csv", "-m", "mine.yml", "--ledger", "shop.db", "--store", "sandbox")
    assert importer(*run, cwd=tmp_path).returncode == 0
    done = importer("ids", "--ledger", "shop.db", cwd=tmp_path)
    assert sorted(row.split(",")[0] for row in done.stdout.splitlines()[1:]) == ["1002", "=1+1"]
    assert "1 of these orders have a number that a spreadsheet runs as a formula" in done.stderr
