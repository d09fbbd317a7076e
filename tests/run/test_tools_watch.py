"""`map --watch`: what a save of the mapping changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from importer.mapping import load_mapping
from importer.run.authoring.watch import watch
from importer.sources import ExportFiles

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAPPING = """\
source: {format: csv, order: No, detect: [No], dates: {format: iso, zone: UTC}}
money:
  currency: EUR
  lines: {unit: "{{ line['Price'] }}", quantity: 1}
  total: "{{ order['Price'] }}"
tables: {status: {file: status.csv}}
body:
  date_created: "{{ order['Date'] | date }}"
  status_id: "{{ order['State'] | table('status') }}"
  billing_address: {country_iso2: BE, last_name: Peeters, zip: "9000", city: Ghent}
  products: {each: line, name: "{{ line['Item'] }}"}
  staff_notes: {template: notes.j2}
"""


Look = Callable[[], object]


def nothing() -> None:
    """No edit."""


def watched(folder: Path, *edits: Look) -> list[list[str]]:
    """What is shown when each edit is made between two looks at the files; the look after each finds nothing new."""
    return looked(folder, *(look for edit in edits for look in (edit, nothing)), nothing)


def looked(folder: Path, *looks: Look) -> list[list[str]]:
    """What is shown when these are done, one before each look."""
    (folder / "orders.csv").write_text(
        "No,Price,Date,State,Item\n1,5.00,2024-01-02,paid,Cup\n2,7.00,2024-01-03,paid,Tea\n3,8.00,2024-01-03,sent,Pot\n",
        encoding="utf-8",
    )
    (folder / "mine.yml").write_text(MAPPING, encoding="utf-8")
    (folder / "status.csv").write_text("word,id\npaid,11\nsent,2\n", encoding="utf-8")
    (folder / "notes.j2").write_text("From the old shop", encoding="utf-8")
    left = list(looks)

    def wait() -> bool:
        if not left:
            return False
        left.pop(0)()
        return True

    export = ExportFiles((folder / "orders.csv",))
    return list(watch(export, load_mapping(folder / "mine.yml"), 2, wait, lambda: NOW))


def replacing(path: Path, old: str, new: str) -> Look:
    return lambda: path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_save_shows_what_became_different(tmp_path: Path) -> None:
    """After a save, each value of the sample that is not what it was is shown, old and new; nothing without a save."""
    shown = watched(tmp_path, lambda: None, replacing(tmp_path / "mine.yml", "line['Item']", "'A ' ~ line['Item']"))
    assert shown[0][0].startswith("2 orders mapped, 0 with problems")
    assert shown[1] == [
        "2 of 2 orders changed, 0 with problems",
        "  1 products[0].name: 'Cup' -> 'A Cup'",
        "  2 products[0].name: 'Tea' -> 'A Tea'",
    ]
    assert len(shown) == 2


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    """An editor that empties the file first is no save of an empty mapping."""
    mine = tmp_path / "mine.yml"

    def emptied() -> None:
        mine.write_text("", encoding="utf-8")

    def written() -> None:
        mine.write_text(MAPPING.replace("line['Item']", "'A ' ~ line['Item']"), encoding="utf-8")

    shown = looked(tmp_path, emptied, written, nothing, nothing)
    assert [lines[0] for lines in shown[1:]] == ["2 of 2 orders changed, 0 with problems"]


def test_template_and_table_are_watched(tmp_path: Path) -> None:
    """A saved .j2 file and a saved table show their changes as the mapping's own file does."""
    notes = replacing(tmp_path / "notes.j2", "old shop", "old shop, no. {{ order['No'] }}")
    shown = watched(tmp_path, notes, replacing(tmp_path / "status.csv", "paid,11", "paid,10"))
    assert "  1 staff_notes: 'From the old shop' -> 'From the old shop, no. 1'" in shown[1]
    assert "  1 status_id: 11 -> 10" in shown[2]


def test_mistake_is_told_and_watching_goes_on(tmp_path: Path) -> None:
    """A save that breaks the mapping shows the mistakes; the save that mends it compares with what was before both."""
    path = tmp_path / "mine.yml"
    shown = watched(tmp_path, replacing(path, "| date }}", "| dat }}"), replacing(path, "| dat }}", "| date }}"))
    assert "unknown filter 'dat'; did you mean 'date'?" in shown[1][0]
    assert shown[2] == ["0 of 2 orders changed, 0 with problems"]


def test_new_problem_is_shown(tmp_path: Path) -> None:
    """An order that a save makes invalid shows its problem, and the body that is no more."""
    shown = watched(tmp_path, replacing(tmp_path / "status.csv", "paid,11\n", ""))
    assert shown[1][0] == "2 of 2 orders changed, 2 with problems"
    assert any("problems[0].code: (nothing) -> 'undecided'" in line for line in shown[1])
