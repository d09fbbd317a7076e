"""What a pass over an export found, counted: orders, money, problems by cause, substitutions, undecided values."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TypeVar

from importer.model import Body, MappedOrder, Problem

PARKED = "parked"
"""The code of a problem that a newer snapshot of the store may mend."""

EXAMPLES = 5
MOST_CAUSES = 2_000
_MONTHS = {
    name: f"{number:02d}" for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class Cause:
    """Problems, or substitutions, of one kind at one path: how many orders, and a few of them."""

    code: str
    path: str
    origin: str
    message: str = ""
    """What is wrong, its values as `…`; empty where the messages of a cause are of several kinds."""
    orders: int = 0
    at_stake: dict[str, Decimal] = field(default_factory=dict)
    """Currency -> the source's totals of these orders, where they could be read."""
    examples: list[tuple[str, str]] = field(default_factory=list)
    """Order and message, the first few."""

    def add(self, order: str, message: str, currency: str = "", stake: Decimal | None = None) -> None:
        """Counts one more order, and the money that waits with it."""
        self.orders += 1
        if stake is not None:
            self.at_stake[currency] = self.at_stake.get(currency, Decimal(0)) + stake
        if len(self.examples) < EXAMPLES:
            self.examples.append((order, message))


class Group(NamedTuple):
    """What valid orders are counted by: month of `date_created` in UTC (`2024-03`), currency, status."""

    month: str
    currency: str
    status_id: int


@dataclass(slots=True)
class Money:
    """Orders of one group, and their money."""

    orders: int = 0
    total: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)


@dataclass(slots=True)
class Summary:
    """The counts of one pass. Memory does not grow with the export, only with the number of different causes."""

    read: int = 0
    valid: int = 0
    refused: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)
    """Currency -> the sum of `total_inc_tax` over the valid orders."""
    stated: dict[str, Decimal] = field(default_factory=dict)
    """Currency -> the sum of the totals that the source states for the same orders."""
    unstated: int = 0
    """Valid orders whose source states no total; it was computed, and counts in `stated` as it is."""
    groups: dict[Group, Money] = field(default_factory=dict)
    at_stake: dict[str, Decimal] = field(default_factory=dict)
    """Currency -> the source's totals of the refused orders, where they could be read."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Reason -> orders left out."""
    problems: dict[tuple[str, str, str, str], Cause] = field(default_factory=dict)
    substitutions: dict[str, Cause] = field(default_factory=dict)
    """Code -> the orders that have it at least once."""
    split: set[str] = field(default_factory=set)
    """Orders whose rows are not adjacent: what came before the split was read as a whole order, and is none."""
    doubled: set[str] = field(default_factory=set)
    """Orders that stand in the export more than once; the first is taken."""
    undecided: dict[tuple[str, ...], Cause] = field(default_factory=dict)
    """Table and keys -> the orders that wait for a decision."""
    waiting: int = 0
    """Orders that wait for at least one decision."""
    after: dict[str, int] = field(default_factory=dict)
    """`shipments`, `metafields` -> how many are sent after the valid orders."""
    undeclared: set[str] = field(default_factory=set)
    """Currencies of valid orders whose bodies do not name theirs: the store takes the amounts for its own currency."""
    parked: int = 0
    """Refused orders that only wait for a customer or a product of the store."""

    def add(self, mapped: MappedOrder) -> None:
        """Counts one order."""
        self.read += 1
        for code in {substitution.code for substitution in mapped.substitutions}:
            first = next(one for one in mapped.substitutions if one.code == code)
            cause = self.substitutions.setdefault(code, Cause(code, first.path, first.origin))
            where = f"{first.path}: " if first.path else ""
            cause.add(mapped.source.source_id, f"{where}{first.from_!r} -> {first.to!r}")
        if mapped.skipped:
            self.skipped[mapped.skipped] = self.skipped.get(mapped.skipped, 0) + 1
        elif body := mapped.sendable:
            self._accept(body, mapped.currency, mapped.stated)
            for kind, things in (mapped.after or {}).items():
                self.after[kind] = self.after.get(kind, 0) + len(things)
        else:
            self._refuse(mapped)

    def _accept(self, body: Body, currency: str, stated: Decimal | None) -> None:
        self.valid += 1
        total = Decimal(body["total_inc_tax"])
        self.money[currency] = self.money.get(currency, Decimal(0)) + total
        self.stated[currency] = self.stated.get(currency, Decimal(0)) + (total if stated is None else stated)
        self.unstated += stated is None
        if "default_currency_code" not in body:
            self.undeclared.add(currency)
        date = body["date_created"]
        group = Group(f"{date[12:16]}-{_MONTHS[date[8:11]]}", currency, body["status_id"])
        money = self.groups.setdefault(group, Money())
        money.orders += 1
        money.total += total
        money.tax += total - Decimal(body["total_ex_tax"])

    def _refuse(self, mapped: MappedOrder) -> None:
        """Counts the order once under each of its causes, however many lines have it."""
        self.refused += 1
        where = f"{mapped.source.source_id or '(no order id)'} ({_place(mapped)})"
        stake = _stake(mapped)
        if stake is not None:
            self.at_stake[mapped.currency] = self.at_stake.get(mapped.currency, Decimal(0)) + stake
        undecided = _firsts(mapped.problems, lambda problem: problem.undecided)
        for problem in _firsts(mapped.problems, _key).values():
            self._cause(problem).add(where, problem.message, mapped.currency, stake)
        for keys, one in undecided.items():
            cause = self.undecided.setdefault(keys, Cause(one.code, one.path, one.origin))
            cause.add(where, one.message, mapped.currency, stake)
        self.waiting += bool(undecided)
        self.parked += waits(mapped)
        if any(one.code == "split-order" for one in mapped.problems):
            self.split.add(mapped.source.source_id)
        if any(one.code == "duplicate-order" for one in mapped.problems):
            self.doubled.add(mapped.source.source_id)

    def _cause(self, problem: Problem) -> Cause:
        """One cause a code, path, line of the mapping and kind of message."""
        key = _key(problem)
        if key not in self.problems and len(self.problems) >= MOST_CAUSES:
            key = ("other", "", "", "")
        return self.problems.setdefault(key, Cause(*key))


