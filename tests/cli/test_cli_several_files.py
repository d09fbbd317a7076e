"""Several files on the command line: named, in a folder, by a pattern; one export for every verb."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
WOOCOMMERCE = ROOT / "samples" / "woocommerce-json" / "orders.json"


def importer(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a folder of its own."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BIGCOMMERCE_")}
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    environ = {**plain, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, check=False, timeout=60)


def cut(folder: Path, *lines: int) -> list[Path]:
    """The Shopify sample cut into files at these lines of data; its orders have no line ends inside cells there."""
    header, *rows = SHOPIFY.read_text(encoding="utf-8").splitlines(keepends=True)
    bounds = [0, *lines, len(rows)]
    files = []
    for number, (begin, end) in enumerate(pairwise(bounds), 8):
        files.append(folder / f"part{number}.csv")
        files[-1].write_text(header + "".join(rows[begin:end]), encoding="utf-8")
    return files


def bodies(output: str) -> list[dict[str, object]]:
    return [
        {key: line[key] for key in line if key in ("source_id", "order")}
        for line in map(json.loads, output.splitlines())
    ]


@pytest.mark.parametrize("named", ["names", "folder", "pattern"])
def test_parts_of_an_export_map_as_the_whole(named: str, tmp_path: Path) -> None:
    """Wherever the export is cut, also inside an order, the bodies are those of the one file, in its order."""
    parts = cut(tmp_path, 5, 30)
    given = {"names": sorted(parts), "folder": [tmp_path], "pattern": [tmp_path / "part*.csv"]}[named]
    whole, several = importer("map", SHOPIFY, cwd=tmp_path), importer("map", *given, cwd=tmp_path)
    assert bodies(several.stdout) == bodies(whole.stdout)
    assert several.returncode == whole.returncode


def test_an_order_in_two_files_names_both(tmp_path: Path) -> None:
    """`map` says in which file and on which lines an order stands."""
    rows = SHOPIFY.read_text(encoding="utf-8").splitlines()
    first = next(number for number, row in enumerate(rows[1:]) if row.split(",")[0] == rows[number].split(",")[0])
    done = importer("map", *cut(tmp_path, first), cwd=tmp_path)
    places = [line["source"] for line in map(json.loads, done.stdout.splitlines()) if "further" in line["source"]]
    assert places == [{"file": "part8.csv", "lines": [first + 1], "further": [{"file": "part9.csv", "lines": [2]}]}]


def test_overlapping_pages_are_left_out_and_counted(tmp_path: Path) -> None:
    """`validate` of two pages that share an order counts it once, and says that the other was left out."""
    orders = json.loads(WOOCOMMERCE.read_text(encoding="utf-8"))[:6]
    (tmp_path / "page1.json").write_text(json.dumps(orders[:4]), encoding="utf-8")
    (tmp_path / "page2.json").write_text(json.dumps(orders[3:]), encoding="utf-8")
    done = importer("validate", tmp_path, cwd=tmp_path)
    assert "read 7   valid 6   refused 0   skipped 1" in done.stdout
    assert "skipped 1: the same order stands twice in the export" in done.stdout
    assert done.stdout.startswith("page1.json and 1 more by ")


def test_files_of_another_kind_are_refused_before_any_order(tmp_path: Path) -> None:
    """A second file of another platform ends the command with exit code 2, and without output."""
    done = importer("map", SHOPIFY, ROOT / "samples" / "wix-csv" / "orders.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has not the columns of orders.csv" in done.stderr or "samples/wix-csv/orders.csv has not" in done.stderr
    assert done.stderr.count("\n") == 1


def test_run_sends_all_files_and_resumes(tmp_path: Path) -> None:
    """`run` over a folder posts what it posts over the one file, and a second run over the one file nothing more."""
    parts = tmp_path / "parts"
    parts.mkdir()
    cut(parts, 40)
    first = importer("run", parts, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path)
    again = importer("run", SHOPIFY, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path)
    assert "posted            50" in first.stdout, first.stderr
    assert "posted             0" in again.stdout


def test_check_and_explain_take_them_too(tmp_path: Path) -> None:
    """The tools of a mapping's author see the same export."""
    cut(tmp_path, 30)
    assert importer("check", "shopify-csv", tmp_path, cwd=tmp_path).returncode == 0
    number = SHOPIFY.read_text(encoding="utf-8").splitlines()[-1].split(",")[0]
    assert f"order {number}, part9.csv:" in importer("explain", tmp_path, "--order", number, cwd=tmp_path).stdout


def test_a_second_export_for_a_mapping_without_a_join_is_a_usage_error(tmp_path: Path) -> None:
    """--with is refused where nothing would read it, and says what to do."""
    done = importer("map", SHOPIFY, "--with", SHOPIFY, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave out --with orders.csv" in done.stderr


ETSY = ROOT / "samples" / "etsy-orders"


def test_two_exports_are_joined_and_identify_themselves(tmp_path: Path) -> None:
    """`map` of Etsy's orders --with their items needs no -m, and says of each order where its rows stand."""
    done = importer("map", ETSY / "orders.csv", "--with", ETSY / "items.csv", cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"]["further"][0]["file"] for line in lines if "order" in line] == ["items.csv"] * 22
    assert len(lines) == 24


def test_the_second_export_is_asked_for(tmp_path: Path) -> None:
    """Without it, the message names the option and what Etsy calls the file; the wrong way round is refused too."""
    alone = importer("map", ETSY / "orders.csv", cwd=tmp_path)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "--with EtsySoldOrderItems" in alone.stderr
    turned = importer("map", ETSY / "items.csv", "--with", ETSY / "orders.csv", cwd=tmp_path)
    assert (turned.returncode, turned.stdout) == (2, "")
    assert "leave out --with orders.csv" in turned.stderr
    nothing = importer("verify", "--with", ETSY / "items.csv", "--ledger", "l.db", cwd=tmp_path)
    assert "there is no FILE" in nothing.stderr


def test_items_without_an_order_are_told_once(tmp_path: Path) -> None:
    """`map`, `validate` and `run` count on stderr the items that no order has asked for; exit codes stay."""
    orders = tmp_path / "orders.csv"
    orders.write_text("".join((ETSY / "orders.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:11]))
    given = (orders, "--with", ETSY / "items.csv")
    for verb in (["map"], ["validate"], ["run", "--ledger", "l.db", "--store", "sandbox"]):
        done = importer(*verb, *given, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("rows of the second export belong to 13 orders that the first one lacks") == 1


def test_diff_takes_a_join(tmp_path: Path) -> None:
    """Two mappings are compared over the same two exports."""
    done = importer(
        "diff", "etsy-orders", "etsy-orders", ETSY / "orders.csv", "--with", ETSY / "items.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "same 24   differing 0" in done.stdout


def test_rejects_of_a_join_can_be_run_again(tmp_path: Path) -> None:
    """The report's folder has the refused orders and their items, each in its own format."""
    given = (ETSY / "orders.csv", "--with", ETSY / "items.csv")
    importer("validate", *given, "--report", "told", cwd=tmp_path)
    again = importer("map", "told/rejects.csv", "--with", "told/rejects-lines.csv", cwd=tmp_path)
    lines = [json.loads(line) for line in again.stdout.splitlines()]
    assert [line["problems"][0]["code"] for line in lines] == ["unbalanced", "no-lines"]
