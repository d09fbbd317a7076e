"""Workers of a Dask cluster killed again and again while they submit one export through one PostgreSQL ledger."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psycopg
import requests
from dask_cluster import Cluster, dask_cluster
from line_files import ROOT

from benchmarks.export import write_export
from importer.ledger import State, read_ledger
from importer.sandbox.process import Process, start

WORKERS = 4
LATENCY = 0.15
"""Seconds that the store takes for an answer: time in which a worker can die with orders under way."""

_LATE = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - lease_until)), 0)::float
FROM importer.entries JOIN importer.sessions USING (store, epoch) WHERE state = 'sending'"""


@dataclass
class Havoc:
    """What a campaign did. `late`: seconds after the end of its writer's lease that an order was still `sending`."""

    kills: int = 0
    doubled: int = 0
    missing: int = 0
    unmapped: int = 0
    late: float = 0.0
    code: int | None = None
    output: str = ""


def campaign(folder: Path, database: str, orders: int, every: float, seed: int = 1) -> Havoc:
    """Submit so many orders while a worker is killed every few seconds, and another one joins."""
    write_export(folder / "orders.csv", orders, seed)
    switches = {"latency": LATENCY}
    with (
        start(plan="unlimited", window=1.0, dice=seed, switches=switches) as store,
        dask_cluster(folder, WORKERS, BIGCOMMERCE_ACCESS_TOKEN=store.token) as cluster,
    ):
        havoc = _played(folder, database, store, cluster, every, random.Random(seed))
        _judge(havoc, store, database, orders)
    return havoc


def _played(folder: Path, database: str, store: Process, cluster: Cluster, every: float, dice: random.Random) -> Havoc:
    havoc = Havoc()
    command = [sys.executable, "-m", "importer", "run", str(folder / "orders.csv"), "-m", "shopify-csv", "--yes"]
    command += ["--ledger", database, "--engine", cluster.engine, "--api-url", store.url, "--store", store.store]
    command += ["--settle", "4", "--timeout", "2", "--concurrency", "4"]
    environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": store.token}
    with (folder / "run.log").open("wb") as log, psycopg.connect(database, autocommit=True) as watching:
        run = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=environment)
        next_kill = 0.0
        while run.poll() is None:
            time.sleep(0.1)
            if not _is_sending(watching):
                continue
            havoc.late = max(havoc.late, watching.execute(_LATE).fetchone()[0])  # type: ignore[index]  # one row
            if time.monotonic() >= next_kill:
                next_kill = time.monotonic() + every
                havoc.kills += _kill_one(cluster, dice)
    havoc.code, havoc.output = run.returncode, (folder / "run.log").read_text()
    return havoc


def _is_sending(watching: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether the first order was sent."""
    there = watching.execute("SELECT to_regclass('importer.entries')").fetchone()
    return there != (None,) and watching.execute("SELECT 1 FROM importer.entries LIMIT 1").fetchone() is not None


def _kill_one(cluster: Cluster, dice: random.Random) -> bool:
    living = [worker for worker in cluster.workers if worker.poll() is None]
    if not living:
        return False
    victim = dice.choice(living)
    victim.kill()
    victim.wait()
    cluster.add_worker()
    return True


def _judge(havoc: Havoc, store: Process, database: str, orders: int) -> None:
    held = requests.get(f"{store.url}/_admin/orders", timeout=60).json()
    marks = Counter(order["external_merchant_id"] for order in held)
    havoc.doubled = sum(count - 1 for count in marks.values())
    havoc.missing = orders - len(marks)
    ledger = read_ledger(database)
    mapped = {row.external_merchant_id: row.order_id for row in ledger.in_state(State.CREATED)}
    ledger.close()
    havoc.unmapped = sum(mapped.get(order["external_merchant_id"]) != order["id"] for order in held)
