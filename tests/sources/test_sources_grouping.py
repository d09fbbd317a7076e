"""Grouping: which rows are one order, and which orders cannot be trusted."""

from __future__ import annotations

from typing import Any

import pytest

from importer.errors import SourceError
from importer.model import SourceOrder, SourceRow, SourceSpec
from importer.sources import group
from importer.sources.grouping import TWICE

COLUMNS = ("Name", "Item")
SPEC = SourceSpec("csv", "Name", clean=("trim", "leading-apostrophe"), blank=("", "-"))


def orders(*cells: list[str], spec: SourceSpec = SPEC) -> list[SourceOrder]:
    rows = [SourceRow("orders.csv", line, list(row)) for line, row in enumerate(cells, 2)]
    return list(group(rows, spec, COLUMNS))


def from_json(*objects: dict[str, Any], order: str = "id") -> list[SourceOrder]:
    rows = [SourceRow("orders.json", line, value) for line, value in enumerate(objects, 1)]
    return list(group(rows, SourceSpec("json", order, clean=("trim",)), None))


def problems(found: list[SourceOrder]) -> list[tuple[str, str, str]]:
    return [(order.source_id, problem.code, problem.origin) for order in found for problem in order.problems]


def test_adjacent_rows_with_one_key_are_one_order() -> None:
    """Keys are compared after cleaning; the cells stay as they were."""
    found = orders(["#1", "a"], [" #1", "b"], ["'#1", "c"], ["#2", "d"])
    assert [(order.source_id, len(order.rows)) for order in found] == [("#1", 3), ("#2", 1)]
    assert found[0].rows[1].cells == [" #1", "b"]
    assert problems(found) == []


def test_cleanings_have_one_order() -> None:
    """A key is trimmed, then loses the apostrophe, then the quotes, however the mapping lists them."""
    found = orders(
        [' \'"1" ', "a"], ["1", "b"], spec=SourceSpec("csv", "Name", clean=("quotes", "leading-apostrophe", "trim"))
    )
    assert [order.source_id for order in found] == ["1"]


def test_a_blank_key_belongs_to_no_order() -> None:
    """Rows without an order id are not given to a neighbour; what the mapping calls blank is blank here too."""
    found = orders(["#1", "a"], ["", "b"], ["-", "c"], ["#2", "d"])
    assert [order.source_id for order in found] == ["#1", "", "#2"]
    assert problems(found) == [("", "no-order-id", "orders.csv:3")]


def test_a_rounded_key_is_a_problem_and_not_a_value() -> None:
    """An id that a spreadsheet rounded may stand for many orders."""
    found = orders(["5.27762E+12", "a"], ["9,23E+11", "a"], ["1E10", "a"])
    assert [code for _, code, _ in problems(found)] == ["rounded-id", "rounded-id"]
    assert "Excel" in found[0].problems[0].message


def test_a_key_that_comes_again_is_split() -> None:
    """The later rows are an order of their own, with a Problem that names both lines."""
    found = orders(["#1", "a"], ["#2", "b"], ["#1", "c"])
    assert problems(found) == [("#1", "split-order", "orders.csv:4")]
    assert "from orders.csv:2 and" in found[2].problems[0].message


def test_a_row_of_another_width_is_a_problem_of_its_order() -> None:
    """A shifted or cut row is never padded in silence."""
    found = orders(["#1", "a"], ["#1"], ["#2", "b", "surplus"], ["#3", "c"])
    assert problems(found) == [("#1", "row-width", "orders.csv:3"), ("#2", "row-width", "orders.csv:4")]
    assert "the row at line 3 has 1 cells under a header of 2" in found[0].problems[0].message


def test_rows_without_end_are_no_order() -> None:
    """Thousands of rows with one key mean a wrong column: they are refused before they fill the memory."""
    with pytest.raises(SourceError, match=r"orders\.csv:2: more than 5000 rows .* have one 'Name'"):
        orders(*[["", "a"]] * 5_001)
    assert len(orders(*[["#1", "a"]] * 5_000)) == 1


def test_a_row_that_is_too_short_for_the_key_has_none() -> None:
    """A cut row without its key column is an order without an id."""
    found = list(group([SourceRow("o.csv", 2, ["x"])], SourceSpec("csv", "Item"), COLUMNS))
    assert [problem.code for problem in found[0].problems] == ["no-order-id", "row-width"]


def test_each_json_object_is_an_order() -> None:
    """A key may be text or a whole number; the same id twice is a duplicate even when adjacent."""
    found = from_json({"id": 1}, {"id": " 2 "}, {"id": "1"})  # another content: a number there, a text here
    assert [order.source_id for order in found] == ["1", "2", "1"]
    assert problems(found) == [("1", "duplicate-order", "orders.json:3")]


def test_the_same_object_twice_is_one_order() -> None:
    """Pages that were joined into one file overlap as files do: the second is left out with the reason."""
    found = from_json({"id": 1, "total": "5"}, {"id": 1, "total": "5"}, {"id": 1, "total": "6"})
    assert [order.skipped for order in found] == ["", TWICE, ""]
    assert problems(found) == [("1", "duplicate-order", "orders.json:3")]


def test_a_json_key_that_is_no_number_of_an_order_is_none() -> None:
    """null, true, a list, an absent key: no id."""
    found = from_json({"id": None}, {"id": True}, {"id": []}, {})
    assert [code for _, code, _ in problems(found)] == ["no-order-id"] * 4


def test_a_json_key_is_a_dotted_path() -> None:
    """The id may lie inside an object."""
    assert [order.source_id for order in from_json({"meta": {"number": "7"}}, order="meta.number")] == ["7"]


def test_one_order_is_read_at_a_time() -> None:
    """The next row is not touched before it is needed: memory does not grow with the file."""
    taken: list[int] = []

    def rows() -> Any:
        for line in range(2, 8):
            taken.append(line)
            yield SourceRow("orders.csv", line, [f"#{line}", ""])

    next(group(rows(), SPEC, COLUMNS))
    assert taken == [2, 3]
