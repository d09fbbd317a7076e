"""`importer doctor`: what a person, a script and an exit code tell of a store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from importer.sandbox.process import Process, start


@pytest.fixture(scope="module")
def store() -> Iterator[Process]:
    """A store on this machine, with one token that may read only."""
    with start() as running:
        body = {"token": "lesser", "scopes": ["store_v2_orders_read_only"]}
        requests.put(f"{running.url}/_admin/tokens", json=body, timeout=10).raise_for_status()
        yield running


def doctor(store: Process, *options: str, key: str = "", url: str = "") -> subprocess.CompletedProcess[str]:
    """`importer doctor` of the store."""
    command = [
        sys.executable,
        "-m",
        "importer",
        "doctor",
        "--store",
        store.store,
        "--api-url",
        url or store.url,
        *options,
    ]
    environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": key or store.token}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


def test_a_new_store_is_a_go_with_every_topic(store: Process) -> None:
    """A line for each topic, the verdict last, exit code 0; nothing is written to the store."""
    done = doctor(store)
    assert (done.returncode, done.stderr) == (0, "")
    topics = ("credentials", "store", "quota", "time zone", "currency", "statuses", "channels", "inventory")
    for topic in (*topics, "automatic tax", "webhooks", "notifications"):
        assert f" {topic}" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Verdict: GO")
    assert requests.get(f"{store.url}/_admin/orders", timeout=10).json() == []


def test_a_token_that_may_not_write_is_a_no_go(store: Process) -> None:
    """Exit code 1, and the reason stands first."""
    done = doctor(store, key="lesser")
    assert done.returncode == 1
    assert done.stdout.startswith("no-go    credentials    the token may read orders but not write them")
    assert "Verdict: NO-GO" in done.stdout


def test_scripts_read_the_same_as_data(store: Process) -> None:
    """--json has the verdict and every check."""
    told = json.loads(doctor(store, "--json", key="lesser").stdout)
    assert told["go"] is False
    assert {"topic": "credentials", "verdict": "no-go"}.items() <= told["checks"][0].items()


@pytest.mark.parametrize(
    ("key", "url", "said"), [("wrong", "", "BIGCOMMERCE_ACCESS_TOKEN"), ("", "http://127.0.0.1:9", "no connection")]
)
def test_a_store_that_refuses_or_does_not_answer_is_told_in_one_line(
    key: str, url: str, said: str, store: Process
) -> None:
    """Exit code 4, as everywhere."""
    done = doctor(store, key=key, url=url)
    assert (done.returncode, done.stdout) == (4, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_sandbox_that_is_not_there_cannot_be_asked() -> None:
    """`--store sandbox` alone starts one for a run; a doctor needs one that runs."""
    command = [sys.executable, "-m", "importer", "doctor", "--store", "sandbox"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "pass its --api-url" in done.stderr) == (2, True)
