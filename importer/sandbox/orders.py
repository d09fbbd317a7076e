"""Making and changing an order: the body in, the record out."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from importer.sandbox import addresses, checks, contract, required
from importer.sandbox.catalog import lines_of, options, references, stock
from importer.sandbox.dates import read_iso_8601, read_rfc_2822, rfc_2822
from importer.sandbox.effects import note_change, note_creation
from importer.sandbox.geography import check_country
from importer.sandbox.lines import change_line, new_line
from importer.sandbox.records import columns, new_record, take_fields
from importer.sandbox.state import FIRST_ORDER
from importer.sandbox.totals import settle
from importer.sandbox.wire import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from importer.sandbox.checks import Body
    from importer.sandbox.shop import Shop
    from importer.sandbox.state import Record
    from importer.sandbox.wire import Finding


def create(body: Body, shop: Shop) -> Record:
    """A new order, stored. Raises Refused for the first thing that is wrong with the body."""
    parts = checks.parts_of(_writable(contract.ORDER, shop), body)
    checks.refuse_first(_stages(parts, body, shop, required.in_new_order(body)), shop.switches)
    _check_plan(shop)
    now = shop.clock.now()
    record = new_record(_next_id(shop), body, now, shop.settings)
    _fill(record, body, shop)
    note_creation(record, shop, now)
    save(record, shop, now)
    return record


def change(record: Record, body: Body, shop: Shop) -> Record:
    """An order changed and stored. Raises Refused for the first thing that is wrong with the body.

    Source: V2 `PUT /orders/{id}`: products, addresses and pickups change like PATCH, fees are replaced.
    """
    parts = checks.parts_of(contract.ORDER_PUT, body, put=True)
    checks.refuse_first(_stages(parts, body, shop, required.in_changes(body)), shop.switches)
    _check_ids(record, body)
    before = dict(record["order"])
    take_fields(record["order"], body)
    if "billing_address" in body:
        record["order"]["billing_address"] = addresses.billing(body["billing_address"], before["billing_address"])
    _change_addresses(record, body, shop)
    _change_lines(record, body, shop)
    if "fees" in body:
        record["fees"] = _fees(body["fees"], shop)
    if "date_created" in body:
        record["created"] = _date(body["date_created"])
    settle(record, body)
    _count(record)
    note_change(record, before, shop)
    save(record, shop)
    return record


def archive(record: Record, shop: Shop) -> None:
    """Orders are never deleted, only archived."""
    record["order"]["is_deleted"] = True
    note_change(record, dict(record["order"]), shop)
    save(record, shop)


def save(record: Record, shop: Shop, now: float | None = None) -> None:
    """Store an order as changed at this moment."""
    at = shop.clock.now() if now is None else now
    record["order"]["date_created"] = rfc_2822(record["created"])
    record["order"]["date_modified"] = rfc_2822(at)
    shop.state.save_order(record["order"]["id"], record, columns(record, at))


def _stages(parts: list[checks.Part], body: Body, shop: Shop, needed: Iterator[Finding]) -> Iterator[Iterator[Finding]]:
    yield checks.unknown(parts)
    yield checks.read_only(parts)
    yield checks.nulls(parts)
    yield needed
    yield checks.pairs(body)
    yield checks.ranges(parts, shop.switches)
    yield _countries(body)
    yield references(body, shop.state)
    yield options(_new_lines(body), shop.state, shop.links)
    yield stock(_new_lines(body), shop.state, shop.links)


def _writable(shape: contract.Shape, shop: Shop) -> contract.Shape:
    """Source: V2 `default_currency_code`: "writable when multi-currency is enabled"."""
    if shop.switches.multi_currency:
        return shape
    fields = {name: one for name, one in shape.fields.items() if name != "default_currency_code"}
    return contract.Shape(shape.name, fields, shape.read_only | {"default_currency_code"}, shape.inner)


def _countries(body: Body) -> Iterator[Finding]:
    yield from check_country("billing_address", body.get("billing_address", {}))
    for address in body.get("shipping_addresses", []):
        yield from check_country("shipping_address", address)


def _new_lines(body: Body) -> list[Body]:
    return [line for line in lines_of(body) if "id" not in line]


def _check_plan(shop: Shop) -> None:
    limit = shop.switches.plan_limit
    if limit and shop.state.rows("SELECT count(*) FROM orders")[0][0] >= limit:
        raise refused(507, "The store's plan takes no more orders.")


def _next_id(shop: Shop) -> int:
    """Ids rise and are never used twice; some are left out, as the store's are."""
    order_id = shop.state.take_ids("orders", first=FIRST_ORDER)
    dice = random.Random(f"{shop.config.dice}:{order_id}")  # noqa: S311 - gaps, not secrets
    while dice.random() < shop.switches.id_gaps:
        order_id = shop.state.take_ids("orders", first=FIRST_ORDER)
    return order_id


