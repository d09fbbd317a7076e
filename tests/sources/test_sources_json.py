"""JSON exports: every shape they come in, at any size of the window, with exact places for what is broken."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model import SourceSpec
from importer.sources import detect, open_export
from importer.sources.json_text import JsonText
from importer.sources.rows_json import Orders
from importer.sources.text import ExportFile

SPEC = SourceSpec(format="json", order="id", records=("orders", "data", "order", "$"))
ITEMS = SourceSpec(format="json", order="id", records=("items", "$"), detect=("total", "items"))


def write(folder: Path, content: str | bytes, name: str = "orders.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, spec: SourceSpec = SPEC) -> list[tuple[int, Any]]:
    with open_export(path, spec) as export:
        assert export.columns is None
        return [(row.line, row.cells) for row in export.rows()]


def refusal(path: Path, spec: SourceSpec = SPEC) -> str:
    with pytest.raises(SourceError) as caught:
        read(path, spec)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        '[\n{"id": 1},\n{"id": 2}]',
        '\n{"id": 1}\n{"id": 2}\n',
        '\n{"id": 1\n}{"id": 2}',
        '{"orders":\n[{"id": 1}\n, {"id": 2}], "next": null}',
        '{"count": 2, "data":\n[{"id": 1},\n{"id": 2}]}',
        '{"data":\n{"id": 1}}\n{"data": {"id": 2}}',
        '{"orders":\n[{"id": 1}]}\n{"orders": [{"id": 2}]}',
        '[{"order":\n{"id": 1}, "x": [1]},\n{"order": {"id": 2}}]',
    ],
)
def test_every_wrapping_gives_the_same_orders(tmp_path: Path, content: str) -> None:
    """A list, JSON Lines, values in a row, wrapped lists and objects, pages one after another; lines are told."""
    assert read(write(tmp_path, content)) == [(2, {"id": 1}), (3, {"id": 2})]


def test_orders_may_lie_deeper(tmp_path: Path) -> None:
    """A dotted path leads through objects, past members of any kind."""
    content = '{"a": [1], "result": {"b": {"c": 1}, "orders": [{"id": 1}], "d": 2}, "e": {}}'
    assert read(write(tmp_path, content), SourceSpec("json", "id", records=("result.orders",))) == [(1, {"id": 1})]


def test_a_list_of_items_is_told_from_a_list_of_orders(tmp_path: Path) -> None:
    """Magento's answer and a single order both have `items`: the `detect` keys decide."""
    order = {"id": 1, "items": [{"sku": "a"}, {"sku": "b"}], "total": 5}
    assert read(write(tmp_path, json.dumps({"items": [order, order], "total_count": 2})), ITEMS) == [(1, order)] * 2
    assert read(write(tmp_path, json.dumps(order)), ITEMS) == [(1, order)]
    assert read(write(tmp_path, json.dumps([order])), ITEMS) == [(1, order)]
    empty = {"id": 1, "items": [], "total": 5}
    assert read(write(tmp_path, json.dumps(empty)), ITEMS) == [(1, empty)]
    assert read(write(tmp_path, json.dumps({"items": [], "total_count": 0})), ITEMS) == []


def test_numbers_keep_every_digit(tmp_path: Path) -> None:
    """Fractions and exponents are Decimals, integers are exact at any size; nothing is ever a float."""
    path = write(tmp_path, '[{"id": 123456789012345678901234567890, "a": 10.799999999999999, "b": 1E2, "c": -0.10}]')
    ((_, order),) = read(path)
    assert order["id"] == 123456789012345678901234567890
    assert [str(order[key]) for key in "abc"] == ["10.799999999999999", "1E+2", "-0.10"]
    assert all(type(order[key]) is Decimal for key in "abc")


def test_a_byte_order_mark_and_gzip_are_read_through(tmp_path: Path) -> None:
    """A file with a mark, in UTF-16 or zipped, gives the same orders."""
    text = '[{"id": 1, "city": "Köln 🎁"}]'
    for content in (text.encode("utf-8-sig"), text.encode("utf-16"), gzip.compress(text.encode())):
        assert read(write(tmp_path, content)) == [(1, {"id": 1, "city": "Köln 🎁"})]


