# ruff: noqa: E402 - the campaigns lie beside the tests that run them in short; their folders come first
"""The figures of exactly once: kills, power cuts, pacing, speed. `python -m benchmarks.faults [--kills N]` prints them.

Every seed is chosen at run time and printed; give it back with `--seed` to see the same again.
"""

from __future__ import annotations

import argparse
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

for room in ("run", "ledger", "store"):
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / room))

import requests
from kill_campaign import campaign
from simulated_store import QuotaServer, Sender, Simulation, neighbour
from stub_store import mapped
from test_ledger_power import cuts
from test_run_matrix import SCRIPTS, once_at_every_death

from benchmarks.export import write_export
from importer.ledger import LedgerEntry, State, open_ledger
from importer.run.line import find_mapping, open_line
from importer.run.resume import Unsent
from importer.run.settings import RunResult, Settings
from importer.run.submit import submit
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, Pacer, StoreAddress

HOUR = 3600.0


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    target: str
    measured: str
    met: bool


def kills(folder: Path, count: int, seed: int) -> Iterator[Figure]:
    """SIGKILL at random instants, 30 % of the requests faulty."""
    tally = campaign(folder, count, seed=seed)
    wrong = (tally.doubled, tally.missing, tally.unmapped)
    measured = (
        f"{tally.kills:,} kills, {tally.orders:,} orders: {wrong[0]} doubled, {wrong[1]} missing, {wrong[2]} unmapped"
    )
    yield Figure("kills, 30 % faulty", f">= {count:,}: 0, 0, 0", measured, tally.kills >= count and wrong == (0, 0, 0))


def matrix(folder: Path) -> Iterator[Figure]:
    """Each step x each fault x resume; raises AssertionError at the first order that is not there once."""
    cases = 0
    for number, script in enumerate(SCRIPTS):
        here = folder / f"case-{number}"
        here.mkdir()
        cases += once_at_every_death(here, script)
    yield Figure(
        "each step x each fault x resume", "0 doubled, 0 missing", f"{cases:,} cases: 0 doubled, 0 missing", True
    )


def power_cuts(seed: int) -> Iterator[Figure]:
    """Acknowledged rows that a power cut loses."""
    full = cuts(500, "FULL", random.Random(seed))
    yield Figure("500 power cuts at FULL", "0 rows lost", f"{full} rows lost", full == 0)
    normal = cuts(500, "NORMAL", random.Random(seed))
    yield Figure("the same at NORMAL", "losses are found", f"{normal:,} rows lost", normal > 0)


def pacing() -> Iterator[Figure]:
    """A simulated Pro store, 450 requests in 30 seconds, for an hour."""
    for what, rate, share, least, most in (
        ("alone", 0.0, 1.0, 0.95, 0.0),
        ("neighbour takes half", 7.5, 0.5, 0.9, 0.005),
    ):
        simulation = Simulation()
        server = QuotaServer(simulation)
        sender = Sender(simulation, server, Pacer(clock=simulation.clock))
        if rate:
            neighbour(simulation, server, rate)
        simulation.run(HOUR)
        used = sender.answers[200] / (450 * share * HOUR / 30)
        refused = sender.answers[429] / sender.answers[200]
        target = f">= {least:.0%}, 429 <= {most:.1%}"
        yield Figure(f"quota used, {what}", target, f"{used:.1%}, 429 {refused:.2%}", used >= least and refused <= most)


def send(sandbox: Process, folder: Path, orders: int, **settings: Any) -> RunResult:
    """A run of the library against a sandbox."""
    client = OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url), timeout=2)
    ledger = open_ledger(str(folder / f"{secrets.token_hex(4)}.db"), client.address.name)
    try:
        return submit(map(sendable, range(orders)), client, ledger, Settings("shop", **settings))
    finally:
        ledger.close()


def sendable(number: int) -> Any:
    """A small order that a strict store accepts."""
    address = {"first_name": "Ada", "last_name": "L", "street_1": "1 Row", "city": "Austin", "state": "Texas"}
    line = {"name": "Tea", "quantity": 1, "price_inc_tax": 10.0, "price_ex_tax": 10.0}
    billing = {**address, "zip": "78751", "country_iso2": "US", "email": "a@example.com"}
    return mapped(number, billing_address=billing, products=[line], total_ex_tax="10.0000", total_inc_tax="10.0000")


