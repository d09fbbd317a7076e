"""/v2/orders and /v2/orders/count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from importer.sandbox import lists, orders, shapes
from importer.sandbox.statuses import STATUSES
from importer.sandbox.wire import json_answer, nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.calls import Call
    from importer.sandbox.wire import Answer

_SHAPE = ("include", "consignment_structure")


def list_orders(call: Call) -> Answer:
    """Orders that the filters let through, a page of them; 204 where there are none.

    Source: V2 `GET /orders`; bigcommerce-api-ruby #47 for the 204, also for a page past the end.
    """
    lists.known_only(call.query, *lists.FILTERS, "external_order_id", "page", "limit", "sort", *_SHAPE)
    wanted, (limit, skipped) = shapes.asked_for(call.query), lists.page(call.query)
    clauses, values = lists.where(call.query, call.shop)
    query = f"SELECT record FROM orders WHERE {' AND '.join(clauses)} ORDER BY {lists.order_by(call.query)}"  # noqa: S608 - our own clauses
    rows = call.shop.state.rows(f"{query} LIMIT {limit} OFFSET {skipped}", values)
    if not rows:
        return nothing()
    return json_answer([shapes.order(json.loads(text), call.shop, wanted) for (text,) in rows])


def count_orders(call: Call) -> Answer:
    """How many orders there are in each status, and together. Source: V2 `GET /orders/count`."""
    lists.known_only(call.query, *lists.FILTERS, "external_order_id")
    clauses, values = lists.where(call.query, call.shop)
    query = f"SELECT status_id, count(*) FROM orders WHERE {' AND '.join(clauses)} GROUP BY status_id"  # noqa: S608 - our own clauses
    counts = dict(call.shop.state.rows(query, values))
    rows = [
        {**status, "count": counts.get(status["id"], 0), "sort_order": place} for place, status in enumerate(STATUSES)
    ]
    return json_answer({"statuses": rows, "count": sum(counts.values())})


def create_order(call: Call) -> Answer:
    """A new order; nothing keeps a second one with the same external_order_id out. Source: V2 `POST /orders`."""
    lists.known_only(call.query, *_SHAPE)
    wanted = shapes.asked_for(call.query)
    record = orders.create(call.body(), call.shop)
    return json_answer(shapes.order(record, call.shop, wanted), call.shop.switches.post_status)


def show_order(call: Call) -> Answer:
    """One order, archived or not."""
    lists.known_only(call.query, *_SHAPE)
    return json_answer(shapes.order(call.order(), call.shop, shapes.asked_for(call.query)))


def change_order(call: Call) -> Answer:
    """An order changed."""
    lists.known_only(call.query, *_SHAPE)
    record = orders.change(call.order(), call.body(), call.shop)
    return json_answer(shapes.order(record, call.shop, shapes.asked_for(call.query)))


def archive_order(call: Call) -> Answer:
    """An order archived. Source: V2 `DELETE /orders/{id}`."""
    orders.archive(call.order(), call.shop)
    return nothing()


def archive_orders(call: Call) -> Answer:
    """Every order archived, or the first `limit` of them. Source: V2 `DELETE /orders`."""
    lists.known_only(call.query, "limit")
    limit = lists.whole("limit", call.query["limit"]) if "limit" in call.query else -1
    query = "SELECT record FROM orders WHERE archived = 0 ORDER BY id LIMIT ?"
    for (text,) in call.shop.state.rows(query, [limit]):
        orders.archive(json.loads(text), call.shop)
    return nothing()


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/v2/orders"): list_orders,
    ("POST", "/v2/orders"): create_order,
    ("DELETE", "/v2/orders"): archive_orders,
    ("GET", "/v2/orders/count"): count_orders,
    ("GET", "/v2/orders/{}"): show_order,
    ("PUT", "/v2/orders/{}"): change_order,
    ("DELETE", "/v2/orders/{}"): archive_order,
}
