"""Send orders, each exactly once, whatever fails.

    client = OrdersClient(store_address(os.environ, store, api_url), timeout=60, pacer=Pacer(share=1.0))
    ledger = open_ledger("orders.db", client.address.name)          # LedgerError: in use, another store's, not writable
    settings = Settings(namespace="shop-a", run="2026-04-01T10:00", total=1204, settle=120)
    result = submit(mapped_orders, client, ledger, settings, progress=show)
    ledger.close()

`mapped_orders` is read once, a hundred ahead at most; all of it has been validated. `result` has the counts, and why
the run ended early if it did (`stop`); the ledger the rest: `ledger.in_state(State.REJECTED, namespace="shop-a")`.
The same call again resumes. Ctrl-C once finishes what is under way (`result.stop is Stop.INTERRUPTED`), twice raises
KeyboardInterrupt. One thread decides and writes the ledger; `concurrency` threads only talk to the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from importer.ledger import Ledger, LedgerEntry, State
from importer.model import MappedOrder
from importer.run.crew import Crew, Threads
from importer.run.interrupt import Interrupt, interruptible
from importer.run.parcel import Parcel, pack, without_personal_data
from importer.run.protocol import after_answer, after_death, after_lookup, intend
from importer.run.resolve import Doubts, LookedUp, differences, look_up
from importer.run.settings import ProgressCallback, RunResult, Settings, Stop
from importer.run.tally import Breaker, Forecast, Tally
from importer.store import CLOCK, Answer, Clock, InDoubt, NotCreated, OrdersClient, Refused

_AHEAD = 100
_MOST_DOUBTS_AT_ONCE = 1000
_LONGEST_PAUSE = 5.0
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Sent:
    """A POST and what its answer means."""

    parcel: Parcel
    answer: Answer


Done = Sent | LookedUp


def submit(
    orders: Iterable[MappedOrder],
    client: OrdersClient,
    ledger: Ledger,
    settings: Settings,
    *,
    progress: ProgressCallback | None = None,
    clock: Clock = CLOCK,
    crew: Crew[Done] | None = None,
) -> RunResult:
    """Send every order that is not in the store yet, and settle what earlier runs left open.

    Raises UsageError for a body without its marks (before it is sent), LedgerError; never for what the store answers.
    """
    senders = crew or Threads[Done](settings.concurrency)
    run = _Run(iter(orders), client, ledger, settings, clock, senders, progress)
    try:
        with interruptible(senders.wake) as interrupt:
            return run.to_the_end(interrupt)
    finally:
        senders.close()


class _Run:
    """The thread that decides: reads orders, writes the ledger, hands requests to the crew, records what they gave.

    An order in hand is in one place: `_ready` to be sent, under way with the crew, or in `_doubts`; `_open` has the
    hash of each one's body. `_left`: rows that an earlier run left in doubt and whose order has not come by yet.
    """

    def __init__(
        self,
        orders: Iterator[MappedOrder],
        client: OrdersClient,
        ledger: Ledger,
        settings: Settings,
        clock: Clock,
        crew: Crew[Done],
        progress: ProgressCallback | None,
    ) -> None:
        self._orders, self._client, self._ledger, self._settings = orders, client, ledger, settings
        self._clock, self._crew, self._progress = clock, crew, progress
        self._ready: deque[Parcel] = deque()
        self._doubts = Doubts(clock, settings.settle)
        self._open: dict[str, str] = {}
        self._left: dict[str, LedgerEntry] = {}
        self._more = True
        self._taken = self._sending = self._asking = 0
        self._stop: Stop | None = None
        self._message = ""
        self._tally = Tally()
        self._breaker = Breaker(settings, clock)
        self._forecast = Forecast(settings, client.pacer, clock)

    def to_the_end(self, interrupt: Interrupt) -> RunResult:
        """The loop: look up what is due, send what may be sent, record what came back."""
        self._recover()
        while self._unfinished(interrupt):
            pause = _LONGEST_PAUSE if self._stop else min(self._look_up(), self._send(), _LONGEST_PAUSE)
            self._record(self._crew.done(max(pause, 0.0)))
            if self._progress:
                self._progress(self._forecast.progress(self._tally, len(self._doubts) + len(self._left)))
        return self._tally.result(self._ledger, self._settings.namespace, self._stop, self._message)

    def _unfinished(self, interrupt: Interrupt) -> bool:
        if interrupt.asked and not self._stop:
            self._halt(Stop.INTERRUPTED, "interrupted; run again to resume")
        if self._stop:
            return self._sending > 0
        waiting = self._settings.wait and len(self._doubts) > 0
        return self._more or bool(self._ready) or self._sending + self._asking > 0 or waiting

    def _halt(self, stop: Stop, message: str) -> None:
        if message and not self._stop:
            self._stop, self._message = stop, message

    # -- reading -------------------------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """What was being sent when an earlier run died is in doubt: nobody else can be sending it."""
        namespace, settle = self._settings.namespace, self._settings.settle
        died = list(self._ledger.in_state(State.SENDING, namespace=namespace))
        self._ledger.move([after_death(entry, settle) for entry in died])
        self._left = {entry.source_id: entry for entry in self._ledger.in_state(State.IN_DOUBT, namespace=namespace)}

    def _read_on(self) -> None:
        """Sort the next orders by where they stand; after the last, take up what was left and did not come by."""
        orders = list(islice(self._orders, _AHEAD))
        wanted = [order for order in orders if not self._settings.only or order.source.source_id in self._settings.only]
        parcels = [pack(order, self._settings.namespace) for order in wanted]
        rows = self._ledger.entries(self._settings.namespace, [parcel.entry.source_id for parcel in parcels])
        for parcel in parcels:
            self._sort(parcel, rows.get(parcel.entry.source_id))
        if len(orders) < _AHEAD or self._enough():
            self._more = False
            for entry in self._left.values():
                self._doubt(Parcel(entry))
            self._left.clear()

    def _enough(self) -> bool:
        return 0 < self._settings.limit <= self._taken

    def _sort(self, parcel: Parcel, row: LedgerEntry | None) -> None:
        """Put an order where its row in the ledger says it belongs."""
        source_id = parcel.entry.source_id
        state = row.state if row else State.PLANNED
        if source_id in self._open:
            self._seen_before(parcel, self._open[source_id])
        elif row and state is State.CREATED:
            self._seen_before(parcel, row.body_hash)
        elif row and state in (State.IN_DOUBT, State.SENDING):
            self._left.pop(source_id, None)
            self._doubt(replace(parcel, entry=row))
        elif state is State.CONFLICT:
            self._tally.conflicts += 1
        elif state is State.REJECTED and not self._settings.retry_rejected:
            self._tally.rejected_before += 1
        elif not self._enough():
            self._taken += 1
            number = parcel.entry.external_order_id
            self._make_ready(replace(parcel, entry=replace(row, external_order_id=number) if row else parcel.entry))

    def _seen_before(self, parcel: Parcel, sent_hash: str) -> None:
        if parcel.hash == sent_hash:
            self._tally.skipped += 1
        else:
            self._tally.changed.append(parcel.entry.source_id)

    def _make_ready(self, parcel: Parcel) -> None:
        self._open[parcel.entry.source_id] = parcel.hash
        self._ready.append(parcel)

    def _doubt(self, parcel: Parcel) -> None:
        self._open[parcel.entry.source_id] = parcel.hash
        self._doubts.add(parcel)

    # -- sending and looking up ----------------------------------------------------------------------------------------

    def _room(self) -> int:
        return self._settings.concurrency - self._sending - self._asking

    def _send(self) -> float:
        """Start the requests that may start now; gives the seconds after which to try again."""
        if self._room() <= 0 or len(self._doubts) >= _MOST_DOUBTS_AT_ONCE:
            return _NEVER
        if not self._ready and self._more:
            self._read_on()
        batch: list[Parcel] = []
        wait = 0.0
        while self._ready and len(batch) < self._room() and not wait:
            wait = self._client.pacer.take()
            batch += [] if wait else [self._ready.popleft()]
        self._post(batch)
        return wait if self._ready or self._more else _NEVER

    def _post(self, batch: list[Parcel]) -> None:
        """Write the intents, all in one durable step, and only then hand the orders to the crew."""
        now = self._clock.now()
        in_time = self._in_time(now)
        parcels = [
            replace(parcel, entry=intend(parcel.entry, parcel.hash, "", now, self._settings.run)) for parcel in batch
        ]
        ours = {entry.source_id for entry in self._ledger.move([parcel.entry for parcel in parcels])}
        for parcel in parcels:
            if parcel.entry.source_id in ours:
                self._sending += 1
                self._tally.posts += 1
                self._crew.start(partial(self._create, parcel, in_time))
            else:
                self._fenced_off(parcel)

    def _fenced_off(self, parcel: Parcel) -> None:
        """The row went on without us (the order came by twice): sort it again by where it stands now."""
        self._client.pacer.untaken()
        source_id = parcel.entry.source_id
        del self._open[source_id]
        self._sort(parcel, self._ledger.entries(self._settings.namespace, [source_id]).get(source_id))

    def _in_time(self, now: datetime) -> Callable[[], bool]:
        """Whether the deadline lies ahead, by both clocks: one stands still in suspend, the other may be set."""
        start, deadline, clock = self._clock.monotonic(), self._settings.deadline, self._clock
        return lambda: clock.monotonic() - start < deadline and (clock.now() - now).total_seconds() < deadline

    def _create(self, parcel: Parcel, in_time: Callable[[], bool]) -> Done:
        """One POST, on a thread of the crew."""
        answer = self._client.create(parcel.body or {}, in_time=in_time, attempt=parcel.entry.attempt)
        return Sent(parcel, answer)

    def _look_up(self) -> float:
        """Start the look-ups that are due; gives the seconds until the next one is."""
        while self._room() > 0 and (parcel := self._doubts.due()):
            self._asking += 1
            self._tally.lookups += 1
            self._crew.start(partial(look_up, self._client, parcel))
        return self._doubts.wait() if self._room() > 0 else _NEVER

    # -- recording -----------------------------------------------------------------------------------------------------

    def _record(self, results: list[Done]) -> None:
        """Write what the answers mean, all in one durable step, and then act on it."""
        moved = [(result, self._next(result)) for result in results]
        self._ledger.move([entry for _, entry in moved if entry])
        for result, entry in moved:
            if isinstance(result, Sent):
                self._sending -= 1
            else:
                self._asking -= 1
            self._judge(result)
            self._file(result, entry)

    def _next(self, result: Done) -> LedgerEntry | None:
        """The entry that a result leads to, None where it decides nothing."""
        entry = result.parcel.entry
        if isinstance(result, LookedUp):
            return None if result.found is None else after_lookup(entry, result.found, self._settings.most_doubts)
        moved = after_answer(entry, result.answer, self._settings.settle)
        return replace(moved, message=without_personal_data(moved.message, result.parcel.body or {}))

    def _file(self, result: Done, entry: LedgerEntry | None) -> None:
        """Put the order where its new state says it belongs."""
        if entry is None:
            self._doubts.again(result.parcel)
            return
        parcel = replace(result.parcel, entry=entry)
        del self._open[entry.source_id]
        match entry.state:
            case State.PLANNED if parcel.body is not None:
                self._make_ready(parcel)
            case State.IN_DOUBT:
                self._doubt(parcel)
            case State.CREATED:
                self._count_created(result, parcel)
            case State.REJECTED:
                self._tally.rejected += 1
                self._halt(Stop.BREAKER, self._breaker.rejection(entry.message))
            case State.CONFLICT:
                self._tally.conflicts += 1

    def _count_created(self, result: Done, parcel: Parcel) -> None:
        self._breaker.good()
        self._tally.created += 1
        if isinstance(result, LookedUp):
            self._tally.adopted += 1
            order = next(order for order in result.found or () if order["id"] == parcel.entry.order_id)
            if parcel.body is not None and differences(parcel.body, order):
                self._tally.different.append(parcel.entry.source_id)

    def _judge(self, result: Done) -> None:
        """Stop the run where the store refuses it, or has given no good answer for too long."""
        if isinstance(result, LookedUp):
            refusal = result.failure if result.refused else ""
            failure = "" if result.refused else result.failure
        else:
            answer = result.answer
            refusal = answer.message if isinstance(answer, Refused) else ""
            failure = answer.reason if isinstance(answer, InDoubt | NotCreated) else ""
        self._halt(Stop.REFUSED, refusal)
        if failure:
            self._halt(Stop.UNREACHABLE, self._breaker.failure(failure))
