"""The door of the room: `check`."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from importer.model import MappedOrder, Problem, SourceOrder
from importer.orders import check

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def mapped(body: dict[str, Any] | None, **rest: Any) -> MappedOrder:
    return MappedOrder(SourceOrder("1001", ()), body, **rest)


def test_a_valid_order_is_the_same_object(body: dict[str, Any]) -> None:
    """An order with nothing wrong is given back as it is."""
    order = mapped(body)
    assert check(order, NOW) is order


def test_an_order_without_a_body_is_untouched() -> None:
    """Skipped and unmapped orders pass through, with their own problems."""
    order = mapped(None, problems=(Problem("undecided", "status_id", "a table has no row"),))
    assert check(order, NOW) is order


def test_problems_are_added_to_those_there_are(body: dict[str, Any]) -> None:
    """What was wrong before stays, first."""
    before = Problem("undecided", "status_id", "a table has no row")
    body["billing_address"]["zip"] = "7"
    after = check(mapped(body, problems=(before,)), NOW)
    assert [problem.code for problem in after.problems] == ["undecided", "too-short"]


def test_the_body_is_not_touched(body: dict[str, Any]) -> None:
    """Checking reads; the body stays byte for byte."""
    body["status_id"] = 99
    before = copy.deepcopy(body)
    assert check(mapped(body), NOW).body == before


def test_every_kind_of_order_passes(any_body: dict[str, Any]) -> None:
    """Lines of both kinds, pickups, fees, returns: what the documents allow is not refused."""
    assert check(mapped(any_body), NOW).problems == ()


def test_the_orders_currency_says_how_fine_a_price_may_be(body: dict[str, Any]) -> None:
    """Twenty pieces for 20.011 dinars come to whole fils only with more than four decimals; dollars need none."""
    line = {"name": "Cup", "quantity": 20, "price_ex_tax": 1.00055, "price_inc_tax": 1.00055}
    order = {key: value for key, value in body.items() if not key.startswith(("total", "subtotal"))} | {
        "products": [line]
    }
    assert check(mapped(order, currency="KWD"), NOW).problems == ()
    assert {problem.code for problem in check(mapped(order, currency="USD"), NOW).problems} == {"price-precision"}
