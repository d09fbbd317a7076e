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

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from importer.ledger import Ledger, LedgerEntry, State
from importer.model import MappedOrder
from importer.run.crew import Crew, Threads
from importer.run.intake import Intake
from importer.run.interrupt import Interrupt, interruptible
from importer.run.parcel import Parcel, without_personal_data
from importer.run.protocol import after_answer, after_lookup, intend
from importer.run.resolve import Doubts, LookedUp, differences, look_up
from importer.run.settings import ProgressCallback, RunResult, Settings, Stop
from importer.run.tally import Breaker, Forecast, Tally
from importer.store import CLOCK, Answer, Clock, InDoubt, NotCreated, OrdersClient, Refused

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
    tally = Tally()
    intake = Intake(orders, ledger, settings, tally, Doubts(clock, settings.settle))
    forecast = Forecast(settings, client.pacer, clock)

    def show() -> None:
        if progress:
            progress(forecast.progress(tally, intake.in_doubt))

    run = _Run(intake, client, ledger, settings, clock, senders, tally)
    try:
        with interruptible(senders.wake) as interrupt:
            return run.to_the_end(interrupt, show)
    finally:
        senders.close()


class _Run:
    """The thread that decides: hands requests to the crew, and records what they gave."""

    def __init__(
        self,
        intake: Intake,
        client: OrdersClient,
        ledger: Ledger,
        settings: Settings,
        clock: Clock,
        crew: Crew[Done],
        tally: Tally,
    ) -> None:
        self._intake, self._client, self._ledger, self._settings = intake, client, ledger, settings
        self._clock, self._crew, self._tally = clock, crew, tally
        self._breaker = Breaker(settings, clock)
        self._sending = self._asking = 0
        self._stop: Stop | None = None
        self._message = ""

    def to_the_end(self, interrupt: Interrupt, show: Callable[[], None]) -> RunResult:
        """The loop: look up what is due, send what may be sent, record what came back."""
        self._intake.recover()
        while self._unfinished(interrupt):
            pause = _LONGEST_PAUSE if self._stop else min(self._look_up(), self._send(), _LONGEST_PAUSE)
            self._record(self._crew.done(max(pause, 0.0)))
            show()
        return self._tally.result(self._ledger, self._settings.namespace, self._stop, self._message)

    def _unfinished(self, interrupt: Interrupt) -> bool:
        if interrupt.asked:
            self._halt(Stop.INTERRUPTED, "interrupted; run again to resume")
        if self._stop:
            return self._sending > 0
        waiting = self._settings.wait and len(self._intake.doubts) > 0
        return self._intake.more or bool(self._intake.ready) or self._sending + self._asking > 0 or waiting

    def _halt(self, stop: Stop, message: str) -> None:
        if message and not self._stop:
            self._stop, self._message = stop, message

    # -- sending and looking up ----------------------------------------------------------------------------------------

    def _room(self) -> int:
        return self._settings.concurrency - self._sending - self._asking

    def _send(self) -> float:
        """Start the requests that may start now; gives the seconds after which to try again."""
        intake = self._intake
        if self._room() <= 0 or len(intake.doubts) >= _MOST_DOUBTS_AT_ONCE:
            return _NEVER
        if not intake.ready and intake.more:
            intake.read_on()
        batch: list[Parcel] = []
        wait = 0.0
        while intake.ready and len(batch) < self._room() and not wait:
            wait = self._client.pacer.take()
            batch += [] if wait else [intake.ready.popleft()]
        self._post(batch)
        waiting = self._sending + self._asking + len(intake.doubts) > 0
        return _NEVER if waiting and not (intake.ready or intake.more) else wait

    def _post(self, batch: list[Parcel]) -> None:
        """Write the intents, all in one durable step, and only then hand the orders to the crew."""
        now, settings = self._clock.now(), self._settings
        in_time = self._in_time(now)
        intents = [intend(parcel.signed, parcel.hash, settings.plan, now, settings.run) for parcel in batch]
        ours = self._ledger.move(intents)
        for parcel, intent in zip(batch, intents, strict=True):
            if intent in ours:
                self._sending += 1
                self._tally.posts += 1
                self._crew.start(partial(self._create, replace(parcel, entry=intent), in_time))
            else:
                self._client.pacer.untaken()
                self._intake.sort_again(parcel)

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
        while self._room() > 0 and (parcel := self._intake.doubts.due()):
            self._asking += 1
            self._tally.lookups += 1
            self._crew.start(partial(look_up, self._client, parcel))
        return self._intake.doubts.wait() if self._room() > 0 else _NEVER

    # -- recording -----------------------------------------------------------------------------------------------------

    def _record(self, results: list[Done]) -> None:
        """Write what the answers mean, all in one durable step, and then act on it."""
        led_to = [(result, self._next(result)) for result in results]
        moved = self._ledger.move([entry for _, entry in led_to if entry])
        for result, entry in led_to:
            if isinstance(result, Sent):
                self._sending -= 1
            else:
                self._asking -= 1
            self._judge(result)
            if entry is None:
                self._intake.doubts.again(result.parcel)
            elif entry in moved:
                self._count(result, entry)
                self._intake.put(replace(result.parcel, entry=entry))
            else:  # fenced off: the row belongs to a later attempt of somebody else
                self._intake.let_go(result.parcel)

    def _next(self, result: Done) -> LedgerEntry | None:
        """The entry that a result leads to, None where it decides nothing."""
        entry = result.parcel.entry
        if isinstance(result, LookedUp):
            return None if result.found is None else after_lookup(entry, result.found, self._settings.most_doubts)
        moved = after_answer(entry, result.answer, self._settings.settle)
        return replace(moved, message=without_personal_data(moved.message, result.parcel.body or {}))

    def _count(self, result: Done, entry: LedgerEntry) -> None:
        if entry.state is State.CREATED:
            self._breaker.good()
            self._tally.created += 1
            if isinstance(result, LookedUp):
                self._count_adopted(result, entry)
        elif entry.state is State.REJECTED:
            self._tally.rejected += 1
            self._halt(Stop.BREAKER, self._breaker.rejection(entry.message))
        elif entry.state is State.CONFLICT:
            self._tally.conflicts += 1

    def _count_adopted(self, result: LookedUp, entry: LedgerEntry) -> None:
        self._tally.adopted += 1
        order = next(order for order in result.found or () if int(order["id"]) == entry.order_id)
        if result.parcel.body is not None and differences(result.parcel.body, order):
            self._tally.different.append(entry.source_id)

    def _judge(self, result: Done) -> None:
        """Stop the run where the store refuses it, or has given no good answer for too long."""
        refusal, failure = _refusal(result), _failure(result)
        self._halt(Stop.REFUSED, refusal)
        if failure:
            self._halt(Stop.UNREACHABLE, self._breaker.failure(failure))


def _refusal(result: Done) -> str:
    """What the store said when it turned us away; "" when it did not."""
    if isinstance(result, LookedUp):
        return result.failure if result.refused else ""
    return result.answer.message if isinstance(result.answer, Refused) else ""


def _failure(result: Done) -> str:
    """Why there was no good answer; "" when there was one, or a refusal."""
    if isinstance(result, LookedUp):
        return "" if result.refused else result.failure
    return result.answer.reason if isinstance(result.answer, InDoubt | NotCreated) else ""
