"""The same command on a newer export or with an edited mapping: what is told, what is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
OVERLAY = "extends: shopify-csv\nmapping: shopify-csv\nbody:\n  payment_method: {}\n"


@pytest.fixture
def store() -> Iterator[Process]:
    """A sandbox in a process of its own."""
    with start(plan="unlimited") as running:
        yield running


def importer(store: Process, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs `importer run` against the sandbox."""
    places = ["--store", store.store, "--api-url", store.url]
    command = [sys.executable, "-m", "importer", "run", *map(str, arguments), *places]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": store.token}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)


def test_an_edited_mapping_is_told_and_only_put_when_asked(store: Process, tmp_path: Path) -> None:
    """Changed orders are named with field and cause and left alone; --update puts them; the same again has no work."""
    client = OrdersClient(StoreAddress(store.store, store.token, store.url))
    overlay, ledger = tmp_path / "mine.yml", tmp_path / "orders.db"
    overlay.write_text(OVERLAY.format("\"{{ 'Card' if order['Name'] == '#1001' else order['Payment Method'] }}\""))
    importer(store, SHOPIFY, "--ledger", ledger)
    told = importer(store, SHOPIFY, "-m", overlay, "--ledger", ledger)
    assert "new 0   unchanged 49   changed 1   vanished 0" in told.stderr
    assert "payment_method (mapping)" in told.stderr
    assert client.find("1001")[0]["payment_method"] == "Shopify Payments"
    put = importer(store, SHOPIFY, "-m", overlay, "--ledger", ledger, "--update")
    assert "updated            1" in put.stdout
    assert client.find("1001")[0]["payment_method"] == "Card"
    again = importer(store, SHOPIFY, "-m", overlay, "--ledger", ledger, "--update")
    assert ("unchanged 50" in again.stderr, "updated" in again.stdout) == (True, False)


def test_a_newer_export_is_told_from_the_older(store: Process, tmp_path: Path) -> None:
    """An order with another status, one more and one that is gone: each is counted, only the new one is posted."""
    rows = SHOPIFY.read_text(encoding="utf-8")
    first = rows.index("#1001,")
    older = tmp_path / "older.csv"
    older.write_text(rows[: rows.index("#1005,")], encoding="utf-8")
    newer = tmp_path / "newer.csv"
    kept = rows[:first] + rows[rows.index("#1002,") : rows.index("#1006,")]
    newer.write_text(
        kept.replace("fulfilled", "unfulfilled", 1).replace("ununfulfilled", "unfulfilled"), encoding="utf-8"
    )
    importer(store, older, "--ledger", tmp_path / "l.db")
    done = importer(store, newer, "--ledger", tmp_path / "l.db")
    assert "new 1   unchanged 2   changed 1   vanished 1" in done.stderr, done.stderr
    assert "vanished #1001 -> order" in done.stderr
    assert "status_id" in done.stderr
    assert "(source)" in done.stderr
    assert "posted             1" in done.stdout


def test_a_newer_export_is_compared_before_anything_is_sent(store: Process, tmp_path: Path) -> None:
    """`validate --ledger` tells what a run would change, without a store or a token."""
    importer(store, SHOPIFY, "--ledger", tmp_path / "l.db")
    overlay = tmp_path / "mine.yml"
    overlay.write_text(OVERLAY.format("Card"))
    command = [sys.executable, "-m", "importer", "validate", SHOPIFY, "-m", overlay, "--ledger", tmp_path / "l.db"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "new 0   unchanged 0   changed 50   vanished 0" in told.stderr


def test_a_field_that_is_none_is_refused(store: Process, tmp_path: Path) -> None:
    """A misspelt --overwrite exits 2 before anything is put."""
    importer(store, SHOPIFY, "--ledger", tmp_path / "l.db")
    overlay = tmp_path / "mine.yml"
    overlay.write_text(OVERLAY.format("Card"))
    done = importer(store, SHOPIFY, "-m", overlay, "--ledger", tmp_path / "l.db", "--update", "--overwrite", "statsu")
    assert (done.returncode, "no such field" in done.stderr) == (2, True)
