"""A newer export, or an edited mapping, against what the ledger says was sent: new, unchanged, changed, vanished."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from importer.ledger import Ledger, LedgerEntry, State
from importer.model import MappedOrder
from importer.run.claims import altered, claimed, signature
from importer.run.parcel import body_hash, source_hash
from importer.temporary import temporary_database

EXAMPLES = 20
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Change:
    """An order in the store whose body would be another now: the fields, and whether the export or the mapping did it.

    `fields` is empty where the ledger does not know what was sent field by field.
    """

    entry: LedgerEntry
    fields: tuple[str, ...]
    why: str


@dataclass(slots=True)
class Delta:
    """The counts of one pass. `examples`: the first changes; `fields`: path -> the changed orders that have it."""

    new: int = 0
    unchanged: int = 0
    changed: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    examples: list[Change] = field(default_factory=list)

    def add(self, change: Change) -> None:
        """Counts one changed order."""
        self.changed += 1
        self.reasons[change.why] = self.reasons.get(change.why, 0) + 1
        for path in change.fields or ("?",):
            self.fields[path] = self.fields.get(path, 0) + 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(change)


class DeltaPass:
    """Watches the orders of a whole export go by; afterwards it knows which orders of the ledger did not."""

    def __init__(self, ledger: Ledger, namespace: str) -> None:
        self._delta = Delta()
        self._waiting: list[MappedOrder] = []
        self._ledger, self._namespace = ledger, namespace
        self._db = temporary_database("CREATE TABLE seen (source_id TEXT PRIMARY KEY, why TEXT) WITHOUT ROWID")

    @property
    def delta(self) -> Delta:
        """What was counted so far."""
        self._flush()
        return self._delta

    def close(self) -> None:
        """Let the temporary file go."""
        self._db.close()

    def add(self, order: MappedOrder) -> None:
        """Takes one order of the export."""
        self._waiting.append(order)
        if len(self._waiting) == _CHUNK:
            self._flush()

    def vanished(self) -> Iterator[tuple[LedgerEntry, str]]:
        """Orders in the store that the export does not have any more, or not as an order to send, each with why."""
        self._flush()
        for entry in self._ledger.in_state(State.CREATED, namespace=self._namespace):
            with closing(self._db.execute("SELECT why FROM seen WHERE source_id = ?", (entry.source_id,))) as found:
                row = found.fetchone()
            if row is None or row[0]:
                yield entry, row[0] if row else "not in this export"

    def _flush(self) -> None:
        rows = self._ledger.entries(self._namespace, [order.source.source_id for order in self._waiting])
        for order in self._waiting:
            self._count(order, rows.get(order.source.source_id))
        self._waiting.clear()

    def _count(self, order: MappedOrder, row: LedgerEntry | None) -> None:
        valid = order.sendable is not None
        why = "" if valid else f"left out now: {order.skipped}" if order.skipped else "refused now"
        self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (order.source.source_id, why))
        if not valid:
            return
        if row is None or row.state is not State.CREATED:
            self._delta.new += 1
        elif change := change_of(order, row):
            self._delta.add(change)
        else:
            self._delta.unchanged += 1


def change_of(order: MappedOrder, row: LedgerEntry) -> Change | None:
    """How an order that was created from another body would be now; None where its body is the one that was sent."""
    body = order.body or {}
    if body_hash(body) == row.body_hash:
        return None
    fields = altered(row.sent, signature(claimed(body), row.external_merchant_id)) if row.sent else []
    if not row.source_hash:
        return Change(row, tuple(fields), "unknown")
    return Change(row, tuple(fields), "mapping" if source_hash(order.source) == row.source_hash else "source")
