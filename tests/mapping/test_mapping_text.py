"""Text stays text: whatever stands in a cell reaches the body as it stood."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mapping_lab import CSV_COLUMNS, CSV_ROW, csv_text, json_text, write

from importer.cleaning import cleaner, row_cleaner
from importer.mapping import load_mapping
from importer.model import SourceSpec
from importer.run.line import open_line

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRAPS = [
    "78751",
    "01234",
    "1E10",
    "NO",
    "12_000",
    "10.10",
    "None",
    " ",
    "true",
    "null",
    "-",
    "0",
    "'",
    "''",
    '"',
    "{{ x }}",
]
TRAPS += [
    "\u00a0",
    "=1+1",
    "#N/A",
    "1,5",
    "a\nb",
    "a\r\nb",
    "\ttab",
    "é",
    "e\u0301",
    "𝔘",
    "\u202e",
    "%s",
    "{0}",
    "\\n",
    "nan",
]
ONE_FILE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
FIELD = "  customer_message: \"{{ order['A'] }}\"\n  payment_method: \"[{{ order['A'] }}]\""


def through_a_csv_file(folder: Path, text: str) -> dict[str, Any]:
    """The body of an order in whose column A the text stands."""
    export = folder / "orders.csv"
    with export.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CSV_COLUMNS, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerow({**CSV_ROW, "A": text})
    with open_line(export, load_mapping(write(folder, csv_text(FIELD)))) as line:
        (mapped,) = line.orders(NOW)
    assert mapped.body is not None, mapped.problems
    return mapped.body


def through_a_json_file(folder: Path, text: str) -> dict[str, Any]:
    export = folder / "orders.json"
    line = {"name": "Mug", "price": "10.00", "quantity": 1}
    order = {"number": "1001", "total": "10.00", "items": [line], "a": text}
    export.write_text(json.dumps([order]), encoding="utf-8")
    field = '  customer_message: "{{ order.a }}"\n  payment_method: "[{{ order.a }}]"'
    with open_line(export, load_mapping(write(folder, json_text(field)))) as opened:
        (mapped,) = opened.orders(NOW)
    assert mapped.body is not None, mapped.problems
    return mapped.body


@pytest.mark.parametrize("text", TRAPS)
def test_a_cell_that_looks_like_something_else_stays_what_it_is(tmp_path: Path, text: str) -> None:
    """Post codes, exponents, country codes, formulas: text, unchanged, through a real file and the whole line."""
    body = through_a_csv_file(tmp_path, text)
    assert (body["customer_message"], body["payment_method"]) == (text, f"[{text}]")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=200))
@example("\x1f")
@example("\x1f'\x1f-")
@example("\ufeff")
@example("\x85\u2028\u2029\x1c\x0b\x0c")
@ONE_FILE
def test_any_text_in_a_cell_reaches_the_body(tmp_path: Path, text: str) -> None:
    """Every character that a CSV file can hold."""
    body = through_a_csv_file(tmp_path, text)
    assert (body["customer_message"], body["payment_method"]) == (text, f"[{text}]")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
@ONE_FILE
def test_any_text_in_json_reaches_the_body(tmp_path: Path, text: str) -> None:
    """Every character that JSON can hold."""
    body = through_a_json_file(tmp_path, text)
    assert (body["customer_message"], body["payment_method"]) == (text, f"[{text}]")


CELLS = st.text(st.sampled_from("ab '\"-\x1f \t"), max_size=6)
CLEANINGS = st.lists(st.sampled_from(["trim", "leading-apostrophe", "quotes"]), unique=True, max_size=3)


@given(
    st.lists(CELLS, min_size=1, max_size=6), CLEANINGS, st.sampled_from([("",), ("", "-"), ("-", " ", "'"), ('""', "")])
)
@example(['\'"a"'], ["leading-apostrophe", "quotes"], ("",))
@settings(max_examples=1000)
def test_a_row_is_cleaned_as_its_cells_are(cells: list[str], steps: list[str], blank: tuple[str, ...]) -> None:
    """The quick way over a whole row gives what cleaning cell by cell gives, whatever is in them."""
    source = SourceSpec(format="csv", order="Id", clean=tuple(steps), blank=blank)
    assert row_cleaner(source)(tuple(cells)) == list(map(cleaner(source), cells))


@pytest.mark.parametrize(
    ("steps", "blank", "cell", "cleaned"),
    [
        (("trim",), ("",), "  a b ", "a b"),
        (("leading-apostrophe",), ("",), "'0123", "0123"),
        (("leading-apostrophe",), ("",), "''0123", "'0123"),
        (("quotes",), ("",), '"0123"', "0123"),
        (("quotes",), ("",), '"', '"'),
        (("trim", "leading-apostrophe", "quotes"), ("",), ' \'"0123" ', "0123"),
        ((), ("", "-", "N/A"), "N/A", ""),
        (("trim",), ("", "-"), " - ", ""),
        ((), ("", "-"), " - ", " - "),
        ((), ("",), " a ", " a "),
    ],
)
def test_a_cell_is_cleaned_as_declared(steps: tuple[str, ...], blank: tuple[str, ...], cell: str, cleaned: str) -> None:
    """Only what the mapping declares is taken off, in this order: trim, apostrophe, quotes, blank."""
    assert cleaner(SourceSpec(format="csv", order="Id", clean=steps, blank=blank))(cell) == cleaned
