"""Every shipped sample maps to the bodies that were looked at and kept."""

import difflib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("*/expected.jsonl"))


def sample_file(folder: Path) -> Path:
    return next(file for file in sorted(folder.glob("orders.*")))


def mapped(folder: Path) -> str:
    arguments = [sys.executable, "-m", "importer", "map", str(sample_file(folder)), "-m", folder.name]
    arguments += [word for items in sorted(folder.glob("items.*")) for word in ("--with", str(items))]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def readable(lines: str) -> list[str]:
    return [text for line in lines.splitlines() for text in json.dumps(json.loads(line), indent=1).splitlines()]


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_sample_maps_to_its_expected_bodies(folder: Path) -> None:
    """The sample's bodies, problems and substitutions are the kept ones, byte for byte."""
    expected, found = (folder / "expected.jsonl").read_text(encoding="utf-8"), mapped(folder)
    if found != expected:
        difference = difflib.unified_diff(readable(expected), readable(found), "expected.jsonl", "mapped", lineterm="")
        pytest.fail("\n".join(list(difference)[:80]))


@pytest.mark.parametrize("mapping", sorted((ROOT / "mappings").glob("*.yml")), ids=lambda path: path.stem)
def test_every_shipped_mapping_has_a_sample(mapping: Path) -> None:
    """A mapping ships with an export that it maps, and with the bodies that come of it."""
    assert (ROOT / "samples" / mapping.stem / "expected.jsonl").is_file()
