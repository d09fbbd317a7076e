"""The benchmark of several processes and machines works; no timing is judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from postgres_server import server

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("part", "lines"), [("processes", 3), ("ledgers", 4), ("lengths", 3), ("claims", 1)])
def test_quick_benchmark_prints_every_figure(part: str, lines: int) -> None:
    """`python -m benchmarks.scale --quick` ends well and has a line for each measurement."""
    server()
    arguments = [sys.executable, "-m", "benchmarks.scale", "--quick", "--only", part]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 + lines
    assert "NO" not in done.stdout
