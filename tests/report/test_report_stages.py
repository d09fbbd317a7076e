"""The same page after a run, after a read-back, and from the ledger alone: what a stage does not know is not there."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from report_orders import told_of, valid
from test_report_browser import SERIOUS, Opened, bring_axe

from importer.cli.words import wrong_in
from importer.ledger import LedgerEntry, State, open_ledger
from importer.report.page import page
from importer.report.standing import Open, Standing
from importer.run.reconcile import Reconciliation
from importer.schema import explainer, load_schema

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
STORE = ("--ledger", "shop.db", "--store", "sandbox")

SECTIONS = {
    "run": {"ledger", "money", "causes", "months", "substitutions", "fields", "look"},
    "verify": {"proof", "ledger", "money", "causes", "months", "substitutions", "fields", "look"},
    "bare": {"proof", "ledger"},
    "ledger": {"ledger"},
}
"""Folder of a report -> the sections of its page beside the verdict."""


def importer(*arguments: str | Path, cwd: Path) -> int:
    """Runs the real command in a folder of its own; gives its exit code."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BIGCOMMERCE_")}
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    environ = {**plain, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, cwd=cwd, env=environ, check=False, timeout=60).returncode


@pytest.fixture(scope="module")
def migration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample that was run, read back with and without its export, and reported from its ledger."""
    folder = tmp_path_factory.mktemp("migration")
    codes = [
        importer("run", SHOPIFY, *STORE, "--report", "run", cwd=folder),
        importer("verify", SHOPIFY, *STORE, "--report", "verify", cwd=folder),
        importer("verify", *STORE, "--report", "bare", cwd=folder),
        importer("report", "--ledger", "shop.db", "--into", "ledger", cwd=folder),
    ]
    assert codes == [1, 0, 0, 0]  # two orders of the sample are refused
    return folder


def told(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return data


@pytest.mark.parametrize("stage", SECTIONS)
def test_page_has_what_its_stage_knows(migration: Path, stage: str) -> None:
    """Each stage has its sections and no other; only the dry run forecasts a time."""
    text = (migration / stage / "report.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<section aria-labelledby="(\w+)"', text)) == SECTIONS[stage] | {"verdict"}


@pytest.mark.parametrize("stage", SECTIONS)
def test_data_of_each_stage_keeps_the_schema(migration: Path, stage: str) -> None:
    """report.json keeps its schema, and is refused by it under another stage's name."""
    data = told(migration / stage)
    breaches = explainer(load_schema("report"))
    assert [(breach.path, breach.keyword) for breach in breaches(data)] == []
    assert list(breaches({**data, "stage": "validate"}))


def test_verdicts_and_figures(migration: Path) -> None:
    """A run is done, a proof holds, a ledger is settled; the sums of all sides are there."""
    verdicts = [told(migration / stage)["verdict"] for stage in SECTIONS]
    assert verdicts == ["done", "holds", "holds", "done"]
    assert told(migration / "run")["sending"]["created"] == 50
    proof = told(migration / "verify")["proof"]
    assert (proof["counts"]["in_store"], proof["unequal"], proof["found"]) == (50, 0, [])
    assert proof["money"]
    assert [row for row in proof["money"] if not row["source"] == row["bodies"] == row["store"]] == []
    assert told(migration / "bare")["proof"]["money"] == []


def test_report_of_a_ledger_has_nothing_of_a_person(migration: Path) -> None:
    """Names, addresses and e-mails of the export are in no file of a report that is made from the ledger."""
    with SHOPIFY.open(encoding="utf-8", newline="") as file:
        people = {row[name] for row in csv.DictReader(file) for name in ("Email", "Billing Name", "Billing Street")}
    text = "".join(file.read_text(encoding="utf-8") for file in (migration / "ledger").iterdir())
    assert [one for one in people if one and one in text] == []


@pytest.mark.parametrize("stage", SECTIONS)
def test_every_page_works_in_a_browser(migration: Path, browser: Browser, stage: str) -> None:
    """It asks nobody for anything, complains of nothing, and axe-core finds no serious barrier, in light and dark."""
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type] # a literal
        opened = Opened(context.new_page(), migration / stage / "report.html")
        assert (len(opened.requests), opened.complaints) == (1, [])
        bring_axe(opened.page)
        assert opened.page.evaluate(SERIOUS) == []
        context.close()


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    """A ledger with one order created, 300 rejected for two reasons, and one in doubt."""
    with closing(open_ledger(str(tmp_path / "shop.db"), "127.0.0.1/stores/x")) as ledger:
        rows = list(_rows())
        assert len(ledger.move([replace(row, state=State.SENDING, order_id=None) for row in rows])) == len(rows)
        assert len(ledger.move(rows)) == len(rows)
    return tmp_path


