"""Migrations under SIGKILL: the real command line, the real sandbox, a share of the requests faulty."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from benchmarks.export import write_export
from importer.ledger import State, read_ledger
from importer.sandbox.process import Process, start

ORDERS = 60
SETTLE = 4.0
"""Seconds; a quarter of it is the send deadline, and the store may commit for the rest of it."""
DONE = {0, 1}
"""Exit codes of a run that brought every order to its end."""

BEFORE = ["429", "429-bare", "500", "502", "503", "504", "close", "reset", "hang"]
AFTER = ["500", "502", "503-json", "504", "close", "reset", "hang", "truncate", "no-id", "html", "gzip"]
LOOKUP = ["429", "500", "502", "html", "close", "reset", "truncate"]


@dataclass
class Tally:
    """What a campaign did. `doubled` and `missing` are orders, `unmapped` rows that do not say it."""

    migrations: int = 0
    kills: int = 0
    runs: int = 0
    orders: int = 0
    doubled: int = 0
    missing: int = 0
    unmapped: int = 0
    exits: Counter[int] = field(default_factory=Counter)


def rules(share: float, seed: int) -> list[dict[str, Any]]:
    """Faults whose chances add up to `share`, for POSTs and for look-ups. Each has dice of its own."""
    posts = [{"do": do, "when": "before"} for do in BEFORE] + [{"do": do, "when": "after"} for do in AFTER]
    late = [
        {"do": "504", "when": "late", "seconds": SETTLE / 4},
        {"do": "close", "when": "late", "seconds": SETTLE / 4},
    ]
    finds = [{"do": do, "request": "GET /v2/orders"} for do in LOOKUP]
    return [
        {"seconds": 1.5, "probability": share / len(group), "seed": seed + number, **rule}
        for group in (posts + late, finds)
        for number, rule in enumerate(group)
    ]


class Lives:
    """A zygote, and the runs it is asked for, one after the other."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("zygote.py"))]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "ZYGOTE_LOG": str(log)},
        )

    def live(self, arguments: list[str], seconds: float) -> int | None:
        """Run the command for so long, then kill it. Gives its exit code, None when it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        reader = threading.Thread(target=lambda: ended.put(int(self._process.stdout.readline())))  # type: ignore[union-attr]
        reader.start()
        reader.join(seconds)
        if reader.is_alive():
            os.kill(child, signal.SIGKILL)
        reader.join()
        status = ended.get()
        return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None

    def close(self) -> None:
        """No more runs."""
        self._process.communicate()


@contextmanager
def faulty_store(share: float, seed: int) -> Iterator[Process]:
    """A sandbox without a quota, whose answers take a while and go wrong now and then."""
    switches = {"latency": 0.03, "late_commit": SETTLE / 4, "list_lag": 0.2, "novelties": True}
    with start(plan="unlimited", window=1.0, dice=seed, switches=switches) as sandbox:
        requests.post(f"{sandbox.url}/_admin/faults", json=rules(share, seed), timeout=10).raise_for_status()
        yield sandbox


def migrate(sandbox: Process, folder: Path, name: str, dice: random.Random, kills: int, tally: Tally) -> None:
    """One migration, killed about so often, then left to end. The look of its end goes into the tally."""
    export, ledger = folder / "orders.csv", folder / f"{name}.db"
    arguments = ["run", str(export), "-m", "shopify-csv", "--namespace", name, "--ledger", str(ledger), "--yes"]
    arguments += ["--api-url", sandbox.url, "--store", sandbox.store, "--settle", str(SETTLE), "--timeout", "1"]
    environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": sandbox.token}
    lives = Lives(environment, folder / f"{name}.log")
    for number in range(kills + 200):
        code = lives.live(arguments, dice.uniform(0.02, 0.9) if number < kills else 120.0)
        tally.runs += 1
        tally.kills += code is None
        tally.exits[-9 if code is None else code] += 1
        assert code != 2, (folder / f"{name}.log").read_text()[-500:]  # the command does not take what it was given
        if code in DONE:
            break
    lives.close()
    tally.migrations += 1


def judge(sandbox: Process, folder: Path, names: list[str], expected: set[str], tally: Tally) -> None:
    """Count what the store holds twice or not at all, and what the id maps do not say."""
    time.sleep(SETTLE / 4 + 0.5)  # what may still be committed late is
    held = requests.get(f"{sandbox.url}/_admin/orders", timeout=60).json()
    for name in names:
        marks = Counter(
            order["external_merchant_id"] for order in held if order["external_merchant_id"].startswith(f"{name}:")
        )
        ledger = read_ledger(str(folder / f"{name}.db"))
        mapped = {row.external_merchant_id: row.order_id for row in ledger.in_state(State.CREATED)}
        ledger.close()
        tally.orders += len(expected)
        tally.doubled += sum(count - 1 for count in marks.values())
        tally.missing += len({f"{name}:{source_id}" for source_id in expected} - marks.keys())
        ids = {order["external_merchant_id"]: order["id"] for order in held}
        tally.unmapped += sum(mapped.get(mark) != ids[mark] for mark in marks)


def campaign(folder: Path, kills: int, *, share: float = 0.3, seed: int, side_by_side: int = 8) -> Tally:
    """About so many kills, over as many migrations as that takes."""
    tally, each = Tally(), 32
    write_export(folder / "orders.csv", ORDERS, seed)
    expected = {f"#{10_000 + number}" for number in range(ORDERS)}
    batches = 0
    while tally.kills < kills:
        batches += 1
        names = [f"m{batches}x{number}" for number in range(side_by_side)]
        with faulty_store(share, seed + batches) as sandbox, ThreadPoolExecutor(side_by_side) as threads:
            runs = []
            left = min(each, -(-(kills - tally.kills) // side_by_side))
            for number, name in enumerate(names):
                dice = random.Random(seed * 1000 + batches * 100 + number)
                runs.append(threads.submit(migrate, sandbox, folder, name, dice, left, tally))
            for run in runs:
                run.result()  # a migration that could not be played fails the campaign
            judge(sandbox, folder, names, expected, tally)
    return tally
