# ruff: noqa: E402 - the campaigns lie beside the tests that run them in short; their folders come first
"""More than one process and one machine, as ratios: `python -m benchmarks.scale` prints them.

`--only processes` measures one part of the table; `--quick` takes few orders and shows that the benchmark works. A
ratio of wall times means something only while nothing else runs on the machine; the other figures do not mind.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

for folder in ("", "run", "ledger"):
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / folder))

from dask_cluster import dask_cluster
from postgres_server import database
from test_ledger_postgres import race
from worker_kills import campaign

from benchmarks.export import write_export
from benchmarks.measure import in_turns, program
from importer.ledger import LEASE, Ledger, LedgerEntry, State, open_ledger

MAPPING = "shopify-csv"
STORE = "api.example/stores/abc"


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    target: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Scale:
    """How many orders, and how often: the full benchmark's, or a quick look's."""

    orders: int = 200_000
    lengths: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    cycles: int = 4_000
    claims: int = 10_000
    killed: int = 2_000
    repeats: int = 3


QUICK = Scale(orders=6_000, lengths=(500, 5_000), cycles=100, claims=200, killed=200, repeats=1)


def mapped(export: Path, engine: str, out: Path) -> float:
    """Wall seconds of `importer map` on that engine."""
    command = [sys.executable, "-m", "importer", "map", str(export), "-m", MAPPING, "--engine", engine, "-o", str(out)]
    begun = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - begun


def processes(scale: Scale, folder: Path) -> Iterator[Figure]:
    """Two processes against one, and what the cutting and joining costs in CPU."""
    export, outs = folder / "orders.csv", [folder / f"{number}.jsonl" for number in range(3)]
    write_export(export, scale.orders)
    single, double = in_turns(
        scale.repeats,
        lambda: mapped(export, "processes:1", outs[0]),
        lambda: mapped(export, "processes:2", outs[1]),
    )
    mapped(export, "inline", outs[2])
    same = len({out.read_bytes() for out in outs}) == 1
    yield Figure(
        f"wall, 1 process / 2, {scale.orders:,} orders", ">= 1.7", f"{single / double:.2f}", single >= 1.7 * double
    )
    yield Figure("the same bytes: inline, 1 process, 2", "yes", "yes" if same else "NO", same)
    arguments = ("-m", "importer", "map", str(export), "-m", MAPPING, "--engine")
    alone, parts = in_turns(
        1, lambda: program(*arguments, "inline").cpu, lambda: program(*arguments, "benchmarks.measure:two").cpu
    )
    yield Figure("CPU of all, 2 processes / inline", "<= 1.17", f"{parts / alone:.3f}", parts <= 1.17 * alone)


def dask(scale: Scale, folder: Path) -> Iterator[Figure]:
    """A Dask cluster of two workers against one process without any engine."""
    export, outs = folder / "dask.csv", [folder / f"dask-{number}.jsonl" for number in range(2)]
    write_export(export, scale.orders)
    with dask_cluster(folder, 2) as cluster:
        time.sleep(5)  # the workers import
        alone, workers = in_turns(
            scale.repeats,
            lambda: mapped(export, "inline", outs[0]),
            lambda: mapped(export, cluster.engine, outs[1]),
        )
    same = outs[0].read_bytes() == outs[1].read_bytes()
    yield Figure("wall, 1 process / dask with 2 workers", ">= 1.4", f"{alone / workers:.2f}", alone >= 1.4 * workers)
    yield Figure("the same bytes: inline, dask", "yes", "yes" if same else "NO", same)


def ledgers(scale: Scale, folder: Path) -> Iterator[Figure]:
    """Orders a second through intent and result, four at once as a run has them; two durable commits each time."""
    file = str(folder / "ledger.db")
    with (
        database() as url,
        closing(open_ledger(url, STORE)) as postgres,
        closing(open_ledger(file, STORE)) as sqlite,
    ):
        cycles = [lambda: _cycle(postgres, scale.cycles), lambda: _cycle(sqlite, scale.cycles)]
        slow, fast = in_turns(scale.repeats, *cycles)
    for name, seconds in (("SQLite", fast), ("PostgreSQL", slow)):
        rate = scale.cycles / seconds
        yield Figure(f"ledger cycles a second, {name}", ">= 1,000", f"{rate:,.0f}", rate >= 1000)
    yield Figure("cycle, PostgreSQL / SQLite", "told", f"{slow / fast:.2f}", True)
    yield Figure("fsync of 8 KiB on this disk, milliseconds", "told", f"{_fsync(folder / 'synced') * 1000:.2f}", True)


def _fsync(path: Path) -> float:
    """The median of the seconds that the disk takes for what each commit waits for: it bounds any ledger."""
    with path.open("wb", buffering=0) as file:
        file.write(bytes(200 * 8192))  # over what is there already, as a journal is written
        seconds = []
        for number in range(200):
            file.seek(number * 8192)
            file.write(bytes(8192))
            begun = time.monotonic()
            os.fsync(file.fileno())
            seconds.append(time.monotonic() - begun)
    return statistics.median(seconds)


_cycled = iter(range(1, 1 << 60))


def _cycle(ledger: Ledger, orders: int) -> float:
    begun = time.monotonic()
    for _ in range(0, orders, 4):
        now = datetime.now(UTC)
        numbers = [str(next(_cycled)) for _ in range(4)]
        sending = [LedgerEntry("shop", n, n, State.SENDING, attempt=1, sent_at=now, run="r") for n in numbers]
        ledger.move(sending)
        ledger.move([replace(row, state=State.CREATED, order_id=int(row.source_id)) for row in sending])
    return time.monotonic() - begun


def lengths(scale: Scale, folder: Path) -> Iterator[Figure]:
    """CPU time and memory of one process for ten times the orders, and ten times that."""
    used = []
    for orders in scale.lengths:
        write_export(folder / "long.csv", orders)
        used.append(program("-m", "importer", "map", str(folder / "long.csv"), "-m", MAPPING))
    start = program("-m", "importer", "map", "--help").cpu
    for number in range(1, len(used)):
        few, many = scale.lengths[number - 1], scale.lengths[number]
        ratio = (used[number].cpu - start) / (used[number - 1].cpu - start) / (many / few)
        yield Figure(f"CPU, {many:,} orders / {many // few} times {few:,}", "<= 1.1", f"{ratio:.3f}", ratio <= 1.1)
        memory = used[number].memory / used[number - 1].memory
        yield Figure(f"memory, {many:,} orders / {few:,}", "<= 1.1", f"{memory:.3f}", memory <= 1.1)
    microseconds = (used[-1].cpu - start) / scale.lengths[-1] * 1e6
    yield Figure("CPU of an order, in microseconds", "told", f"{microseconds:.0f}", True)


def claims(scale: Scale, _: Path) -> Iterator[Figure]:
    """Four processes that want every order."""
    with database() as url:
        won = sum(race(url, 4, scale.claims))
    yield Figure(
        f"claims, 4 processes racing for {scale.claims:,}", f"{scale.claims:,}", f"{won:,}", won == scale.claims
    )


def kills(scale: Scale, folder: Path) -> Iterator[Figure]:
    """A worker killed every 2 seconds while orders are submitted by Dask workers through PostgreSQL."""
    with database() as url:
        havoc = campaign(folder, url, orders=scale.killed, every=2.0)
    what = f"{scale.killed:,} orders, {havoc.kills} workers killed"
    yield Figure(f"doubled, {what}", "0", str(havoc.doubled), havoc.doubled == 0)
    yield Figure(f"missing, {what}", "0", str(havoc.missing), havoc.missing == 0)
    yield Figure(f"takeover after the lease of {LEASE:g} s, seconds", "<= 1", f"{havoc.late:.2f}", havoc.late <= 1)


PARTS = {part.__name__: part for part in (processes, dask, ledgers, lengths, claims, kills)}


def main() -> int:
    """Prints the table; the exit code is 1 when a figure is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    missed = 0
    print(f"{'':58} {'target':>9} {'measured':>9}")
    for name, part in PARTS.items():
        if options.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for figure in part(QUICK if options.quick else Scale(), Path(folder)):
                missed += not figure.met
                ending = "" if figure.met else "  not met"
                print(f"{figure.what:58} {figure.target:>9} {figure.measured:>9}{ending}", flush=True)
    return int(missed > 0 and not options.quick)


if __name__ == "__main__":
    sys.exit(main())
