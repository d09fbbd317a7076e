"""An export mapped in parts: the bytes, the counts and the complaint of one reading from beginning to end."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import dask_cluster
from line_files import MAPPING, ROOT

from benchmarks.export import write_export
from importer.engine import Engine, open_engine
from importer.errors import EngineError, ImporterError, SourceError, UsageError
from importer.run import parallel
from importer.run.jsonl import as_json_line
from importer.run.line import find_mapping, open_line
from importer.sources import ExportFiles, export_files

NOW = datetime(2026, 4, 1, tzinfo=UTC)
EXPORTS = ROOT.parent / "shared" / "exports"
SAMPLES = sorted(path for path in (ROOT / "samples").glob("*/orders.*") if not list(path.parent.glob("items.*")))
REAL = sorted(path for path in EXPORTS.glob("*/*.*") if path.suffix in (".csv", ".tsv", ".json", ".jsonl"))


class Here(Executor):
    """An executor that works at once, in this process."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments, **options))
        except BaseException as error:  # noqa: BLE001 - what a future holds
            future.set_exception(error)
        return future


def whole(files: ExportFiles, mapping: str) -> tuple[bytes, int, str]:
    """What one reading gives: the lines, the orders with problems, the complaint; with a complaint nobody counts."""
    out, refused = io.BytesIO(), 0
    try:
        with open_line(files, find_mapping(files, mapping)) as line:
            for mapped in line.orders(NOW):
                out.write(as_json_line(mapped))
                refused += bool(mapped.problems)
    except SourceError as error:
        return out.getvalue(), -1, str(error)
    return out.getvalue(), refused, ""


def in_parts(files: ExportFiles, mapping: str, orders: int) -> tuple[bytes, int, str]:
    """What parts of so many orders give; what one reading gives where the export cannot be cut."""
    out = io.BytesIO()
    try:
        with open_line(files, find_mapping(files, mapping)) as line:
            parts = parallel.MappedInParts(line, files, NOW, orders)
            if parts.parts() is None:
                return whole(files, mapping)
            parts.write(Engine("here", Here(), 3), out, None)
    except SourceError as error:
        return out.getvalue(), -1, str(error)
    return out.getvalue(), parts.refused, ""


def number_of_parts(files: ExportFiles, mapping: str, orders: int) -> int:
    """In how many parts an export is cut."""
    with open_line(files, find_mapping(files, mapping)) as line:
        return sum(1 for _ in parallel.MappedInParts(line, files, NOW, orders).parts() or ())


@pytest.mark.parametrize("orders", [1, 3])
@pytest.mark.parametrize("export", [*SAMPLES, *REAL], ids=lambda path: f"{path.parent.name}-{path.name}")
def test_tiny_parts_give_the_same_bytes(export: Path, orders: int) -> None:
    """Every sample and every real export, cut after each order or two, gives what it gives as a whole."""
    files = export_files(export)
    try:
        mapping = find_mapping(files, export.parent.name if export in SAMPLES else "").name
    except ImporterError as error:
        pytest.skip(f"no shipped mapping reads it: {error}")
    assert in_parts(files, mapping, orders) == whole(files, mapping)


@pytest.mark.parametrize("name", ["shopify-csv", "woocommerce-csv", "woocommerce-json", "bigcommerce-json"])
def test_samples_are_cut(name: str) -> None:
    """The test above does not compare one whole with another."""
    (export,) = (path for path in SAMPLES if path.parent.name == name)
    assert number_of_parts(export_files(export), name, 1) > 2


def small_shop(folder: Path, *texts: str) -> tuple[ExportFiles, str]:
    """Files with these rows under a small shop's header, and its mapping."""
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"orders-{number}.csv")
        files[-1].write_text("Id,Date,Status,Item,Price,Quantity,Total,City\n" + text, encoding="utf-8", newline="")
    (folder / "small-shop.yml").write_text(MAPPING, encoding="utf-8")
    return ExportFiles(tuple(files)), str(folder / "small-shop.yml")


def row(number: int | str, item: str = "Mug", end: str = "\n") -> str:
    """One order of one line."""
    return f"{number},2021-04-08,paid,{item},10.00,1,10.00,Ghent{end}"


