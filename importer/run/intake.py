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
from importer.run.settings import RunResult, Settings

_AHEAD = 100
_UNSETTLED = (State.PLANNED, State.SENDING, State.IN_DOUBT)


class Intake:
    """The orders of a run.

    An order in hand is in one place: `ready` to be sent, under way with the crew, or in `doubts`; `_open` has the hash
    of each one's body. `_left`: rows that an earlier run left in doubt and whose order has not come by yet.
    `_elsewhere`: orders that somebody else was sending as they came by, until they are seen to be settled.
    """

    def __init__(
        self, orders: Iterable[MappedOrder], ledger: Ledger, settings: Settings, so_far: RunResult, doubts: Doubts
    ) -> None:
        self._orders = iter(orders)
        self._ledger, self._settings, self._so_far = ledger, settings, so_far
        self._open: dict[str, str] = {}
        self._left: dict[str, LedgerEntry] = {}
        self._elsewhere: dict[str, Parcel] = {}
        self._taken = 0
        self.more = True
        self.ready: deque[Parcel] = deque()
        self.doubts = doubts

    def recover(self) -> None:
        """What somebody who is gone left in doubt, or was sending, is ours to settle."""
        left = left_behind(self._ledger, self._settings)
        self._left |= {entry.source_id: entry for entry in left if entry.source_id not in self._open}
        self.more = self.more or bool(self._left)

    @property
    def in_doubt(self) -> int:
        """Orders that only a look-up can settle."""
        return len(self.doubts) + len(self._left)

    def read_on(self) -> None:
        """Sort the next orders by where they stand; after the last, take up what was left and did not come by."""
        orders = list(islice(self._orders, _AHEAD))
        wanted = [order for order in orders if not self._settings.only or order.source.source_id in self._settings.only]
        parcels = [pack(order, self._settings.namespace) for order in wanted]
        rows = self._rows([*self._elsewhere, *(parcel.entry.source_id for parcel in parcels)])
        self._elsewhere = {key: kept for key, kept in self._elsewhere.items() if rows[key].state in _UNSETTLED}
        for parcel in parcels:
            self._sort(parcel, rows.get(parcel.entry.source_id))
        self._renew(parcels, rows)
        if len(orders) < _AHEAD or self._enough():
            self.more = False
            for source_id, entry in self._left.items():
                self.put(replace(self._elsewhere.pop(source_id, Parcel(entry)), entry=entry))
            self._left.clear()

    def _renew(self, parcels: list[Parcel], rows: dict[str, LedgerEntry]) -> None:
        """Orders that another plan created, and from the same body as this one has: a resumed run need not map them."""
        plan = self._settings.plan
        same = [
            row
            for parcel in parcels
            if (row := rows.get(parcel.entry.source_id)) and row.state is State.CREATED and row.body_hash == parcel.hash
        ]
        self._ledger.move([replace(row, plan=plan) for row in same if plan and row.plan != plan])

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
        elif row and state is State.IN_DOUBT:
            self._left.pop(source_id, None)
            self.put(replace(parcel, entry=row))
        elif state is State.SENDING:
            self._elsewhere[source_id] = parcel
        elif row and state in self._settings.retry:
            self._take_up(replace(parcel, entry=row))
        elif state is State.CONFLICT:
            self._so_far.conflict += 1
        elif state is State.REJECTED:
            self._so_far.rejected_before += 1
        elif not self._enough():
            self._taken += 1
            number = parcel.entry.external_order_id
            self._make_ready(replace(parcel, entry=replace(row, external_order_id=number) if row else parcel.entry))

    def _take_up(self, parcel: Parcel) -> None:
        """What was rejected, or is in conflict, goes to be looked up, whatever the store said of it then."""
        if self._enough():
            return
        self._taken += 1
        entry = reopened(parcel.entry, self._settings.settle)
        if self._ledger.move([entry]):
            self.put(replace(parcel, entry=entry))

    def _make_ready(self, parcel: Parcel) -> None:
        self._open[parcel.entry.source_id] = parcel.hash
        self.ready.append(parcel)

    def _seen_before(self, parcel: Parcel, sent_hash: str) -> None:
        if parcel.hash == sent_hash:
            self._so_far.created_before += 1
        else:
            self._so_far.changed.append(parcel.entry.source_id)


def left_behind(ledger: Ledger, settings: Settings) -> list[LedgerEntry]:
    """The rows of writers that are gone, all in doubt now: what was being sent counts as sent by somebody who died."""
    left = ledger.take_over(settings.namespace)
    died = [after_death(entry, settings.settle) for entry in left if entry.state is State.SENDING]
    return [*ledger.move(died), *(entry for entry in left if entry.state is State.IN_DOUBT)]
