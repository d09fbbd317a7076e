"""A resumed run does not map again what was created from the same export by the same mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from importer.ledger import Ledger
from importer.model import SourceOrder

_CHUNK = 50


class Unsent:
    """The source orders that still need mapping; `skipped` counts those passed over.

    Mapping is pure: the same plan (export, mapping, tables) gives the same body, so an order that was created from it
    cannot have changed.
    """

    def __init__(self, orders: Iterable[SourceOrder], ledger: Ledger, namespace: str, plan: str) -> None:
        self._orders = iter(orders)
        self._ledger, self._namespace, self._plan = ledger, namespace, plan
        self.skipped = 0

    def __iter__(self) -> Iterator[SourceOrder]:
        while chunk := list(islice(self._orders, _CHUNK)):
            done = self._ledger.already_created(self._namespace, self._plan, [order.source_id for order in chunk])
            self.skipped += sum(order.source_id in done for order in chunk)
            yield from (order for order in chunk if order.source_id not in done)
