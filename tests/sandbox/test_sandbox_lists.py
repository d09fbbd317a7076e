"""Lists and counts of V2 orders: filters, pages, order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_caller import body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox_caller import Caller


@pytest.fixture
def three(store: Caller) -> Caller:
    """Orders A, B and C of three days, totals 22, 30 and 40."""
    for day, name, total in ((1, "A", 22), (2, "B", 30), (3, "C", 40)):
        store.order(
            external_order_id=name,
            date_created=f"0{day} Mar 2020 12:00:00 +0000",
            status_id=day,
            payment_method=f"Card {name}",
            total_ex_tax=total,
            total_inc_tax=total,
            billing_address={"zip": "78751", "email": f"{name}@Example.com"},
        )
    return store


CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "ABC"),
    ({"min_id": 101}, "BC"),
    ({"max_id": 101}, "AB"),
    ({"min_total": "30", "max_total": 39.99}, "B"),
    ({"status_id": 2}, "B"),
    ({"email": "c@example.com"}, "C"),
    ({"payment_method": "Card A"}, "A"),
    ({"external_order_id": "B"}, "B"),
    ({"external_order_id": "b"}, ""),
    ({"customer_id": 0}, "ABC"),
    ({"channel_id": 1, "limit": 2}, "AB"),
    ({"limit": 2, "page": 2}, "C"),
    ({"min_date_created": "2020-03-02T12:00:00Z"}, "BC"),
    ({"max_date_created": "Sun, 01 Mar 2020 06:00:00 -0600"}, "A"),
    ({"min_date_modified": "2023-11-15"}, ""),
    ({"sort": "date_created:desc"}, "CBA"),
    ({"sort": "status_id:asc"}, "ABC"),
    ({"cart_id": "none"}, ""),
]


@pytest.mark.parametrize(("query", "expected"), CASES, ids=[str(query) for query, _ in CASES])
def test_a_list_has_what_its_filters_let_through(three: Caller, query: dict[str, Any], expected: str) -> None:
    """Each filter of the reference, and 204 for nothing."""
    answer = three.get("/v2/orders", **query)
    assert answer.status_code == (200 if expected else 204)
    assert "".join(order["external_order_id"] for order in (answer.json() if expected else [])) == expected


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 251}, 413),
        ({"limit": 0}, 400),
        ({"page": 0}, 400),
        ({"page": "x"}, 400),
        ({"id": 1}, 400),
        ({"sort": "total"}, 400),
        ({"min_date_created": "yesterday"}, 400),
        ({"min_id": "9" * 30}, 400),
        ({"include": "products"}, 400),
    ],
)
def test_a_wrong_query_is_refused(three: Caller, query: dict[str, Any], status: int) -> None:
    """Unknown parameters and values get 400, too many objects 413."""
    assert three.get("/v2/orders", **query).status_code == status


def test_counts_by_status(three: Caller) -> None:
    """The count has all fifteen statuses in the panel's order, and obeys filters."""
    found = three.get("/v2/orders/count").json()
    assert (found["count"], len(found["statuses"])) == (3, 15)
    assert [status["name"] for status in found["statuses"] if status["count"]] == [
        "Pending",
        "Partially Shipped",
        "Shipped",
    ]
    assert three.get("/v2/orders/count", external_order_id="A").json()["count"] == 1


def test_a_list_is_fifty_orders_long(store: Caller) -> None:
    """50 orders without a limit, up to 250 with one."""
    for _ in range(51):
        assert store.post("/v2/orders", body_of()).status_code == 200
    assert len(store.get("/v2/orders").json()) == 50
    assert len(store.get("/v2/orders", limit=250).json()) == 51


SWITCHES: list[tuple[dict[str, Any], dict[str, Any], int]] = [
    ({"match": "exact"}, {"external_order_id": "ab"}, 0),
    ({"match": "prefix"}, {"external_order_id": "AB"}, 2),
    ({"match": "case-insensitive"}, {"external_order_id": "ab"}, 1),
    ({"archived_in_lists": True}, {}, 3),
    ({"archived_in_lists": False}, {}, 2),
    ({"list_lag": 5}, {}, 0),
]


@pytest.mark.parametrize(("switches", "query", "found"), SWITCHES)
def test_what_nobody_documents_is_a_switch(
    start: Callable[..., Caller], switches: dict[str, Any], query: dict[str, Any], found: int
) -> None:
    """How external_order_id is matched, whether archived orders are listed, how long a new one stays unseen."""
    store = start(switches=switches)
    for name in ("AB", "ABC", "X"):
        store.order(external_order_id=name)
    store.delete("/v2/orders/102")
    answer = store.get("/v2/orders", **query)
    assert (len(answer.json()) if answer.status_code == 200 else 0) == found


def test_an_unseen_order_is_seen_later(start: Callable[..., Caller]) -> None:
    """A lagging list shows an order once its time has come; GET by id shows it at once."""
    store = start(switches={"list_lag": 5})
    store.order(external_order_id="1")
    assert store.get("/v2/orders/100").status_code == 200
    store.clock.sleep(5)
    assert store.get("/v2/orders", external_order_id="1").status_code == 200
