"""`importer run` on a terminal: a person sees what would be sent, where to, and how long it takes, and says go."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from benchmarks.export import write_export
from importer.sandbox.process import Process, start


def asked(
    store: Process, export: Path, answer: bytes, meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, str]:
    """`importer run` on a terminal where somebody types that; gives the exit code and what the terminal showed."""
    command = [sys.executable, "-m", "importer", "run", str(export), "-m", "shopify-csv", "--ledger"]
    command += [str(export.with_suffix(".db")), "--store", store.store, "--api-url", store.url]
    environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": store.token, "TERM": "dumb"}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL, env=environment)
    os.close(theirs)
    shown = b""
    while b"[y/N]" not in shown and (chunk := _read(ours)):
        shown += chunk
    meanwhile()
    os.write(ours, answer)
    code = process.wait(60)
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    return code, shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side is closed
        return b""


@pytest.mark.parametrize(("answer", "orders"), [(b"n\n", 0), (b"y\n", 12)])
def test_a_person_says_go(answer: bytes, orders: int, tmp_path: Path) -> None:
    """The question has orders, money, store and time; no is 130 with nothing sent, yes sends."""
    write_export(tmp_path / "orders.csv", 12)
    with start(plan="standard") as store:
        code, shown = asked(store, tmp_path / "orders.csv", answer)
        held = requests.get(f"{store.url}/_admin/orders", timeout=10).json()
    assert (code, len(held)) == (0 if orders else 130, orders)
    assert "Send 12 orders of EUR 1,677.79 in all, to store sandbox, about 2 seconds?" in shown.replace("\r\n", "")


def test_an_export_that_changed_while_a_person_thought_is_not_sent(tmp_path: Path) -> None:
    """What was proved is another file: nothing is sent."""
    export = tmp_path / "orders.csv"
    write_export(export, 12)
    with start(plan="standard") as store:
        code, shown = asked(store, export, b"y\n", lambda: write_export(export, 13))
        held = requests.get(f"{store.url}/_admin/orders", timeout=10).json()
    assert (code, held) == (2, [])
    assert "orders.csv: the file changed while it was read" in shown
