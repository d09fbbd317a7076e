"""Rows of one order that lie apart are one order, where the mapping says that they may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model import SourceOrder, SourceSpec
from importer.sources import ExportFiles, open_export
from importer.sources.cuts import parts_of
from importer.sources.keys import ROW_LIMIT

SPEC = SourceSpec("csv", "Name", clean=("trim",), adjacent=False)


def read(folder: Path, *files: str, spec: SourceSpec = SPEC) -> list[SourceOrder]:
    paths = [folder / f"{number}.csv" for number in range(len(files))]
    for path, rows in zip(paths, files, strict=True):
        path.write_text("Name,Item\n" + "".join(f"{row}\n" for row in rows.split()), encoding="utf-8")
    with open_export(ExportFiles(tuple(paths)), spec) as export:
        return list(export.orders())


def shape(orders: list[SourceOrder]) -> list[tuple[str, str]]:
    return [(order.source_id, "".join(row.cells[1] for row in order.rows)) for order in orders]


def codes(orders: list[SourceOrder]) -> list[str]:
    return [problem.code for order in orders for problem in order.problems]


def test_rows_that_lie_apart_are_one_order_where_its_last_row_stands(tmp_path: Path) -> None:
    """The lines keep the file's order; whatever is whole is given where it stands."""
    found = read(tmp_path, "1,a 2,b 1,c 3,d 2,e 2,f 1,g")
    assert shape(found) == [("3", "d"), ("2", "bef"), ("1", "acg")]
    assert codes(found) == []


def test_without_the_declaration_the_split_is_refused(tmp_path: Path) -> None:
    """Rows are taken for adjacent unless the mapping says that they are not, and the message says how."""
    found = read(tmp_path, "1,a 2,b 1,c", spec=replace(SPEC, adjacent=True))
    assert codes(found) == ["split-order"]
    assert "adjacent: false" in found[2].problems[0].message


def test_the_same_rows_twice_are_refused(tmp_path: Path) -> None:
    """Nothing tells an order that was exported twice from one with two lines alike, so a person does."""
    found = read(tmp_path, "1,a 2,b 1,a")
    assert codes(found) == ["duplicate-order"]
    assert "line 2" in found[1].problems[0].message


def test_files_that_overlap_are_told_as_ever(tmp_path: Path) -> None:
    """An order that the next file repeats is skipped, one that goes on there is refused: files are not merged."""
    found = read(tmp_path, "1,a 2,b 1,c 3,d", "5,h 3,d 2,g")
    assert shape(found) == [("2", "b"), ("1", "ac"), ("3", "d"), ("5", "h"), ("3", "d"), ("2", "g")]
    assert [bool(order.skipped) for order in found] == [False, False, False, False, True, False]
    assert codes(found) == ["split-order"]


def test_such_an_export_is_not_cut_into_parts(tmp_path: Path) -> None:
    """An order's rows may be in two parts, so an engine of many processes reads the whole in one."""
    (tmp_path / "orders.csv").write_text("Name,Item\n1,a\n2,b\n1,c\n", encoding="utf-8")
    files = ExportFiles((tmp_path / "orders.csv",))
    assert parts_of(files, SPEC, ("Name", "Item"), 1) is None
    assert parts_of(files, replace(SPEC, adjacent=True), ("Name", "Item"), 1) is not None


def test_rows_without_a_number_belong_to_no_order(tmp_path: Path) -> None:
    """They are refused one by one, not gathered into one order."""
    assert codes(read(tmp_path, "1,a ,b 1,c ,d")) == ["no-order-id", "no-order-id"]


def test_an_order_of_endless_rows_is_no_order(tmp_path: Path) -> None:
    """A wrong order column has a few values in every row: that is told before memory is full of them."""
    rows = " ".join(f"{number % 2},x{number}" for number in range(2 * ROW_LIMIT + 2))
    with pytest.raises(SourceError, match="wrong column"):
        read(tmp_path, rows)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_no_row_is_lost_whatever_the_order_of_rows(tmp_path_factory: pytest.TempPathFactory, keys: list[int]) -> None:
    """Every row is in the one order of its number."""
    rows = " ".join(f"{key},i{number}-" for number, key in enumerate(keys))
    found = shape(read(tmp_path_factory.mktemp("apart"), rows))
    wanted = {str(key): "".join(f"i{number}-" for number, one in enumerate(keys) if one == key) for key in keys}
    assert dict(found) == wanted
    assert len(found) == len(wanted)
