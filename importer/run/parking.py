"""Orders that wait for a customer or a product of the store: a row of their own until a snapshot has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from importer.ledger import Ledger, LedgerEntry, State
from importer.model import MappedOrder
from importer.report.summary import waits

_AT_ONCE = 500


class Parking:
    """Takes the parked orders out of a stream into the ledger. `parked` counts them."""

    def __init__(self, ledger: Ledger, namespace: str) -> None:
        self.parked = 0
        self._ledger, self._namespace = ledger, namespace
        self._waiting: list[LedgerEntry] = []

    def through(self, orders: Iterable[MappedOrder]) -> Iterator[MappedOrder]:
        """The other orders, as they come. A row that is not parked itself is never touched."""
        for order in orders:
            if not waits(order):
                yield order
                continue
            self._waiting.append(_parked(order, self._namespace))
            if len(self._waiting) == _AT_ONCE:
                self._write()
        self._write()

    def _write(self) -> None:
        self.parked += len(self._ledger.move(self._waiting))
        self._waiting.clear()


def _parked(order: MappedOrder, namespace: str) -> LedgerEntry:
    """What an order waits for, as the ledger may keep it: tables and SKUs, nothing of a person."""
    source_id = order.source.source_id
    reasons = "; ".join(dict.fromkeys(problem.message for problem in order.problems))
    return LedgerEntry(namespace, source_id, source_id, State.PARKED, message=reasons[:300])
