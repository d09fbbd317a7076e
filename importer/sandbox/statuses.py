"""The fifteen order statuses.

Source: V2 `GET /order_statuses`; the order of the control panel as a recorded `GET /orders/count` has it.
"""

from __future__ import annotations

from typing import Any

_TABLE = """0|Incomplete|An incomplete order happens when a shopper reached the payment page, but did not complete the \
transaction.
1|Pending|Customer started the checkout process, but did not complete it.
7|Awaiting Payment|Customer has completed checkout process, but payment has yet to be confirmed.
11|Awaiting Fulfillment|Customer has completed the checkout process and payment has been confirmed.
9|Awaiting Shipment|Order has been pulled and packaged, and is awaiting collection from a shipping provider.
8|Awaiting Pickup|Order has been pulled, and is awaiting customer pickup from a seller-specified location.
3|Partially Shipped|Only some items in the order have been shipped, due to some products being pre-order only or other \
reasons.
10|Completed|Client has paid for their digital product and their file(s) are available for download.
2|Shipped|Order has been shipped, but receipt has not been confirmed; seller has used the Ship Items action.
5|Cancelled|Seller has cancelled an order, due to a stock inconsistency or other reasons.
6|Declined|Seller has marked the order as declined for lack of manual payment, or other reasons.
4|Refunded|Seller has used the Refund action.
13|Disputed|Customer has initiated a dispute resolution process for the PayPal transaction that paid for the order.
12|Manual Verification Required|Order on hold while some aspect needs to be manually confirmed.
14|Partially Refunded|Seller has partially refunded the order."""

STATUSES: list[dict[str, Any]] = [
    {"id": int(number), "name": name, "system_label": name, "custom_label": name, "system_description": text}
    for number, name, text in (line.split("|") for line in _TABLE.splitlines())
]
"""All statuses in the order of the control panel."""

NAMES = {status["id"]: status["name"] for status in STATUSES}

INCOMPLETE, SHIPPED, PARTIALLY_SHIPPED = 0, 2, 3

PAID = frozenset([2, 3, 8, 9, 10, 11])
"""Statuses in which a store with automatic tax hands the order to the tax office. Source: orders guide."""

OUT_OF_THE_DOOR = frozenset([2, 10])

NO_STOCK = frozenset([0, 5, 6])
"""Statuses that hold no stock: not placed, cancelled, declined."""
