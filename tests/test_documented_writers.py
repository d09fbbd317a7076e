"""The documented commands that write into a checkout: run in a copy of this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this one, without what is made in it."""
    made = shutil.ignore_patterns(".venv", ".git", ".*_cache", "__pycache__", ".hypothesis", "*.egg-info")
    return shutil.copytree(ROOT, tmp_path / "checkout", ignore=made)


@pytest.fixture
def chromium() -> None:
    """Debian's chromium; without it the test is skipped, with CI=true it fails."""
    if not CHROMIUM.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")


def run(checkout: Path, *command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_make_format_formats(checkout: Path) -> None:
    """A module written carelessly is as `make check` wants it afterwards."""
    careless = checkout / "importer" / "careless.py"
    careless.write_text('"""One number."""\nx   =  1\n', encoding="utf-8")
    run(checkout, "make", "format", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/test.stamp")
    assert careless.read_text(encoding="utf-8") == '"""One number."""\n\nx = 1\n'


@pytest.mark.usefixtures("chromium")
def test_picture_is_taken(checkout: Path) -> None:
    """The README's picture is made anew, as a PNG of the size that it has."""
    picture = checkout / "docs" / "report.png"
    picture.unlink()
    run(checkout, sys.executable, "docs/picture.py")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_references_are_written(checkout: Path) -> None:
    """`python docs/generate.py` writes a reference that was lost, as it was."""
    lost = checkout / "docs" / "reference" / "verbs.md"
    lost.unlink()
    run(checkout, sys.executable, "docs/generate.py")
    assert lost.read_text(encoding="utf-8") == (ROOT / "docs" / "reference" / "verbs.md").read_text(encoding="utf-8")
