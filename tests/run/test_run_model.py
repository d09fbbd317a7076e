"""A model checker of the protocol: one order, two workers, every interleaving, over the functions that the runner uses.

A step of the model is a step of the real thing: a durable write, a request leaving, a commit in the store, an answer
taken in, a look-up, a crash, or a second passing while everyone is stalled. The checker visits every state once,
breadth first. The protocol must never make two orders, and never call an order created that is not; each seeded mistake
must.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from importer.ledger import MOVES, LedgerEntry, State
from importer.run.protocol import after_answer, after_death, after_lookup, intend
from importer.store import Answer, Created, InDoubt, NotCreated

START = datetime(2026, 1, 1, tzinfo=UTC)
DEADLINE, LATE, END, ATTEMPTS = 2, 1, 9, 3
"""Seconds: an order may be sent less than DEADLINE after its intent and committed until LATE after it was sent."""
Request = tuple[int, int, int]
"""Attempt, worker, second sent."""
Requests = tuple[Request, ...]
ORDER = LedgerEntry("shop", "1", "#1")


@dataclass(frozen=True)
class Rules:
    """What the workers keep to. The defaults are the protocol; each other value is a mistake that people make."""

    settle: int = DEADLINE + LATE
    send_deadline: bool = True
    fence: bool = True
    intent_first: bool = True
    resume_posts_again: bool = False
    timeout_means_not_created: bool = False
    failed_lookup_means_none: bool = False


@dataclass(frozen=True)
class Worker:
    """`idle`; `intends` to send; `waits` for an answer; `knows` what to write next."""

    step: str = "idle"
    entry: LedgerEntry = ORDER


@dataclass(frozen=True)
class World:
    """`flying`: requests that the store may still commit; `made`: those that it has."""

    now: int = 0
    row: LedgerEntry | None = None
    workers: tuple[Worker, Worker] = (Worker(), Worker())
    flying: Requests = ()
    made: Requests = ()


def seconds(time: datetime | None) -> int:
    """A ledger time on the model's clock."""
    assert time is not None
    return int((time - START).total_seconds())


def at(now: int) -> datetime:
    """The model's clock as a ledger time."""
    return START + timedelta(seconds=now)


def steps(world: World, rules: Rules) -> Iterator[World]:
    """Every world that may come next."""
    if world.now < END:
        yield replace(world, now=world.now + 1, flying=tuple(r for r in world.flying if world.now + 1 <= r[2] + LATE))
    for request in set(world.flying):
        yield replace(world, flying=without(world.flying, request), made=(*world.made, request))
        yield replace(world, flying=without(world.flying, request))
    for number, worker in enumerate(world.workers):
        yield from STEPS[worker.step](world, number, worker, rules)
        if worker.step != "idle":
            yield become(world, number, Worker())  # a crash, and a new process


def idle(world: World, number: int, _worker: Worker, rules: Rules) -> Iterator[World]:
    """Take up the order where its row says it stands."""
    row = world.row or ORDER
    state = row.state if world.row else State.PLANNED
    orphaned = state is State.SENDING and world.now >= seconds(row.sent_at) + DEADLINE
    if state is State.PLANNED or (orphaned and rules.resume_posts_again):
        if row.attempt < ATTEMPTS:
            entry = intend(row, "hash", "", at(world.now), "")
            written = write(world, entry, rules) if rules.intent_first else world
            yield become(written, number, Worker("intends", entry))
    elif orphaned:
        yield write(world, after_death(row, rules.settle), rules)
    elif state is State.IN_DOUBT and world.now >= seconds(row.not_before):
        found = [order_of(request, row) for request in world.made]
        yield become(world, number, Worker("knows", after_lookup(row, found, 9)))
        if rules.failed_lookup_means_none:
            yield become(world, number, Worker("knows", after_lookup(row, [], 9)))


def intends(world: World, number: int, worker: Worker, rules: Rules) -> Iterator[World]:
    """Send, unless it is too late: then the order is known not to be made."""
    sent = seconds(worker.entry.sent_at)
    if world.now < sent + DEADLINE or not rules.send_deadline:
        request = (worker.entry.attempt, number, world.now)
        yield become(
            replace(world, flying=tuple(sorted((*world.flying, request)))), number, replace(worker, step="waits")
        )
    else:
        yield learn(world, number, worker, NotCreated("too late"), rules)


