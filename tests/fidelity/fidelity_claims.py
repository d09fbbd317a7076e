"""What a mapping keeps of an export: held against readers of the sources that share no code with the importer.

Each `test_fidelity_*.py` reads its platform's file with the standard library alone and states, order by order, what it
holds; `hold` compares that with what the `importer` command gives.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT.parent / "shared" / "exports"


@dataclass(frozen=True, slots=True)
class Truth:
    """One order as its source has it. `well_formed`: it has lines, its total adds up, its date has a known zone."""

    total: Decimal
    currency: str
    instant: datetime
    quantities: list[Decimal]
    well_formed: bool = True


def sample(mapping: str) -> Path:
    """The shipped sample of a mapping."""
    return next(iter(sorted((ROOT / "samples" / mapping).glob("orders.*"))))


def exports(*patterns: str) -> list[Any]:
    """The real exports that lie beside the checkout, as parameters of a test; none where there are none."""
    return [pytest.param(file, id=file.name) for pattern in patterns for file in sorted(EXPORTS.glob(pattern))]


def rows_of(file: Path, encoding: str = "utf-8-sig", delimiter: str = ",", **layout: Any) -> list[dict[str, str]]:
    """The rows of a CSV file under its first row that is not blank."""
    records = csv.reader(io.StringIO(file.read_text(encoding=encoding), newline=""), delimiter=delimiter, **layout)
    filled = [cells for cells in records if any(cell.strip() for cell in cells)]
    return [dict(zip(filled[0], cells, strict=False)) for cells in filled[1:]]


def grouped(rows: list[dict[str, str]], key: str) -> dict[str, list[dict[str, str]]]:
    """The rows of each order."""
    orders = defaultdict(list)
    for row in rows:
        orders[row[key].strip()].append(row)
    return dict(orders)


def amount(text: str | None) -> Decimal:
    """A plain amount; a blank is nothing."""
    return Decimal(text.strip() or 0) if text else Decimal(0)


def local(text: str, *formats: str) -> datetime:
    """A time that names no zone, in UTC, which the shipped mappings declare until a store's overlay names its own."""
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(text)


def lines_of(file: Path, mapping: str, *options: str) -> list[dict[str, Any]]:
    """What `importer map` gives, line by line."""
    command = [sys.executable, "-m", "importer", "map", str(file), "-m", mapping, *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def refusal_of(file: Path, *arguments: str) -> str:
    """What the command says of a file that it does not take: one message, no output, exit code 2."""
    command = [sys.executable, "-m", "importer", "map", str(file), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def hold(file: Path, mapping: str, truths: dict[str, Truth], *options: str) -> list[dict[str, Any]]:
    """Every order arrives as it was, or is refused or skipped with a reason; every well-formed one arrives."""
    lines = lines_of(file, mapping, *options)
    assert sorted(line["source_id"] for line in lines) == sorted(truths)
    bodies = {line["source_id"]: line["order"] for line in lines if "order" in line and not line["problems"]}
    for line in lines:
        assert "order" in line or line["problems"] or line.get("skipped"), line["source_id"]
        skipped_well = not line.get("skipped") or not truths[line["source_id"]].well_formed
        assert skipped_well, (line["source_id"], line.get("skipped"))
    lost = {line["source_id"]: line["problems"] for line in lines if line["problems"]}
    assert {key: why for key, why in lost.items() if truths[key].well_formed} == {}
    for key, body in bodies.items():
        assert_same(key, body, truths[key])
    assert_same_sums(bodies, truths)
    return lines


def assert_same(key: str, body: dict[str, Any], truth: Truth) -> None:
    """One body has its order's total, instant and quantities; a fraction of a piece becomes one line of one."""
    assert Decimal(body["total_inc_tax"]) == truth.total, key
    assert parsedate_to_datetime(body["date_created"]) == truth.instant, key
    pieces = [quantity if quantity == int(quantity) else Decimal(1) for quantity in truth.quantities if quantity]
    assert sorted(product["quantity"] for product in body["products"]) == sorted(pieces), key


def assert_same_sums(bodies: dict[str, dict[str, Any]], truths: dict[str, Truth]) -> None:
    """Per currency, what arrives is what the source holds, to the cent."""
    arrived: dict[str, Decimal] = defaultdict(Decimal)
    stated: dict[str, Decimal] = defaultdict(Decimal)
    for key, body in bodies.items():
        arrived[truths[key].currency] += Decimal(body["total_inc_tax"])
        stated[truths[key].currency] += truths[key].total
    assert arrived == stated