def _rows() -> Iterator[LedgerEntry]:
    row = LedgerEntry("shop", "1", "1", attempt=1, run="first")
    yield replace(row, state=State.CREATED, order_id=100)
    yield replace(row, source_id="2", state=State.IN_DOUBT, message="no answer within 60 s")
    for number in range(3, 303):
        reason = f"The field 'customer_id' is invalid: {number}" if number % 3 else "=the state is required"
        yield replace(row, source_id=str(number), state=State.REJECTED, message=reason)


def test_cause_of_300_rejections_is_seen_at_once(troubled: Path) -> None:
    """300 answers are two causes with their counts, the larger first; the exit code says that it is not finished."""
    assert importer("report", "--ledger", "shop.db", cwd=troubled) == 3
    data = told(troubled / "ledger-report")
    assert [(row["code"], row["message"], row["orders"]) for row in data["ledger"]["answers"]] == [
        ("rejected", "The field 'customer_id' is invalid: …", 200),
        ("rejected", "=the state is required", 100),
        ("in-doubt", "no answer within … s", 1),
    ]
    assert data["verdict"] == "unfinished"
    assert [reason.partition(":")[0] for reason in data["reasons"]] == ["300 rejected", "1 in-doubt"]


def test_two_fields_that_the_store_refuses_are_two_causes() -> None:
    """A store quotes the field that it does not take; what it says of two fields is not one cause."""
    found = Standing("s", {"rejected": 2}, [])
    for field in ("customer_id", "billing_address"):
        found.add(Open("shop", "1", "rejected", None, f"The field '{field}' is invalid."))
    assert len(found.figures()["answers"]) == 2


def test_every_answer_is_a_line_for_people(troubled: Path) -> None:
    """answers.csv names each order that is not created, safe to open in a spreadsheet."""
    importer("report", "--ledger", "shop.db", cwd=troubled)
    with (troubled / "ledger-report" / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 301
    assert {line["answer"] for line in lines if line["source_id"] == "3"} == {"'=the state is required"}


def test_answers_are_bounded() -> None:
    """A store that answers every order otherwise does not make a page without end."""
    found = Standing("s", {"rejected": 9_000}, [])
    for number in range(9_000):
        found.add(Open("shop", str(number), "rejected", None, "the field " + "x" * number + " is odd"))
    whole = page({**told_of(valid(1)), "stage": "run", "verdict": "unfinished", "ledger": found.figures()})
    assert len(whole) < 1_000_000
    assert sum(row["orders"] for row in found.figures()["answers"]) == 9_000


def test_delta_of_a_newer_export_is_on_the_page(migration: Path, tmp_path: Path) -> None:
    """`validate --ledger --report` shows what is new, changed and gone against what was sent, in the schema."""
    newer = tmp_path / "newer.csv"
    lines = SHOPIFY.read_text(encoding="utf-8").replace("3511 ZZ", "3511 AA").splitlines(keepends=True)
    newer.write_text("".join(line for line in lines if not line.startswith("#1002,")), encoding="utf-8")
    importer("validate", newer, "--ledger", migration / "shop.db", "--report", "delta", cwd=tmp_path)
    data = told(tmp_path / "delta")
    assert list(explainer(load_schema("report"))(data)) == []
    counts = [data["delta"][name] for name in ("new", "unchanged", "changed", "vanished")]
    assert counts == [0, 46, 3, 1]
    assert "billing_address" in data["delta"]["fields"][0]["field"]
    assert "Against what was sent before" in (tmp_path / "delta" / "report.html").read_text(encoding="utf-8")


def test_order_that_is_doubled_in_the_store_is_not_done() -> None:
    """What the listing after a run found is a reason against it, and so is a store that could not be listed."""
    assert wrong_in(Reconciliation(agreed=5)) == []
    (reason,) = wrong_in(Reconciliation(doubled=[("1", 7)]))
    assert reason.startswith("1 doubled: a second order with its mark")
    assert wrong_in(Reconciliation(failure="502")) == ["the store could not be listed: 502"]


def test_open_shipments_are_a_reason() -> None:
    """What hangs on orders and has no place yet is counted, and the migration is unfinished."""
    found = Standing("s", {"created": 3}, [], {("shipment", "created"): 2, ("shipment", "in-doubt"): 1})
    assert [reason.partition(":")[0] for reason in found.reasons()] == ["1 shipments in-doubt"]
    text = page({**told_of(valid(1)), "stage": "run", "verdict": "unfinished", "ledger": found.figures()})
    assert "What hangs on orders" in text


def test_run_that_may_not_go_has_the_page_of_the_dry_run(tmp_path: Path) -> None:
    """A no-go is reported as such, and nothing of a ledger is told."""
    assert importer("run", SHOPIFY, *STORE, "--max-refused", "1", "--report", "run", cwd=tmp_path) == 1
    data = told(tmp_path / "run")
    assert (data["stage"], data["verdict"], "ledger" in data) == ("validate", "no-go", False)
