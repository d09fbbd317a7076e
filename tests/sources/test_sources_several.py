"""Several files as one export: rows flow on into the next file, and an overlap is told apart from damage."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from importer.errors import SourceError
from importer.model import SourceOrder, SourceSpec
from importer.sources import ExportFiles, open_export
from importer.sources.grouping import TWICE

CSV = SourceSpec("csv", "Name", rename=(("Qty", "Quantity"),))
JSON = SourceSpec("json", "id", detect=("items",), records=("orders", "$"))
BULK = SourceSpec("json", "id", parent="__parentId", lines="lineItems")


def write(folder: Path, **contents: Any) -> ExportFiles:
    """One file a keyword: text or bytes as CSV, anything else as JSON."""
    for name, content in contents.items():
        data = content if isinstance(content, bytes | str) else json.dumps(content)
        suffix = ".csv" if isinstance(content, bytes | str) else ".json"
        (folder / f"{name}{suffix}").write_bytes(data if isinstance(data, bytes) else data.encode())
    return ExportFiles(tuple(sorted(folder.iterdir())))


def read(files: ExportFiles, spec: SourceSpec) -> list[SourceOrder]:
    with open_export(files, spec) as export:
        return list(export.orders())


def places(order: SourceOrder) -> list[str]:
    return [f"{row.file}:{row.line}" for row in order.rows]


def shown(orders: list[SourceOrder]) -> list[tuple[str, str]]:
    """Each order's id, with what is wrong with it or why it is left out."""
    return [(order.source_id, order.skipped or "".join(one.code for one in order.problems)) for order in orders]


def test_an_order_goes_on_in_the_next_file(tmp_path: Path) -> None:
    """Where one file ends within an order, its other rows come from the next one."""
    found = read(write(tmp_path, a="Name,Item\n#1,x\n#2,y\n", b="Name,Item\n#2,z\n#3,x\n"), CSV)
    assert [places(order) for order in found] == [["a.csv:2"], ["a.csv:3", "b.csv:2"], ["b.csv:3"]]
    assert [order.problems for order in found] == [(), (), ()]


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    """Cells come under the columns of the first file; names are compared after renaming, delimiters are each file's."""
    found = read(write(tmp_path, a="Name,Item,Quantity\n#1,x,1\n", b="Qty;Name;Item\n2;#2;y\n"), CSV)
    assert [row.cells for order in found for row in order.rows] == [["#1", "x", "1"], ["#2", "y", "2"]]


def test_a_shifted_row_stays_a_problem_under_other_columns(tmp_path: Path) -> None:
    """A row that lacks cells is not filled up by putting it under the first file's columns."""
    found = read(write(tmp_path, a="Name,Item\n", b="Item,Name\nx,#1\ny\n"), CSV)
    assert shown(found)[0] == ("#1", "")
    assert "row-width" in shown(found)[1][1]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("Name,Colour\n", r"b.csv has not the columns of a.csv: it lacks 'Item' and has 'Colour' besides\."),
        ("Name\n", r"b.csv has not the columns of a.csv: it lacks 'Item'\. .*import it by itself"),
        ("Name,Item,Note\n", "it has 'Note' besides"),
        ('{"orders": []}', "b.csv is not CSV as the file before it"),
        ("", "b.csv is empty"),
    ],
)
def test_files_with_other_columns_are_refused_before_the_first_row(tmp_path: Path, second: str, said: str) -> None:
    """The file and the difference are told; no order of the first file was given."""
    with pytest.raises(SourceError, match=said):
        open_export(write(tmp_path, a="Name,Item\n#1,x\n", b=second), CSV)


def test_sizes_and_positions_add_up(tmp_path: Path) -> None:
    """Progress goes from nothing to the sum of all files, zipped ones among them, and never back."""
    files = write(tmp_path, a="Name\n#1\n", b=gzip.compress(b"Name\n" + b"#2\n" * 4_000), c="Name\n#3\n")
    with open_export(files, CSV) as export:
        positions = [export.position() for _ in export.rows()]
        assert export.position() == export.size == sum(file.stat().st_size for file in files.orders)
        assert positions == sorted(positions)
        assert positions[0] < positions[-1]


