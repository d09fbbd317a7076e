"""Delta and update: what a newer export or an edited mapping changes, and what of it reaches the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from around_store import Around, around, mapped, with_body

from importer.ledger import LedgerEntry, State
from importer.model import MappedOrder
from importer.run.delta import DeltaPass
from importer.run.sides import Sides
from importer.run.update import Updates, update
from importer.run.verify import verify


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Around]:
    """A sandbox with its state in a file, and a ledger."""
    with around(tmp_path) as running:
        yield running


def put(shop: Around, orders: Iterable[MappedOrder], **more: Any) -> Updates:
    """An update of the shop's orders."""
    return update(orders, shop.client, shop.ledger, "shop", **more)


def puts(shop: Around) -> int:
    """PUT requests that the store has seen."""
    query = {"kind": "request", "limit": 100_000}
    entries = requests.get(f"{shop.process.url}/_admin/journal", params=query, timeout=10).json()["entries"]
    return sum(entry["method"] == "PUT" for entry in entries)


def order(shop: Around, source_id: str) -> dict[str, Any]:
    """The order as the store shows it."""
    found = shop.client.get(shop.order_ids()[source_id])
    assert found is not None
    return found


def lines(shop: Around, source_id: str) -> list[dict[str, Any]]:
    """The order's lines."""
    found: list[dict[str, Any]] = shop.client.read(f"/v2/orders/{shop.order_ids()[source_id]}/products")
    return found


def test_a_mapping_edit_that_touches_12_of_1000_sends_12_puts(shop: Around) -> None:
    """Only changed orders are asked for and put; the second time there is nothing to do, and verify holds."""
    shop.run(map(mapped, range(1000)))
    edited = [
        with_body(one, payment_method="Card") if n % 84 == 3 else one for n, one in enumerate(map(mapped, range(1000)))
    ]
    first, second = put(shop, edited), put(shop, edited)
    assert (first.puts, second.puts, puts(shop)) == (12, 0, 12)
    with Sides() as sides:
        verify(shop.client, shop.ledger, sides, edited, namespace="shop")
        assert sides.found() == {}


def test_what_a_person_changed_is_left_alone_until_asked_for(shop: Around) -> None:
    """A field that was changed in the store since stays and is listed, every time; `overwrite` writes it."""
    shop.run([mapped(1)])
    shop.client.update(shop.order_ids()["1"], {"status_id": 5})
    edited = [with_body(mapped(1), status_id=11, staff_notes="New notes")]
    for _ in range(2):
        done = put(shop, edited)
        assert [fields for _, _, fields in done.kept] == ["status_id"]
        assert (order(shop, "1")["status_id"], order(shop, "1")["staff_notes"]) == (5, "New notes")
    assert puts(shop) == 2
    assert put(shop, edited, overwrite=frozenset({"status_id"})).kept == []
    assert order(shop, "1")["status_id"] == 11
    assert put(shop, edited).puts == 0


def test_lines_keep_their_ids_and_amounts_go_together(shop: Around) -> None:
    """A changed line is changed under its id, a new one added, a lost one removed; totals go out as a whole."""
    shop.run([mapped(1), mapped(2)])
    before = lines(shop, "1")
    line = {"name": "Cup 1", "quantity": 2, "price_ex_tax": 11.0, "price_inc_tax": 11.0}
    totals = {
        "subtotal_ex_tax": "37.0000",
        "subtotal_inc_tax": "37.0000",
        "total_ex_tax": "42.0000",
        "total_inc_tax": "42.0000",
    }
    tea = {"name": "Tea", "quantity": 1, "price_ex_tax": 4.0, "price_inc_tax": 4.0}
    mug = (mapped(1).body or {})["products"][0]
    put(shop, [with_body(mapped(1), products=[mug, line, tea], **totals), with_body(mapped(2), products=[mug])])
    after = lines(shop, "1")
    assert [one["id"] for one in after[:2]] == [one["id"] for one in before]
    assert [(one["name"], one["quantity"]) for one in after] == [("Mug", 1), ("Cup 1", 2), ("Tea", 1)]
    assert order(shop, "1")["total_inc_tax"] == "42.0000"
    assert [one["name"] for one in lines(shop, "2")] == ["Mug"]


def test_lines_that_somebody_changed_are_left_alone(shop: Around) -> None:
    """A line added in the store keeps an update of the lines away; other fields are written."""
    shop.run([mapped(1)])
    gift = {"name": "Gift", "quantity": 1, "price_ex_tax": 0, "price_inc_tax": 0}
    shop.client.update(shop.order_ids()["1"], {"products": [gift]})
    mug = (mapped(1).body or {})["products"][0]
    done = put(shop, [with_body(mapped(1), products=[mug], payment_method="Card")])
    assert [fields for _, _, fields in done.kept] == ["products"]
    assert (len(lines(shop, "1")), order(shop, "1")["payment_method"]) == (3, "Card")


