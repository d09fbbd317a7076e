"""Every order in hand: read on, sorted by where its row in the ledger says it stands, and put where it belongs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from importer.ledger import Ledger, LedgerEntry, State
from importer.model import MappedOrder
from importer.run.parcel import Parcel, pack
from importer.run.protocol import after_death, reopened
from importer.run.resolve import Doubts
from importer.run.settings import Settings
from importer.run.tally import Tally

_AHEAD = 100


class Intake:
    """The orders of a run.

    An order in hand is in one place: `ready` to be sent, under way with the crew, or in `doubts`; `_open` has the hash
    of each one's body. `_left`: rows that an earlier run left in doubt and whose order has not come by yet.
    """

    def __init__(
        self, orders: Iterable[MappedOrder], ledger: Ledger, settings: Settings, tally: Tally, doubts: Doubts
    ) -> None:
        self._orders = iter(orders)
        self._ledger, self._settings, self._tally = ledger, settings, tally
        self._open: dict[str, str] = {}
        self._left: dict[str, LedgerEntry] = {}
        self._taken = 0
        self.more = True
        self.ready: deque[Parcel] = deque()
        self.doubts = doubts

    def recover(self) -> None:
        """What was being sent when an earlier run died is in doubt: nobody else can be sending it."""
        namespace, settle = self._settings.namespace, self._settings.settle
        died = list(self._ledger.in_state(State.SENDING, namespace=namespace))
        self._ledger.move([after_death(entry, settle) for entry in died])
        if self._settings.retry_conflicts:
            self._ledger.move(
                [reopened(entry) for entry in list(self._ledger.in_state(State.CONFLICT, namespace=namespace))]
            )
        self._left = {entry.source_id: entry for entry in self._ledger.in_state(State.IN_DOUBT, namespace=namespace)}

    @property
    def in_doubt(self) -> int:
        """Orders that only a look-up can settle."""
        return len(self.doubts) + len(self._left)

    def read_on(self) -> None:
        """Sort the next orders by where they stand; after the last, take up what was left and did not come by."""
        orders = list(islice(self._orders, _AHEAD))
        wanted = [order for order in orders if not self._settings.only or order.source.source_id in self._settings.only]
        parcels = [pack(order, self._settings.namespace) for order in wanted]
        rows = self._rows([parcel.entry.source_id for parcel in parcels])
        for parcel in parcels:
            self._sort(parcel, rows.get(parcel.entry.source_id))
        if len(orders) < _AHEAD or self._enough():
            self.more = False
            for entry in self._left.values():
                self.put(Parcel(entry))
            self._left.clear()

    def put(self, parcel: Parcel) -> None:
        """Put an order where its state says it belongs: among the ready, in doubt, or out of hand."""
        self.let_go(parcel)
        if parcel.entry.state is State.IN_DOUBT:
            self._open[parcel.entry.source_id] = parcel.hash
            self.doubts.add(parcel)
        elif parcel.entry.state is State.PLANNED and parcel.body is not None:
            self._make_ready(parcel)

    def let_go(self, parcel: Parcel) -> None:
        """An order is settled; whatever comes by under its id from now on is sorted by the ledger."""
        self._open.pop(parcel.entry.source_id, None)

    def sort_again(self, parcel: Parcel) -> None:
        """The ledger did not let an order through, because its row went on without us: see where it stands now."""
        self.let_go(parcel)
        source_id = parcel.entry.source_id
        self._sort(parcel, self._rows([source_id])[source_id])

    def _rows(self, source_ids: list[str]) -> dict[str, LedgerEntry]:
        return self._ledger.entries(self._settings.namespace, source_ids)

    def _enough(self) -> bool:
        return 0 < self._settings.limit <= self._taken

    def _sort(self, parcel: Parcel, row: LedgerEntry | None) -> None:
        source_id = parcel.entry.source_id
        state = row.state if row else State.PLANNED
        if source_id in self._open:
            self._seen_before(parcel, self._open[source_id])
        elif row and state is State.CREATED:
            self._seen_before(parcel, row.body_hash)
        elif row and state in (State.IN_DOUBT, State.SENDING):
            self._left.pop(source_id, None)
            self.put(replace(parcel, entry=row))
        elif state is State.CONFLICT:
            self._tally.conflicts += 1
        elif state is State.REJECTED and not self._settings.retry_rejected:
            self._tally.rejected_before += 1
        elif not self._enough():
            self._taken += 1
            number = parcel.entry.external_order_id
            self._make_ready(replace(parcel, entry=replace(row, external_order_id=number) if row else parcel.entry))

    def _make_ready(self, parcel: Parcel) -> None:
        self._open[parcel.entry.source_id] = parcel.hash
        self.ready.append(parcel)

    def _seen_before(self, parcel: Parcel, sent_hash: str) -> None:
        if parcel.hash == sent_hash:
            self._tally.skipped += 1
        else:
            self._tally.changed.append(parcel.entry.source_id)
