"""Joins: orders in one export, their lines in another."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from importer.errors import SourceError, UsageError
from importer.model import SourceOrder, SourceSpec
from importer.sources import Export, ExportFiles, open_export
from importer.sources.grouping import TWICE

ITEMS = SourceSpec("csv", "Order ID", detect=("Item",), clean=("leading-apostrophe",), called="Items2024.csv")
SPEC = replace(ITEMS, order="ID", detect=("Total",), items=ITEMS, called="")
ORDERS = "ID,Total\n1,10\n2,20\n3,30\n"


def files(folder: Path, orders: str, *items: str, suffix: str = "csv") -> ExportFiles:
    (folder / f"orders.{suffix}").write_text(orders)
    for number, item in enumerate(items, 1):
        (folder / f"items{number}.{suffix}").write_text(item)
    return ExportFiles((folder / f"orders.{suffix}",), tuple(sorted(folder.glob("items*"))))


def joined(orders: list[SourceOrder]) -> dict[str, list[str]]:
    return {order.source_id: [f"{row.file}:{row.line} {row.cells[1]}" for row in order.lines] for order in orders}


def problems(orders: list[SourceOrder]) -> list[tuple[str, str, str]]:
    return [(order.source_id, problem.code, problem.origin) for order in orders for problem in order.problems]


def test_rows_of_the_second_file_are_the_lines(tmp_path: Path) -> None:
    """Wherever they lie, in one file or in several, rows with an order's cleaned number are its lines."""
    items = "Order ID,Item\n'3,a\n1,b\n3,c\n", "Item,Order ID\nd,2\ne,1\n"
    with open_export(files(tmp_path, ORDERS, *items), SPEC) as export:
        assert (export.columns, export.line_columns) == (("ID", "Total"), ("Order ID", "Item"))
        found = list(export.orders())
        assert export.strays() is None
        assert export.position() == export.size
    assert joined(found) == {
        "1": ["items1.csv:3 b", "items2.csv:3 e"],
        "2": ["items2.csv:2 d"],
        "3": ["items1.csv:2 a", "items1.csv:4 c"],
    }
    assert [row.cells for row in found[0].rows] == [["1", "10"]]
    assert problems(found) == []


def test_an_order_without_lines_is_a_problem(tmp_path: Path) -> None:
    """It names the order's place and says which file to export again."""
    with open_export(files(tmp_path, ORDERS, "Order ID,Item\n1,a\n3,b\n"), SPEC) as export:
        found = list(export.orders())
    assert problems(found) == [("2", "no-lines", "orders.csv:3")]
    assert "no row whose 'Order ID' is '2'" in found[1].problems[0].message


def test_lines_without_an_order_are_counted(tmp_path: Path) -> None:
    """What belongs to no order, or to none that can be told, is known by number, with the first place."""
    items = "Order ID,Item\n1,a\n9,b\n2,c\n9,d\n3,e\n,f\n"
    with open_export(files(tmp_path, ORDERS, items), SPEC) as export:
        assert problems(list(export.orders())) == []
        strays = export.strays()
    assert strays is not None
    assert (strays.rows, strays.orders, strays.example, strays.origin) == (3, 2, "9", "items1.csv:3")


def test_rows_without_a_number_find_no_order_without_one(tmp_path: Path) -> None:
    """Two blanks are not one number: such lines stay strays, such orders are refused."""
    with open_export(files(tmp_path, "ID,Total\n,10\n", "Order ID,Item\n,a\n"), SPEC) as export:
        found = list(export.orders())
        strays = export.strays()
    assert [(one.lines, one.problems[0].code) for one in found] == [((), "no-order-id")]
    assert strays is not None
    assert strays.rows == 1


def test_lines_of_a_refused_order_are_no_strays(tmp_path: Path) -> None:
    """An order that cannot be trusted has its lines all the same."""
    with open_export(files(tmp_path, "ID,Total\n1\n", "Order ID,Item\n1,a\n"), SPEC) as export:
        assert problems(list(export.orders())) == [("1", "row-width", "orders.csv:2")]
        assert export.strays() is None


