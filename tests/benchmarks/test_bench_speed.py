"""The benchmark itself works: it ends well on few orders, and what it compares does the same. No timing is judged."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import by_hand
from benchmarks.speed import QUICK, Bench, proved_equal

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(QUICK, tmp_path)


def test_quick_benchmark_prints_every_ratio() -> None:
    """`python -m benchmarks.speed --quick` ends well and has a line for each measurement."""
    arguments = [sys.executable, "-m", "benchmarks.speed", "--quick"]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    table = done.stdout
    assert all(what in table for what in ("mapping step", "importer map", "peak memory", "importer --help"))


def test_bodies_by_hand_are_ours(bench: Bench) -> None:
    """The hand-written script gives the bodies of the shipped mapping, byte for byte."""
    proved_equal(bench)


def test_other_bodies_are_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand-written script that leaves the notes out is not compared."""
    monkeypatch.setattr(by_hand, "notes", lambda *_: "")
    with pytest.raises(AssertionError, match="#10000"):
        proved_equal(bench)
