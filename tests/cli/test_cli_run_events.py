"""`run --json` and `run --log`: what machines read of a run."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from importer.cli.events import Events
from importer.run.settings import Progress
from importer.schema import explainer, load_schema
from importer.store.log import REDACTED, call_log

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs `importer run` of the sample against a sandbox of its own."""
    command = [sys.executable, "-m", "importer", "run", str(SHOPIFY), "--ledger", "shop.db", "--store", "sandbox"]
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BIGCOMMERCE_")}
    return subprocess.run(
        [*command, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**plain, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )


def events_of(output: str) -> list[dict[str, Any]]:
    """The events, each of which keeps the schema."""
    events = [json.loads(line) for line in output.splitlines()]
    breaches = explainer(load_schema("events"))
    assert [breach for event in events for breach in breaches(event)] == []
    return events


def test_events_tell_the_run_from_plan_to_end(tmp_path: Path) -> None:
    """stdout is a plan, progress that reaches the total, and an end with the exit code; each keeps the schema."""
    done = run("--json", cwd=tmp_path)
    plan, *between, listed, end = events_of(done.stdout)
    assert (listed["event"], listed["sound"], listed["agreed"]) == ("reconciled", True, 50)
    assert (plan["event"], plan["verdict"], plan["orders"]["valid"]) == ("plan", "go", 50)
    assert {one["event"] for one in between} == {"progress"}
    assert (between[-1]["done"], between[-1]["total"]) == (50, 50)
    assert (end["event"], end["exit_code"], end["created"], end["stop"]) == ("end", done.returncode, 50, None)


def test_no_go_ends_after_the_plan(tmp_path: Path) -> None:
    """A run that may not go tells the plan with its reasons and the end, and makes no request."""
    done = run("--json", "--max-refused", "1", "--log", "calls.jsonl", cwd=tmp_path)
    plan, end = events_of(done.stdout)
    assert (plan["verdict"], len(plan["reasons"]), end["exit_code"], done.returncode) == ("no-go", 1, 1, 1)
    assert not (tmp_path / "calls.jsonl").exists()


def test_progress_is_told_once_a_second() -> None:
    """Of many steps within a second the first is told, and at the end the last."""
    written: list[str] = []
    seconds = iter([0.0, 0.0, *[0.5] * 8])
    events = Events(lambda: datetime(2026, 1, 1, tzinfo=UTC), written.append, lambda: next(seconds))
    for done in range(9):
        events.progress(Progress(done, 9, done, 0, 0, 0, 1.0, None, None, None, None))
    events.end(0)
    assert [(one["event"], one.get("done")) for one in events_of("\n".join(written))] == [
        ("progress", 0),
        ("progress", 8),
        ("end", None),
    ]


def test_log_has_a_line_for_each_call(tmp_path: Path) -> None:
    """Every POST of the run is a line with time, path, status, duration and attempt; no token, no query, no body."""
    run("--log", "calls.jsonl", cwd=tmp_path)
    text = (tmp_path / "calls.jsonl").read_text(encoding="utf-8")
    calls = [json.loads(line) for line in text.splitlines()]
    posts = [call for call in calls if call["method"] == "POST"]
    assert len(posts) == 50
    assert {tuple(call) for call in posts} == {
        ("at", "thread", "method", "path", "status", "ms", "request_id", "attempt")
    }
    assert {call["path"] for call in posts} == {"/v2/orders"}
    assert not [word for word in ("@example", "Krugstrasse", "token", "external_order_id") if word in text]


def test_log_redacts_the_token(tmp_path: Path) -> None:
    """A store that repeats the token in a header does not bring it into the log; long texts are cut."""
    with call_log(tmp_path / "calls.jsonl", "s3cret"):
        call = {"path": "/v2/orders", "status": 500, "request_id": "id s3cret " + "x" * 999}
        logging.getLogger("importer.store").info("call", extra={"call": call})
    line = json.loads((tmp_path / "calls.jsonl").read_text(encoding="utf-8"))
    assert line["request_id"].startswith(f"id {REDACTED} xxx")
    assert len(line["request_id"]) == 200


def test_log_that_cannot_be_written_stops_before_the_first_request(tmp_path: Path) -> None:
    """A folder that is not there is a usage error, and nothing was sent."""
    done = run("--log", "missing/calls.jsonl", cwd=tmp_path)
    assert (done.returncode, "choose another --log" in done.stderr, done.stdout) == (2, True, "")


def test_log_is_appended_to(tmp_path: Path) -> None:
    """A resumed run keeps the lines of the one before."""
    for _ in range(2):
        with call_log(tmp_path / "calls.jsonl", ""):
            logging.getLogger("importer.store").info("call", extra={"call": {"status": 201}})
    assert len((tmp_path / "calls.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("level", [logging.WARNING, logging.NOTSET])
def test_log_leaves_logging_as_it_was(tmp_path: Path, level: int) -> None:
    """After the run the logger has its level and its handlers."""
    calls = logging.getLogger("importer.store")
    before = calls.level, list(calls.handlers)
    calls.setLevel(level)
    with call_log(tmp_path / "calls.jsonl", ""):
        pass
    assert (calls.level, list(calls.handlers)) == (level, before[1])
    calls.setLevel(before[0])
