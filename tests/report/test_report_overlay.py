"""The overlay that a person fills in."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
EXPORT = ROOT / "samples" / "woocommerce-json" / "orders.json"


def validate(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "importer", "validate", str(EXPORT), *map(str, arguments)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, check=False, timeout=60)


def test_filled_in_overlay_decides(tmp_path: Path) -> None:
    """The overlay as written leaves the value undecided; with a status filled in, the order is valid."""
    before = validate("-m", "woocommerce-json", "--overlay", "shop.yml", cwd=tmp_path)
    overlay = tmp_path / "shop.yml"
    unfilled = validate("-m", "shop.yml", cwd=tmp_path)
    text = overlay.read_text(encoding="utf-8")
    assert '"sent":   # 1 orders, the first WW-2023-0039' in text
    overlay.write_text(text.replace('"sent":', '"sent": 3'), encoding="utf-8")
    filled = validate("-m", "shop.yml", cwd=tmp_path)
    assert "valid 47   refused 2" in before.stdout
    assert "Undecided: table 'status' has no row" in unfilled.stdout
    assert "valid 48   refused 1" in filled.stdout
    assert "Undecided" not in filled.stdout


def test_export_without_undecided_values_gets_no_overlay(tmp_path: Path) -> None:
    """Nothing to decide, nothing to fill in: no file is written."""
    command = [sys.executable, "-m", "importer", "validate", str(ROOT / "samples" / "shopify-csv" / "orders.csv")]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [*command, "--overlay", "shop.yml"], cwd=tmp_path, env=environ, check=False, timeout=60, capture_output=True
    )
    assert not (tmp_path / "shop.yml").exists()
