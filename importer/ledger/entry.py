"""One order's life, as the ledger keeps it: the states, the moves between them, and the interface of every ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from importer.model import mark_of

if TYPE_CHECKING:
    from importer.ledger.attachment import Attachment


LEASE = 15.0
"""Seconds without a sign of life after which a writer that shares a ledger is gone."""


class State(StrEnum):
    """Where an order stands."""

    PLANNED = "planned"
    SENDING = "sending"
    CREATED = "created"
    REJECTED = "rejected"
    IN_DOUBT = "in-doubt"
    CONFLICT = "conflict"
    ARCHIVED = "archived"
    PARKED = "parked"


MOVES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.SENDING}),  # a durable intent, one attempt higher; so is an order's first row
    State.SENDING: frozenset({State.CREATED, State.REJECTED, State.PLANNED, State.IN_DOUBT}),  # what the answer meant
    State.IN_DOUBT: frozenset({State.CREATED, State.PLANNED, State.REJECTED, State.CONFLICT}),  # what the look-up found
    State.REJECTED: frozenset({State.IN_DOUBT}),  # only when asked: a store that said no may have made it all the same
    State.CREATED: frozenset({State.CREATED, State.ARCHIVED}),  # updated by PUT; undone
    State.CONFLICT: frozenset({State.IN_DOUBT}),  # only when asked: a person mended it
    State.ARCHIVED: frozenset({State.SENDING}),  # sent again, in the next generation
    State.PARKED: frozenset({State.PARKED, State.SENDING}),  # until the crosswalk knows what the order waits for
}
"""Every move there is. A ledger refuses any other, and any that continues an attempt which is no longer the row's."""


class Doing(StrEnum):
    """What is being done to a created order: after a crash, what the store shows of it blames nobody."""

    NOTHING = ""
    UPDATING = "updating"
    UNDOING = "undoing"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What is known of one source order: ids, hashes, state and times; no body, no personal data.

    namespace, source_id   identify it
    external_order_id      what the store is searched by
    attempt                counts intents, and fences: what continues an older attempt is refused
    doubts                 counts lost answers
    body_hash              of the body last sent; `plan` of the export and the mapping that it came from
    source_hash            of what the export held of the order then
    sent, shown            signatures of that body, and of the order as the store showed it (`run/claims.py`)
    sent_at, not_before    the last intent, and the moment from which a look-up may decide
    generation             one higher for each time that an undone order is sent again; until then `order_id` is the
                           archived order's, and no order up to it is taken for the new one
    message                why, where the state needs a reason; for people, nothing is decided by it
    doing                  written before a PUT or an archiving, and taken back after it: see `Doing`
    status_before          the order's status before its first attachment; None once it is set back after the last
    touched                whether somebody had changed the order before that first attachment
    """

    namespace: str
    source_id: str
    external_order_id: str
    state: State = State.PLANNED
    order_id: int | None = None
    attempt: int = 0
    doubts: int = 0
    body_hash: str = ""
    plan: str = ""
    sent_at: datetime | None = None
    not_before: datetime | None = None
    run: str = ""
    message: str = ""
    generation: int = 1
    source_hash: str = ""
    sent: str = ""
    shown: str = ""
    doing: Doing = Doing.NOTHING
    status_before: int | None = None
    touched: bool = False

    @property
    def external_merchant_id(self) -> str:
        """The write-once mark in the store that names this very source order."""
        return mark_of(self.namespace, self.source_id)


@dataclass(frozen=True, slots=True)
class Run:
    """One run that sent orders: its number in this ledger, its name, and where the orders stand that it sent last.

    `namespaces`: whose orders they are; one, unless runs of several shops share a store and began in one second.
    """

    number: int
    name: str
    counts: Counter[State] = field(default_factory=Counter)
    namespaces: list[str] = field(default_factory=list)


def runs_of(rows: Iterable[tuple[int, str, str, str, int]]) -> list[Run]:
    """The runs, from rows of number, name, namespace, state and how many; as they come."""
    runs: dict[int, Run] = {}
    for number, name, namespace, state, count in rows:
        run = runs.setdefault(number, Run(number, name))
        run.counts[State(state)] += count
        if namespace not in run.namespaces:
            run.namespaces.append(namespace)
    return list(runs.values())


class Ledger(Protocol):
    """The id map that survives. One writer, or several with a lease each; every `move` is durable when it returns."""

    @property
    def store(self) -> str:
        """The store that the ledger is bound to (`StoreAddress.name`)."""

    def move(self, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
        """Write the rows' next values in one durable step; gives those that MOVES and the fence let through."""

    def take_over(self, namespace: str) -> list[LedgerEntry]:
        """The rows that were being sent, or are in doubt, and whose writer is gone; ours from now on.

        Where one writer has the store for itself, that is every such row, so it is asked before anything is sent.
        """

    def entries(self, namespace: str, source_ids: Sequence[str]) -> dict[str, LedgerEntry]:
        """The rows of these source orders, by source id; orders without a row are absent."""

    def in_state(self, *states: State, namespace: str = "") -> Iterator[LedgerEntry]:
        """The rows in these states, by namespace and source id; of every namespace when none is given."""

    def created(self, namespace: str, first: int, last: int) -> Iterator[LedgerEntry]:
        """The created rows whose order id lies in first..last, by rising order id."""

    def newest(self, namespace: str) -> int:
        """The highest order id that the ledger has of the namespace; 0 where it has none."""

    def already_created(self, namespace: str, plan: str, source_ids: Sequence[str]) -> set[str]:
        """Those of these source orders that were created from this very plan: need not even be mapped again."""

    def keep_plan(self, namespace: str, plan: str, facts: str) -> None:
        """Keep what a plan found that passed its verdict, durably. `facts`: the caller's own text, counts and sums."""

    def kept_plan(self, namespace: str, plan: str) -> str:
        """The facts of that very plan; "" where none such passed."""

    def runs(self) -> list[Run]:
        """The runs that sent orders, by number."""

    def created_by(self, run: str, after: int, limit: int) -> list[LedgerEntry]:
        """Created rows of that run whose order id lies above `after`, by rising order id, so many at most."""

    def counts(self, namespace: str = "") -> dict[State, int]:
        """How many rows stand where; every state is a key."""

    def attach(self, rows: Sequence[Attachment]) -> list[Attachment]:
        """Write attachments' next values in one durable step; gives those that MOVES and the fence let through."""

    def attachments(self, order_ids: Sequence[int]) -> list[Attachment]:
        """What hangs on these orders, as far as it was ever sent."""

    def attachments_in_state(self, *states: State, namespace: str = "") -> Iterator[Attachment]:
        """The attachments in these states, by order id."""

    def attachment_counts(self, namespace: str = "") -> dict[tuple[str, State], int]:
        """How many attachments of each kind stand where; (kind, state) without any are absent."""

    def take_in(self, rows: Sequence[LedgerEntry] | Sequence[Attachment]) -> None:
        """Write rows as another ledger has them, over what is there, in one durable step: see `merging.py`."""

    def damage(self) -> list[str]:
        """What the storage itself finds wrong, a sentence each."""

    def close(self) -> None:
        """Let the ledger go for the next process."""