def test_a_shifted_line_is_a_problem_of_its_order(tmp_path: Path) -> None:
    """A row of the second file that was cut off is never padded in silence."""
    with open_export(files(tmp_path, "ID,Total\n1,10\n", "Order ID,Item\n1,a\n1\n"), SPEC) as export:
        assert problems(list(export.orders())) == [("1", "row-width", "items1.csv:3")]


def test_each_row_of_the_first_file_is_an_order(tmp_path: Path) -> None:
    """The same row again is the same order again, also when it is adjacent; another row under its number is refused."""
    with open_export(files(tmp_path, "ID,Total\n1,10\n1,10\n1,11\n", "Order ID,Item\n1,a\n"), SPEC) as export:
        found = list(export.orders())
    assert [order.skipped for order in found] == ["", TWICE, ""]
    assert problems(found) == [("1", "duplicate-order", "orders.csv:4")]
    assert joined(found[:1]) == {"1": ["items1.csv:2 a"]}


def test_objects_are_joined_as_rows_are(tmp_path: Path) -> None:
    """In JSON the key is a dotted path, and may be a number on one side and a text on the other."""
    items = SourceSpec("json", "order.id", detect=("sku",))
    spec = SourceSpec("json", "id", items=items)
    lines = [{"order": {"id": 7}, "sku": "a"}, {"order": {"id": 8}, "sku": "b"}]
    given = files(tmp_path, '[{"id": "7"}]', json.dumps(lines), suffix="json")
    with open_export(given, spec) as export:
        found = list(export.orders())
        strays = export.strays()
    assert [row.cells["sku"] for row in found[0].lines] == ["a"]
    assert strays is not None
    assert strays.example == "8"


def test_the_second_file_must_be_given_where_the_mapping_joins_two(tmp_path: Path) -> None:
    """Leaving it out is told with the platform's name for it; so is giving one to a mapping that joins nothing."""
    given = files(tmp_path, ORDERS, "Order ID,Item\n")
    with pytest.raises(SourceError, match=r"pass it as well, such as --with Items2024\.csv"):
        open_export(given.orders[0], SPEC)
    with pytest.raises(UsageError, match=r"leave out --with items1\.csv"):
        open_export(given, replace(SPEC, items=None))


def test_files_the_wrong_way_round_are_refused(tmp_path: Path) -> None:
    """Each file must have the columns of its part; the second one beside the first is told from another export."""
    given = files(tmp_path, ORDERS, "Order ID,Item\n")
    with pytest.raises(SourceError, match=r"items1\.csv is not the export this mapping reads: it lacks .* 'Total'"):
        open_export(ExportFiles(given.items, given.orders), SPEC)
    with pytest.raises(SourceError, match=r"It has the lines of these orders: pass it with --with"):
        open_export(ExportFiles((*given.orders, *given.items), given.items), SPEC)


def rows_without_end(path: Path, head: str, rows: int) -> Path:
    path.write_text(head + "\n" + "".join(f"{number},{'x' * 100}\n" for number in range(rows)))
    return path


def test_memory_does_not_grow_with_the_second_file(tmp_path: Path) -> None:
    """Items lie on disk until their order comes."""
    orders = rows_without_end(tmp_path / "orders.csv", "ID,Total", 20_000)
    items = rows_without_end(tmp_path / "items.csv", "Order ID,Item", 20_000)
    tracemalloc.start()
    with open_export(ExportFiles((orders,), (items,)), SPEC) as export:
        assert sum(len(order.lines) for order in export.orders()) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000


def test_an_order_with_lines_without_end_is_refused(tmp_path: Path) -> None:
    """Thousands of lines under one number mean a wrong column, and never fill the memory."""
    given = files(tmp_path, "ID,Total\n1,10\n", "Order ID,Item\n" + "1,a\n" * 5_001)
    with open_export(given, SPEC) as export, pytest.raises(SourceError, match="more than 5000 rows"):
        list(export.orders())


def test_a_join_is_closed_when_a_file_is_refused(tmp_path: Path) -> None:
    """No file stays open when the second export cannot be read."""
    given = files(tmp_path, ORDERS, "nothing,here\n")
    with pytest.raises(SourceError, match="lacks the columns"):
        Export(given, SPEC)