def _fill(record: Record, body: Body, shop: Shop) -> None:
    order = record["order"]
    if "date_created" in body:
        record["created"] = _date(body["date_created"])
    order["billing_address"] = addresses.billing(body["billing_address"])
    if "consignments" in body:
        _add_pickup(record, body["consignments"]["pickups"][0], shop)
    else:
        given = body.get("shipping_addresses") or _as_shipping(body)
        _add_addresses(record, given, shop)
        _add_lines(record, body["products"], _first_address(record), shop)
    record["fees"] = _fees(body.get("fees", []), shop)
    settle(record, body)
    _count(record)


def _date(text: str) -> float:
    found = read_rfc_2822(text)
    return found if found is not None else read_iso_8601(text) or 0.0


def _as_shipping(body: Body) -> list[Body]:
    """Without shipping address an order is shipped to the billing address, unless nothing of it is shipped.

    Source: recorded order 101, made without shipping address: `shipping_address_count` 1.
    """
    return [] if body.get("order_is_digital") else [body["billing_address"]]


def _add_addresses(record: Record, given: list[Body], shop: Shop) -> None:
    first = shop.state.take_ids("order_addresses", len(given))
    made = [addresses.shipping(one, first + index, record["order"]["id"]) for index, one in enumerate(given)]
    record["addresses"] += made


def _first_address(record: Record) -> Body:
    """All lines go to the first address: "there is no direct mapping between products and the addresses"."""
    return {"order_address_id": record["addresses"][0]["id"]} if record["addresses"] else {}


def _add_lines(record: Record, given: list[Body], place: Body, shop: Shop) -> None:
    first, order_id = shop.state.take_ids("order_products", len(given)), record["order"]["id"]
    record["lines"] += [new_line(one, first + index, order_id, place, shop.state) for index, one in enumerate(given)]


def _add_pickup(record: Record, given: Body, shop: Shop) -> None:
    made = addresses.pickup(given, shop.state.take_ids("order_pickups"))
    record["pickups"] = [made]
    _add_lines(record, given["line_items"], {"order_pickup_method_id": made["id"]}, shop)


def _fees(given: list[Body], shop: Shop) -> list[Record]:
    first = shop.state.take_ids("order_fees", len(given))
    return [addresses.fee(one, one.get("id", first + index)) for index, one in enumerate(given)]


def _count(record: Record) -> None:
    record["order"]["shipping_address_count"] = len(record["addresses"])
    for address in record["addresses"]:
        lines = [line for line in record["lines"] if line["order_address_id"] == address["id"]]
        address["items_total"] = sum(line["quantity"] for line in lines)
        address["items_shipped"] = sum(line["quantity_shipped"] for line in lines)


def _check_ids(record: Record, body: Body) -> None:
    """Ids of lines, addresses, fees and pickups must be this order's own."""
    pickups = body.get("consignments", {}).get("pickups", [])
    inner = [line for one in pickups for line in required.objects(one.get("line_items"))]
    _must_have("products", record["lines"], [*body.get("products", []), *inner])
    _must_have("shipping_addresses", record["addresses"], body.get("shipping_addresses", []))
    _must_have("fees", record["fees"], body.get("fees", []))
    _must_have("pickups", record["pickups"], pickups)


def _must_have(name: str, kept: list[Record], given: list[Body]) -> None:
    known = {one["id"] for one in kept}
    if any("id" in one and one["id"] not in known for one in given):
        raise refused(400, f"The field '{name}' is invalid.")


def _change_addresses(record: Record, body: Body, shop: Shop) -> None:
    given = body.get("shipping_addresses", [])
    kept = {one["id"]: one for one in record["addresses"]}
    for one in given:
        if "id" in one:
            addresses.change_shipping(kept[one["id"]], one)
    _add_addresses(record, [one for one in given if "id" not in one], shop)


def _change_lines(record: Record, body: Body, shop: Shop) -> None:
    _change_some(record, body.get("products", []), _first_address(record), shop)
    for given in body.get("consignments", {}).get("pickups", []):
        kept = next(one for one in record["pickups"] if one["id"] == given["id"])
        kept |= {name: value for name, value in given.items() if name not in ("line_items", "location")}
        kept["location"] |= given.get("location", {})
        _change_some(record, given.get("line_items", []), {"order_pickup_method_id": kept["id"]}, shop)


def _change_some(record: Record, given: list[Body], place: Body, shop: Shop) -> None:
    kept: dict[int, Any] = {line["id"]: line for line in record["lines"]}
    for one in given:
        if "id" in one:
            change_line(kept[one["id"]], one, shop.state)
    removed = {one["id"] for one in given if one.get("quantity") == 0 and "id" in one}
    record["lines"] = [line for line in record["lines"] if line["id"] not in removed]
    _add_lines(record, [one for one in given if "id" not in one], place, shop)