def waits(world: World, number: int, worker: Worker, rules: Rules) -> Iterator[World]:
    """Hear that it was made, that it was not (429), or nothing."""
    lost: Answer = NotCreated("") if rules.timeout_means_not_created else InDoubt("")
    yield learn(world, number, worker, lost, rules)
    for request in set(world.made):
        if request[:2] == (worker.entry.attempt, number):
            yield learn(world, number, worker, Created(order_id(request)), rules)
    for request in set(world.flying):
        if request[:2] == (worker.entry.attempt, number):
            turned_away = replace(world, flying=without(world.flying, request))
            yield learn(turned_away, number, worker, NotCreated("429"), rules)


def knows(world: World, number: int, worker: Worker, rules: Rules) -> Iterator[World]:
    """Write what was learnt, if the fence lets it through."""
    yield become(write(world, worker.entry, rules), number, Worker())


STEPS = {"idle": idle, "intends": intends, "waits": waits, "knows": knows}


def learn(world: World, number: int, worker: Worker, answer: Answer, rules: Rules) -> World:
    """An answer was taken in; a while may pass before it is written."""
    return become(world, number, Worker("knows", after_answer(worker.entry, answer, rules.settle)))


def write(world: World, entry: LedgerEntry, rules: Rules) -> World:
    """The ledger: a move of the table that continues the row's attempt; without a fence, anything goes."""
    row = world.row
    continues = entry.attempt - (entry.state is State.SENDING)
    if row is None:
        allowed = entry.state is State.SENDING or not rules.intent_first
    else:
        allowed = entry.state in MOVES[row.state] and continues == row.attempt
    return replace(world, row=entry) if allowed or not rules.fence else world


def become(world: World, number: int, worker: Worker) -> World:
    """One worker goes on."""
    workers = (worker, world.workers[1]) if number == 0 else (world.workers[0], worker)
    return replace(world, workers=workers)


def without(requests: Requests, request: Request) -> Requests:
    """The requests, one of these fewer."""
    at_index = requests.index(request)
    return requests[:at_index] + requests[at_index + 1 :]


def order_id(request: Request) -> int:
    """The id that the store gives."""
    attempt, number, sent = request
    return 100 + attempt * 100 + number * 10 + sent


def order_of(request: Request, row: LedgerEntry) -> dict[str, object]:
    """The order as a look-up shows it."""
    return {
        "id": order_id(request),
        "external_order_id": row.external_order_id,
        "external_merchant_id": row.external_merchant_id,
        "external_source": "M-MIG",
    }


def wrong(world: World) -> str:
    """What must never be, "" if it is not."""
    if len(world.made) > 1:
        return "two orders"
    if world.row and world.row.state is State.CREATED and not world.made:
        return "called created, but is not there"
    return ""


def explore(rules: Rules) -> tuple[str, int, set[State]]:
    """The first thing that goes wrong, how many worlds were seen, and the states that the row was in."""
    seen = {World()}
    queue = deque(seen)
    states: set[State] = set()
    while queue:
        world = queue.popleft()
        if world.row:
            states.add(world.row.state)
        for after in steps(world, rules):
            if wrong(after):
                return wrong(after), len(seen), states
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return "", len(seen), states


def test_the_protocol_makes_each_order_once() -> None:
    """In no interleaving of two workers, stalls, crashes and lost answers are there two orders, or a false created."""
    failure, worlds, states = explore(Rules())
    assert failure == ""
    assert worlds > 10_000
    assert states == {State.SENDING, State.PLANNED, State.IN_DOUBT, State.CREATED}


MISTAKES = {
    "re-post on resume": Rules(resume_posts_again=True),
    "timeout taken for not created": Rules(timeout_means_not_created=True),
    "no send deadline": Rules(send_deadline=False),
    "settle time one too short": Rules(settle=DEADLINE + LATE - 1),
    "no fence": Rules(fence=False),
    "intent written after the send": Rules(intent_first=False),
    "failed look-up taken for none": Rules(failed_lookup_means_none=True),
}


@pytest.mark.parametrize("rules", list(MISTAKES.values()), ids=list(MISTAKES))
def test_the_checker_finds_the_mistake(rules: Rules) -> None:
    """Each mistake that people make with lost answers ends in two orders, and the checker says so."""
    assert explore(rules)[0] == "two orders"
