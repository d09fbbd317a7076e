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
from functools import partial

from importer.ledger import LEASE, Ledger, LedgerEntry, State
from importer.model import MappedOrder
from importer.run.crew import Crew, Threads
from importer.run.intake import Intake
from importer.run.interrupt import Interrupt, interruptible
from importer.run.outlook import Breaker, Forecast
from importer.run.parcel import Parcel, recognised, without_personal_data
from importer.run.protocol import after_answer, after_lookup, intend
from importer.run.resolve import Doubts, LookedUp, differences, look_up
from importer.run.settings import ProgressCallback, RunResult, Settings, Stop
from importer.store import CLOCK, Answer, Clock, InDoubt, NotCreated, OrdersClient, Refused

_MOST_DOUBTS_AT_ONCE = 1000
_LONGEST_PAUSE = 5.0
_LOOK_AGAIN = 0.5
"""Seconds between two looks at the others who share the ledger."""
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Sent:
    """A POST and what its answer means. `bug`: what went wrong in this program, "" as a rule."""

    parcel: Parcel
    answer: Answer
    bug: str = ""


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
    so_far: RunResult | None = None,
) -> RunResult:
    """Send every order that is not in the store yet, and settle what earlier runs left open.

    `so_far`: where this run is counted, when its caller counts as well.

    Raises UsageError for a body without its marks (before it is sent), LedgerError; never for what the store answers.
    """
    senders = crew or Threads[Done](settings.concurrency)
    result = so_far or RunResult()
    intake = Intake(orders, ledger, settings, result, Doubts(clock, settings.settle))
    forecast = Forecast(settings, client.pacer, clock)
    run = _Run(intake, client, ledger, settings, clock, senders, result)

    def show() -> None:
        if progress:
            progress(forecast.progress(result, intake.in_doubt, run.waits()))

    try:
        with interruptible(senders.wake) as interrupt:
            run.to_the_end(interrupt, show)
    finally:
        senders.close()
    return result


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
        result: RunResult,
    ) -> None:
        self._intake, self._client, self._ledger, self._settings = intake, client, ledger, settings
        self._clock, self._crew, self._result = clock, crew, result
        self._breaker = Breaker(settings, clock)
        self._sending = self._asking = 0
        self._look_at = clock.monotonic() + _LOOK_AGAIN
        self._alone_at = 0.0
        self._stop: Stop | None = None
        self._message = self._trouble = ""

    def to_the_end(self, interrupt: Interrupt, show: Callable[[], None]) -> None:
        """The loop: look up what is due, send what may be sent, record what came back."""
        self._intake.recover()
        while self._unfinished(interrupt):
            self._look_around()
            longest = _LOOK_AGAIN if self._settings.shared else _LONGEST_PAUSE
            pause = longest if self._stop else min(self._look_up(), self._send(), longest)
            self._record(self._crew.done(max(pause, 0.0)))
            show()
        left = self._ledger.counts(self._settings.namespace)
        if self._settings.shared:
            left[State.SENDING] = 0  # by the others, who are alive: what the dead were sending was taken over
        self._result.close(left, self._stop, self._message)

    def _look_around(self) -> None:
        """Where others send as well, take over from one that has died."""
        if self._settings.shared and self._clock.monotonic() >= self._look_at:
            self._intake.recover()
            self._look_at = self._clock.monotonic() + _LOOK_AGAIN

    def waits(self) -> tuple[str, float]:
        """What the run waits for, and the seconds until it goes on; "" and 0 while it does."""
        blocked = self._client.pacer.blocked
        if blocked > 0 and self._trouble:
            return self._trouble, blocked
        doubts = self._intake.doubts
        busy = self._intake.more or self._intake.ready or self._sending + self._asking > 0
        if busy or not len(doubts):
            return "", 0.0
        return f"{len(doubts)} lost answers may be looked up only when they have settled", doubts.wait()

    def _unfinished(self, interrupt: Interrupt) -> bool:
        if interrupt.asked:
            self._halt(Stop.INTERRUPTED, "interrupted; run again to resume")
        if not self._client.reached and self._breaker.never_reached():
            self._halt(Stop.UNREACHABLE, never_sent(self._client, self._trouble))
        if self._stop:
            return self._sending > 0
        waiting = self._settings.wait and len(self._intake.doubts) > 0
        busy = self._intake.more or bool(self._intake.ready) or self._sending + self._asking > 0 or waiting
        return busy or self._somebody_may_have_died()

    def _somebody_may_have_died(self) -> bool:
        """Where others send as well: whether what is under way elsewhere may still be left behind, within a lease."""
        if not (self._settings.shared and self._settings.wait):
            return False
        self._alone_at = self._alone_at or self._clock.monotonic()
        under_way = self._ledger.counts(self._settings.namespace)[State.SENDING]
        return under_way > 0 and self._clock.monotonic() < self._alone_at + LEASE + _LOOK_AGAIN

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
        in_time = self._clock.within(settings.deadline, since=now)
        intents = [intend(parcel.signed, parcel.hash, settings.plan, now, settings.run) for parcel in batch]
        ours = self._ledger.move(intents)
        for parcel, intent in zip(batch, intents, strict=True):
            if intent in ours:
                self._sending += 1
                self._result.posts += 1
                self._crew.start(partial(self._create, replace(parcel, entry=intent), in_time))
            else:
                self._client.pacer.untaken()
                self._intake.sort_again(parcel)

    def _create(self, parcel: Parcel, in_time: Callable[[], bool]) -> Done:
        """One POST, on a thread of the crew. Whatever goes wrong here: the order may have left."""
        try:
            return Sent(parcel, self._client.create(parcel.body or {}, in_time=in_time, attempt=parcel.entry.attempt))
        except Exception as error:  # noqa: BLE001 - a thread must not end the run without a word
            return Sent(parcel, InDoubt(f"this program failed: {error!r}"), bug=repr(error))

    def _look_up(self) -> float:
        """Start the look-ups that are due; gives the seconds until the next one is."""
        while self._room() > 0 and (parcel := self._intake.doubts.due()):
            self._asking += 1
            self._result.lookups += 1
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
            if result.found is None:
                return None
            settled = after_lookup(entry, result.found, self._settings.most_doubts)
            return recognised(result.parcel, settled, self._settings.plan)
        moved = after_answer(entry, result.answer, self._settings.settle)
        return replace(moved, message=without_personal_data(moved.message, result.parcel.body or {}))

    def _count(self, result: Done, entry: LedgerEntry) -> None:
        if entry.state is State.CREATED:
            self._breaker.good()
            self._result.created += 1
            if isinstance(result, LookedUp):
                self._count_adopted(result, entry)
        elif entry.state is State.REJECTED:
            self._result.rejected += 1
            self._halt(Stop.BREAKER, self._breaker.rejection(entry.message))
        elif entry.state is State.CONFLICT:
            self._result.conflict += 1

    def _count_adopted(self, result: LookedUp, entry: LedgerEntry) -> None:
        self._result.adopted += 1
        order = next(order for order in result.found or () if int(order["id"]) == entry.order_id)
        if result.parcel.body is not None and differences(result.parcel.body, order):
            self._result.adopted_with_differences.append(entry.source_id)

    def _judge(self, result: Done) -> None:
        """Stop the run where the store refuses it, has given no good answer for too long, or we are at fault."""
        refusal, failure = _refusal(result), _failure(result)
        self._halt(Stop.REFUSED, refusal)
        if result.bug:
            self._halt(Stop.BROKEN, f"the importer itself failed ({result.bug}); report it, and run again to resume")
        self._trouble = failure
        if failure:
            self._halt(Stop.UNREACHABLE, self._breaker.failure(failure))


def never_sent(client: OrdersClient, reason: str) -> str:
    """What was tried, where the store gave not one good answer."""
    return f"{client.address.api_url}: {reason}; nothing was sent. Check the address and the network, then run again"


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