def test_the_same_order_on_two_pages_is_skipped(tmp_path: Path) -> None:
    """A shop that was paged while orders came in gives an order twice: the second is left out with the reason."""
    one, two = {"id": 1, "items": [{"price": 1.10}]}, {"id": 2, "items": []}
    files = write(tmp_path, page1={"orders": [one, two]}, page2={"orders": [dict(two)]}, page3={"orders": []})
    assert shown(read(files, JSON)) == [("1", ""), ("2", ""), ("2", TWICE)]


def test_an_order_that_changed_between_two_pages_is_a_duplicate(tmp_path: Path) -> None:
    """Another content under the same id is a problem that names both places."""
    one = {"id": 1, "items": [{"price": 1.10}]}
    files = write(tmp_path, page1=[one, {"id": 2**70, "items": []}], page2=[{"id": 1, "items": [{"price": 1.2}]}])
    found = read(files, JSON)
    assert shown(found) == [("1", ""), (str(2**70), ""), ("1", "duplicate-order")]
    assert found[2].problems[0].origin == "page2.json:1"
    assert "at page1.json:1 and here" in found[2].problems[0].message


def test_what_no_fast_writer_takes_is_compared_all_the_same(tmp_path: Path) -> None:
    """An integer of any size and half a character are content like any other."""
    odd, other = {"id": 1, "items": [2**70, "\ud800"]}, {"id": 1, "items": [2**70 + 1, "\ud800"]}
    assert shown(read(write(tmp_path, a=[odd], b=[odd], c=[other]), JSON)) == [
        ("1", ""),
        ("1", TWICE),
        ("1", "duplicate-order"),
    ]


def test_a_repeated_order_of_an_overlapping_csv_file_is_skipped(tmp_path: Path) -> None:
    """The same rows in the next file are the same order, be they adjacent or not; with other rows it is split."""
    header = "Name,Item\n"
    again = write(tmp_path, a=f"{header}#1,x\n#2,y\n#2,z\n", b=f"{header}#2,y\n#2,z\n#1,x\n", c=f"{header}#3,x\n#1,y\n")
    found = read(again, CSV)
    assert shown(found) == [("#1", ""), ("#2", ""), ("#2", TWICE), ("#1", TWICE), ("#3", ""), ("#1", "split-order")]
    assert "at a.csv:2 too, with other rows" in found[5].problems[0].message


def test_equal_rows_of_one_file_are_not_a_repeated_order(tmp_path: Path) -> None:
    """Within a file nothing tells an order's second line from a repeated order, so rows that lie apart are refused."""
    found = read(write(tmp_path, a="Name,Item\n#1,x\n#2,y\n#1,x\n", b="Name,Item\n#3,x\n"), CSV)
    assert shown(found) == [("#1", ""), ("#2", ""), ("#1", "split-order"), ("#3", "")]


def test_children_may_lie_in_another_file(tmp_path: Path) -> None:
    """A bulk export that was cut into files is one export."""
    order = {"id": "gid://shopify/Order/1"}
    child = {"id": "gid://shopify/LineItem/7", "__parentId": order["id"]}
    found = read(write(tmp_path, a=child, b=order), BULK)
    assert [(row.file, len(row.cells["lineItems"])) for row in found[0].rows] == [("b.json", 1)]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Two months in two folders: the place of a problem leads to one file."""
    for month in ("may", "june"):
        (tmp_path / month).mkdir()
        (tmp_path / month / "orders.csv").write_text("Name,Item\n#1,x\n")
    found = read(ExportFiles(tuple(tmp_path / month / "orders.csv" for month in ("may", "june"))), CSV)
    assert shown(found) == [("#1", ""), ("#1", TWICE)]
    assert [order.rows[0].file for order in found] == [f"{tmp_path}/may/orders.csv", f"{tmp_path}/june/orders.csv"]


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    """Hundreds of pages are read one after the other, with one of them open."""
    for page in range(300):
        orders = [{"id": page * 10 + number, "items": ["x" * 400]} for number in range(10)]
        (tmp_path / f"page{page}.json").write_text(json.dumps(orders))
    tracemalloc.start()
    with open_export(tmp_path, JSON) as export:
        assert sum(1 for _ in export.orders()) == 3_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000
