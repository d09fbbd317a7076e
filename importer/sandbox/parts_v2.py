"""What belongs to an order in V2: products, addresses, coupons, taxes, messages, fees, consignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox import addresses, checks, contract, lists, orders, shapes
from importer.sandbox.geography import check_country
from importer.sandbox.wire import json_answer, not_found, nothing, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.calls import Call
    from importer.sandbox.state import Record
    from importer.sandbox.wire import Answer


def _listed(call: Call, rows: list[Any]) -> Answer:
    shown = lists.some(rows, call.query)
    return json_answer(shown) if shown else nothing()


def _one(call: Call, rows: list[Record]) -> Record:
    found = next((row for row in rows if row["id"] == call.ids[1]), None)
    if found is None:
        raise not_found()
    return found


def list_products(call: Call) -> Answer:
    """The lines of an order, 50 unless a limit is given. Source: V2 `GET /orders/{id}/products`."""
    lists.known_only(call.query, "page", "limit")
    return _listed(call, call.order()["lines"])


def show_product(call: Call) -> Answer:
    """One line of an order."""
    return json_answer(_one(call, call.order()["lines"]))


def list_addresses(call: Call) -> Answer:
    """The shipping addresses of an order."""
    lists.known_only(call.query, "page", "limit")
    return _listed(call, [shapes.shipping_address(one, call.shop) for one in call.order()["addresses"]])


def show_address(call: Call) -> Answer:
    """One shipping address of an order."""
    return json_answer(shapes.shipping_address(_one(call, call.order()["addresses"]), call.shop))


def change_address(call: Call) -> Answer:
    """A shipping address changed; its costs are not computed again."""
    record, body = call.order(), call.body()
    address = _one(call, record["addresses"])
    parts = checks.parts_of(contract.SHIPPING, body)
    stages = (checks.unknown(parts), checks.read_only(parts), checks.nulls(parts))
    ranges = (checks.ranges(parts, call.shop.switches), check_country("shipping_address", body))
    checks.refuse_first((*stages, *ranges), call.shop.switches)
    addresses.change_shipping(address, body)
    orders.save(record, call.shop)
    return json_answer(shapes.shipping_address(address, call.shop))


def no_quotes(call: Call) -> Answer:
    """Orders made by the API have no shipping quotes. Source: V2 `getOrderShippingAddressShippingQuotes`: 204."""
    _one(call, call.order()["addresses"])
    return nothing()


def list_coupons(call: Call) -> Answer:
    """An order made by V2 has no coupons: they cannot be written."""
    lists.known_only(call.query, "page", "limit")
    call.order()
    return nothing()


def list_taxes(call: Call) -> Answer:
    """The taxes of an order. Source: V2 `GET /orders/{id}/taxes`, `?details=true`."""
    lists.known_only(call.query, "page", "limit", "details")
    return _listed(call, shapes.taxes(call.order(), call.query.get("details") == "true"))


_MESSAGE_FILTERS = (
    "min_id",
    "max_id",
    "customer_id",
    "min_date_created",
    "max_date_created",
    "is_flagged",
    "status",
    "page",
    "limit",
)


def list_messages(call: Call) -> Answer:
    """The messages of an order: none, as no API writes them."""
    lists.known_only(call.query, *_MESSAGE_FILTERS)
    call.order()
    return nothing()


def show_fees(call: Call) -> Answer:
    """The fees of an order. Source: the example of V2 `GET /orders/{id}/fees`; its schema forgets the list."""
    return json_answer({"fees": call.order()["fees"]})


def show_consignments(call: Call) -> Answer:
    """The consignments of an order. Source: V2 `GET /orders/{id}/consignments`."""
    lists.known_only(call.query, "include")
    wanted = call.query.get("include", "")
    if wanted not in ("", "consignments.line_items"):
        raise refused(400, "The field 'include' is invalid.")
    return json_answer(shapes.consignments(call.order(), call.shop, bool(wanted)))


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/v2/orders/{}/products"): list_products,
    ("GET", "/v2/orders/{}/products/{}"): show_product,
    ("GET", "/v2/orders/{}/shipping_addresses"): list_addresses,
    ("GET", "/v2/orders/{}/shipping_addresses/{}"): show_address,
    ("PUT", "/v2/orders/{}/shipping_addresses/{}"): change_address,
    ("GET", "/v2/orders/{}/shipping_addresses/{}/shipping_quotes"): no_quotes,
    ("GET", "/v2/orders/{}/coupons"): list_coupons,
    ("GET", "/v2/orders/{}/taxes"): list_taxes,
    ("GET", "/v2/orders/{}/messages"): list_messages,
    ("GET", "/v2/orders/{}/fees"): show_fees,
    ("GET", "/v2/orders/{}/consignments"): show_consignments,
    ("GET", "/v2/orders/{}/consignments/shipping/{}/shipping_quotes"): no_quotes,
}
