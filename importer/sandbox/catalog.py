"""The catalogue as orders meet it: is there such a product, are its options chosen, is there stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox.checks import Body, invalid
from importer.sandbox.required import objects
from importer.sandbox.wire import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from importer.sandbox.state import State

OPTIONS_MESSAGE = "The options of one or more products are invalid."
STOCK_MESSAGE = "Quantities of one or more products are out of stock or did not meet quantity requirements."


def lines_of(body: Body) -> list[Body]:
    """The order's lines, wherever the body has them."""
    pickups = body.get("consignments", {}).get("pickups", [])
    return [*objects(body.get("products")), *(line for one in pickups for line in objects(one.get("line_items")))]


def references(body: Body, state: State) -> Iterator[Finding]:
    """Ids that nothing in the store has.

    Source: message seen in production, "The field 'customer_id' is invalid."; V2 `channel_id`: "must match the ID of
    a valid and enabled channel".
    """
    if body.get("customer_id") and state.get("customers", body["customer_id"]) is None:
        yield invalid("customer_id")
    if "channel_id" in body and not _enabled(state.get("channels", body["channel_id"])):
        yield invalid("channel_id")
    if not 0 <= body.get("status_id", 0) <= 14:
        yield invalid("status_id")
    for line in lines_of(body):
        yield from _line_references(line, state)


def _enabled(channel: Any) -> bool:
    return channel is not None and channel["status"] in ("active", "connected", "prelaunch")


def _line_references(line: Body, state: State) -> Iterator[Finding]:
    if "product_id" not in line:
        return
    if state.get("products", line["product_id"]) is None:
        yield invalid("product_id")
    elif "variant_id" in line:
        variant = state.get("variants", line["variant_id"])
        if variant is None or variant["product_id"] != line["product_id"]:
            yield invalid("variant_id")


def options(lines: Iterable[Body], state: State, links: str) -> Iterator[Finding]:
    """What a product must be told that the line does not tell, and what it tells wrongly.

    Source: the 400 of the V2 order documents of 2016: MandatoryProductOptions, InvalidProductOption,
    InvalidProductOptionValue.
    """
    errors = [error for line in lines if "product_id" in line for error in _option_errors(line, state, links)]
    if errors:
        yield Finding(OPTIONS_MESSAGE, 400, {"errors": errors})


def _option_errors(line: Body, state: State, links: str) -> Iterator[dict[str, Any]]:
    product = state.get("products", line["product_id"])
    given = {option["id"]: option["value"] for option in line.get("product_options", [])}
    known = {option["id"]: option for option in (*product["options"], *product["modifiers"])}
    wanted = [] if "variant_id" in line else product["options"]
    wanted = [*wanted, *(one for one in product["modifiers"] if one["required"])]
    lacking = [_option_link(product, option, links) for option in wanted if option["id"] not in given]
    if lacking:
        yield _error("MandatoryProductOptions", product, links, required_product_options=lacking)
    for option_id, value in given.items():
        if option_id not in known:
            yield _error("InvalidProductOption", product, links, option_id=option_id)
        elif not _takes(known[option_id], value):
            yield _error("InvalidProductOptionValue", product, links, option_id=option_id)


def _takes(option: dict[str, Any], value: str) -> bool:
    values = option.get("option_values", [])
    return not values or value in [str(one["id"]) for one in values]


def _option_link(product: dict[str, Any], option: dict[str, Any], links: str) -> dict[str, Any]:
    resource = f"/products/{product['id']}/options/{option['id']}"
    return {
        "id": option["id"],
        "option_id": option["id"],
        "display_name": option["display_name"],
        "url": links + resource,
        "resource": resource,
    }


def _error(kind: str, product: dict[str, Any], links: str, **more: Any) -> dict[str, Any]:
    resource = f"/products/{product['id']}"
    described = {"id": product["id"], "name": product["name"], **more, "url": links + resource, "resource": resource}
    return {"type": kind, "product": described}


def chosen_variant(line: Body, state: State) -> dict[str, Any] | None:
    """The variant that a line names by id or by its options; a simple product has one. None where none fits."""
    if "variant_id" in line:
        found: dict[str, Any] | None = state.get("variants", line["variant_id"])
        return found
    given = {(option["id"], option["value"]) for option in line.get("product_options", [])}
    for variant in state.all("variants", owner=line["product_id"]):
        if {(one["option_id"], str(one["id"])) for one in variant["option_values"]} <= given:
            return dict(variant)
    return None


def stock(lines: Iterable[Body], state: State, links: str) -> Iterator[Finding]:
    """Catalogue lines can be refused for stock, history or not.

    Source: the 409 of the V2 order documents of 2016: OutOfStock, ExceedsMaxQuantity, InsufficientQuantity.
    """
    errors = [error for line in lines if "product_id" in line for error in _stock_errors(line, state, links)]
    if errors:
        yield Finding(STOCK_MESSAGE, 409, {"errors": errors})


def _stock_errors(line: Body, state: State, links: str) -> Iterator[dict[str, Any]]:
    product, quantity = state.get("products", line["product_id"]), line.get("quantity", 0)
    least, most = product["order_quantity_minimum"], product["order_quantity_maximum"]
    if 0 < quantity < least:
        yield _error("InsufficientQuantity", product, links, minimum_quantity=least)
    if most and quantity > most:
        yield _error("ExceedsMaxQuantity", product, links, maximum_quantity=most)
    if product["inventory_tracking"] == "product" and quantity > product["inventory_level"]:
        yield _error("OutOfStock", product, links, inventory_level=product["inventory_level"])
    variant = chosen_variant(line, state) if product["inventory_tracking"] == "variant" else None
    if variant and quantity > variant["inventory_level"]:
        sku = {"id": variant["id"], "sku": variant["sku"], "inventory_level": variant["inventory_level"]}
        yield _error("OutOfStock", product, links, sku=sku)
