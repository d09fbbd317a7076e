"""What became of one order, evaluation by evaluation: the values that `explain` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from importer.mapping.trace import Step

DERIVED = "follows from money"
"""The text of a field that no expression gives: `settle` computed it from the section `money`."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One expression, or constant, of the mapping as it was evaluated for an order.

    `path`: the field of the body it is for, `let.NAME`, or `money.KEY`. `used`: the names of `let` that it read.
    """

    path: str
    text: str
    origin: str
    value: Any
    steps: tuple[Step, ...] = ()
    used: frozenset[str] = frozenset()
    error: str = ""


@dataclass(slots=True)
class Explanation:
    """What became of one order: its body as far as it came, and each evaluation on the way."""

    body: dict[str, Any] = field(default_factory=dict)
    traced: list[Traced] = field(default_factory=list)
    skipped: str = ""
