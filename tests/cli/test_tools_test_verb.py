"""`importer test`: a mapping's own tests, their diff, and --update."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_tools_check import ROOT, importer

from importer.mapping import load_mapping
from importer.run.authoring.cases import run_cases

MAPPING = """\
source: {format: csv, order: No, detect: [No], dates: {format: iso, zone: UTC}}
money:
  currency: EUR
  lines: {unit: "{{ line['Price'] }}", quantity: "{{ line['Qty'] }}"}
  total: "{{ order['Total'] }}"
skip:
  - {when: "{{ order['State'] == 'draft' }}", because: a draft}
tables:
  status: {paid: 11}
body:
  date_created: "{{ order['Date'] | date }}"
  status_id: "{{ order['State'] | table('status') }}"
  billing_address: {zip: {value: "{{ order['Zip'] }}", otherwise: "00000", as: no-zip}}
  products: {each: line, name: "{{ line['Item'] }}"}
tests:
  - it: keeps the total          # a comment that stays
    rows:
      - {No: 1, Total: "5.00", Price: "2.50", Qty: 2, Item: Cup, Date: 2024-01-02, State: paid, Zip: "0157"}
    body: {total_inc_tax: "5.0000", billing_address: {zip: "0157"}, products: [{quantity: 2, price_inc_tax: 2.5}]}
  - it: leaves drafts out
    rows: [{No: 2, State: draft}]
    skipped: a draft
  - it: refuses what does not add up
    rows:
      - {No: 3, Total: "6.00", Price: "2.50", Qty: 2, Item: Cup, Date: 2024-01-02, State: paid}
    problems: [unbalanced]
  - it: tells a missing zip
    rows:
      - {No: 4, Total: "5.00", Price: "5.00", Qty: 1, Item: Cup, Date: 2024-01-02, State: paid}
    body:
      billing_address:
        zip: "00000"
        city: null
    substitutions: [{code: no-zip, to: "00000"}]
"""


def write(folder: Path, text: str = MAPPING) -> Path:
    path = folder / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_passing_tests_exit_0(tmp_path: Path) -> None:
    """Bodies, problems, substitutions and reasons that are as expected: each test is listed, exit code 0."""
    done = importer("test", write(tmp_path), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "4 tests, 0 failed"
    assert "ok    leaves drafts out" in done.stdout


CHANGED = {
    "a value": ('total_inc_tax: "5.0000"', 'total_inc_tax: "5.1000"', "- \"5.1000\"\n        + \"5.0000\""),
    "an item": ("quantity: 2,", "quantity: 3,", "body.products[0].quantity\n        - 3\n        + 2"),
    "a field too many": ("city: null", "city: Ghent", "address.city\n        - Ghent\n        + (nothing)"),
    "a reason": ("skipped: a draft", "skipped: a sketch", "skipped\n        - a sketch\n        + a draft"),
    "a problem": ("[unbalanced]", "[no-total]", "problems\n        - [no-total]\n        + [unbalanced"),
    "a substitution": ("code: no-zip", "code: no-town", "substitutions\n        - [{code: no-town"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGED)
def test_difference_is_shown_and_update_settles_it(case: str, tmp_path: Path) -> None:
    """What is not as expected is shown by its path, exit code 1; --update writes what was found, and nothing else."""
    old, new, shown = CHANGED[case]
    path = write(tmp_path, MAPPING.replace(old, new))
    done = importer("test", path, cwd=tmp_path)
    assert done.returncode == 1
    assert shown in done.stdout
    assert done.stdout.splitlines()[-1] == "4 tests, 1 failed"
    assert importer("test", path, "--update", cwd=tmp_path).returncode == 0
    assert importer("test", path, cwd=tmp_path).returncode == 0
    lines = zip(MAPPING.splitlines(), path.read_text(encoding="utf-8").splitlines(), strict=True)
    assert sum(was != now for was, now in lines) <= 1
    if case in ("a value", "an item", "a reason"):
        assert path.read_text(encoding="utf-8") == MAPPING


def test_update_fills_in_what_a_new_test_expects(tmp_path: Path) -> None:
    """A test that expects nothing fails; --update writes all that became of its order."""
    path = write(
        tmp_path, MAPPING[: MAPPING.index("    body: {total")] + "  - {it: a draft, rows: [{No: 5, State: draft}]}\n"
    )
    assert importer("test", path, cwd=tmp_path).returncode == 1
    importer("test", path, "--update", cwd=tmp_path)
    text = path.read_text(encoding="utf-8")
    assert '\n    body: {date_created: "Tue, 02 Jan 2024 00:00:00 +0000", status_id: 11, ' in text
    assert "  - {it: a draft, rows: [{No: 5, State: draft}], skipped: a draft}\n" in text
    assert importer("test", path, cwd=tmp_path).returncode == 0


def test_json_order_is_mapped(tmp_path: Path) -> None:
    """A test of a JSON mapping gives the order as an object."""
    text = MAPPING[: MAPPING.index("tests:")].replace(
        "format: csv, order: No, detect: [No]", "format: json, order: No, lines: rows"
    )
    text = text.replace("['", ".").replace("'] ", " ").replace(" == 'draft'", " == 'draft'")
    order = "{No: 1, Total: 5, State: paid, Date: 2024-01-02, Zip: X1, rows: [{Price: 2.5, Qty: 2, Item: Cup}]}"
    path = write(tmp_path, f"{text}tests:\n  - it: maps\n    order: {order}\n    body: {{total_inc_tax: '5.0000'}}\n")
    done = importer("test", path, cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 tests, 0 failed"), done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "mappings").glob("*.yml")), ids=lambda path: path.stem)
def test_tests_of_shipped_mappings_pass(path: Path) -> None:
    """What a shipped mapping says of itself holds."""
    outcomes = run_cases(load_mapping(path), datetime(2026, 1, 1, tzinfo=UTC))
    assert [(outcome.case.it, outcome.differences) for outcome in outcomes if outcome.differences] == []
