"""Reading a store that has its moods: a failed read is made again, a refusal is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from importer.model import Body
from importer.store import CallFailed, OrdersClient, Rejected

T = TypeVar("T")

TRIES = 12
"""The pacer waits longer after each failure in a row; so many take some minutes."""

PAGE = 250
"""Source: GET /v2/orders `limit`."""


def patiently(call: Callable[[], T], tries: int = TRIES) -> T:
    """What a call gives that may be repeated: a read, an archive, an update. Raises CallFailed, StoreRefused."""
    for _ in range(tries - 1):
        try:
            return call()
        except CallFailed as failed:
            if isinstance(failed.answer, Rejected):
                raise
    return call()


def orders_of(client: OrdersClient, **filters: Any) -> Iterator[Body]:
    """Every order that the store lists under the filters, by rising id; `min_id` and `max_id` bound it."""
    lowest = int(filters.pop("min_id", 1))
    while True:
        page = patiently(partial(_page, client, lowest, filters))
        yield from page
        if len(page) < PAGE:
            return
        lowest = max(int(order["id"]) for order in page) + 1


def _page(client: OrdersClient, lowest: int, filters: Body) -> list[Body]:
    return next(client.pages(min_id=lowest, **filters), [])
