"""A snapshot of the sandbox's customers and catalogue; parked orders that are taken up when it grows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from around_store import Around, around, mapped

from importer.crosswalk import part_of, read_crosswalk
from importer.errors import StoreRefused, UsageError
from importer.ledger import State
from importer.mapping import load_mapping
from importer.model import Problem
from importer.run.apply import Migration, apply
from importer.run.parking import Parking
from importer.run.settings import RunResult, Settings
from importer.run.snapshot import snapshot
from importer.store import OrdersClient, StoreAddress

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Around]:
    """A sandbox with 620 customers and 310 products."""
    with around(tmp_path, customers=620, products=310) as running:
        yield running


def test_every_customer_and_variant_is_in_the_file(shop: Around) -> None:
    """All pages are read; e-mails and SKUs are found in any case; no e-mail stands in the file."""
    path = shop.folder / "shop.snapshot"
    counts = snapshot(shop.client, path)
    assert counts == {"customers": 620, "products": 310, "variants": 310}
    with read_crosswalk(path) as found:
        assert found.customers("Customer619@example.com") == [619]
        assert found.customers("nobody@example.com") == []
        assert [(one.product_id, one.required) for one in found.variants("sku-00310")] == [(310, False)]
    content = path.read_bytes()
    assert b"@example.com" not in content
    assert b"customer619" not in content
    assert not part_of(path).exists()


def test_two_files_cannot_be_matched(shop: Around) -> None:
    """The same e-mail is hashed under another secret in each file."""
    hashes = []
    for name in ("a", "b"):
        snapshot(shop.client, shop.folder / name)
        with read_crosswalk(shop.folder / name) as found:
            hashes.append(found._hash("customer1@example.com"))
    assert hashes[0] != hashes[1]


def test_faults_on_the_way_lose_nothing(shop: Around) -> None:
    """Lost answers, 429 and HTML are asked again; the file is whole."""
    rules = [{"do": fault, "request": "* *", "nth": [n]} for n, fault in enumerate(["429", "html", "reset", "503"], 1)]
    assert requests.post(f"{shop.process.url}/_admin/faults", json=rules, timeout=10).status_code == 200
    assert snapshot(shop.client, shop.folder / "shop.snapshot")["customers"] == 620


def test_a_killed_snapshot_resumes(tmp_path: Path) -> None:
    """SIGKILL half-way leaves no snapshot to read; the same command again reads on, and the file is whole."""
    with around(tmp_path, customers=1500, switches={"latency": 0.05}) as shop:
        path = tmp_path / "shop.snapshot"
        arguments = ["--store", shop.process.store, "--api-url", shop.process.url, "--into", str(path)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": shop.process.token}
        child = subprocess.Popen([sys.executable, "-m", "importer", "snapshot", *arguments], env=environ)
        while child.poll() is None and pages_read(shop) < 2:
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        child.wait()
        with pytest.raises(UsageError, match="half fetched"):
            read_crosswalk(path)
        before = pages_read(shop)
        assert snapshot(shop.client, path)["customers"] == 1500
        assert pages_read(shop) - before <= 6


def pages_read(shop: Around) -> int:
    """Pages of customers that the store has given."""
    query = {"kind": "request", "limit": 100_000}
    entries = requests.get(f"{shop.process.url}/_admin/journal", params=query, timeout=10).json()["entries"]
    return sum("/v3/customers" in str(entry["path"]) for entry in entries)


def test_a_token_without_the_scope_is_refused(shop: Around) -> None:
    """The store's 403 ends the fetch; nothing takes the snapshot's name."""
    tokens = {"token": "orders-only", "scopes": ["store_v2_orders"]}
    requests.put(f"{shop.process.url}/_admin/tokens", json=tokens, timeout=10)
    client = OrdersClient(StoreAddress(shop.process.store, "orders-only", shop.process.url))
    with pytest.raises(StoreRefused):
        snapshot(client, shop.folder / "shop.snapshot")
    assert not (shop.folder / "shop.snapshot").exists()


def test_only_a_snapshot_is_replaced(shop: Around) -> None:
    """A file that is something else is never overwritten."""
    path = shop.folder / "notes.txt"
    path.write_text("mine")
    with pytest.raises(UsageError):
        snapshot(shop.client, path)
    assert path.read_text() == "mine"


OVERLAY = """\
extends: shopify-csv
mapping: shopify-csv
tables:
  customers: {snapshot: shop.snapshot, of: customers, unknown: parked}
body:
  customer_id: "{{ order['Email'] | table('customers') }}"
"""


def run(shop: Around, name: str) -> RunResult:
    """The Shopify sample with its customers linked."""
    export = ROOT / "samples" / "shopify-csv" / "orders.csv"
    settings = Settings("shopify-csv", run=name, settle=1.0)
    mapping = load_mapping(shop.folder / "mine.yml")
    return apply(Migration(export, mapping, shop.client, shop.ledger, settings, lambda: datetime.now(UTC)))


def test_parked_orders_are_taken_up_when_the_snapshot_grows(shop: Around) -> None:
    """Orders of unknown customers wait in the ledger; with a newer snapshot they are sent, linked, and wait no more."""
    (shop.folder / "mine.yml").write_text(OVERLAY, encoding="utf-8")
    snapshot(shop.client, shop.folder / "shop.snapshot")
    first = run(shop, "one")
    waiting = shop.ledger.counts()[State.PARKED]
    assert (first.parked, first.created + waiting) == (waiting, 50)
    assert waiting > 40
    assert all("@" not in row.message for row in shop.ledger.in_state(State.PARKED))
    customers = {"customers": [{"id": 9001, "email": "zoe.tea@example.org"}]}
    requests.post(f"{shop.process.url}/_admin/seed", json=customers, timeout=10)
    snapshot(shop.client, shop.folder / "shop.snapshot")
    second = run(shop, "two")
    assert second.created > 0
    assert shop.ledger.counts()[State.PARKED] == waiting - second.created
    assert shop.client.find("1001")[0]["customer_id"] == 9001


def test_an_order_that_is_in_the_store_is_never_parked(shop: Around) -> None:
    """What was created stays created, though a later mapping would make it wait."""
    shop.run([mapped(1)])
    parking = Parking(shop.ledger, "shop")
    waiting = mapped(1)._replace(body=None, problems=(Problem("parked", "customer_id", "waits"),))
    assert list(parking.through([waiting, mapped(2)])) == [mapped(2)]
    assert (parking.parked, shop.ledger.counts()[State.CREATED]) == (0, 1)
