"""The section `after`: what is sent once an order is created."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mapping_lab import findings, json_text, loaded, map_json, problem

from importer.model import Body
from importer.run.jsonl import as_json_line

SHIPMENTS = """
  shipments:
    each: {parcel: "{{ order.parcels }}"}
    shipped: "{{ parcel.at | date }}"
    tracking_number: "{{ parcel.number }}"
    comments: "{{ parcel.note }}"
    items:
      each: {item: "{{ parcel['items'] }}"}
      sku: "{{ item.sku }}"
      name: "{{ item.name }}"
      quantity: "{{ item.n }}\""""
METAFIELDS = """
  metafields:
    - {key: coupon, value: "{{ order.coupon }}"}
    - {namespace: old, key: gift, value: "{{ order.gift }}", description: wrapped, permission_set: app_only}"""
PRODUCTS = '{each: line, name: "{{ line.name }}", sku: "{{ line.sku }}"}'
ITEMS = [
    {"name": "Mug", "sku": "M", "price": "1.00", "quantity": 3},
    {"name": "Cup", "sku": "C", "price": "2.00", "quantity": 1},
    {"name": "Jug", "price": "5.00", "quantity": 1},
]


def after(folder: Path, sections: str, **order: Any) -> Body | None:
    """What hangs on an order of a mapping with these sections."""
    mapping = loaded(folder, json_text(products=PRODUCTS, after=sections))
    mapped = map_json(mapping, {"items": ITEMS, "total": "10.00", **order})
    assert not mapped.problems
    return mapped.after


def refusal(folder: Path, sections: str, **order: Any) -> str:
    """The one problem of such an order."""
    mapping = loaded(folder, json_text(products=PRODUCTS, after=sections))
    found = problem(map_json(mapping, {"items": ITEMS, "total": "10.00", **order}))
    return f"{found.code} {found.message}"


def test_shipments_carry_their_mark_and_the_day_they_left(tmp_path: Path) -> None:
    """The comments begin with the shipment's number and the historical instant; further text follows."""
    parcels = [{"at": "2019-03-05T10:22:00Z", "number": "T1", "note": "by sea"}, {"number": "T2"}, {"note": "not yet"}]
    assert after(tmp_path, SHIPMENTS, parcels=parcels) == {
        "shipments": [
            {
                "comments": "Imported shipment 1, shipped on Tue, 05 Mar 2019 10:22:00 +0000.\nby sea",
                "tracking_number": "T1",
            },
            {"comments": "Imported shipment 2.", "tracking_number": "T2"},
        ]
    }


def test_parcels_are_numbered_as_they_left(tmp_path: Path) -> None:
    """A newer export that lists one more parcel first gives the older ones the numbers that they had."""
    older = {"at": "2019-03-05T10:22:00Z", "number": "T1"}
    newer = {"at": "2019-03-06T08:00:00+12:00", "number": "T2"}
    made = after(tmp_path, SHIPMENTS, parcels=[newer, older])
    assert made is not None
    assert [(one["comments"][:19], one["tracking_number"]) for one in made["shipments"]] == [
        ("Imported shipment 1", "T1"),
        ("Imported shipment 2", "T2"),
    ]


def test_items_are_found_among_the_lines(tmp_path: Path) -> None:
    """By SKU, else by name; two parcels share a line as far as it goes."""
    parcels = [
        {"number": "T1", "items": [{"sku": "M", "n": 2}, {"sku": "C", "n": "1.0"}]},
        {"number": "T2", "items": [{"sku": "M", "n": 1}, {"name": "Jug", "n": 1}]},
    ]
    made = after(tmp_path, SHIPMENTS, parcels=parcels)
    assert made is not None
    assert [one["lines"] for one in made["shipments"]] == [[[0, 2], [1, 1]], [[0, 1], [2, 1]]]


def test_a_parcel_cannot_have_more_than_the_order(tmp_path: Path) -> None:
    """What is over, unknown, or no whole number is a problem that names the item."""
    more = refusal(tmp_path, SHIPMENTS, parcels=[{"number": "T", "items": [{"sku": "C", "n": 2}]}])
    assert more == "shipment-items shipment 1 has 2 of 'C', more than the order has left of it"
    unknown = refusal(tmp_path, SHIPMENTS, parcels=[{"number": "T", "items": [{"name": "Hat", "n": 1}]}])
    assert "1 of 'Hat'" in unknown
    half = refusal(tmp_path, SHIPMENTS, parcels=[{"number": "T", "items": [{"sku": "M", "n": "0.5"}]}])
    assert "'0.5' of 'M'; a whole number above 0" in half


def test_metafields_with_a_value_are_made_ready(tmp_path: Path) -> None:
    """A blank value leaves its metafield out; namespace and permission have defaults."""
    assert after(tmp_path, METAFIELDS, coupon="SUMMER", gift="") == {
        "metafields": [{"namespace": "migration", "key": "coupon", "value": "SUMMER", "permission_set": "read"}]
    }
    assert after(tmp_path, METAFIELDS, gift=True) == {
        "metafields": [
            {"namespace": "old", "key": "gift", "value": "true", "permission_set": "app_only", "description": "wrapped"}
        ]
    }
    assert after(tmp_path, METAFIELDS) is None


def test_a_key_stands_once(tmp_path: Path) -> None:
    """Two metafields of one namespace and key are a problem: the store would refuse the second."""
    twice = '\n  metafields: [{key: a, value: "1"}, {key: a, value: "2"}]'
    assert refusal(tmp_path, twice) == "metafield-twice the order has two metafields 'migration/a'; the store takes one"


def test_nothing_hangs_on_an_order_without_the_section(tmp_path: Path) -> None:
    """Off by default: neither the order nor its line of `importer map` has anything of it."""
    mapped = map_json(loaded(tmp_path, json_text()))
    assert mapped.after is None
    assert b'"after"' not in as_json_line(mapped)


def test_a_wrong_key_is_told_at_its_line(tmp_path: Path) -> None:
    """The section is checked like any other, each mistake at its place."""
    told = findings(tmp_path, json_text(after="\n  shipments: {each: line, tracking: x}\n  metafields: [{key: a}]"))
    assert (
        told[0].endswith("unknown key 'tracking' in shipments; did you mean 'tracking_link'?") or "tracking" in told[0]
    )
    assert "lacks 'value'" in told[1]


def test_a_broken_value_is_told_with_its_field(tmp_path: Path) -> None:
    """An order whose `after` cannot be mapped is refused as a whole, and the message names the field."""
    mapped = map_json(loaded(tmp_path, json_text(after=SHIPMENTS)), {"parcels": [{"at": "soon"}]})
    assert [(one.code, one.path) for one in mapped.problems] == [("date", "after.shipments[0].shipped")]
