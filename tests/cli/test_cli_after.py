"""`after` on the command line: what is held back, what is sent, what is told, and that the proof still holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from importer.schema import explainer, load_schema

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-json" / "orders.json"
MAPPING = """\
mapping: our-shop
extends: shopify-json
tables:
  status: {in_dispute: 13}
  carrier: {usps: usps}
after:
  shipments:
    each: {parcel: "{{ order.fulfillments }}"}
    shipped: "{{ parcel.created_at | date }}"
    tracking_number: "{{ parcel.tracking_number | text }}"
    shipping_provider: {value: "{{ parcel.tracking_company | table('carrier') }}", otherwise: "", as: carrier-unknown}
    comments: "Carrier: {{ parcel.tracking_company }}"
  metafields:
    - {key: discount-codes, value: "{{ order.discount_codes | map('code') | join(', ') }}"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the mapping."""
    (tmp_path / "our-shop.yml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def importer(folder: Path, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a verb on the sample against the folder's own rehearsal."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BIGCOMMERCE_")}
    export = () if verb == "status" else (str(SHOPIFY), "-m", "our-shop.yml", "--store", "sandbox")
    return subprocess.run(
        [sys.executable, "-m", "importer", verb, *export, "--ledger", "a.db", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**plain, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )


def counts(said: str) -> set[str]:
    """The first three words of each line."""
    return {" ".join(line.split()[:3]) for line in said.splitlines()}


def test_shipments_wait_until_they_may_go(folder: Path) -> None:
    """--no-notify sends orders and metafields and says what it holds back; the next run sends the shipments."""
    most = ("--max-refused", "10")
    quiet, loud = importer(folder, "run", *most, "--no-notify"), importer(folder, "run", *most)
    assert "After    2 shipments, 8 metafields" in quiet.stderr
    assert "the API has no switch for it" in quiet.stderr
    assert "held back by --no-notify" in quiet.stderr
    assert "held back" not in loud.stderr
    assert {"metafields 8 made", "held back 2"} <= counts(quiet.stdout)
    assert {"shipments 2 made", "skipped 8 made"} <= counts(loud.stdout)
    told = importer(folder, "status")
    assert "metafields created 8\nshipments created 2" in told.stdout
    assert importer(folder, "verify", "--lines").returncode == 0


def test_events_tell_what_was_attached(folder: Path) -> None:
    """One event of its own, which keeps the schema, before the end."""
    done = importer(folder, "run", "--max-refused", "10", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    breaches = explainer(load_schema("events"))
    assert [breach for event in events for breach in breaches(event)] == []
    told = {event["event"]: event for event in events}
    assert told["attached"]["created"] == {"shipment": 2, "metafield": 8}
    assert told["end"]["exit_code"] == 1  # one order of the sample does not add up
