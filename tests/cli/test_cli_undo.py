"""`importer undo` as people call it: runs, plan, deed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"


def importer(store: Process, verb: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command against the sandbox."""
    places = ["--store", store.store, "--api-url", store.url]
    command = [sys.executable, "-m", "importer", verb, *map(str, arguments), *places]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": store.token}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)


def test_runs_then_plan_then_deed(tmp_path: Path) -> None:
    """Without --run the runs are listed, without --yes nothing is done, with it the untouched orders are archived."""
    ledger = tmp_path / "orders.db"
    with start(plan="unlimited") as store:
        importer(store, "run", SHOPIFY, "--ledger", ledger)
        client = OrdersClient(StoreAddress(store.store, store.token, store.url))
        client.update(client.find("1001")[0]["id"], {"status_id": 5})
        listed = importer(store, "undo", "--ledger", ledger)
        planned = importer(store, "undo", "--ledger", ledger, "--run", "1")
        assert (listed.returncode, planned.returncode, client.count()) == (0, 0, 50)
        assert "   shopify-csv   created 50" in listed.stdout  # whose orders they are: a ledger may have several shops'
        assert "to archive         49" in planned.stdout
        done = importer(store, "undo", "--ledger", ledger, "--run", "1", "--yes")
        assert (done.returncode, client.count()) == (1, 1)
        assert "#1001 -> order" in done.stdout
        assert "changed since: status_id" in done.stdout


def test_a_run_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong --run exits 2 with the way to the list."""
    with start(plan="unlimited") as store:
        done = importer(store, "undo", "--ledger", tmp_path / "orders.db", "--run", "7")
    assert (done.returncode, "no run '7'" in done.stderr) == (2, True)
