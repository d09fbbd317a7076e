"""Refused orders come out as they went in, so that they can be mended and run again."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from report_orders import COLUMNS, refused, valid

from importer.model import MappedOrder, Problem, SourceOrder, SourceRow, SourceSpec
from importer.report.rejects import Rejects, safe_cell
from importer.sources import ExportFiles, open_export

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
WOOCOMMERCE = ROOT / "samples" / "woocommerce-json" / "orders.json"


def importer(*arguments: str | Path, cwd: Path, code: int) -> str:
    """Runs the real command in a folder of its own; gives what it printed."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BIGCOMMERCE_")}
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    environ = {**plain, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, check=False, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def written(folder: Path, spec: SourceSpec, columns: tuple[str, ...] | None, *orders: MappedOrder) -> list[object]:
    """The cells of the rejects, read back as an export."""
    with Rejects(folder, columns, spec) as rejects:
        for order in orders:
            rejects.add(order)
    name = "rejects.jsonl" if columns is None else "rejects.csv"
    with open_export(ExportFiles((folder / name,)), spec) as export:
        return [row.cells for row in export.rows()]


def broken(*cells: object) -> MappedOrder:
    """A refused order whose rows have these cells."""
    rows = tuple(SourceRow("orders", number, one) for number, one in enumerate(cells))
    return MappedOrder(SourceOrder("1", rows), None, (Problem("x", "", "x"),))


CELLS = ["#1", 'a "quote", a comma\r\nand a line; =1+1', "'007"]


@pytest.mark.parametrize("encoding", [("utf-8-sig",), ("cp1252",), ("utf-16-le", "cp932")])
@pytest.mark.parametrize("delimiter", ["", ";", "\t"])
def test_cells_come_back_unchanged(tmp_path: Path, encoding: tuple[str, ...], delimiter: str) -> None:
    """Whatever layout and encoding a mapping declares, rejects.csv is read by it cell for cell, formulas too."""
    spec = SourceSpec("csv", "Name", encoding=encoding, delimiter=delimiter)
    cells = [*CELLS[:2], "Ærø Šimić 山"]
    assert written(tmp_path, spec, COLUMNS, broken(cells)) == [cells]


def test_quotes_of_an_export_without_quoting_come_back(tmp_path: Path) -> None:
    """In a file where a quote is only a quote, it stays one."""
    spec = SourceSpec("csv", "Name", delimiter="\t", quoting=False)
    cells = ["#1", 'Screen 24" black', ""]
    assert written(tmp_path, spec, COLUMNS, broken(cells)) == [cells]


def test_json_comes_back_digit_for_digit(tmp_path: Path) -> None:
    """rejects.jsonl has the digits of the source: 12.50, 1E-7, and ids beyond 64 bits."""
    digits = '{"id": 98765432109876543210, "price": 12.50, "tiny": 1E-7, "name": "Ærø"}'
    (tmp_path / "orders.json").write_text(digits, encoding="utf-8")
    spec = SourceSpec("json", "id")
    with open_export(ExportFiles((tmp_path / "orders.json",)), spec) as export:
        cells = [row.cells for row in export.rows()]
    assert written(tmp_path, spec, None, broken(*cells)) == cells
    assert (tmp_path / "rejects.jsonl").read_text(encoding="utf-8") == digits + "\n"


def test_valid_orders_are_not_among_the_rejects(tmp_path: Path) -> None:
    """Only the refused order is written, with all its rows."""
    rows = written(tmp_path, SourceSpec("csv", "Name"), COLUMNS, valid(1), broken(["#2", "a", "1"], ["#2", "b", "2"]))
    assert rows == [["#2", "a", "1"], ["#2", "b", "2"]]


def test_rejects_of_a_report_before_are_gone(tmp_path: Path) -> None:
    """A folder that is used again for another export does not keep the rejects of the one before."""
    importer("validate", SHOPIFY, "--report", "report", cwd=tmp_path, code=1)
    assert (tmp_path / "report" / "rejects.csv").exists()
    importer("validate", WOOCOMMERCE, "--report", "report", cwd=tmp_path, code=1)
    assert (tmp_path / "report" / "rejects.jsonl").exists()
    assert not (tmp_path / "report" / "rejects.csv").exists()


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_formulas_are_made_safe_for_spreadsheets(begin: str) -> None:
    """A cell that a spreadsheet would run begins with an apostrophe."""
    assert safe_cell(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"


def test_problems_are_safe_to_open(tmp_path: Path) -> None:
    """An order number that is a formula is no formula in problems.csv, and is unchanged in rejects.csv."""
    cells = ["=HYPERLINK(1)", "", ""]
    order = MappedOrder(SourceOrder("=HYPERLINK(1)", (SourceRow("o.csv", 2, cells),)), None, (Problem("x", "", "x"),))
    assert written(tmp_path, SourceSpec("csv", "Name"), COLUMNS, order) == [cells]
    with (tmp_path / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["order", "'=HYPERLINK(1)"]


def test_each_problem_is_a_line(tmp_path: Path) -> None:
    """problems.csv names the order, its place, and the mapping's line of every problem."""
    told = [Problem("date", "date_created", "no date", "m.yml:9:3"), Problem("zip", "billing_address.zip", "blank")]
    written(tmp_path, SourceSpec("csv", "Name"), COLUMNS, refused(1, *told))
    with (tmp_path / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ["#1", "orders.csv", "3", "date", "date_created", "no date", "m.yml:9:3"],
            ["#1", "orders.csv", "3", "zip", "billing_address.zip", "blank", ""],
        ]


def mend(rejects: Path, mended: Path) -> None:
    """What a person does: the gap of #1030 is closed, and #1045 gets back the date that a spreadsheet took."""
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    place = {name: number for number, name in enumerate(header)}
    for row in rows:
        if row[place["Total"]] == "77.84":
            row[place["Total"]] = "67.85"
        for name in ("Created at", "Paid at", "Fulfilled at"):
            if row[place[name]].startswith("08/10/24"):
                row[place[name]] = "2024-08-10 09:01:00 +0200"
    with mended.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def test_mended_rejects_are_created_beside_the_others(tmp_path: Path) -> None:
    """A sample is run, its two rejects are mended by a script and run: the store has all orders, each once."""
    importer("validate", SHOPIFY, "--report", "report", cwd=tmp_path, code=1)
    importer("run", SHOPIFY, "--ledger", "shop.db", "--store", "sandbox", cwd=tmp_path, code=1)
    mend(tmp_path / "report" / "rejects.csv", tmp_path / "mended.csv")
    assert "Verdict: GO" in importer("validate", "mended.csv", cwd=tmp_path, code=0)
    importer("run", "mended.csv", "--ledger", "shop.db", "--store", "sandbox", cwd=tmp_path, code=0)
    ids = importer("ids", "--ledger", "shop.db", cwd=tmp_path, code=0).splitlines()[1:]
    assert len({line.split(",")[0] for line in ids}) == len(ids) == 52
    assert len({line.split(",")[1] for line in ids}) == 52


def test_rejects_of_joined_exports_have_their_lines(tmp_path: Path) -> None:
    """Where a mapping joins two exports, the rejects of both are refused again for the same reasons."""
    folder = ROOT / "samples" / "etsy-orders"
    given = folder / "orders.csv", "--with", folder / "items.csv", "-m", "etsy-orders"
    importer("validate", *given, "--report", "report", cwd=tmp_path, code=1)
    rejects = "report/rejects.csv", "--with", "report/rejects-lines.csv", "-m", "etsy-orders"
    again = json.loads(importer("validate", *rejects, "--json", cwd=tmp_path, code=1))
    before = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert [(cause["code"], cause["orders"]) for cause in again["causes"]] == [
        (cause["code"], cause["orders"]) for cause in before["causes"]
    ]


def test_report_is_not_written_over_its_own_export(tmp_path: Path) -> None:
    """Rejects that were mended in place are not lost when the report is to go where they lie."""
    importer("validate", SHOPIFY, "--report", "report", cwd=tmp_path, code=1)
    before = (tmp_path / "report" / "rejects.csv").read_bytes()
    said = importer("validate", "report/rejects.csv", "--report", "report", cwd=tmp_path, code=2)
    assert "choose another --report" in said
    assert (tmp_path / "report" / "rejects.csv").read_bytes() == before
