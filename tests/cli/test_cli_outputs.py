"""What a command writes never replaces what it reads: no output option takes an export, a mapping or a ledger."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
SANDBOX = ("--store", "sandbox")


def importer(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a folder of its own."""
    command = [sys.executable, "-m", "importer", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, check=False, timeout=60)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export, a mapping over the shipped one, a ledger of two orders, and links to both."""
    folder = tmp_path_factory.mktemp("migrated")
    shutil.copy(SHOPIFY, folder / "orders.csv")
    shutil.copy(SHOPIFY, folder / "rejects.csv")
    (folder / "mine.yml").write_text("extends: shopify-csv\nmapping: mine\n", encoding="utf-8")
    done = importer(
        "run",
        "orders.csv",
        "-m",
        "mine.yml",
        "--ledger",
        "l.db",
        "--limit",
        "2",
        "--log",
        "calls.jsonl",
        *SANDBOX,
        cwd=folder,
    )
    assert (folder / "l.db").read_bytes().startswith(b"SQLite format 3"), done.stderr
    shutil.copy(folder / "l.db", folder / "other.db")
    (folder / "link.csv").symlink_to("orders.csv")
    return folder


MAP = ("map", "orders.csv", "-m", "mine.yml")
VALIDATE = ("validate", "orders.csv", "-m", "mine.yml")
RUN = ("run", "orders.csv", "-m", "mine.yml", "--ledger", "l.db", *SANDBOX)
VERIFY = ("verify", "orders.csv", "-m", "mine.yml", "--ledger", "l.db", *SANDBOX)

OVERWRITING = {
    "map over its export": (*MAP, "-o", "orders.csv"),
    "map over its export by a link": (*MAP, "-o", "link.csv"),
    "map over its mapping": (*MAP, "-o", "mine.yml"),
    "map over the lines of its export": (
        "map",
        "orders.csv",
        "--with",
        "rejects.csv",
        "-m",
        "mine.yml",
        "-o",
        "rejects.csv",
    ),
    "map over a ledger": (*MAP, "-o", "other.db"),
    "init over its export": ("init", "orders.csv", "-o", "orders.csv", "--force"),
    "ids over its ledger": ("ids", "--ledger", "l.db", "--html", "l.db"),
    "ids over its ledger's journal": ("ids", "--ledger", "sqlite:///l.db", "--html", "l.db-wal"),
    "ids over another ledger": ("ids", "--ledger", "l.db", "--html", "other.db"),
    "verify over its ledger": (*VERIFY, "--list", "l.db"),
    "verify over its export": (*VERIFY, "--list", "orders.csv"),
    "validate over its mapping": (*VALIDATE, "--overlay", "mine.yml"),
    "validate over its export by a report": ("validate", "rejects.csv", "-m", "mine.yml", "--report", "."),
    "verify over its export by a report": (
        "verify",
        "rejects.csv",
        "-m",
        "mine.yml",
        "--ledger",
        "l.db",
        *SANDBOX,
        "--report",
        ".",
    ),
    "run over its export by a report": (
        "run",
        "rejects.csv",
        "-m",
        "mine.yml",
        "--ledger",
        "l.db",
        *SANDBOX,
        "--report",
        ".",
    ),
    "run with its export as log": (*RUN, "--log", "orders.csv"),
    "run with its ledger as log": (*RUN, "--log", "l.db"),
    "run with a page of text as log": (*RUN, "--log", "rejects.csv"),
    "run with the rehearsal's store as log": (*RUN, "--log", "l.db.sandbox"),
    "snapshot over a ledger": ("snapshot", "--into", "other.db", *SANDBOX),
    "snapshot over an export": ("snapshot", "--into", "orders.csv", *SANDBOX),
}


@pytest.mark.parametrize("case", OVERWRITING)
def test_no_output_replaces_an_input(case: str, migrated: Path) -> None:
    """Exit 2 and one sentence, and every file is as it was."""
    before = {file.name: file.read_bytes() for file in migrated.iterdir()}
    done = importer(*OVERWRITING[case], cwd=migrated)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert {name: (migrated / name).read_bytes() for name in before} == before


def test_a_report_replaces_no_database(tmp_path: Path, migrated: Path) -> None:
    """`report --into` a folder where a ledger has a file's name is refused before anything is written."""
    (tmp_path / "rep").mkdir()
    shutil.copy(migrated / "other.db", tmp_path / "rep" / "answers.csv")
    shutil.copy(migrated / "other.db", tmp_path / "l.db")
    done = importer("report", "--ledger", "l.db", "--into", "rep", cwd=tmp_path)
    assert done.returncode == 2
    assert [file.name for file in (tmp_path / "rep").iterdir()] == ["answers.csv"]


def test_a_log_goes_on(migrated: Path) -> None:
    """A second run appends to the log of the first."""
    before = (migrated / "calls.jsonl").read_text(encoding="utf-8")
    done = importer(*RUN, "--limit", "1", "--log", "calls.jsonl", cwd=migrated)
    lines = (migrated / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    assert done.returncode in (0, 1), done.stderr
    assert len(lines) > len(before.splitlines()) > 0
    assert all("at" in json.loads(line) for line in lines)


@pytest.mark.parametrize("command", [("init", "orders.csv", "-o"), ("ids", "--ledger", "l.db", "--html"), (*MAP, "-o")])
def test_a_place_that_cannot_be_written_is_told(command: tuple[str, ...], migrated: Path) -> None:
    """In one line with the option; nothing is left."""
    before = sorted(migrated.iterdir())
    done = importer(*command, "nowhere/out", cwd=migrated)
    assert done.returncode == 2
    assert "nowhere/out: cannot be written: No such file or directory; choose another --" in done.stderr
    assert sorted(migrated.iterdir()) == before


def test_an_output_is_written_again(tmp_path: Path) -> None:
    """What an earlier command wrote may be written over."""
    shutil.copy(SHOPIFY, tmp_path / "orders.csv")
    codes = [importer("map", "orders.csv", "-o", "bodies.jsonl", cwd=tmp_path).returncode for _ in range(2)]
    assert codes == [1, 1]
