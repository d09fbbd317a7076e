"""/v2/orders/{id}/shipments: they e-mail the shopper and move the order to shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importer.sandbox import checks, contract, lists, orders, required
from importer.sandbox.addresses import PERSON
from importer.sandbox.amounts import exactly, shown
from importer.sandbox.dates import rfc_2822
from importer.sandbox.effects import email, note_change
from importer.sandbox.statuses import NAMES, PARTIALLY_SHIPPED, SHIPPED
from importer.sandbox.wire import json_answer, not_found, nothing, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from importer.sandbox.calls import Call
    from importer.sandbox.checks import Body
    from importer.sandbox.contract import Shape
    from importer.sandbox.state import Record
    from importer.sandbox.wire import Answer, Finding

KIND = "shipments"

_COPIED = ("tracking_number", "shipping_method", "shipping_provider", "tracking_carrier", "tracking_link", "comments")


def list_shipments(call: Call) -> Answer:
    """The shipments of an order, 204 for none. Source: V2 `GET /orders/{id}/shipments`."""
    lists.known_only(call.query, "page", "limit")
    shipments = lists.some(_of(call.order(), call), call.query)
    return json_answer(shipments) if shipments else nothing()


def count_shipments(call: Call) -> Answer:
    """How many shipments an order has."""
    return json_answer({"count": len(_of(call.order(), call))})


def _of(record: Record, call: Call) -> list[Record]:
    return call.shop.state.all(KIND, owner=record["order"]["id"])


def _one(call: Call) -> Record:
    found = next((one for one in _of(call.order(), call) if one["id"] == call.ids[1]), None)
    if found is None:
        raise not_found()
    return found


def show_shipment(call: Call) -> Answer:
    """One shipment."""
    return json_answer(_one(call))


def create_shipment(call: Call) -> Answer:
    """A new shipment, dated today whatever its history. Source: V2 `POST /orders/{id}/shipments`: 201."""
    record, body = call.order(), call.body()
    _check(call, body, contract.SHIPMENT, required.in_shipment(body))
    address = _address(record, body["order_address_id"])
    _check_items(record, body)
    shipment = _shipment(record, body, address, call)
    call.shop.state.put(KIND, shipment["id"], shipment, owner=record["order"]["id"])
    _ship(record, shipment["items"], 1, call)
    email(record, call.shop, "shipment")
    return json_answer(shipment, 201)


def _check(call: Call, body: Body, shape: Shape, *needed: Iterator[Finding]) -> None:
    parts = checks.parts_of(shape, body)
    stages = [checks.unknown(parts), checks.read_only(parts), checks.nulls(parts), *needed]
    checks.refuse_first([*stages, checks.ranges(parts, call.shop.switches)], call.shop.switches)


def _address(record: Record, address_id: int) -> Record:
    for address in record["addresses"]:
        if address["id"] == address_id:
            return dict(address)
    raise refused(400, "The field 'order_address_id' is invalid.")


def _check_items(record: Record, body: Body) -> None:
    """Only what the address still waits for can be shipped. The store's own words are not known."""
    open_lines = {
        line["id"]: line["quantity"] - line["quantity_shipped"]
        for line in record["lines"]
        if line["order_address_id"] == body["order_address_id"]
    }
    for item in body["items"]:
        open_lines[item["order_product_id"]] = open_lines.get(item["order_product_id"], 0) - item["quantity"]
        if item["quantity"] < 1 or open_lines[item["order_product_id"]] < 0:
            raise refused(400, "The field 'items' is invalid.")


def _shipment(record: Record, body: Body, address: Record, call: Call) -> Record:
    products = {line["id"]: line["product_id"] for line in record["lines"]}
    own = {name: body.get(name, "") for name in _COPIED}
    return {
        "id": call.shop.state.take_ids(KIND),
        "order_id": record["order"]["id"],
        "customer_id": record["order"]["customer_id"],
        "order_address_id": address["id"],
        "date_created": rfc_2822(call.shop.clock.now()),
        "merchant_shipping_cost": shown(exactly(body.get("merchant_shipping_cost", 0))),
        **own,
        "billing_address": {name: record["order"]["billing_address"][name] for name in PERSON},
        "shipping_address": {name: address[name] for name in PERSON},
        "items": [{**item, "product_id": products[item["order_product_id"]]} for item in body["items"]],
        "shipping_provider_display_name": own["shipping_provider"].upper(),
        "generated_tracking_link": "",
    }


def _ship(record: Record, items: list[Body], way: int, call: Call) -> None:
    """Count items as shipped, or no longer; a shipped order does not go back when its shipment is deleted."""
    before, order = dict(record["order"]), record["order"]
    lines = {line["id"]: line for line in record["lines"]}
    for item in items:
        if item["order_product_id"] in lines:
            lines[item["order_product_id"]]["quantity_shipped"] += way * item["quantity"]
    order["items_shipped"] = sum(line["quantity_shipped"] for line in record["lines"])
    for address in record["addresses"]:
        mine = [line for line in record["lines"] if line["order_address_id"] == address["id"]]
        address["items_shipped"] = sum(line["quantity_shipped"] for line in mine)
    if way > 0:
        whole = order["items_shipped"] >= order["items_total"]
        order["status_id"] = SHIPPED if whole else PARTIALLY_SHIPPED
        order["status"] = order["custom_status"] = NAMES[order["status_id"]]
        order["date_shipped"] = rfc_2822(call.shop.clock.now()) if whole else ""
    note_change(record, before, call.shop)
    orders.save(record, call.shop)


def change_shipment(call: Call) -> Answer:
    """A shipment changed; its items cannot be."""
    shipment, body = _one(call), call.body()
    _check(call, body, contract.SHIPMENT_PUT)
    shipment |= {name: body[name] for name in _COPIED if name in body}
    if "merchant_shipping_cost" in body:
        shipment["merchant_shipping_cost"] = shown(exactly(body["merchant_shipping_cost"]))
    if "order_address_id" in body:
        shipment["order_address_id"] = _address(call.order(), body["order_address_id"])["id"]
    call.shop.state.put(KIND, shipment["id"], shipment, owner=shipment["order_id"])
    return json_answer(shipment)


def delete_shipment(call: Call) -> Answer:
    """A shipment deleted."""
    _drop([_one(call)], call)
    return nothing()


def delete_shipments(call: Call) -> Answer:
    """All shipments of an order deleted."""
    _drop(_of(call.order(), call), call)
    return nothing()


def _drop(shipments: list[Record], call: Call) -> None:
    for shipment in shipments:
        call.shop.state.drop(KIND, shipment["id"])
        _ship(call.order(), shipment["items"], -1, call)


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/v2/orders/{}/shipments"): list_shipments,
    ("POST", "/v2/orders/{}/shipments"): create_shipment,
    ("DELETE", "/v2/orders/{}/shipments"): delete_shipments,
    ("GET", "/v2/orders/{}/shipments/count"): count_shipments,
    ("GET", "/v2/orders/{}/shipments/{}"): show_shipment,
    ("PUT", "/v2/orders/{}/shipments/{}"): change_shipment,
    ("DELETE", "/v2/orders/{}/shipments/{}"): delete_shipment,
}
