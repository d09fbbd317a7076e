"""`importer diff` as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"


def diff(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command."""
    command = [sys.executable, "-m", "importer", "diff", *map(str, arguments)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)


def test_two_mappings_over_one_export(tmp_path: Path) -> None:
    """An overlay that changes one field differs in that path alone, whatever the mappings are called, and exits 1."""
    overlay = tmp_path / "mine.yml"
    overlay.write_text("extends: shopify-csv\nbody:\n  payment_method: Card\n", encoding="utf-8")
    done = diff("shopify-csv", overlay, SHOPIFY)
    assert done.returncode == 1, done.stderr
    assert "x payment_method\n" in done.stdout
    assert "'Shopify Payments' -> 'Card'" in done.stdout
    assert "the sums are the same" in done.stdout
    assert done.stdout.count(" x ") < 8


def test_an_export_equals_itself() -> None:
    """Without FILE two exports are compared; one with itself is the same, and exits 0."""
    done = diff(SHOPIFY, SHOPIFY)
    assert (done.returncode, "differing 0" in done.stdout) == (0, True)
