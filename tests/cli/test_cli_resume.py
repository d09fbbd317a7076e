"""`importer run` a second time: what is done is passed over, what changed is planned again, the totals stay right."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from benchmarks.export import write_export
from importer.sandbox.process import Process, start

ORDERS = 12
KNOWN = "planned before, and nothing has changed since"


@pytest.fixture
def store() -> Iterator[Process]:
    """A store on this machine."""
    with start(plan="unlimited") as running:
        yield running


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of some orders, the last of which cannot be sent."""
    path = tmp_path / "orders.csv"
    write_export(path, ORDERS)
    refused = path.read_text(encoding="utf-8").splitlines()[1].replace("#10000", "#20000").replace("2023-", "abcd-")
    with path.open("a", encoding="utf-8") as file:
        file.write(refused + "\n")
    return path


def run(store: Process, export: Path, *options: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """`importer run` of the export with a ledger beside it."""
    command = [sys.executable, "-m", "importer", "run", str(export), "-m", "shopify-csv", "--max-refused", "50"]
    command += ["--ledger", str(export.with_suffix(".db")), "--store", store.store, "--api-url", url or store.url]
    environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": store.token}
    done = [*command, *options]
    return subprocess.run(done, capture_output=True, text=True, env=environment, check=False, timeout=120)


def events_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What a run with --json told."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_unchanged_migration_is_not_mapped_again(store: Process, export: Path) -> None:
    """The second run says so, sends the rest, and ends with the totals of the whole export."""
    first = run(store, export, "--limit", "5")
    second = run(store, export, "--json")
    plan, *_, end = events_of(second)
    assert (first.returncode, second.returncode) == (1, 1)
    assert (KNOWN in first.stderr, KNOWN in second.stderr) == (False, True)
    assert plan["orders"] == {"read": ORDERS + 1, "valid": ORDERS, "refused": 1, "skipped": 0}
    assert (end["created"], end["skipped"], end["planned"]) == (ORDERS - 5, 5, 0)
    assert len(requests.get(f"{store.url}/_admin/orders", timeout=10).json()) == ORDERS


@pytest.mark.parametrize("options", [["--max-refused", "60"], ["--namespace", "b"], ["--report", "page"], ["--update"]])
def test_another_verdict_or_a_look_at_every_order_plans_again(options: list[str], store: Process, export: Path) -> None:
    """Options that the verdict follows from, or that need to see every order."""
    run(store, export, "--limit", "1")
    given = [str(export.parent / one) if one == "page" else one for one in options]
    assert KNOWN not in run(store, export, "--limit", "1", *given).stderr


def test_a_changed_export_plans_again_and_its_plan_is_kept(store: Process, export: Path) -> None:
    """One order more: the whole export is looked at, the new order is sent, and the plan after it is known."""
    run(store, export)
    before = export.read_text(encoding="utf-8")
    export.write_text(before + before.splitlines()[1].replace("#10000", "#30000") + "\n", encoding="utf-8")
    second, third = run(store, export, "--json"), run(store, export, "--json")
    assert (KNOWN in second.stderr, KNOWN in third.stderr) == (False, True)
    assert (events_of(second)[-1]["created"], events_of(third)[-1]["created"]) == (1, 0)
    assert events_of(third)[-1]["skipped"] == ORDERS + 1


def test_a_no_go_is_no_plan_to_resume(store: Process, export: Path) -> None:
    """A plan that did not pass is not kept: the next run refuses as well, with the reason and the way out."""
    for _ in range(2):
        done = run(store, export, "--max-refused", "0")
        assert done.returncode == 1
        assert "mend the causes, or raise --max-refused" in done.stderr
        assert "no-go, nothing was sent" in done.stderr
    assert requests.get(f"{store.url}/_admin/orders", timeout=10).json() == []


def test_only_an_unknown_order_is_a_mistake(store: Process, export: Path) -> None:
    """Nothing is sent, the known ones neither; on a ledger with orders too."""
    for _ in range(2):
        done = run(store, export, "--only", "#10001", "--only", "10002")
        assert (done.returncode, done.stdout) == (2, "")
        assert "--only: the export has no order 10002" in done.stderr
        assert requests.get(f"{store.url}/_admin/orders", timeout=10).json() == []


def test_only_a_refused_order_says_why_it_is_not_sent(store: Process, export: Path) -> None:
    """What was asked for by name and stays behind is told by name."""
    done = run(store, export, "--only", "#20000", "--only", "#10001")
    assert "--only: not sent: #20000 (" in done.stderr
    assert len(requests.get(f"{store.url}/_admin/orders", timeout=10).json()) == 1


def test_a_mistyped_port_is_told_within_a_minute(store: Process, export: Path) -> None:
    """One sentence with the address and the reason; nothing was sent, and the same command resumes."""
    done = run(store, export, url="http://127.0.0.1:9")
    assert done.returncode == 4
    assert "http://127.0.0.1:9: GET /v2/orders: no connection to the store, connection refused" in done.stdout
    assert run(store, export).returncode == 1
    assert len(requests.get(f"{store.url}/_admin/orders", timeout=10).json()) == ORDERS


def test_an_order_that_somebody_doubled_is_loud(store: Process, export: Path) -> None:
    """A proxy delivers one POST twice: the run names the order and does not end well."""
    rule = {"do": "replay", "when": "after", "external_order_id": "10003", "times": 1}
    requests.post(f"{store.url}/_admin/faults", json=[rule], timeout=10).raise_for_status()
    done = run(store, export)
    assert done.returncode == 3
    assert "DOUBLED #10003 -> order" in done.stdout


def test_the_store_is_listed_after_a_run(store: Process, export: Path) -> None:
    """--json has what the listing found, in few requests."""
    done = run(store, export, "--json", "--log", str(export.with_suffix(".log")))
    (listed,) = [event for event in events_of(done) if event["event"] == "reconciled"]
    assert (listed["sound"], listed["agreed"], listed["missing"], listed["failure"]) == (True, ORDERS, [], "")
    calls = [json.loads(line) for line in export.with_suffix(".log").read_text(encoding="utf-8").splitlines()]
    asked = [call["path"] for call in calls if call["method"] == "GET"]
    assert asked == ["/v2/store", "/v2/orders", "/v2/orders"]  # its currency, a look before, the list


def test_an_older_copy_of_the_ledger_sends_nothing_twice(store: Process, export: Path) -> None:
    """A restored backup of the id map: what was sent after it is found in the store and adopted."""
    ledger, backup = export.with_suffix(".db"), export.with_suffix(".old")
    run(store, export, "--limit", "5")
    shutil.copy(ledger, backup)
    run(store, export, "--limit", "4")
    shutil.copy(backup, ledger)
    done = run(store, export, "--json")
    (*_, end) = events_of(done)
    assert (end["created"], end["adopted"], end["skipped"]) == (ORDERS - 5, 4, 5), done.stderr
    (*_, end) = events_of(run(store, export, "--json"))
    assert (end["created"], end["skipped"], end["changed"]) == (0, ORDERS, [])
    assert len(requests.get(f"{store.url}/_admin/orders", timeout=10).json()) == ORDERS


def test_a_forgotten_namespace_sends_nothing_twice(store: Process, export: Path) -> None:
    """The same export under another name, with the same ledger: it says which name to give."""
    run(store, export, "--namespace", "shop-a", "--limit", "5")
    done = run(store, export)
    assert done.returncode == 2
    assert "pass --namespace shop-a" in done.stderr
    assert len(requests.get(f"{store.url}/_admin/orders", timeout=10).json()) == 5