def _firsts(problems: Sequence[Problem], key: Callable[[Problem], K]) -> dict[K, Problem]:
    """Key -> the first of the problems that has it; a problem without a key is left out."""
    firsts: dict[K, Problem] = {}
    for problem in problems:
        if found := key(problem):
            firsts.setdefault(found, problem)
    return firsts


def waits(mapped: MappedOrder) -> bool:
    """Whether nothing is wrong with an order but that the store lacks a customer or a product of it."""
    return bool(mapped.problems) and all(problem.code == PARKED for problem in mapped.problems)


def _key(problem: Problem) -> tuple[str, str, str, str]:
    """What makes problems of one kind; the lines of an order are one path. An origin in the export is no part of it."""
    path, origin = re.sub(r"\[\d+\]", "[]", problem.path), problem.origin if problem.origin.count(":") > 1 else ""
    return problem.code, path, origin, kind_of(problem.message)


_VALUES = re.compile(r"""(?<!\w)'.*?'(?!\w)|(?<!\w)".*?"(?!\w)|(?<!\w)-?\d(?:[\d.,:]*\d)?(?!\w)|…""", re.S)
_CURRENCY = re.compile(r"… [A-Z]{3}\b")


def kind_of(message: str) -> str:
    """A message without what differs from order to order: quoted texts, numbers, the currency behind a number.

    >>> kind_of("the source's total 77.84 is not the sum of its parts 67.85: gap 9.99 CHF")
    "the source's total … is not the sum of its parts …: gap …"
    >>> kind_of("table 'status' has no row for 'lost' / 'sent'")
    'table … has no row for … / …'
    >>> kind_of("order '7' is in the export twice: at rest_v3.json:322 and here")
    'order … is in the export twice: at rest_v3.json:… and here'
    """
    return _CURRENCY.sub("…", _VALUES.sub("…", message))


def _stake(mapped: MappedOrder) -> Decimal | None:
    """The total of a refused order, where it can be read."""
    if mapped.body is None:
        return mapped.at_stake
    try:
        total = Decimal(str(mapped.body.get("total_inc_tax", mapped.stated or 0)))
    except InvalidOperation:
        return mapped.stated
    return total if total.is_finite() else mapped.stated


def _place(mapped: MappedOrder) -> str:
    row = mapped.source.rows[0]
    return f"{row.file}:{row.line}"
