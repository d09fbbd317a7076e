"""Which requests go wrong: by script, by chance with a seed, or for one order."""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from importer.errors import UsageError
from importer.sandbox.breakages import BEFORE, BREAKAGES

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a script of faults.

    `do`: what is played, a key of BREAKAGES; `when`: before the store acts, after it, or with the store acting late.
    `request`: method and path of the requests it is about, ids as {}: "POST /v2/orders", "GET /v2/orders/{}", "* *".
    `nth`: which of those, counted from 1 since the rule was made; none for all. `probability` of each, by the dice of
    `seed`. `external_order_id`: only requests about this order. `times`: how often at most, 0 for no end. `seconds`: of
    a hang, a late commit, a drip, a closure, a lag, or what X-Retry-After says.
    """

    do: str
    when: str = BEFORE
    request: str = "POST /v2/orders"
    nth: tuple[int, ...] = ()
    probability: float = 1.0
    seed: int = 1
    external_order_id: str = ""
    times: int = 0
    seconds: float = 0.0

    def is_about(self, method: str, pattern: str, external_order_id: str | None) -> bool:
        """Whether a request is one of those the rule is about."""
        wanted_method, _, wanted_path = self.request.partition(" ")
        wanted_id = self.external_order_id or external_order_id
        return wanted_method in ("*", method) and wanted_path in ("*", pattern) and wanted_id == external_order_id


def rule_of(given: dict[str, Any]) -> Rule:
    """A rule from JSON. Raises UsageError for what cannot be played."""
    known = {one.name for one in fields(Rule)}
    if not isinstance(given, dict) or set(given) - known or given.get("do") not in BREAKAGES:
        raise UsageError(f"a fault has {', '.join(sorted(known))}; do is one of {', '.join(BREAKAGES)}")
    numbers = given.get("nth", ())
    nth = (numbers,) if isinstance(numbers, int) else tuple(int(one) for one in numbers)
    rule = Rule(**{**given, "nth": nth, "seconds": float(given.get("seconds", 0))})
    allowed = BREAKAGES[rule.do][0]
    if rule.when not in allowed and "when" in given:
        raise UsageError(f"fault '{rule.do}' happens {' or '.join(sorted(allowed))}, not {rule.when}")
    return rule if rule.when in allowed else rule_of({**given, "when": next(iter(allowed))})


class _Line:
    """A rule being played: how many requests it saw, how often it struck."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.dice = random.Random(rule.seed)  # noqa: S311 - a rehearsal, no secret
        self.seen = 0
        self.played = 0

    def strikes(self) -> bool:
        """Whether it strikes the request that it sees now."""
        self.seen += 1
        lucky = self.rule.probability < 1 and self.dice.random() >= self.rule.probability
        missed = bool(self.rule.nth) and self.seen not in self.rule.nth
        return not (lucky or missed or (self.rule.times and self.played >= self.rule.times))


class Faults:
    """The script: rules in order, of which the first that strikes a request is played."""

    def __init__(self, given: Iterable[dict[str, Any]] = ()) -> None:
        self._lock = threading.Lock()
        self._lines = [_Line(rule_of(one)) for one in given]

    def add(self, given: Iterable[dict[str, Any]]) -> None:
        """More rules, after those there are. Raises UsageError."""
        made = [_Line(rule_of(one)) for one in given]
        with self._lock:
            self._lines += made

    def clear(self) -> None:
        """Nothing goes wrong from now on."""
        with self._lock:
            self._lines = []

    def shown(self) -> list[dict[str, Any]]:
        """The rules, with the requests each saw and struck."""
        with self._lock:
            return [{**asdict(line.rule), "seen": line.seen, "played": line.played} for line in self._lines]

    def strike(self, method: str, pattern: str, external_order_id: str | None) -> Rule | None:
        """The rule that strikes a request, if any. Each rule counts the requests it is about, struck or not."""
        with self._lock:
            about = [line for line in self._lines if line.rule.is_about(method, pattern, external_order_id)]
            striking = [line for line in about if line.strikes()]
            if not striking:
                return None
            striking[0].played += 1
            return striking[0].rule