def test_an_empty_list_is_no_order(tmp_path: Path) -> None:
    """An export without orders is read as zero orders."""
    assert read(write(tmp_path, "[]")) == []
    assert read(write(tmp_path, '{"orders": []}')) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"id": 1},\n {"id": "é🎁" 2}]', "broken JSON at byte 29 (line 2): expected ',' delimiter"),
        ('\ufeff[{"id": 1},\n {"id": "é🎁" 2}]', "broken JSON at byte 32 (line 2): expected ',' delimiter"),
        ('[{"id": 1}, {"id": 2', "broken JSON at byte 20 (line 1): the file ends here"),
        ('[{"id": 1},\n', "broken JSON at byte 12 (line 2): the file ends here"),
        ('[{"id": 1}, {"id": "ab', "broken JSON at byte 19 (line 1): unterminated string"),
        ('[{"id": 1}]\n garbage', "broken JSON at byte 13 (line 2): expected an object"),
        ('[{"id": 1} {"id": 2}]', "broken JSON at byte 11 (line 1): expected ','"),
        ('[{"id": 1}, 7]', "broken JSON at byte 12 (line 1): expected an object"),
        ('{"orders": [{"id": 1}, null]}', "broken JSON at byte 23 (line 1): expected an object"),
        ('[{"id": 1}, {"id": NaN}]', "broken JSON at byte 12 (line 1): NaN is not JSON"),
        ('[{"id": -Infinity}]', "-Infinity is not JSON"),
        ('[{"id": 1}, {"id": ' + "9" * 5000 + "}]", "too many digits"),
        ('[{"id": 1, "a": 1e99999999999999999999}]', "too many digits"),
        ('[{"id": ' + "[" * 200_000 + "]" * 200_000 + "}]", "nested too deeply"),
        ("", "orders.json is empty"),
        (" \n", "orders.json is empty"),
        ("Name,Total\n#1,2\n", "is not JSON"),
        ("{id: 1}", "expected a key in double quotes"),
    ],
)
def test_broken_json_is_refused_at_its_byte_and_line(tmp_path: Path, content: str, said: str) -> None:
    """Bytes are counted from the file's first, a mark and characters of several bytes included."""
    assert said in refusal(write(tmp_path, content))


def test_a_byte_that_does_not_decode_is_named(tmp_path: Path) -> None:
    """The offset and the line of a byte that is no UTF-8."""
    assert "orders.json:2: byte 0xf6 at offset 10" in refusal(write(tmp_path, b'[\n{"id":"K\xf6ln"}]'))


def test_a_wrong_platform_is_refused_at_the_first_order(tmp_path: Path) -> None:
    """What is missing, what is there and what was probably meant are named."""
    path = write(tmp_path, '{"data": [{"ID": 1, "line_items": []}]}')
    said = refusal(path, SourceSpec("json", "number", records=("data",), detect=("line_item", "billing.city")))
    assert (
        "lacks the keys 'number', 'line_item' (is it 'line_items'?), 'billing.city'; it has 'ID', 'line_items'" in said
    )


def test_a_wrong_list_is_not_read_into_memory(tmp_path: Path) -> None:
    """A long list that cannot be the orders is refused after a few megabytes, for what its first item lacks."""
    path = write(tmp_path, '{"data": [' + ",".join(['{"ID": 1, "text": "' + "x" * 10_000 + '"}'] * 4_000) + "broken")
    assert "lacks the keys 'number'; it has 'ID', 'text'" in refusal(
        path, SourceSpec("json", "number", records=("data",))
    )
    assert "a value of more than 16 MiB" in refusal(path, SourceSpec("json", "number", records=("orders", "$")))


def test_a_page_without_orders_is_refused(tmp_path: Path) -> None:
    """Once the place of the orders is known, a document that lacks it is an error and no empty page."""
    said = refusal(write(tmp_path, '{"orders": [{"id": 1}]}\n{"errors": "limit"}'))
    assert "the object before has no 'orders'" in said
    assert "byte 35 (line 2): expected an object" in refusal(
        write(tmp_path, '{"orders": [{"id": 1}]}\n{"orders": null}')
    )
    assert len(read(write(tmp_path, '{"orders": [{"id": 1}]}\n{"orders": []}'))) == 1


