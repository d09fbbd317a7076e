"""What hangs on an order, made ready: shipments with their mark and their lines, metafields with their namespace.

A shipment that says neither when it left nor by which number it is tracked is none yet; a metafield without a value is
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from importer.errors import FieldError
from importer.model import SHIPMENT_MARK, Body

NAMESPACE = "migration"
"""Of metafields whose mapping names none."""

_COPIED = ("tracking_number", "shipping_provider", "tracking_carrier", "tracking_link", "shipping_method")


def hanging(after: Body, body: Body) -> Body | None:
    """The section `after` of one order as it is sent, None for nothing.

    `shipments`: each with `comments`, tracking, and `lines`, pairs of a product's place in the body from 0 and a
    quantity; without `lines` it has all that is left of the order. `metafields`: each as V3 takes it.
    Errors: FieldError `shipment-items` where a parcel has what the order has not, `metafield-twice`.
    Source: V2 `orderShipment_Post`, V3 `createOrderMetafield`.
    """
    parcels = [one for one in after.get("shipments", ()) if one.get("shipped") or one.get("tracking_number")]
    parcels.sort(key=_left_at)
    made = {
        "shipments": list(_shipments(parcels, body.get("products", []))),
        "metafields": [_metafield(one) for one in after.get("metafields", ()) if str(one.get("value", "")) != ""],
    }
    _hold_apart(made["metafields"])
    return {kind: things for kind, things in made.items() if things} or None


def _left_at(parcel: Body) -> float:
    """When a parcel left, unknown last: shops list the newest first, and a number once given must not move on."""
    shipped = str(parcel.get("shipped", ""))
    return parsedate_to_datetime(shipped).timestamp() if shipped else float("inf")


def _shipments(parcels: list[Body], products: list[Body]) -> Iterator[Body]:
    left = [product["quantity"] for product in products]
    for number, parcel in enumerate(parcels, 1):
        shipment: Body = {name: str(parcel[name]) for name in _COPIED if name in parcel}
        shipment["comments"] = _comments(number, parcel)
        if "items" in parcel:
            shipment["lines"] = _lines(number, parcel["items"], products, left)
        yield shipment


def _comments(number: int, parcel: Body) -> str:
    mark = SHIPMENT_MARK.format(number=number)
    first = f"{mark}, shipped on {parcel['shipped']}." if parcel.get("shipped") else f"{mark}."
    return "\n".join(str(text) for text in (first, parcel.get("comments")) if text)


def _lines(number: int, items: list[Body], products: list[Body], left: list[int]) -> list[list[int]]:
    """Which lines of the order a parcel has, and how many of each; `left` is what no parcel has taken yet."""
    taken: dict[int, int] = {}
    for item in items:
        quantity = _quantity(number, item)
        line = next((line for line in _fitting(item, products) if left[line] >= quantity), None)
        if line is None:
            said = f"shipment {number} has {quantity} of '{_called(item)}', more than the order has left of it"
            raise FieldError("shipment-items", said)
        left[line] -= quantity
        taken[line] = taken.get(line, 0) + quantity
    return [[line, quantity] for line, quantity in taken.items()]


def _quantity(number: int, item: Body) -> int:
    stated = str(item.get("quantity", 1))
    whole = re.fullmatch(r"0*([1-9]\d{0,8})(\.0*)?", stated)
    if whole is None:
        said = f"shipment {number} has '{stated[:40]}' of '{_called(item)}'; a whole number above 0 is needed"
        raise FieldError("shipment-items", said)
    return int(whole[1])


def _fitting(item: Body, products: list[Body]) -> list[int]:
    """The lines with the item's SKU; without one, or where no line has it, those with its name."""
    for key in ("sku", "name"):
        wanted = str(item.get(key, ""))
        found = [line for line, product in enumerate(products) if wanted and str(product.get(key, "")) == wanted]
        if found:
            return found
    return []


def _called(item: Body) -> str:
    return str(item.get("sku") or item.get("name") or "an item without SKU and name")


def _metafield(one: Body) -> Body:
    described = {"description": str(one["description"])} if "description" in one else {}
    return {
        "namespace": str(one.get("namespace", NAMESPACE)),
        "key": str(one.get("key", "")),
        "value": _as_text(one["value"]),
        "permission_set": str(one.get("permission_set", "read")),
        **described,
    }


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hold_apart(metafields: list[Body]) -> None:
    """The store takes a namespace and key once an order."""
    seen: set[tuple[str, str]] = set()
    for one in metafields:
        place = (one["namespace"], one["key"])
        if place in seen:
            said = f"the order has two metafields '{'/'.join(place)}'; the store takes one"
            raise FieldError("metafield-twice", said)
        seen.add(place)
