"""The speed of `importer`, as ratios: prints each against what is allowed, and exits with 1 when one is above it.

    python -m benchmarks.speed [--quick]

Bodies are compared before anything is timed: a ratio of two things that do not do the same says nothing. `--quick`
takes few orders and allows everything; it shows that the benchmark itself works.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import orjson

from benchmarks import by_hand, rivals
from benchmarks.export import header, write_export
from benchmarks.measure import function, in_turns, program
from importer.files import data_folder
from importer.mapping import Program
from importer.model import SourceOrder
from importer.run.line import find_mapping, open_line

MAPPING = "shopify-csv"


class Ratio(NamedTuple):
    """One line of the table."""

    what: str
    measured: float
    allowed: float


@dataclass(frozen=True)
class Scale:
    """How many orders, and how often: the full benchmark's, or a quick look's."""

    orders: int = 40_000
    slow_orders: int = 800
    few_orders: int = 10_000
    many_orders: int = 400_000
    repeats: int = 5


QUICK = Scale(orders=300, slow_orders=30, few_orders=100, many_orders=300, repeats=1)


class Bench:
    """One generated export, read once, and its programs."""

    def __init__(self, scale: Scale, folder: Path) -> None:
        self.scale = scale
        self.folder = folder
        self.export = self.written("orders.csv", scale.orders)
        with open_line(self.export, find_mapping(self.export, MAPPING)) as line:
            self.program: Program = line.program
            self.orders: list[SourceOrder] = list(line.export.orders())
        self.pick = by_hand.picks(header().index)
        self.cells = [[row.cells for row in order.rows] for order in self.orders]

    def written(self, name: str, orders: int) -> Path:
        """An export of that many orders."""
        path = self.folder / name
        write_export(path, orders)
        return path

    def in_turns(self, *measured: Callable[[], float]) -> list[float]:
        """The medians of what is measured in turns."""
        return in_turns(self.scale.repeats, *measured)

    def map_all(self) -> None:
        """Our mapping step over every order."""
        for order in self.orders:
            self.program.map(order)

    def map_all_by_hand(self) -> None:
        """The hand-written function over every order's rows."""
        for rows in self.cells:
            by_hand.body(rows, self.pick)


def proved_equal(bench: Bench) -> None:
    """Every body by hand is ours, byte for byte, keys in the same order. Raises AssertionError with the first other."""
    for order, rows in zip(bench.orders, bench.cells, strict=True):
        ours, by_us = bench.program.map(order), by_hand.body(rows, bench.pick)
        assert orjson.dumps(ours.body) == orjson.dumps(by_us), f"{order.source_id}: {ours} is not {by_us}"


def mapping_step(bench: Bench) -> Iterator[Ratio]:
    """Our `Program.map`, notes of substitutions and all, against the hand-written function."""
    ours, by_us = bench.in_turns(partial(function, bench.map_all), partial(function, bench.map_all_by_hand))
    yield Ratio("mapping step / written by hand", ours / by_us, 1.4)
    yield from _rivals(bench, ours / len(bench.orders))


def _rivals(bench: Bench, ours: float) -> Iterator[Ratio]:
    """Our mapping step against other languages on a part of the orders; `ours` in seconds an order."""
    some = list(islice(_as_dicts(bench), bench.scale.slow_orders))
    for name, shown in _RIVALS.items():
        if bench.scale is QUICK and not find_spec(name):
            continue  # the tests are run without the benchmark's own packages
        body = getattr(rivals, name)()
        _proved_same(bench, name, [body(order) for order in some])
        (theirs,) = bench.in_turns(partial(function, lambda body=body: [body(order) for order in some]))
        yield Ratio(f"mapping step / {shown}", ours / (theirs / len(some)), 0.1)


_RIVALS = {"jsonata": "jsonata-python", "jq": "jq", "jinja2": "a Jinja template per field"}
"""The package of each language, which its function in `rivals` is named after, and how the table calls it."""


def _as_dicts(bench: Bench) -> Iterator[rivals.Order]:
    for rows in bench.cells:
        named = [dict(zip(header(), map(by_hand.typed, cells), strict=True)) for cells in rows]
        yield {"order": named[0], "lines": named}


def _proved_same(bench: Bench, name: str, bodies: list[Any]) -> None:
    for order, body in zip(bench.orders, bodies, strict=False):
        ours = bench.program.map(order).body or {}
        expected = ours if name == "jinja2" else rivals.without_money(ours)
        assert body == expected, f"{order.source_id}: {name} gives {body}, not {expected}"


def whole_line(bench: Bench) -> Iterator[Ratio]:
    """`importer map`, the program from its start to its end, against the two hand-written loops."""
    ours, by_us, slow = bench.in_turns(
        lambda: program("-m", "importer", "map", str(bench.export), "-m", MAPPING).cpu,
        lambda: program("-m", "benchmarks.by_hand", str(bench.export)).cpu,
        partial(function, _dict_reader_loop(bench)),
    )
    yield Ratio("importer map / csv.reader, jsonschema-rs, orjson", ours / by_us, 2.0)
    slow_order = slow / bench.scale.slow_orders
    yield Ratio("importer map / DictReader, jsonschema, json", ours / bench.scale.orders / slow_order, 0.2)


def _dict_reader_loop(bench: Bench) -> Callable[[], None]:
    small = bench.written("small.csv", bench.scale.slow_orders)
    schema = json.loads((data_folder("schemas") / "order.schema.json").read_text(encoding="utf-8"))
    valid = jsonschema.Draft202012Validator(schema).is_valid

    def run() -> None:
        with Path(os.devnull).open("wb") as out:
            by_hand.with_dict_reader(small, out, valid)

    return run


def memory(bench: Bench) -> Iterator[Ratio]:
    """Peak memory does not grow with the file."""
    few, many = (
        program("-m", "importer", "map", str(bench.written(f"{orders}.csv", orders)), "-m", MAPPING).memory
        for orders in (bench.scale.few_orders, bench.scale.many_orders)
    )
    what = f"peak memory, {bench.scale.many_orders:,} orders / {bench.scale.few_orders:,}"
    yield Ratio(what, many / few, 1.1)


def start(bench: Bench) -> Iterator[Ratio]:
    """`importer --help` imports little beside click."""
    ours, click = bench.in_turns(
        lambda: min(program("-m", "importer", "--help").cpu for _ in range(5)),
        lambda: min(program("-c", "import click").cpu for _ in range(5)),
    )
    yield Ratio("importer --help / import click", ours / click, 3.0)


def main(quick: bool) -> int:
    """Prints the table; the exit code is 1 when a ratio is above what is allowed."""
    missed = 0
    print(f"{'ratio of CPU time':52} {'measured':>9} {'allowed':>9}")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(QUICK if quick else Scale(), Path(folder))
        proved_equal(bench)
        for measure in (mapping_step, whole_line, memory, start):
            for what, measured, allowed in measure(bench):
                missed += measured > allowed
                print(
                    f"{what:52} {measured:9.3f} {allowed:9.2f} {'' if measured <= allowed else ' not met'}", flush=True
                )
    return int(missed > 0 and not quick)


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv[1:]))