STRANGE = {
    "an order met again later": "".join(map(row, [*range(20), 3, *range(20, 40), 25])),
    "a blank order number in each place": "".join(map(row, ["", 1, 2, "", "", *range(3, 20), ""])),
    "inch marks outside quotes": "".join(row(n, '5" pipe') for n in range(30)),
    "an inch mark before quoted line ends": row(0, '5" pipe') + "".join(row(n, '"two\nlines"') for n in range(1, 30)),
    "rows of an order inside its cells": "".join(row(n, f'"Mug\n{n},2021-04-08,paid"') for n in range(30)),
    "CR LF": "".join(row(n, '"two\r\nlines"', "\r\n") for n in range(30)),
    "CR inside a cell": "".join(row(n, '"two\rlines"') for n in range(30)),
    "blank rows": "".join(row(n) + "\n,,,,,,,\n" * (n % 3) for n in range(30)),
    "many rows of one order": "".join([row(1) * 30, row(2), row(3) * 30]),
    "a row of another width": "".join(map(row, range(20))) + "20,2021-04-08\n" + "".join(map(row, range(21, 40))),
    "a quote that is never closed": "".join(map(row, range(30))) + row(31, '"Mug') + "".join(map(row, range(32, 60))),
    "a quote that is not doubled": "".join(map(row, range(30)))
    + row(31, '"5" pipe"')
    + "".join(map(row, range(32, 60))),
    "a NUL": "".join(map(row, range(30))) + row(31, "M\0g") + "".join(map(row, range(32, 60))),
    "no line end at the end": "".join(map(row, range(30))).rstrip("\n"),
    "nothing under the header": "",
}


@pytest.mark.parametrize("orders", [1, 2, 7])
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_strange_files_give_the_same_bytes_and_complaints(tmp_path: Path, text: str, orders: int) -> None:
    """Where a cut is wrong, or only the whole file tells what an order is, the parts give what the whole gives."""
    files, mapping = small_shop(tmp_path, text)
    assert in_parts(files, mapping, orders) == whole(files, mapping)


@pytest.mark.parametrize("orders", [1, 3])
def test_several_files_give_the_same_bytes(tmp_path: Path, orders: int) -> None:
    """An order that goes on in the next file is one; files that overlap give an order once, and a changed one never."""
    rows = [row(number) for number in range(30)]
    texts = [
        "".join(rows[:11]),
        row(10) + "".join(rows[10:20]),
        "".join(rows[15:25]) + row(26, "Cup"),
        "".join(rows[25:]),
    ]
    files, mapping = small_shop(tmp_path, *texts)
    found = whole(files, mapping)
    assert b"twice" in found[0]
    assert in_parts(files, mapping, orders) == found


