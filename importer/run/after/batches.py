"""Some orders at a time, from their first attachment to their last.

A shipment moves its order to another status and changes its `date_modified`. So the ledger's row of the order says what
its status was before the first one is sent; when the last one is there, the status is set back, and the row knows the
order as the store shows it then: `verify` and `undo` must not take our own doing for a person's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from importer.errors import StoreRefused
from importer.ledger import Attachment, AttachmentKey, Ledger, LedgerEntry, State
from importer.model import Body
from importer.run.after.attached import Attached, Work, named
from importer.run.after.protocol import (
    SHIPMENT,
    CannotSend,
    after_answer,
    after_lookup,
    intend,
    is_due,
    look_up,
    path_of,
    ship,
    shipment_body,
)
from importer.run.claims import PATHS, changed, merged, shown, signature
from importer.run.interrupt import Interrupt
from importer.run.outlook import Breaker
from importer.run.parcel import body_hash, masked
from importer.run.parts import lines_in_store
from importer.run.protocol import is_living, is_ours
from importer.run.reading import orders_of, patiently
from importer.run.settings import Settings, Stop
from importer.store import Answer, CallFailed, Clock, Created, InDoubt, NotCreated, OrdersClient, Refused

_WIDEST = 1_000
"""Order ids that one list is asked for; orders that lie further apart are asked for one by one."""


class Batches:
    """The thread that decides: it alone writes the ledger; the crew only talks to the store."""

    def __init__(
        self,
        client: OrdersClient,
        ledger: Ledger,
        settings: Settings,
        clock: Clock,
        crew: ThreadPoolExecutor,
        interrupt: Interrupt,
        attached: Attached,
    ) -> None:
        self._client, self._ledger, self._settings, self._clock = client, ledger, settings, clock
        self._crew, self._interrupt, self._attached = crew, interrupt, attached
        self._breaker = Breaker(settings, clock)

    def send(self, works: list[Work]) -> None:
        """Brings these orders to where nothing more can be done with them now. Raises StoreRefused."""
        try:
            works = self._begin(works)
            lines = self._lines([work for work in works if work.ships])
            while (ready := self._ready(works)) and not self._attached.stop:
                self._round(ready, lines)
                self._heed()
            self._finish([work for work in works if not work.doubtful and not work.queue])
        except CallFailed as failed:
            self._attached.halt(Stop.UNREACHABLE, f"{failed}; run again later to resume")

    def settled(self, doubtful: Sequence[Attachment]) -> bool:
        """Wait until the last of them may be looked up; False where the run is to end."""
        now = self._clock.now()
        last = max(((row.not_before - now).total_seconds() for row in doubtful if row.not_before), default=0.0)
        until = self._clock.monotonic() + min(max(last, 0.0), self._settings.settle)
        while (left := until - self._clock.monotonic()) > 0 and not self._attached.stop:
            self._clock.sleep(min(left, 1.0))
            self._heed()
        return not self._attached.stop

    def _heed(self) -> None:
        if self._interrupt.asked:
            self._attached.halt(Stop.INTERRUPTED, "interrupted; run again to resume")

    def _ready(self, works: list[Work]) -> list[Work]:
        return [work for work in works if work.queue][: self._settings.concurrency]

    # -- before the first and after the last ---------------------------------------------------------------------------

    def _begin(self, works: list[Work]) -> list[Work]:
        """Notes what status each order has before anything is sent; an order that is no longer ours is left alone."""
        now = self._seen(works)
        begun = []
        for work in works:
            order = now.get(work.entry.order_id or 0)
            if order is None or not is_living(order) or not is_ours(order, work.entry):
                said = "its order is not in the store any more, archived, or its marks are not ours"
                self._attached.failed.append(named(work, None, said))
            elif work.begun:
                begun.append(work)
            else:
                touched = changed(work.entry.shown, signature(shown(order), work.entry.external_merchant_id))
                work.entry = replace(work.entry, status_before=int(order["status_id"]), touched=bool(touched))
                begun.append(work)
        self._ledger.move([work.entry for work in begun])
        return begun

    def _seen(self, works: list[Work]) -> dict[int, Body]:
        """The orders as the store shows them now. Raises CallFailed, StoreRefused."""
        ids = sorted(work.entry.order_id or 0 for work in works)
        listed: dict[int, Body] = {}
        if ids and ids[-1] - ids[0] < _WIDEST:
            listed = {int(order["id"]): order for order in orders_of(self._client, min_id=ids[0], max_id=ids[-1])}
        missing = [order_id for order_id in ids if order_id not in listed]
        found = self._crew.map(lambda order_id: patiently(partial(self._client.get, order_id)), missing)
        return listed | {order_id: order for order_id, order in zip(missing, found, strict=True) if order}

    def _lines(self, works: list[Work]) -> dict[int, list[Body]]:
        ids = [work.entry.order_id or 0 for work in works]
        return dict(zip(ids, self._crew.map(partial(lines_in_store, self._client), ids), strict=True))

    def _finish(self, works: list[Work]) -> None:
        """Sets the status back where a shipment moved it, and lets the row know the order as it is now."""
        works = [work for work in works if work.begun]
        now = self._seen(works)
        ended = [work for work in works if (work.entry.order_id or 0) in now]
        orders = self._crew.map(self._with_its_status, ended, [now[work.entry.order_id or 0] for work in ended])
        self._ledger.move([_seen_to_the_end(work, order) for work, order in zip(ended, orders, strict=True)])

    def _with_its_status(self, work: Work, order: Body) -> Body:
        status = work.entry.status_before
        if int(order["status_id"]) == status:
            return order
        return patiently(partial(self._client.update, int(order["id"]), {"status_id": status}))

    # -- one round -----------------------------------------------------------------------------------------------------

    def _round(self, works: list[Work], lines: dict[int, list[Body]]) -> None:
        """The next attachment of each of these orders: looked up where it is in doubt, else sent."""
        heads = [(work, work.queue.popleft()) for work in works]
        asked = [(work, key) for work, key in heads if work.row(key).state is State.IN_DOUBT]
        found = list(self._crew.map(partial(look_up, self._client), [key for _, key in asked]))
        self._record_found(asked, found)
        self._send([head for head in heads if head not in asked], lines)

    def _record_found(self, asked: list[tuple[Work, AttachmentKey]], found: Sequence[list[Body] | None]) -> None:
        for (work, key), listed in zip(asked, found, strict=True):
            if listed is None:
                work.doubtful = True
                self._attached.halt(Stop.UNREACHABLE, self._breaker.failure("a look-up failed"))
                continue
            row = after_lookup(work.row(key), work.bodies[key], listed, self._settings.most_doubts)
            self._attached.adopted += row.state is State.CREATED
            self._take(work, row)

    def _send(self, heads: list[tuple[Work, AttachmentKey]], lines: dict[int, list[Body]]) -> None:
        """Write the intents in one durable step, then send, then write what the answers mean."""
        ready = [(work, key, body) for work, key in heads if (body := self._body(work, key, lines)) is not None]
        for _ in ready:
            self._client.pacer.turn()
        now, run = self._clock.now(), self._settings.run
        intents = [intend(work.row(key), body_hash(work.bodies[key]), now, run) for work, key, _ in ready]
        ours = self._ledger.attach(intents)
        jobs = [(work, intent, body) for (work, _, body), intent in zip(ready, intents, strict=True) if intent in ours]
        for _ in range(len(ready) - len(jobs)):
            self._client.pacer.untaken()
        answers = list(
            self._crew.map(partial(self._post, self._clock.within(self._settings.deadline, since=now)), jobs)
        )
        rows = [self._after(intent, answer, body) for (_, intent, body), answer in zip(jobs, answers, strict=True)]
        self._ledger.attach(rows)
        for (work, _, body), row, answer in zip(jobs, rows, answers, strict=True):
            self._take(work, row, written=True)
            if row.key.kind == SHIPMENT and isinstance(answer, Created):
                ship(body, lines[row.key.order_id])
            self._judge(row, answer)

    def _body(self, work: Work, key: AttachmentKey, lines: dict[int, list[Body]]) -> Body | None:
        """What is sent; None where the order does not take it."""
        if key.kind != SHIPMENT:
            return work.bodies[key]
        try:
            return shipment_body(work.bodies[key], lines[key.order_id])
        except CannotSend as reason:
            self._attached.failed.append(named(work, key, str(reason)))
            return None

    def _post(self, in_time: Callable[[], bool], job: tuple[Work, Attachment, Body]) -> Answer:
        _, row, body = job
        return self._client.create_at(path_of(row.key), body, in_time=in_time, attempt=row.attempt)

    def _after(self, row: Attachment, answer: Answer, body: Body) -> Attachment:
        moved = after_answer(row, answer, self._settings.settle)
        return replace(moved, message=masked(moved.message, body))

    def _take(self, work: Work, row: Attachment, *, written: bool = False) -> None:
        """A row's next value: on the disk, counted, and its attachment put back in the queue where it is not done."""
        if not written and not self._ledger.attach([row]):
            return
        work.rows[row.key] = row
        if row.state is State.CREATED:
            self._attached.created[row.key.kind] = self._attached.created.get(row.key.kind, 0) + 1
        elif row.state is State.REJECTED:
            self._attached.rejected += 1
        elif row.state is State.IN_DOUBT and not is_due(row, self._clock.now()):
            work.doubtful = True
            work.queue.clear()  # a later shipment waits for the earlier one
        elif row.state is not State.CONFLICT:
            work.queue.appendleft(row.key)

    def _judge(self, row: Attachment, answer: Answer) -> None:
        """Stop where the store rejects alike, or has given no good answer for too long. Raises StoreRefused."""
        if isinstance(answer, Refused):
            raise StoreRefused(answer.message)
        if isinstance(answer, Created):
            self._breaker.good()
        elif row.state is State.REJECTED:
            self._attached.halt(Stop.BREAKER, self._breaker.rejection(row.message))
        elif isinstance(answer, InDoubt | NotCreated):
            self._attached.halt(Stop.UNREACHABLE, self._breaker.failure(answer.reason))


def _seen_to_the_end(work: Work, order: Body) -> LedgerEntry:
    """The order's row, knowing `date_modified` as our own doing left it; not where somebody had been there before."""
    entry, mark = work.entry, work.entry.external_merchant_id
    done = replace(entry, status_before=None, touched=False, message="attached")
    if not entry.shown or entry.touched:
        return done
    kept = [path for path in PATHS if path != "date_modified"]
    return replace(done, shown=merged(entry.shown, signature(shown(order), mark), kept))
