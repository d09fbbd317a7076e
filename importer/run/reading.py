"""Reading a store that has its moods: a failed read is made again, a refusal is not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from importer.model import Body
from importer.store import PAGE, CallFailed, InDoubt, NotCreated, OrdersClient, Rejected, rising

T = TypeVar("T")
log = logging.getLogger("importer.run")

TRIES = 12
"""The pacer waits longer after each failure in a row; so many take some minutes."""

UNREACHED = 6
"""Of those, where nobody listens at all: a mistyped address is told within a minute."""

_TOLD_AFTER = 3
"""Failures in a row that are some seconds: nobody should wait longer without a word."""


def patiently(call: Callable[[], T], tries: int = TRIES) -> T:
    """What a call gives that may be repeated: a read, an archive, an update. Raises CallFailed, StoreRefused."""
    for number in range(1, tries):
        try:
            return call()
        except CallFailed as failed:
            if isinstance(failed.answer, Rejected) or _is_in_vain(failed.answer, number):
                raise
            if number == _TOLD_AFTER:
                log.warning("importer: the store does not answer as it should (%s); trying on", failed.answer.reason)
    return call()


def _is_in_vain(answer: NotCreated | InDoubt, number: int) -> bool:
    """Whether nobody listens there, after so many tries."""
    return isinstance(answer, NotCreated) and answer.unreached and number >= UNREACHED


def orders_of(client: OrdersClient, **filters: Any) -> Iterator[Body]:
    """Every order that the store lists under the filters, by rising id; `min_id` and `max_id` bound it."""
    lowest = int(filters.pop("min_id", 1))
    pages = rising(lambda begin: patiently(partial(client.page, begin, **filters)), lowest)
    return chain.from_iterable(pages)


def in_pages(orders: Iterable[Body]) -> Iterator[list[Body]]:
    """The orders, as many at a time as a page holds."""
    rest = iter(orders)
    while page := list(islice(rest, PAGE)):
        yield page
