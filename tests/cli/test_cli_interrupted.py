"""A command that fails or is told to end leaves nothing half-written, and says that it was stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
ENDINGS = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export that takes far longer than a test waits: the sample, again and again under other numbers."""
    path = tmp_path_factory.mktemp("large") / "orders.csv"
    header, rows = SHOPIFY.read_text(encoding="utf-8").split("\n", 1)
    with path.open("w", encoding="utf-8") as out:
        out.write(header + "\n")
        for number in range(2_000):
            out.write(rows.replace("\n#", f"\n#{number}-"))
    return path


def started(*arguments: str | Path, cwd: Path) -> subprocess.Popen[str]:
    """The real command in a folder of its own, under way."""
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=environ)


def ended(process: subprocess.Popen[str], folder: Path, number: int) -> str:
    """Sends the signal once something was begun in the folder; gives stderr."""
    while not any(folder.rglob("*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    return process.communicate(timeout=60)[1]


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize(
    "arguments", [("map", "-o", "bodies.jsonl"), ("validate", "--report", "rep")], ids=["map", "validate"]
)
def test_a_signal_leaves_no_half_written_files(
    arguments: tuple[str, ...], number: signal.Signals, large: Path, tmp_path: Path
) -> None:
    """SIGINT and SIGTERM end a verb in one line, with the signal's exit code, and what was begun is gone."""
    process = started(arguments[0], large, "-m", "shopify-csv", *arguments[1:], cwd=tmp_path)
    told = ended(process, tmp_path, number)
    assert process.returncode == ENDINGS[number], told
    assert told.strip() == "importer: stopped; nothing half-written is left, and the same command can be run again"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", ["inline", "processes:2"])
def test_bodies_of_an_export_that_changes_are_not_kept(engine: str, large: Path, tmp_path: Path) -> None:
    """An export that is still being written while `map` reads it: the file is named, and no bodies are left."""
    export = tmp_path / "export" / "orders.csv"
    export.parent.mkdir()
    export.write_bytes(large.read_bytes()[: 8 << 20])
    (tmp_path / "out").mkdir()
    command = ("map", export, "-m", "shopify-csv", "--engine", engine, "-o", tmp_path / "out" / "bodies.jsonl")
    process = started(*command, cwd=tmp_path)
    while not any((tmp_path / "out").iterdir()) and process.poll() is None:
        time.sleep(0.01)
    with export.open("ab") as file:
        file.write(b"\n")
    told = process.communicate(timeout=60)[1]
    assert (process.returncode, list((tmp_path / "out").iterdir())) == (2, []), told
    assert "orders.csv: the file changed while it was read" in told


def test_a_failure_leaves_an_earlier_report_whole(tmp_path: Path) -> None:
    """`validate --report` that fails in the middle of an export leaves the folder as the last report made it."""
    first = started("validate", SHOPIFY, "--report", "rep", cwd=tmp_path)
    first.communicate(timeout=60)
    before = {file.name: file.read_bytes() for file in (tmp_path / "rep").iterdir()}
    lines = SHOPIFY.read_bytes().split(b"\n")[:40]
    (tmp_path / "broken.csv").write_bytes(b"\n".join(lines) + b'\n#9,"never closed\n')
    done = started("validate", "broken.csv", "-m", "shopify-csv", "--report", "rep", cwd=tmp_path)
    done.communicate(timeout=60)
    assert done.returncode == 2
    assert {"report.html", "problems.csv", "rejects.csv"} <= before.keys()
    assert {file.name: file.read_bytes() for file in (tmp_path / "rep").iterdir()} == before


def test_a_failure_makes_no_report_folder(tmp_path: Path) -> None:
    """Nor does it leave a folder that was not there."""
    (tmp_path / "broken.csv").write_bytes(SHOPIFY.read_bytes().split(b"\n", 1)[0] + b'\n#9,"never closed\n')
    done = started("validate", "broken.csv", "-m", "shopify-csv", "--report", "rep", cwd=tmp_path)
    done.communicate(timeout=60)
    assert done.returncode == 2
    assert [file.name for file in tmp_path.iterdir()] == ["broken.csv"]
