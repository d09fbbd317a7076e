"""An export whose every personal cell is a canary, and a whole migration of it; its leavings lie in one folder."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import requests

from importer.sandbox.process import Process

ROOT = Path(__file__).parent.parent.parent
TOKEN = "canarytoken7391xyz"  # noqa: S105 - the bird that must not be found anywhere
PERSONAL = (
    *("Billing Name", "Billing Street", "Billing Address1", "Billing Address2", "Billing Company", "Billing City"),
    *("Shipping Name", "Shipping Street", "Shipping Address1", "Shipping Address2", "Shipping Company"),
    *("Shipping City", "Notes", "Note Attributes", "Phone", "Billing Phone", "Shipping Phone"),
)


def canary(order: str, column: str) -> str:
    """What stands in a cell of an order."""
    number = order.lstrip("#")
    if "Phone" in column:
        return f"+1 555 0199 {number}"
    words = f"Canary{column.replace(' ', '').lower()} Bird{number}"
    return f"{number} {words}" if "Address1" in column else words


def write_canaries(path: Path) -> None:
    """The Shopify sample with canaries for people; two orders have a value that is quoted."""
    with (ROOT / "samples/shopify-csv/orders.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["Email"] = f"canary{row['Name'].lstrip('#')}@bird.example"
        for column in PERSONAL:
            row[column] = canary(row["Name"], column) if row["Total"] else ""
        if row["Name"] == "#1004" and row["Total"]:
            row["Billing Phone"] = "5.550199E+11"  # as a spreadsheet leaves it: a problem, which quotes it
        if row["Name"] == "#1005" and row["Total"]:
            row["Email"] = "canary1005 at bird.example"  # no e-mail: a substitution, which quotes it
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.DictWriter(file, rows[0])
        lines.writeheader()
        lines.writerows(rows)


def importer(store: Process, folder: Path, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> str:
    """Runs the command in the folder; gives all that it said."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BIGCOMMERCE_")}
    access = {"BIGCOMMERCE_ACCESS_TOKEN": store.token, "BIGCOMMERCE_STORE_HASH": store.store}
    done = subprocess.run(
        [sys.executable, "-m", "importer", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**plain, **access, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    assert done.returncode in codes, done.stderr
    return done.stdout + done.stderr


def migrate(store: Process, folder: Path) -> dict[str, str]:
    """The whole story; gives what each verb said on the terminal, by its name. Some requests go wrong on the way."""
    write_canaries(folder / "orders.csv")
    faults = [{"do": "500", "when": "after", "nth": [3]}, {"do": "close", "when": "after", "nth": [5]}]
    requests.post(f"{store.url}/_admin/faults", json=faults, timeout=10).raise_for_status()
    wire = ("--api-url", store.url, "--timeout", "2")
    ledger = ("--ledger", "ledger.db", *wire)
    said = {"validate": importer(store, folder, "validate", "orders.csv", "--report", "report")}
    said["map"] = importer(store, folder, "map", "orders.csv", "-o", "bodies.jsonl")
    said["snapshot"] = importer(store, folder, "snapshot", "--into", "shop.snapshot", *wire)
    going = ("--settle", "2", "--log", "calls.jsonl", "--report", "after-run", "--json")
    said["run"] = importer(store, folder, "run", "orders.csv", *ledger, *going, "--max-refused", "9")
    events = [line for line in said["run"].splitlines(keepends=True) if line.startswith('{"event"')]
    (folder / "events.jsonl").write_text("".join(events), encoding="utf-8")
    said["status"] = importer(store, folder, "status", "--ledger", "ledger.db")
    said["ids"] = importer(store, folder, "ids", "--ledger", "ledger.db")
    said["verify"] = importer(
        store, folder, "verify", "orders.csv", *ledger, "--list", "findings.csv", "--report", "proof"
    )
    said["undo"] = importer(store, folder, "undo", *ledger, "--run", "1", "--yes")
    return said
