"""Send what hangs on the orders that are created: shipments and metafields, each exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from importer.ledger import Attachment, Ledger, State
from importer.model import Body, MappedOrder
from importer.run.after.attached import Attached, Work, named
from importer.run.after.batches import Batches
from importer.run.after.protocol import SHIPMENT, is_due, keys_of, settle_time
from importer.run.interrupt import interruptible
from importer.run.parcel import body_hash
from importer.run.protocol import after_death, reopened
from importer.run.settings import Settings
from importer.store import CLOCK, Clock, OrdersClient

_AT_ONCE = 50


def attach(
    orders: Callable[[], Iterable[MappedOrder]],
    client: OrdersClient,
    ledger: Ledger,
    settings: Settings,
    *,
    notify: bool = True,
    advance: Callable[[int], None] = lambda _: None,
    clock: Clock = CLOCK,
) -> Attached:
    """Sends what is missing on every created order; the same call again resumes.

    `orders` opens the export anew: what is in doubt is taken up in a further pass, once it has settled. `notify`: send
    shipments too, of which the store may tell customers. Raises StoreRefused, LedgerError.
    """
    attached = Attached()
    with interruptible(lambda: None) as interrupt, ThreadPoolExecutor(settings.concurrency) as crew:
        batches = Batches(client, ledger, settings, clock, crew, interrupt, attached)
        one = _Pass(ledger, settings, clock, batches, attached, notify=notify)
        one.over(orders(), advance)
        before: list[Attachment] = []
        while (doubtful := _doubtful(ledger, settings)) and doubtful != before and batches.settled(doubtful):
            one.again({row.source_id for row in doubtful}, orders())
            before = doubtful
    _count_open(attached, ledger, settings.namespace)
    return attached


def _doubtful(ledger: Ledger, settings: Settings) -> list[Attachment]:
    """What only a look-up can settle, where the run is to wait for it."""
    return list(ledger.attachments_in_state(State.IN_DOUBT, namespace=settings.namespace)) if settings.wait else []


def _count_open(attached: Attached, ledger: Ledger, namespace: str) -> None:
    for (_, state), rows in ledger.attachment_counts(namespace).items():
        attached.in_doubt += rows if state in (State.IN_DOUBT, State.SENDING) else 0
        attached.conflict += rows if state is State.CONFLICT else 0


class _Pass:
    """Goes over the orders of an export, and takes out what is to be done."""

    def __init__(
        self, ledger: Ledger, settings: Settings, clock: Clock, batches: Batches, attached: Attached, *, notify: bool
    ) -> None:
        self._ledger, self._settings, self._clock = ledger, settings, clock
        self._batches, self._attached, self._notify = batches, attached, notify
        self._first = True

    def over(self, orders: Iterable[MappedOrder], advance: Callable[[int], None]) -> None:
        """All orders once, so many at a time."""
        rest = (order for order in orders if order.after and order.sendable)
        while not self._attached.stop and (chunk := list(islice(rest, _AT_ONCE))):
            self._batches.send(self._works(chunk))
            advance(len(chunk))

    def again(self, source_ids: set[str], orders: Iterable[MappedOrder]) -> None:
        """Only these orders once more; what they have already was counted before."""
        self._first = False
        self.over((order for order in orders if order.source.source_id in source_ids), lambda _: None)

    # -- what is to be done --------------------------------------------------------------------------------------------

    def _works(self, orders: list[MappedOrder]) -> list[Work]:
        """The created ones of these orders that something is to be done with."""
        entries = self._ledger.entries(self._settings.namespace, [order.source.source_id for order in orders])
        living = {key: entry for key, entry in entries.items() if entry.state is State.CREATED and entry.order_id}
        rows = self._ledger.attachments([entry.order_id or 0 for entry in living.values()])
        known = {row.key: row for row in rows}
        works = []
        for order in orders:
            if (entry := living.get(order.source.source_id)) and order.after:
                bodies = keys_of(entry.order_id or 0, order.after)
                work = Work(entry, bodies, {key: known[key] for key in bodies if key in known})
                self._sort(work)
                works += [work] if work.queue or (work.begun and not work.doubtful) else []
        return works

    def _sort(self, work: Work) -> None:
        """Each attachment of an order by where its row says that it stands."""
        rows, settle = work.rows.values(), self._settings.settle
        died = [after_death(row, settle_time(row, settle)) for row in rows if row.state is State.SENDING]
        wanted = self._settings.retry if self._first else frozenset[State]()
        again = [reopened(row, settle_time(row, settle)) for row in rows if row.state in wanted]
        work.rows |= {row.key: row for row in self._ledger.attach([*died, *again])}
        for key, body in work.bodies.items():
            row = work.row(key)
            if row.state is State.CREATED:
                self._count_created(work, row, body)
            elif row.state is State.REJECTED:
                self._attached.rejected_before += self._first
            elif row.state is State.IN_DOUBT and not is_due(row, self._clock.now()):
                work.doubtful = True
            elif row.state is not State.IN_DOUBT and key.kind == SHIPMENT and not self._notify:
                self._attached.held_back += self._first
            elif row.state is not State.CONFLICT and not (key.kind == SHIPMENT and work.doubtful):
                work.queue.append(key)

    def _count_created(self, work: Work, row: Attachment, body: Body) -> None:
        if not self._first:
            return
        if row.body_hash == body_hash(body):
            self._attached.created_before += 1
        else:
            self._attached.changed.append(named(work, row.key, "another content now; it is not sent again"))
