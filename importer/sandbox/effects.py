"""What an order sets off beside itself, all of it in the journal: e-mails, webhooks, stock moves, billing, taxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importer.sandbox.statuses import INCOMPLETE, NO_STOCK, OUT_OF_THE_DOOR, PAID

if TYPE_CHECKING:
    from importer.sandbox.shop import Shop
    from importer.sandbox.state import Record

MIGRATED = "M-MIG"
"""Source: V2 `external_source`: "This code will exclude historical orders from the store's GMV/order count"."""


def note_creation(record: Record, shop: Shop, now: float) -> None:
    """What POST /orders sets off. No e-mail: "will not trigger the typical Order Email"."""
    order = record["order"]
    _webhook(record, shop, "store/order/created")
    if order["external_source"] != MIGRATED and order["status_id"] != INCOMPLETE:
        shop.state.note(now, "billing", {"order_id": order["id"], "total_inc_tax": order["total_inc_tax"]})
    _tax_document(record, shop)
    move_stock(record, shop)


def note_change(record: Record, before: Record, shop: Shop) -> None:
    """What PUT and DELETE set off. A new status sends an e-mail if the store's notifications are on."""
    order = record["order"]
    _webhook(record, shop, "store/order/updated")
    if order["is_deleted"] and not before["is_deleted"]:
        _webhook(record, shop, "store/order/archived")
    if order["status_id"] != before["status_id"]:
        _webhook(record, shop, "store/order/statusUpdated")
        email(record, shop, f"status {order['status']}")
        _tax_document(record, shop)
    move_stock(record, shop)


def email(record: Record, shop: Shop, subject: str) -> None:
    """An e-mail that the shopper would get."""
    if shop.switches.notifications:
        order = record["order"]
        shop.note("email", order_id=order["id"], to=order["billing_address"]["email"], subject=subject)


def _webhook(record: Record, shop: Shop, scope: str) -> None:
    hooks = [hook["id"] for hook in shop.settings["hooks"] if _listens(hook, scope)]
    shop.note("webhook", scope=scope, order_id=record["order"]["id"], hooks=hooks)


def _listens(hook: Record, scope: str) -> bool:
    wanted = hook["scope"]
    return bool(hook["is_active"]) and (scope == wanted or (wanted.endswith("/*") and scope.startswith(wanted[:-1])))


def _tax_document(record: Record, shop: Shop) -> None:
    """Source: orders guide: paid statuses submit tax documents where automatic tax is on."""
    if shop.settings["automatic_tax"] and record["order"]["status_id"] in PAID:
        shop.note("tax_document", order_id=record["order"]["id"], total_tax=record["order"]["total_tax"])


def move_stock(record: Record, shop: Shop) -> None:
    """Take from stock, or give back, what the order holds more or less than before. Custom lines move nothing.

    Source: V3 `GET /settings/inventory`, `update_stock_behavior`: order_placed | order_completed_or_shipped.
    """
    held = _held(record, shop)
    for key in sorted({*held, *record["moved"]}):
        units = held.get(key, 0) - record["moved"].get(key, 0)
        if units:
            _take(key, units, record, shop)
    record["moved"] = held


def _held(record: Record, shop: Shop) -> dict[str, int]:
    status, behaviour = record["order"]["status_id"], shop.settings["inventory"]["update_stock_behavior"]
    if status in NO_STOCK or (behaviour != "order_placed" and status not in OUT_OF_THE_DOOR):
        return {}
    held: dict[str, int] = {}
    for line in record["lines"]:
        key = _stock_key(line, shop)
        if key:
            held[key] = held.get(key, 0) + line["quantity"]
    return held


def _stock_key(line: Record, shop: Shop) -> str:
    product = shop.state.get("products", line["product_id"]) if line["product_id"] else None
    tracking = product["inventory_tracking"] if product else "none"
    if tracking == "variant" and line.get("variant_id"):
        return f"variants:{line['variant_id']}"
    return f"products:{line['product_id']}" if tracking == "product" else ""


def _take(key: str, units: int, record: Record, shop: Shop) -> None:
    kind, _, number = key.partition(":")
    thing = shop.state.get(kind, int(number))
    thing["inventory_level"] -= units
    shop.state.put(kind, int(number), thing, thing["sku"], thing.get("product_id", 0))
    shop.note("stock", order_id=record["order"]["id"], **{kind[:-1] + "_id": int(number)}, units=-units)
