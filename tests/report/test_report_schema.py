"""report.json and fields.json keep their schemas, for every shipped sample."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from report_orders import refused, replaced, skipped, told_of, undecided, valid

from importer.schema import explainer, load_schema

ROOT = Path(__file__).parent.parent.parent
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("*/expected.jsonl"))


def breaches(told: object, schema: str = "report") -> list[tuple[object, str]]:
    return [(breach.path, breach.keyword) for breach in explainer(load_schema(schema))(told)]


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_report_of_a_sample_keeps_the_schema(folder: Path, tmp_path: Path) -> None:
    """`validate --report --json` prints what report.json holds; that and fields.json keep their schemas."""
    words = [word for items in sorted(folder.glob("items.*")) for word in ("--with", str(items))]
    command = [sys.executable, "-m", "importer", "validate", str(next(folder.glob("orders.*"))), *words]
    command += ["-m", folder.name, "--json", "--report", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, timeout=60)
    assert done.stdout == (tmp_path / "report.json").read_bytes(), done.stderr
    assert breaches(json.loads(done.stdout)) == []
    fields = json.loads((tmp_path / "fields.json").read_text(encoding="utf-8"))
    assert fields["source"]
    assert breaches(fields, "fields") == []


def test_schema_knows_every_part() -> None:
    """A report with every kind of entry keeps the schema; one with a key more, or a number as an amount, does not."""
    told = told_of(valid(1), refused(2), skipped(3), undecided(4, "odd"), replaced(5, "a"), reasons=["why"], a="0.01")
    assert breaches(told) == []
    assert breaches({**told, "more": 1}) == [((), "additionalProperties")]
    told["money"][0]["source"] = 12.1
    assert breaches(told) == [(("money", 0, "source"), "type")]
