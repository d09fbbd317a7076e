"""No text of an export commands the terminal: people are shown its control characters, data keep them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "samples" / "generic-csv" / "orders.csv"
HOSTILE = "X\x1b[2J\x9b31m\x07\x7f"
SHOWN = "X\\x1b[2J\\x9b31m\\x07\\x7f"


def importer(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Runs the real command in a folder of its own."""
    command = [sys.executable, "-m", "importer", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, cwd=cwd, env=environ, check=False, timeout=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of three orders: a name that rings, a currency that is none, a status that clears the screen."""
    folder = tmp_path_factory.mktemp("escapes")
    header, first, second, third = SAMPLE.read_text(encoding="utf-8").splitlines()[:4]
    number = [row.split(",", 1)[0] for row in (first, second, third)]
    first = first.replace(number[0], HOSTILE).replace("Thea Jansen", HOSTILE)
    second = second.replace("EUR", HOSTILE)
    third = third.replace("completed", HOSTILE, 1)
    rows = [f"{header},{HOSTILE}", f"{first},1", f"{second},1", f"{third},1"]
    (folder / "orders.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "newer.csv").write_text("\n".join(rows).replace("Hammer", HOSTILE) + "\n", encoding="utf-8")
    run = ("run", "orders.csv", "-m", "generic-csv", "--ledger", "l.db", "--store", "sandbox", "--max-refused", "100")
    done = importer(*run, cwd=folder)
    (folder / "run.txt").write_bytes(done.stdout + done.stderr)
    return folder


FOR_PEOPLE = {
    "validate": ("validate", "orders.csv", "-m", "generic-csv"),
    "explain": ("explain", "orders.csv", "--order", HOSTILE, "-m", "generic-csv"),
    "explain of no order": ("explain", "orders.csv", "--order", f"{HOSTILE}?", "-m", "generic-csv"),
    "check": ("check", "generic-csv", "orders.csv"),
    "diff": ("diff", "orders.csv", "newer.csv", "-m", "generic-csv"),
    "a mapping that is not there": ("validate", "orders.csv", "-m", HOSTILE),
    "verify": ("verify", "newer.csv", "-m", "generic-csv", "--ledger", "l.db", "--store", "sandbox", "--lines"),
    "validate with a ledger": ("validate", "newer.csv", "-m", "generic-csv", "--ledger", "l.db"),
    "run again": (
        "run",
        "newer.csv",
        "-m",
        "generic-csv",
        "--ledger",
        "l.db",
        "--store",
        "sandbox",
        "--only",
        HOSTILE + "?",
    ),
}


@pytest.mark.parametrize("case", FOR_PEOPLE)
def test_people_are_shown_control_characters(case: str, folder: Path) -> None:
    """What a verb prints holds the escapes of the export's texts, and no control character."""
    done = importer(*FOR_PEOPLE[case], cwd=folder)
    told = (done.stdout + done.stderr).decode()
    assert "Traceback" not in told
    assert controls(told) == set()
    assert "\\x1b[2J" in told, told


def test_a_run_shows_them_too(folder: Path) -> None:
    """So does `run`."""
    told = (folder / "run.txt").read_text(encoding="utf-8")
    assert controls(told) == set()
    assert "\\x1b[2J" in told, told


def test_data_keep_them(folder: Path) -> None:
    """`map` gives the cell as it is."""
    lines = importer("map", "orders.csv", "-m", "generic-csv", cwd=folder).stdout.decode().splitlines()
    assert json.loads(lines[0])["source_id"] == HOSTILE


def controls(text: str) -> set[str]:
    """The control characters of a text, but newlines and tabs."""
    return {one for one in text if (ord(one) < 0x20 and one not in "\n\t") or 0x7F <= ord(one) < 0xA0}
