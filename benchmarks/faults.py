# ruff: noqa: E402 - the campaigns lie beside the tests that run them in short; their folders come first
"""The figures of exactly once: kills, power cuts, pacing, speed. `python -m benchmarks.faults` prints them.

`--only kills` measures one part of the table; `--kills N` and `--orders N` make it shorter or longer.

Every seed is chosen at run time and printed; give it back with `--seed` to see the same again.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

for room in ("run", "ledger", "store"):
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / room))

import requests
from around_campaign import campaign as around_campaign
from kill_campaign import campaign
from simulated_store import QuotaServer, Sender, Simulation, neighbour
from stub_store import mapped
from test_ledger_power import cuts
from test_run_matrix import SCRIPTS, once_at_every_death

from benchmarks.export import write_export
from importer.ledger import State, open_ledger
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


def around(folder: Path, count: int, seed: int) -> Iterator[Figure]:
    """Snapshot, shipments, metafields, update and undo: SIGKILL at random instants, 25 % of the requests faulty."""
    told = around_campaign(folder, count, seed=seed)
    wrong = ", ".join(f"{number} {name}" for name, number in told.wrong.items()) or "nothing doubled, missing or unlike"
    measured = f"{told.kills:,} kills, {told.stories:,} migrations: {wrong}"
    yield Figure("kills around a run, 25 % faulty", f">= {count:,}: nothing", measured, not told.wrong)


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


MAP_AGAIN = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from importer.run.line import find_mapping, open_line
export = Path(sys.argv[1])
begun = time.perf_counter()
with open_line(export, find_mapping(export, "shopify-csv"), "shop") as line:
    orders = sum(1 for _ in line.orders(datetime.now(UTC)))
print(time.perf_counter() - begun)
"""


class FirstPost(BaseHTTPRequestHandler):
    """A store that holds nothing, makes every order, and remembers when the first was posted since `at` was None."""

    protocol_version = "HTTP/1.1"
    at: float | None = None
    made = 100

    def log_message(self, format: str, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def do_POST(self) -> None:
        FirstPost.at = FirstPost.at or time.perf_counter()
        self.rfile.read(int(self.headers["Content-Length"]))
        FirstPost.made += 1
        content = b'{"id": %d}' % FirstPost.made
        self.send_response(201)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def first_post(url: str, export: Path, ledger: Path, *options: str) -> float:
    """Seconds from the start of `importer run` to its first POST."""
    command = [sys.executable, "-m", "importer", "run", str(export), "-m", "shopify-csv", "--namespace", "shop"]
    command += ["--ledger", str(ledger), "--store", "first", "--api-url", url, *options]
    FirstPost.at, begun = None, time.perf_counter()
    environment = {**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": "t"}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    assert FirstPost.at is not None
    return FirstPost.at - begun


def mark_done(path: Path, orders: int) -> None:
    """The ledger of a run that was stopped before the last order: all the others are created, by the same plan."""
    ledger = open_ledger(str(path), "127.0.0.1/stores/first")
    (row,) = ledger.in_state(State.CREATED)
    for numbers in batched(range(1, orders - 1), 10_000):
        rows = [replace(row, source_id=f"#{10_000 + number}", state=State.SENDING, order_id=None) for number in numbers]
        ledger.move(rows)
        made = zip(rows, numbers, strict=True)
        ledger.move([replace(one, state=State.CREATED, order_id=1_000 + number) for one, number in made])
    ledger.close()


def batched(numbers: range, size: int) -> Iterator[range]:
    """The numbers, so many at a time."""
    return (numbers[begin : begin + size] for begin in range(0, len(numbers), size))


def resume(folder: Path, orders: int) -> Iterator[Figure]:
    """The real command on an export of which all but the last order are done, against mapping the export again."""
    export, ledger = folder / "many.csv", folder / "many.db"
    write_export(export, orders)
    server = ThreadingHTTPServer(("127.0.0.1", 0), FirstPost)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    planning = first_post(url, export, ledger, "--limit", "1")
    mark_done(ledger, orders)
    told = subprocess.run([sys.executable, "-c", MAP_AGAIN, str(export)], capture_output=True, text=True, check=True)
    mapping = float(told.stdout)
    resumed = first_post(url, export, ledger)
    server.shutdown()
    ratio = resumed / mapping
    whole = f"with the plan anew {planning / mapping:.2f}"
    measured = f"{ratio:.2f} ({orders:,} orders, {FirstPost.made - 100} posted; {whole})"
    met = ratio <= 0.35 and FirstPost.made == 102
    yield Figure("resume, all but one done: until its POST", "<= 0.35 of mapping again", measured, met)


def parts(folder: Path, chosen: argparse.Namespace) -> dict[str, Callable[[], Iterator[Figure]]]:
    """Every part of the table by its name, the quick ones first."""
    return {
        "pacing": pacing,
        "throughput": lambda: throughput(folder),
        "resume": lambda: resume(folder, chosen.orders),
        "requests": lambda: requests_per_order(folder, chosen.seed),
        "power": lambda: power_cuts(chosen.seed),
        "matrix": lambda: matrix(folder),
        "around": lambda: around(folder, chosen.kills // 10, chosen.seed),
        "kills": lambda: kills(folder, chosen.kills, chosen.seed),
    }


def main() -> int:
    """Print the table; 1 when a figure is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5000)
    parser.add_argument("--orders", type=int, default=1_000_000, help="of the resumed migration")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", action="append", help="a part of the table: pacing, throughput, resume, ...")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, part in parts(Path(folder), chosen).items():
            if chosen.only and name not in chosen.only:
                continue
            begun = time.perf_counter()
            for figure in part():
                mark = "ok  " if figure.met else "MISS"
                print(f"{mark} {figure.what:<42} {figure.target:<26} {figure.measured}", flush=True)
                failed += not figure.met
            print(f"     ({name}: {time.perf_counter() - begun:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
