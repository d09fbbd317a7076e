"""Families: objects of a GraphQL export that lie apart, or inside connections, become whole orders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importer.model import SourceOrder, SourceSpec
from importer.sources import open_export

RECORDS = ("data.orders.nodes", "data.orders.edges.node", "$")
SPEC = SourceSpec("json", "id", detect=("name",), records=RECORDS, parent="__parentId", lines="lineItems")


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def order(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": gid("Order", number), "name": f"#{number}", **fields}


def child(kind: str, number: int, parent: str, **fields: Any) -> dict[str, Any]:
    return {"id": gid(kind, number), **fields, "__parentId": parent}


def read(folder: Path, *documents: Any) -> list[SourceOrder]:
    file = folder / "orders.jsonl"
    file.write_text("\n".join(json.dumps(document) for document in documents), encoding="utf-8")
    with open_export(file, SPEC) as export:
        return list(export.orders())


def test_children_go_to_their_parent_by_what_they_are(tmp_path: Path) -> None:
    """A child lands in a list named by its type, without the parent's id, in the file's order."""
    line, parcel = child("LineItem", 7, gid("Order", 1), sku="A"), child("ShippingLine", 8, gid("Order", 1))
    found = read(tmp_path, order(1), line, parcel, child("LineItem", 9, gid("Order", 1), sku="B"))
    cells = found[0].rows[0].cells
    assert [(one["sku"], "__parentId" in one) for one in cells["lineItems"]] == [("A", False), ("B", False)]
    assert [one["id"] for one in cells["shippingLines"]] == [gid("ShippingLine", 8)]
    assert found[0].problems == ()


def test_children_may_lie_anywhere(tmp_path: Path) -> None:
    """Orders keep the file's order and their own line, however far their children lie."""
    late = [child("LineItem", 7, gid("Order", 2)), child("LineItem", 8, gid("Order", 1))]
    found = read(tmp_path, order(1), order(2), *late)
    assert [(one.source_id, one.rows[0].line) for one in found] == [(gid("Order", 1), 1), (gid("Order", 2), 2)]
    assert [one.rows[0].cells["lineItems"][0]["id"] for one in found] == [gid("LineItem", 8), gid("LineItem", 7)]


def test_children_of_children_are_found(tmp_path: Path) -> None:
    """A child of an object inside an order lies inside that object."""
    refund = child("Refund", 5, gid("Order", 1))
    inside = child("RefundLineItem", 6, gid("Refund", 5), quantity=2)
    cells = read(tmp_path, order(1), refund, inside)[0].rows[0].cells
    assert cells["refunds"][0]["refundLineItems"][0]["quantity"] == 2


def test_a_child_that_tells_no_type_is_a_line(tmp_path: Path) -> None:
    """A query that asked for no ids of the lines gives children without them."""
    cells = read(tmp_path, order(1), {"quantity": 1, "__parentId": gid("Order", 1)})[0].rows[0].cells
    assert cells["lineItems"] == [{"quantity": 1}]


def test_a_child_whose_parent_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """A cut-off file does not lose its last children unsaid."""
    found = read(tmp_path, order(1), child("LineItem", 7, gid("Order", 2)))
    assert [(one.source_id, one.problems[0].code) for one in found if one.problems] == [(gid("LineItem", 7), "orphan")]
    assert found[1].problems[0].origin == "orders.jsonl:2"


@pytest.mark.parametrize("wrap", [lambda one: {"nodes": [one]}, lambda one: {"edges": [{"node": one, "cursor": "x"}]}])
def test_wrapped_lists_are_plain_lists(tmp_path: Path, wrap: Any) -> None:
    """Both ways in which GraphQL wraps a list, around orders and inside them, come out as lists."""
    page = {"data": {"orders": {**wrap(order(1, lineItems=wrap({"sku": "A"}))), "pageInfo": {"hasNextPage": True}}}}
    found = read(tmp_path, page, page)
    assert [one.source_id for one in found] == [gid("Order", 1)] * 2
    assert found[0].rows[0].cells["lineItems"] == [{"sku": "A"}]
    assert found[0].problems == ()


def test_a_page_without_orders_has_none(tmp_path: Path) -> None:
    """The last page may be empty."""
    assert read(tmp_path, {"data": {"orders": {"edges": []}}}) == []


def test_a_list_that_was_cut_off_is_a_problem(tmp_path: Path) -> None:
    """An order whose lines were asked for in pages, and only the first one is there, cannot be trusted."""
    cut = order(1, lineItems={"nodes": [{"sku": "A"}], "pageInfo": {"hasNextPage": True}})
    found = read(tmp_path, cut)[0].problems[0]
    assert (found.code, "'lineItems' has more entries" in found.message) == ("cut-off", True)
