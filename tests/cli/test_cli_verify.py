"""`importer verify` as people call it: its exit code and what it prints."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.cli.verify import write_list
from importer.run.sides import Sides
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"


@pytest.fixture(scope="module")
def store() -> Iterator[Process]:
    """A sandbox in a process of its own."""
    with start(plan="unlimited") as running:
        yield running


@pytest.fixture(scope="module")
def ledger(store: Process, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of a run of the Shopify sample."""
    path = tmp_path_factory.mktemp("verify") / "orders.db"
    assert importer(store, "run", SHOPIFY, "--ledger", path).returncode == 1  # two orders are refused
    return path


def importer(store: Process, verb: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command against the sandbox."""
    places = ["--store", store.store, "--api-url", store.url]
    command = [sys.executable, "-m", "importer", verb, *map(str, arguments), *places]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": store.token}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)


def test_an_untouched_store_holds(store: Process, ledger: Path) -> None:
    """Straight after a run the proof holds with lines and money, and exits 0."""
    done = importer(store, "verify", SHOPIFY, "--ledger", ledger, "--lines")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "HOLDS: equal: every order is in the store once, to the cent" in done.stdout


def test_a_changed_total_is_named_with_its_money(store: Process, ledger: Path, tmp_path: Path) -> None:
    """An edited total exits 1, is named with both amounts, and explains the difference of its month to the cent."""
    client = OrdersClient(StoreAddress(store.store, store.token, store.url))
    order = client.find("1001")[0]
    client.update(order["id"], {"total_inc_tax": "51.8500", "total_ex_tax": "43.8400"})
    done = importer(store, "verify", SHOPIFY, "--ledger", ledger, "--list", tmp_path / "found.csv")
    client.update(order["id"], {"total_inc_tax": "50.8500", "total_ex_tax": "43.8400"})
    assert done.returncode == 1
    assert "#1001 -> order" in done.stdout
    assert "shopify-csv:#1001: orders +0   total +1.00   tax +1.00" in done.stdout
    rows = list(csv.DictReader((tmp_path / "found.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["finding"], row["detail"]) for row in rows] == [("changed", "total_inc_tax 50.85 -> 51.85")]


def test_the_document_has_every_cell(store: Process, ledger: Path) -> None:
    """--json prints findings and the money of every month, currency and status."""
    found = json.loads(importer(store, "verify", SHOPIFY, "--ledger", ledger, "--json").stdout)
    assert found["holds"]
    assert found["counts"]["bodies"] == found["counts"]["in_store"] == sum(cell["orders"] for cell in found["money"])


def test_a_ledger_of_another_store_is_refused(store: Process, ledger: Path) -> None:
    """The ledger of one store is never held against another."""
    arguments = ["verify", "--ledger", str(ledger), "--store", "another", "--api-url", store.url]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": "t"}
    command = [sys.executable, "-m", "importer", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)
    assert done.returncode == 2
    assert "belongs to store 127.0.0.1/stores/sandbox" in done.stderr


def test_a_store_that_gives_no_answer_is_told_with_the_way_out(ledger: Path) -> None:
    """A proof that cannot be made is neither held nor broken: one sentence, and exit code 4."""
    with start(plan="unlimited") as gone:
        pass  # nobody listens at its address any more
    found = importer(gone, "verify", "--ledger", ledger, "--timeout", "1")
    assert found.returncode == 4
    waits, *_, last = found.stderr.splitlines()
    assert waits.startswith("importer: the store does not answer as it should (no connection to the store")
    assert last.startswith("importer: GET /v2/orders: ")
    assert last.endswith("run again later")


def test_findings_are_safe_to_open(tmp_path: Path) -> None:
    """An order number that is a formula is text in the list of findings."""
    with Sides() as sides:
        sides.find("missing", "=HYPERLINK(1)", 7, "-1")
        write_list(tmp_path / "found.csv", sides)
    assert (tmp_path / "found.csv").read_text(encoding="utf-8").splitlines()[1:] == ["missing,'=HYPERLINK(1),7,'-1"]
