"""/v3/orders/{id}/metafields: what V2 cannot hold; a second one of the same namespace and key is a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox.clock import moment
from importer.sandbox.kinds import LARGEST_ID
from importer.sandbox.pages_v3 import listed
from importer.sandbox.wire import Refused, json_answer, not_found, nothing, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.calls import Call
    from importer.sandbox.checks import Body
    from importer.sandbox.state import Record
    from importer.sandbox.wire import Answer

KIND = "metafields"

MOST = 250
"""Metafields of one order and client. Source: V3 `createOrderMetafield`."""

LIMITS = {"namespace": (1, 64), "key": (1, 64), "value": (1, 65_535), "description": (0, 255)}
PERMISSIONS = ("app_only", "read", "write", "read_and_sf_access", "write_and_sf_access")
REQUIRED = ("permission_set", "namespace", "key", "value")

_FILTERS = ("key", "key:in", "namespace", "namespace:in", "date_created", "date_modified")
_RANGES = ("date_created:min", "date_created:max", "date_modified:min", "date_modified:max", "before", "after")


def list_of_order(call: Call) -> Answer:
    """The metafields of an order."""
    return listed(call, _of(call, call.order()["order"]["id"]), *_FILTERS, *_RANGES)


def list_all(call: Call) -> Answer:
    """The metafields of all orders."""
    return listed(call, call.shop.state.all(KIND), *_FILTERS, *_RANGES)


def _of(call: Call, order_id: int) -> list[Record]:
    return call.shop.state.all(KIND, owner=order_id)


def _one(call: Call) -> Record:
    call.order()
    return _kept(call, call.ids[1], call.ids[0])


def _kept(call: Call, metafield_id: Any, order_id: int | None = None) -> Record:
    known = isinstance(metafield_id, int) and 0 < metafield_id <= LARGEST_ID
    found: Record | None = call.shop.state.get(KIND, metafield_id) if known else None
    if found is None or order_id not in (None, found["resource_id"]):
        raise not_found()
    return found


def show(call: Call) -> Answer:
    """One metafield."""
    return json_answer({"data": _one(call), "meta": {}})


def create(call: Call) -> Answer:
    """A new metafield. Source: V3 `createOrderMetafield`: 200, 409 for the same namespace and key, 422."""
    return json_answer({"data": _create(call, call.order()["order"]["id"], call.body()), "meta": {}})


def _create(call: Call, order_id: int, body: Body) -> Record:
    _check(body, REQUIRED)
    others = _of(call, order_id)
    _check_free(body, others)
    if len(others) >= MOST:
        raise refused(422, "The order has 250 metafields, the most there may be.")
    now = moment(call.shop.clock.now()).isoformat(timespec="seconds")
    made = {
        "id": call.shop.state.take_ids(KIND),
        **{name: body.get(name, "") for name in ("permission_set", *LIMITS)},
        "resource_type": "order",
        "resource_id": order_id,
        "date_created": now,
        "date_modified": now,
        "owner_client_id": "sandbox",
    }
    call.shop.state.put(KIND, made["id"], made, owner=order_id)
    return made


def _check(body: Body, needed: tuple[str, ...]) -> None:
    """Source: V3 `MetafieldBase_Post`."""
    errors = {name: "error.path.missing" for name in needed if name not in body}
    for name, (least, most) in LIMITS.items():
        value = body.get(name, "x" * least)
        if not isinstance(value, str) or not least <= len(value) <= most:
            errors[name] = f"must be text of {least} to {most} characters"
    if body.get("permission_set", "read") not in PERMISSIONS:
        errors["permission_set"] = f"must be one of {', '.join(sorted(PERMISSIONS))}"
    if errors:
        raise refused(422, "The metafield is not valid.", **errors)


def _check_free(body: Body, others: list[Record]) -> None:
    place = (body["namespace"], body["key"])
    if any((one["namespace"], one["key"]) == place for one in others):
        raise refused(409, "A metafield with the same namespace and key exists.", key="already exists")


def change(call: Call) -> Answer:
    """A metafield changed."""
    return json_answer({"data": _change(call, _one(call), call.body()), "meta": {}})


def _change(call: Call, kept: Record, body: Body) -> Record:
    _check(body, ())
    now = moment(call.shop.clock.now()).isoformat(timespec="seconds")
    changed = {**kept, **{name: body[name] for name in ("permission_set", *LIMITS) if name in body}}
    _check_free(changed, [one for one in _of(call, kept["resource_id"]) if one["id"] != kept["id"]])
    changed["date_modified"] = now
    call.shop.state.put(KIND, kept["id"], changed, owner=kept["resource_id"])
    return changed


def delete(call: Call) -> Answer:
    """A metafield deleted."""
    call.shop.state.drop(KIND, _one(call)["id"])
    return nothing()


def create_some(call: Call) -> Answer:
    """Metafields of many orders at once. Source: V3 `createOrdersMetafields`."""

    def make(body: Body) -> Record:
        order_id = body.get("resource_id")
        if not isinstance(order_id, int) or not 0 < order_id <= LARGEST_ID or not call.shop.state.order(order_id):
            raise refused(422, "There is no such order.", resource_id="not found")
        return _create(call, order_id, body)

    return _batch(_objects(call), make)


def change_some(call: Call) -> Answer:
    """Metafields changed by id. Source: V3 `updateOrdersMetafields`."""
    return _batch(_objects(call), lambda body: _change(call, _kept(call, body.get("id")), body))


def delete_some(call: Call) -> Answer:
    """Metafields deleted by id. Source: V3 `deleteOrdersMetafields`."""
    ids = call.value()
    if not isinstance(ids, list):
        raise refused(400, "Input is invalid")

    def drop(metafield_id: Any) -> int:
        kept = _kept(call, metafield_id)
        call.shop.state.drop(KIND, kept["id"])
        return int(kept["id"])

    return _batch(ids, drop)


def _objects(call: Call) -> list[Body]:
    value = call.value()
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise refused(400, "Input is invalid")
    return value


def _batch(given: list[Any], act: Callable[[Any], Any]) -> Answer:
    """What could be done, and what could not: 200 if all of it, 422 if some is left."""
    done: list[Any] = []
    errors = []
    for one in given:
        try:
            done.append(act(one))
        except Refused as refusal:
            errors.append({"status": refusal.status, "title": str(refusal), "errors": refusal.findings[0].details})
    meta = {"total": len(given), "success": len(done), "failed": len(errors)}
    return json_answer({"data": done, "errors": errors, "meta": meta}, 422 if errors else 200)


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/v3/orders/{}/metafields"): list_of_order,
    ("POST", "/v3/orders/{}/metafields"): create,
    ("GET", "/v3/orders/{}/metafields/{}"): show,
    ("PUT", "/v3/orders/{}/metafields/{}"): change,
    ("DELETE", "/v3/orders/{}/metafields/{}"): delete,
    ("GET", "/v3/orders/metafields"): list_all,
    ("POST", "/v3/orders/metafields"): create_some,
    ("PUT", "/v3/orders/metafields"): change_some,
    ("DELETE", "/v3/orders/metafields"): delete_some,
}
