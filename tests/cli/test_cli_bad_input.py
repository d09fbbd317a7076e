"""A user's mistake gives one message that says what to do, the right exit code, no traceback, and no files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
WOOCOMMERCE = ROOT / "samples" / "woocommerce-json" / "orders.json"


def importer(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a folder of its own."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("BIGCOMMERCE_")}
    command = [sys.executable, "-m", "importer", *map(str, arguments)]
    environ = {**plain, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environ, check=False, timeout=60)


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


EXPORTS = {
    "missing file": (None, "no such file"),
    "empty file": (b"", "is empty"),
    "wrong platform": (b"Date,Amount\n2024-01-01,3\n", "fits no mapping"),
    "broken JSON": (WOOCOMMERCE.read_bytes()[:20_000], "broken JSON at byte 20000"),
    "unclosed quote": (SHOPIFY.read_bytes().split(b"\n", 1)[0] + b'\n#9,"paid\n', "is never closed"),
}


@pytest.mark.parametrize("case", EXPORTS)
def test_unusable_export_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    """`map -o` of an export that cannot be read exits 2 with one line that says why, and leaves no file behind."""
    content, reason = EXPORTS[case]
    export = tmp_path / "orders.export"
    if content is not None:
        write(export, content)
    done = importer("map", export, "-o", "bodies.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert [path.name for path in tmp_path.iterdir() if path != export] == []


def test_broken_export_leaves_no_half_written_output(tmp_path: Path) -> None:
    """`map -o` that fails in the middle of a file leaves neither the output nor a temporary file."""
    lines = SHOPIFY.read_bytes().split(b"\n")[:40]
    export = write(tmp_path / "orders.csv", b"\n".join(lines) + b'\n#9,"never closed\n')
    done = importer("map", export, "-m", "shopify-csv", "-o", "bodies.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv"]


def test_run_without_credentials_says_which_variable(tmp_path: Path) -> None:
    """`run` without a token exits 2, names the variable, and makes no ledger."""
    done = importer("run", SHOPIFY, "--ledger", "l.db", "--store", "abc123", cwd=tmp_path)
    assert done.returncode == 2
    assert "BIGCOMMERCE_ACCESS_TOKEN" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ledger_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """`run` with a ledger that cannot be made exits 2 and says so before the export is read."""
    done = importer("run", SHOPIFY, "--ledger", "no/such/l.db", "--store", "sandbox", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "ledger no/such/l.db" in done.stderr


def test_ledger_of_another_store_is_refused(tmp_path: Path) -> None:
    """A ledger that was bound to the sandbox cannot be used for another store."""
    assert importer("run", SHOPIFY, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path).returncode == 1
    done = importer("run", SHOPIFY, "--ledger", "l.db", "--store", "abc", cwd=tmp_path, BIGCOMMERCE_ACCESS_TOKEN="t")  # noqa: S106 - no store ever sees it
    assert done.returncode == 2
    assert "belongs to store" in done.stderr


def test_second_run_posts_nothing(tmp_path: Path) -> None:
    """The same command again sends no order: each of them is in the ledger."""
    first = importer("run", SHOPIFY, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path)
    again = importer("run", SHOPIFY, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path)
    assert "posted            50" in first.stdout
    assert "posted             0" in again.stdout
    assert "skipped           50" in again.stdout


def test_undecided_value_is_a_no_go(tmp_path: Path) -> None:
    """An export with a status that no table knows is not sent: exit 1, nothing posted, no store started."""
    done = importer("run", WOOCOMMERCE, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path)
    assert done.returncode == 1
    assert "no-go, nothing was sent" in done.stderr
    assert "lost-in-transit" in done.stderr
    assert not (tmp_path / "l.db.sandbox").exists()


def test_unknown_shipped_mapping_suggests_the_close_one(tmp_path: Path) -> None:
    """A misspelt mapping name is refused with the name that was probably meant."""
    done = importer("check", "woocomerce-json", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'woocommerce-json'?" in done.stderr


def test_ids_lists_one_line_an_order(tmp_path: Path) -> None:
    """`ids` prints a header and one line for each order created."""
    importer("run", SHOPIFY, "--ledger", "l.db", "--store", "sandbox", cwd=tmp_path)
    lines = importer("ids", "--ledger", "l.db", cwd=tmp_path).stdout.splitlines()
    assert lines[0].startswith("source_id,order_id")
    assert len(lines) == 51
