"""What must be in a body of V2, and what must not stand beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox.checks import Body, invalid, missing
from importer.sandbox.wire import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES = ("name", "name_customer", "name_merchant")
_COSTS = ("cost_ex_tax", "cost_inc_tax", "cost_tax")


def in_new_order(body: Body) -> Iterator[Finding]:
    """What POST /orders needs.

    Source: V2 `POST /orders`: `billing_address`, and `products` or `consignments`, never both.
    """
    if "billing_address" not in body:
        yield missing("billing_address")
    yield from in_address(body.get("billing_address"))
    if "consignments" in body:
        yield from _consignments(body)
    elif not body.get("products"):
        yield missing("products")
    for line in objects(body.get("products")):
        yield from in_line(line)
    for fee in objects(body.get("fees")):
        yield from in_fee(fee)


def in_changes(body: Body) -> Iterator[Finding]:
    """What PUT /orders/{id} needs: of new lines what POST needs of them, of each fee its whole."""
    yield from in_address(body.get("billing_address"))
    for line in objects(body.get("products")):
        if "id" not in line:
            yield from in_line(line)
    for fee in objects(body.get("fees")):
        yield from in_fee(fee)
    for pickup in objects(_inner(body, "consignments", "pickups")):
        if "id" not in pickup:
            yield missing("id")


def in_address(address: Any) -> Iterator[Finding]:
    """Source: V2 `billingAddress_Base`, required `zip`."""
    if isinstance(address, dict) and "zip" not in address:
        yield missing("zip")


def in_line(line: Body) -> Iterator[Finding]:
    """Source: V2 `orderCustomProduct_Post`, `orderCatalogProduct_Post`."""
    if "quantity" not in line:
        yield missing("quantity")
    if "product_id" not in line:
        if not any(name in line for name in NAMES):
            yield missing("name")
        yield from (missing(name) for name in ("price_inc_tax", "price_ex_tax") if name not in line)
    if line.get("wrapping_id"):
        yield from (missing(name) for name in ("wrapping_cost_ex_tax", "wrapping_cost_inc_tax") if name not in line)
    for option in objects(line.get("product_options")):
        yield from (missing(name) for name in ("id", "value") if name not in option)


def in_fee(fee: Body) -> Iterator[Finding]:
    """Source: V2 `orderFees_Post`: at least one display name, at least two costs."""
    if "type" not in fee:
        yield missing("type")
    if not (fee.get("display_name_customer") or fee.get("display_name_merchant")):
        yield missing("display_name_customer")
    if sum(name in fee for name in _COSTS) < 2:
        yield missing(next(name for name in _COSTS if name not in fee))


def in_shipment(body: Body) -> Iterator[Finding]:
    """Source: V2 `POST /orders/{id}/shipments`: `order_address_id`, `items`."""
    if "order_address_id" not in body:
        yield missing("order_address_id")
    if not body.get("items"):
        yield missing("items")
    for item in objects(body.get("items")):
        yield from (missing(name) for name in ("order_product_id", "quantity") if name not in item)


def _consignments(body: Body) -> Iterator[Finding]:
    """Source: V2 `POST /orders`: "An order can have only one pickup consignment"."""
    for name in ("products", "shipping_addresses"):
        if name in body:
            yield Finding(f"The field '{name}' cannot be used together with 'consignments'.")
    pickups = _inner(body, "consignments", "pickups")
    if not pickups:
        yield missing("pickups")
    if isinstance(pickups, list) and len(pickups) > 1:
        yield invalid("pickups")
    for pickup in objects(pickups):
        yield from (missing(name) for name in ("pickup_method_id", "line_items") if not pickup.get(name))
        for line in objects(pickup.get("line_items")):
            yield from in_line(line)


def _inner(body: Body, *names: str) -> Any:
    value: Any = body
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> Iterable[Body]:
    """The objects of a list; nothing where there is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