def requests_per_order(folder: Path, seed: int) -> Iterator[Figure]:
    """What 1 % of faults costs in requests; and what a run leaves in the store's journal."""
    rules = [
        {"do": do, "when": when, "probability": 0.0025, "seed": seed + number, "seconds": 3}
        for number, (do, when) in enumerate(
            (("502", "before"), ("504", "after"), ("close", "after"), ("reset", "before"))
        )
    ]
    with start(plan="unlimited") as sandbox:
        requests.post(f"{sandbox.url}/_admin/faults", json=rules, timeout=10).raise_for_status()
        result = send(sandbox, folder, 3000, settle=4.0, concurrency=8)
        journal = requests.get(f"{sandbox.url}/_admin/journal", params={"limit": 100_000}, timeout=60).json()
    counts = Counter(entry["kind"] for entry in journal["entries"])
    per_order = counts["request"] / result.created
    done = f"{per_order:.3f} ({result.created:,} orders, {result.adopted} found by look-up)"
    yield Figure(
        "requests per created order, 1 % faults", "<= 1.05", done, per_order <= 1.05 and result.created == 3000
    )
    effects = [counts[kind] for kind in ("billing", "email", "stock")]
    yield Figure("counted for billing, e-mails, stock moves", "0, 0, 0", ", ".join(map(str, effects)), not any(effects))


SLOW_SERVER = """
import socket, threading, time
server = socket.create_server(("127.0.0.1", 0), backlog=128)
print(server.getsockname()[1], flush=True)
made = [100]
def serve(connection):
    stream = connection.makefile("rb")
    while stream.readline():
        length = 0
        while (header := stream.readline()) not in (b"\\r\\n", b""):
            if header.lower().startswith(b"content-length"):
                length = int(header.split(b":")[1])
        stream.read(length)
        time.sleep(0.15)
        made[0] += 1
        body = b'{"id": %d}' % made[0]
        connection.sendall(b"HTTP/1.1 201 Created\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
"""


def throughput(folder: Path) -> Iterator[Figure]:
    """No quota, answers after 150 ms, 32 in flight; every intent and every answer on the disk."""
    server = subprocess.Popen([sys.executable, "-c", SLOW_SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = StoreAddress("slow", "t", f"http://127.0.0.1:{int(server.stdout.readline())}")
    ledger = open_ledger(str(folder / "slow.db"), address.name)
    started = time.perf_counter()
    submit(map(mapped, range(4000)), OrdersClient(address), ledger, Settings("shop", concurrency=32))
    ratio = 4000 / (time.perf_counter() - started) / (32 / 0.15)
    ledger.close()
    server.kill()
    server.communicate()
    yield Figure("no quota, 150 ms answers, 32 in flight", ">= 0.85 of 32 / 150 ms", f"{ratio:.2f}", ratio >= 0.85)


def resume(folder: Path, orders: int = 50_000) -> Iterator[Figure]:
    """Passing over orders that are done against mapping them again."""
    export, now = folder / "many.csv", datetime.now(UTC)
    write_export(export, orders)
    mapping = find_mapping(export, "shopify-csv")
    started = time.perf_counter()
    with open_line(export, mapping, "shop") as line:
        done = [order.source.source_id for order in line.orders(now)]
    mapping_time = time.perf_counter() - started
    ledger = open_ledger(str(folder / "many.db"), "store")
    rows = [LedgerEntry("shop", name, name, State.SENDING, attempt=1, plan="p", sent_at=now) for name in done]
    ledger.move(rows)
    ledger.move([replace(row, state=State.CREATED, order_id=100 + number) for number, row in enumerate(rows)])
    started = time.perf_counter()
    with open_line(export, mapping, "shop") as line:
        left = sum(1 for _ in Unsent(line.export.orders(), ledger, "shop", "p"))
    ratio = (time.perf_counter() - started) / mapping_time
    ledger.close()
    measured = f"{ratio:.2f} ({orders:,} orders)"
    yield Figure(
        "resume, all done: until the first POST", "<= 0.35 of mapping again", measured, ratio <= 0.35 and not left
    )


def figures(folder: Path, count: int, seed: int) -> Iterator[Figure]:
    """Every line of the table, the quick ones first."""
    steps: list[Callable[[], Iterator[Figure]]] = [
        pacing,
        lambda: throughput(folder),
        lambda: resume(folder),
        lambda: requests_per_order(folder, seed),
        lambda: power_cuts(seed),
        lambda: matrix(folder),
        lambda: kills(folder, count, seed),
    ]
    for step in steps:
        yield from step()


def main() -> int:
    """Print the table; 1 when a figure is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for figure in figures(Path(folder), chosen.kills, chosen.seed):
            print(
                f"{'ok  ' if figure.met else 'MISS'} {figure.what:<42} {figure.target:<26} {figure.measured}",
                flush=True,
            )
            failed += not figure.met
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