@pytest.mark.parametrize("seed", range(40))
def test_random_files_give_the_same_bytes(tmp_path: Path, seed: int) -> None:
    """Whatever stands in the cells, and wherever orders are met again."""
    dice = random.Random(seed)
    items = ("Mug", '"a ""b"" c"', '"x\ny"', '"1,2\n\n3,"', '5" pipe', "é€😀", '""', '"\r\n"', '"', '"a"b')
    chances = (9, 3, 3, 3, seed % 2, 3, 1, 1, seed % 5 == 0, seed % 7 == 0)
    text = "".join(
        row(dice.choice((number, number, number, number // 2 + dice.randint(0, 9))), dice.choices(items, chances)[0])
        for number in range(60)
    )
    files, mapping = small_shop(tmp_path, text)
    assert in_parts(files, mapping, dice.randint(1, 9)) == whole(files, mapping)


JSON_SOURCE = "source: {format: json, order: Id, lines: lines, records: [$, orders], dates: {format: iso, zone: UTC}}"


def orders_json(numbers: list[int]) -> list[str]:
    """Orders as JSON: with lists of objects inside, brackets and commas in texts."""
    line = '{"Id":9,"Item":"},{ \\"Id\\":7","Price":"10.00","Quantity":"1"}'
    facts = '"Date":"2021-04-08","Status":"paid","Total":"10.00","City":"Ghent"'
    return [f'{{"Id":"{number}",{facts},"lines":[{line}]}}' for number in numbers]


LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "compact list": lambda orders: f"[{','.join(orders)}]",
    "a list, one a line": lambda orders: "[\n  " + ",\n  ".join(orders) + "\n]\n",
    "a list that is cut off": lambda orders: "[" + ",".join(orders),
    "a list that is cut off in an order": lambda orders: "[" + ",".join(orders)[:-20],
    "two lists": lambda orders: f"[{','.join(orders[:9])}]\n[{','.join(orders[9:])}]",
    "JSON Lines": lambda orders: "\n".join(orders) + "\n",
    "JSON Lines with blank ones": lambda orders: "\n\n".join(orders),
    "JSON Lines, one broken": lambda orders: "\n".join([*orders[:20], '{"Id": nope}', *orders[20:]]),
    "wrapped": lambda orders: f'{{"orders": [{",".join(orders)}]}}',
    "an empty list": lambda _: "[]",
}


@pytest.mark.parametrize("numbers", [list(range(30)), [*range(12), 4, *range(12, 30)]], ids=["once", "again"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_json_gives_the_same_bytes_and_complaints(
    tmp_path: Path, layout: Callable[[list[str]], str], mark: str, numbers: list[int]
) -> None:
    """In each layout, with a byte order mark or without, with an order that stands there twice."""
    export, mapping = tmp_path / "orders.json", tmp_path / "small-shop.yml"
    export.write_text(mark + layout(orders_json(numbers)), encoding="utf-8")
    text = "\n".join(JSON_SOURCE if part.startswith("source:") else part for part in MAPPING.splitlines())
    mapping.write_text(text, encoding="utf-8")
    files = export_files(export)
    for orders in (1, 4):
        assert in_parts(files, str(mapping), orders) == whole(files, str(mapping))


def mapped(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """The command, as a user runs it."""
    command = [sys.executable, "-m", "importer", "map", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'run'}"}
    return subprocess.run(command, capture_output=True, cwd=cwd, env=environment, check=False, timeout=300)


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of some thousand orders: more than one part."""
    path = tmp_path_factory.mktemp("big") / "orders.csv"
    write_export(path, 6_000)
    return path


def test_the_command_gives_the_same_bytes_on_any_engine(big: Path) -> None:
    """Processes, and an executor that a module makes: same output, same notes on stderr, same exit code."""
    inline = mapped(big)
    for engine in ("processes:1", "processes:3", "test_run_parallel:Here"):
        done = mapped(big, "--engine", engine)
        assert (done.stdout, done.stderr, done.returncode) == (inline.stdout, inline.stderr, inline.returncode)


def test_the_command_gives_the_same_complaint(big: Path, tmp_path: Path) -> None:
    """A file that ends in the middle of a quoted cell: as much output, the same message."""
    broken = tmp_path / "orders.csv"
    broken.write_bytes(big.read_bytes() + b'#99999,"never')
    inline, parts = mapped(broken), mapped(broken, "--engine", "processes:2")
    assert inline.returncode == 2
    assert (parts.stdout, parts.stderr, parts.returncode) == (inline.stdout, inline.stderr, inline.returncode)


def test_a_worker_that_dies_is_told_in_one_sentence(big: Path, tmp_path: Path) -> None:
    """Killed, as by the system when memory is short: exit code 2, one line, no half-written file, nothing left over."""
    output = tmp_path / "bodies.jsonl"
    done = mapped(big, "--engine", "test_run_parallel:deadly", "-o", output)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == [
        "importer: engine test_run_parallel:deadly: a worker died, killed or out of memory; run again,"
        " with fewer workers if memory is short"
    ]
    assert list(tmp_path.iterdir()) == []


def deadly() -> Executor:
    """Processes that are killed as they begin."""
    return ProcessPoolExecutor(2, initializer=_die)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


ALONE = """
import sys, threading, time, os
from importer.engine import open_engine
if __name__ == "__main__":
    if sys.argv[1] == "threads":
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    with open_engine("processes:2", "importer.run.parallel") as engine:
        parents = {parent for _, parent in engine.in_order(eval, ["__import__('os').getppid()"] * 8)}
        print(parents == {os.getpid()}, flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("threads", ["threads", "none"])
def test_workers_go_with_the_one_they_work_for(tmp_path: Path, threads: str) -> None:
    """Copied from it where it has no threads, and only there; killed, it leaves nobody behind."""
    script = tmp_path / "alone.py"
    script.write_text(ALONE, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    alone = subprocess.Popen([sys.executable, script, threads], stdout=subprocess.PIPE, env=environment)
    assert alone.stdout is not None
    copied = threads == "none" and sys.platform == "linux"
    assert alone.stdout.readline() == f"{copied}\n".encode()
    alone.kill()
    assert alone.communicate(timeout=30)[0] == b""  # ends when the last process has gone that writes there


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        ("threads", "there are inline, processes:N, dask://host:8786 and package.module:factory"),
        ("processes:none", "the number of processes lies between 1 and 256, such as processes:4"),
        ("processes:0", "the number of processes lies between 1 and 256, such as processes:4"),
        ("no.such.module:factory", "No module named 'no'"),
        ("os:getcwd", "it gives a str, not a concurrent.futures.Executor"),
    ],
)
def test_an_engine_that_is_none_is_told(engine: str, said: str) -> None:
    """What was wrong, and what there is."""
    with pytest.raises(UsageError, match=said.replace(".", r"\.")), open_engine(engine, parallel.__name__):
        pass


def test_a_cluster_that_is_not_there_is_told() -> None:
    """The address, and what to start."""
    with pytest.raises(EngineError, match="no scheduler answers"), open_engine("dask://127.0.0.1:9", parallel.__name__):
        pass


def test_a_dask_cluster_gives_the_same_bytes(big: Path, tmp_path: Path) -> None:
    """A scheduler and two workers, processes that know nothing of the command's folder."""
    inline = mapped(big)
    with dask_cluster(tmp_path, 2) as cluster:
        done = mapped(big, "--engine", cluster.engine)
    assert (done.stdout, done.stderr, done.returncode) == (inline.stdout, inline.stderr, inline.returncode)
