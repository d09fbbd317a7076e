"""Where the orders of a ledger stand, and what the store answered to those that it did not take."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from importer.report.exact import ESCAPED
from importer.report.figures import cause_row, largest_first
from importer.report.rejects import safe_cell
from importer.report.summary import Cause

ADVICE = {
    "planned": "not sent yet; run again",
    "sending": "a run is under way, or died; run again",
    "in-doubt": "the answer was lost; run again to look them up",
    "rejected": "the store refused them; mend and run with --retry rejected",
    "conflict": "a person must decide; see the messages",
    "archived": "undone; a run sends them again",
    "parked": "they wait for a customer or a product that the snapshot lacks; run again with a newer one",
}
"""State of an order that is not in the store -> what it means, and what to do."""

_NUMBER = re.compile(r"(?<!\w)\d(?:[\d.,:]*\d)?(?!\w)")


def kind_of_answer(answer: str) -> str:
    """An answer without its numbers. A store quotes the names of fields, and those tell two causes apart.

    >>> kind_of_answer("The field 'customer_id' is invalid: 1234")
    "The field 'customer_id' is invalid: …"
    """
    return _NUMBER.sub("…", answer)


SETTLED = ("created", "archived", "parked")
"""States in which a run may leave an order and be done."""

MOST_ANSWERS = 500
COLUMNS = ("namespace", "source_id", "state", "order_id", "answer")


class Open(NamedTuple):
    """An order of the ledger that is not created: where it stands, and what the store answered."""

    namespace: str
    source_id: str
    state: str
    order_id: int | None
    answer: str


@dataclass(slots=True)
class Standing:
    """The counts of a ledger. `runs`: each run's number, its name, and how many orders it sent last.

    `attached`: kind and state of what hangs on orders (shipments, metafields) -> how many.
    Memory grows with the number of different answers only.
    """

    store: str
    states: dict[str, int]
    runs: list[tuple[int, str, int]]
    attached: dict[tuple[str, str], int] = field(default_factory=dict)
    answers: dict[tuple[str, str], Cause] = field(default_factory=dict)

    def add(self, one: Open) -> None:
        """Counts one order that is not created."""
        key = (one.state, kind_of_answer(one.answer))
        if key not in self.answers and len(self.answers) >= MOST_ANSWERS:
            key = (one.state, "")
        cause = self.answers.setdefault(key, Cause(one.state, "", "", key[1]))
        cause.add(f"{one.namespace}:{one.source_id}", one.answer)

    def reasons(self) -> list[str]:
        """Why the migration is not finished; empty when every order has its place."""
        unsettled = {state: orders for state, orders in self.states.items() if orders and state not in SETTLED}
        hanging = {key: number for key, number in self.attached.items() if number and key[1] not in SETTLED}
        return [
            *(f"{orders:,} {state}: {ADVICE[state]}" for state, orders in unsettled.items()),
            *(f"{number:,} {kind}s {state}: {ADVICE[state]}" for (kind, state), number in sorted(hanging.items())),
        ]

    def figures(self) -> dict[str, Any]:
        """All of it as report.json has it."""
        return {
            "store": self.store,
            "states": self.states,
            "answers": [
                {**cause_row(cause), "message": cause.message} for cause in largest_first(self.answers.values())
            ],
            "attached": [
                {"kind": kind, "state": state, "number": number}
                for (kind, state), number in sorted(self.attached.items())
            ],
            "runs": [{"number": number, "name": name, "orders": orders} for number, name, orders in self.runs],
        }


def write_answers(folder: Path, entries: Iterable[Open]) -> None:
    """Writes answers.csv, for people: one line for each order that is not created."""
    with (folder / "answers.csv").open("w", encoding="utf-8-sig", errors=ESCAPED, newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        for one in entries:
            lines.writerow([safe_cell("" if cell is None else str(cell)) for cell in one])
