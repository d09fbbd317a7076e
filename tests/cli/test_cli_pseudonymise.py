"""`--pseudonymise`: bodies of nobody, and a rehearsal with them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOPIFY = ROOT / "samples" / "shopify-csv" / "orders.csv"
KEY = "0123456789abcdef0123456789abcdef"
PRIVATE = {"billing_address", "shipping_addresses", "staff_notes", "customer_message", "ip_address"}
PERSONAL = (
    *("Email", "Billing Name", "Billing Address1", "Billing Company", "Billing Zip", "Billing Phone", "Billing City"),
    *("Shipping Name", "Shipping Address1", "Shipping Company", "Shipping Zip", "Shipping Phone", "Shipping City"),
)


def importer(*arguments: str | Path, cwd: Path, key: str = KEY) -> subprocess.CompletedProcess[str]:
    """Runs the command with the key in its environment."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("BIGCOMMERCE_", "IMPORTER_"))}
    return subprocess.run(
        [sys.executable, "-m", "importer", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**plain, "PYTHONPATH": str(ROOT), **({"IMPORTER_PSEUDONYM_KEY": key} if key else {})},
        check=False,
        timeout=120,
    )


def people() -> dict[str, set[str]]:
    """Order -> the personal values of the sample's rows, blanks and what every shop has left out."""
    with SHOPIFY.open(newline="", encoding="utf-8-sig") as file:
        found: dict[str, set[str]] = {}
        for row in csv.DictReader(file):
            values = {row[name].strip().lstrip("'") for name in PERSONAL}
            values -= {row[name] for name in ("Billing Province Name", "Shipping Province Name")}  # a state is kept
            found.setdefault(row["Name"], set()).update(value for value in values if len(value) > 3)
    return found


def said_of_people(line: dict[str, Any]) -> str:
    """What a line of `importer map` says of people: a zip may be an article's number as well, or a part of a sum."""
    order = line.get("order", {})
    told = [order.get(name) for name in sorted(PRIVATE)]
    return json.dumps([*told, line["problems"], line["substitutions"]], ensure_ascii=False)


def test_no_value_of_a_person_is_in_the_bodies(tmp_path: Path) -> None:
    """Not one name, street, town, zip, phone or e-mail of the export, in the lines of `importer map`."""
    done = importer("map", SHOPIFY, "--pseudonymise", cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    left = [
        (line["source_id"], value)
        for line in lines
        for value in people()[line["source_id"]]
        if value in said_of_people(line)
    ]
    assert left == []


def test_only_persons_change(tmp_path: Path) -> None:
    """Everything else of a body is as without pseudonyms: the money, the dates, the products, the verdict."""
    plain, made = (importer("map", SHOPIFY, *flags, cwd=tmp_path) for flags in ((), ("--pseudonymise",)))
    assert plain.returncode == made.returncode
    for one, other in zip(plain.stdout.splitlines(), made.stdout.splitlines(), strict=True):
        bodies = [json.loads(line).get("order", {}) for line in (one, other)]
        assert len({json.dumps({k: v for k, v in body.items() if k not in PRIVATE}) for body in bodies}) == 1
        assert bodies[0].keys() == bodies[1].keys()


def test_the_same_key_gives_the_same_bodies(tmp_path: Path) -> None:
    """From the environment or from a file; another key gives others."""
    (tmp_path / "key").write_text(f"{KEY}\n")
    one = importer("map", SHOPIFY, "--pseudonymise", cwd=tmp_path).stdout
    assert one == importer("map", SHOPIFY, "--pseudonymise", "--key-file", "key", cwd=tmp_path, key="").stdout
    assert one != importer("map", SHOPIFY, "--pseudonymise", cwd=tmp_path, key=KEY[::-1]).stdout


@pytest.mark.parametrize(
    ("flags", "key", "said"),
    [
        (("--pseudonymise",), "", "set IMPORTER_PSEUDONYM_KEY, or name a file with --key-file"),
        (("--pseudonymise",), "short", "fewer than 16 characters"),
        (("--pseudonymise", "--key-file", "nowhere"), "", "nowhere: cannot be read"),
        (("--pseudonymise", "--engine", "processes:2"), KEY, "in this process: without --watch and --engine"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, flags: tuple[str, ...], key: str, said: str) -> None:
    """Nothing is written where the key is missing or too short."""
    done = importer("map", SHOPIFY, *flags, cwd=tmp_path, key=key)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rehearsal_with_nobody_in_it_holds(tmp_path: Path) -> None:
    """run and verify with one key agree to the cent, and the store holds no e-mail of the export."""
    flags = ("--ledger", "a.db", "--store", "sandbox", "--pseudonymise")
    assert importer("run", SHOPIFY, *flags, cwd=tmp_path).returncode == 1  # the sample has two orders that stay behind
    held = importer("verify", SHOPIFY, *flags, "--lines", cwd=tmp_path)
    assert held.returncode == 0, held.stdout
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("a.db*"))
    emails = {value for values in people().values() for value in values if "@" in value}
    assert [email for email in emails if email.encode() in stored] == []
