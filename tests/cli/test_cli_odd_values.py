"""A value that an option cannot have is told in words, with exit code 2 and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = str(ROOT / "samples" / "shopify-csv" / "orders.csv")
RUN = ("run", SHOPIFY, "--ledger", "l.db", "--store", "sandbox")


def importer(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a folder of its own."""
    command = [sys.executable, "-m", "importer", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, check=False, timeout=60)


NUMBERS = {
    "validate --max-refused": ("validate", SHOPIFY, "--max-refused"),
    "run --max-refused": (*RUN, "--max-refused"),
    "run --quota-share": (*RUN, "--quota-share"),
    "run --timeout": (*RUN, "--timeout"),
    "run --settle": (*RUN, "--settle"),
    "undo --settle": ("undo", "--ledger", "l.db", "--store", "sandbox", "--settle"),
}


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("option", NUMBERS)
def test_no_number_is_refused(option: str, value: str, tmp_path: Path) -> None:
    """Percents and seconds are finite: anything else is named with its option, and nothing is made."""
    done = importer(*NUMBERS[option], value, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert option.split()[1] in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("factory", ["os:system", "os:name", "builtins:dict"])
def test_engine_that_is_no_factory_is_refused(factory: str, tmp_path: Path) -> None:
    """What wants arguments, cannot be called or gives no executor is told in one sentence."""
    done = importer("map", SHOPIFY, "--engine", factory, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"--engine {factory}: " in done.stderr