def test_an_error_comes_after_the_orders_before_it(tmp_path: Path) -> None:
    """Orders before the broken place are given; reading is not put off to the end."""
    with open_export(write(tmp_path, '[{"id": 1}, {"id": 2}, oops]'), SPEC) as export:
        rows = export.rows()
        assert [next(rows).cells, next(rows).cells] == [{"id": 1}, {"id": 2}]
        with pytest.raises(SourceError, match="byte 23"):
            next(rows)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
orders = st.lists(
    st.dictionaries(st.text(max_size=5), values, max_size=4).map(lambda order: {"id": 1, **order}), max_size=5
)


def in_pieces(path: Path, spec: SourceSpec, chunk: int) -> list[tuple[int, Any]]:
    """What `read` gives, from a window that grows by `chunk` bytes."""
    with ExportFile(path) as file:
        rows = Orders(path.name, JsonText(file, spec.encoding, chunk), spec).rows()
        return [(row.line, row.cells) for row in rows]


@pytest.mark.parametrize("chunk", range(1, 30))
def test_a_number_is_not_cut_short(tmp_path: Path, chunk: int) -> None:
    """A number beside the orders is read to its end, wherever the window ends."""
    path = write(tmp_path, '{"total": -12345.25e+10, "orders": [{"id": 1}], "page": 123, "pages": [12.5, 1e5]}')
    assert in_pieces(path, SPEC, chunk) == [(1, {"id": 1})]


@pytest.mark.parametrize("chunk", range(1, 30))
def test_the_place_of_an_error_does_not_move(tmp_path: Path, chunk: int) -> None:
    """Bytes and lines of an error are the same for any window."""
    content = '[{"id": "é🎁"},\n{"id": "é🎁", "a": [1, 2.5, true, "\\ud83c\\udf81"]},\n{"id": 1 "é": 2}]'.encode()
    with pytest.raises(SourceError) as caught:
        in_pieces(write(tmp_path, content), SPEC, chunk)
    assert f"at byte {content.index(b'1 ') + 2} (line 3): expected ',' delimiter" in str(caught.value)


def test_a_long_value_is_not_parsed_from_each_piece(tmp_path: Path) -> None:
    """The window doubles: a value of a thousand pieces is tried some ten times, so reading stays linear."""

    class Counted(JsonText):
        slides = 0

        def _slide(self) -> None:
            self.slides += 1
            super()._slide()

    with ExportFile(write(tmp_path, '{"id": "' + "x" * 100_000 + '"}')) as file:
        text = Counted(file, ("utf-8",), chunk=100)
        assert len(text.value()["id"]) == 100_000
        assert text.slides < 15


@settings(max_examples=80, deadline=None)
@given(orders, st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_the_window_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, orders: list[Any], chunk: int, indent: int | None, ascii_only: bool
) -> None:
    """Read in pieces of any size, a file gives the same orders and lines as when it is read at once."""
    text = json.dumps(orders, indent=indent, ensure_ascii=ascii_only, default=lambda value: float(value))
    path = write(tmp_path_factory.mktemp("json"), text.encode("utf-8", "surrogatepass") if ascii_only else text)
    spec = SourceSpec("json", "id")
    pieces = in_pieces(path, spec, chunk)
    assert [order for _, order in pieces] == json.loads(text, parse_float=Decimal)
    assert pieces == read(path, spec)


def test_a_key_may_have_other_names(tmp_path: Path) -> None:
    """An older layout that calls the order's number otherwise is read, and told from others, as the newer one."""
    file = tmp_path / "orders.json"
    file.write_text('[{"number": 7, "total": 1}, {"id": "8", "number": 9, "total": 2}]')
    spec = SourceSpec("json", "id", detect=("total",), rename=(("vendorNumber", "id"), ("number", "id")))
    with open_export(file, spec) as export:
        assert [order.source_id for order in export.orders()] == ["7", "8"]
    assert detect(file, {"shop": spec}) == "shop"