def test_fees_and_addresses(shop: Around) -> None:
    """Fees are replaced as a whole; a billing address goes out whole, with what a person changed in it."""
    fee = {"type": "custom_fee", "display_name_customer": "Duties", "cost_ex_tax": "1.0000", "cost_inc_tax": "1.0000"}
    shop.run([mapped(1, fees=[fee])])
    billing = (mapped(1).body or {})["billing_address"]
    shop.client.update(shop.order_ids()["1"], {"billing_address": {"zip": "78751", "phone": "555"}})
    dearer = {**fee, "cost_ex_tax": "2.0000", "cost_inc_tax": "2.0000"}
    put(
        shop,
        [with_body(mapped(1), fees=[dearer, fee], billing_address={**billing, "city": "Austin", "country_iso2": "CA"})],
    )
    shown = order(shop, "1")
    address = shown["billing_address"]
    assert (address["city"], address["phone"], address["country"], address["last_name"]) == (
        "Austin",
        "555",
        "Canada",
        "L1",
    )
    fees = shop.client.read(f"/v2/orders/{shown['id']}/fees")["fees"]
    assert [one["cost_ex_tax"] for one in fees] == ["2.0000", "1.0000"]
    assert shown["external_merchant_id"] == "shop:1"


class Killed(BaseException):
    """The process is gone."""


class DiesBefore:
    """A ledger whose process dies right before its n-th durable step."""

    def __init__(self, shop: Around, step: int) -> None:
        self._shop, self._left = shop, step

    def move(self, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
        """A durable step."""
        self._left -= 1
        if self._left == 0:
            raise Killed
        return self._shop.ledger.move(entries)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop.ledger, name)


def test_an_update_that_died_is_finished_by_the_next(tmp_path: Path) -> None:
    """Dead between the PUT and the ledger, the next update sees that the store has it and that nobody else did it."""
    with around(tmp_path, speed=1000.0) as shop:  # so that each PUT shows another `date_modified`
        shop.run([mapped(1), mapped(2)])
        mug = (mapped(1).body or {})["products"][0]
        edited = [with_body(mapped(1), products=[mug], staff_notes="New"), with_body(mapped(2), status_id=11)]
        with pytest.raises(Killed):
            update(edited, shop.client, DiesBefore(shop, 2), "shop")  # type: ignore[arg-type]
        assert puts(shop) == 2
        again = put(shop, edited)
        assert (again.kept, again.failed, len(lines(shop, "1"))) == ([], [], 1)
        assert put(shop, edited).puts == put(shop, edited).settled == 0
        third = put(shop, [with_body(edited[0], products=[mug, mug]), edited[1]])
        assert (third.puts, third.kept) == (1, [])


def test_lines_after_an_update_that_died_are_still_ours(tmp_path: Path) -> None:
    """Only `date_modified` tells that an order's lines were changed: by us, where the row says that we were at it."""
    with around(tmp_path, speed=1000.0) as shop:
        shop.run([mapped(1)])
        mug, cup = (mapped(1).body or {})["products"]
        jug, jar = ([{**mug, "name": name}, cup] for name in ("Jug", "Jar"))
        with pytest.raises(Killed):
            update([with_body(mapped(1), products=jug)], shop.client, DiesBefore(shop, 2), "shop")  # type: ignore[arg-type]
        assert put(shop, [with_body(mapped(1), products=jar)]).kept == []
        assert [line["name"] for line in lines(shop, "1")] == ["Jar", "Cup 1"]


@pytest.mark.parametrize("fault", ["500", "close", "429"])
def test_a_failed_put_is_made_again(shop: Around, fault: str) -> None:
    """Whether the store took it before the answer was lost or not, the order ends as the body says."""
    shop.run([mapped(1)])
    rule = {"do": fault, "when": "after" if fault == "close" else "before", "request": "PUT /v2/orders/{}", "nth": [1]}
    posted = requests.post(f"{shop.process.url}/_admin/faults", json=rule, timeout=10)
    assert posted.status_code == 200, posted.text
    assert put(shop, [with_body(mapped(1), staff_notes="New")]).failed == []
    assert order(shop, "1")["staff_notes"] == "New"


def test_a_refused_put_is_listed_without_personal_data(shop: Around) -> None:
    """The store's reason is kept, no value of a person."""
    shop.run([mapped(1)])
    done = put(shop, [with_body(mapped(1), customer_id=4711)])
    assert done.failed == [("1", shop.order_ids()["1"], "The field 'customer_id' is invalid")]


def test_the_delta_names_what_changed_and_why(shop: Around) -> None:
    """New, unchanged, changed by the export, changed by the mapping, vanished, refused now: each counted as such."""
    shop.run(map(mapped, range(6)))
    export = [
        mapped(0),
        mapped(1, status_id=5),  # another source row as well
        with_body(mapped(2), payment_method="Card"),
        MappedOrder(mapped(3).source, None, skipped="a test order"),
        mapped(5),
        mapped(6),
    ]
    with closing(DeltaPass(shop.ledger, "shop")) as passing:
        for one in export:
            passing.add(one)
        delta = passing.delta
        assert (delta.new, delta.unchanged, delta.changed) == (1, 2, 2)
        assert [(one.entry.source_id, one.fields, one.why) for one in delta.examples] == [
            ("1", ("status_id",), "source"),
            ("2", ("payment_method",), "mapping"),
        ]
        assert [(entry.source_id, why) for entry, why in passing.vanished()] == [
            ("3", "left out now: a test order"),
            ("4", "not in this export"),
        ]
    assert shop.ledger.counts()[State.CREATED] == 6
