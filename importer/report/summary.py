"""What a pass over an export found, counted: orders, money, problems by cause, substitutions, undecided values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from importer.model import MappedOrder, Problem

EXAMPLES = 5
MOST_CAUSES = 2_000


@dataclass(slots=True)
class Cause:
    """Problems, or substitutions, of one kind at one path: how many orders, and a few of them."""

    code: str
    path: str
    origin: str
    orders: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)
    """Order and message, the first few."""

    def add(self, order: str, message: str) -> None:
        """Counts one more order."""
        self.orders += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((order, message))


@dataclass(slots=True)
class Summary:
    """The counts of one pass. Memory does not grow with the export, only with the number of different causes."""

    read: int = 0
    valid: int = 0
    refused: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)
    """Currency -> the sum of `total_inc_tax` over the valid orders, which is the sum of the source's totals: proved."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Reason -> orders left out."""
    problems: dict[tuple[str, str, str], Cause] = field(default_factory=dict)
    substitutions: dict[str, Cause] = field(default_factory=dict)
    """Code -> the orders that have it at least once."""
    split: set[str] = field(default_factory=set)
    """Orders whose rows are not adjacent: what came before the split was read as a whole order, and is none."""
    undecided: dict[tuple[str, ...], Cause] = field(default_factory=dict)
    """Table and keys -> the orders that wait for a decision."""

    def add(self, mapped: MappedOrder) -> None:
        """Counts one order."""
        self.read += 1
        for code in {substitution.code for substitution in mapped.substitutions}:
            first = next(one for one in mapped.substitutions if one.code == code)
            cause = self.substitutions.setdefault(code, Cause(code, first.path, first.origin))
            cause.add(mapped.source.source_id, f"{first.path}: {first.from_!r} -> {first.to!r}")
        if mapped.skipped:
            self.skipped[mapped.skipped] = self.skipped.get(mapped.skipped, 0) + 1
        elif mapped.problems or mapped.body is None:
            self._refuse(mapped)
        else:
            self.valid += 1
            total = Decimal(mapped.body["total_inc_tax"])
            self.money[mapped.currency] = self.money.get(mapped.currency, Decimal(0)) + total

    def _refuse(self, mapped: MappedOrder) -> None:
        self.refused += 1
        where = f"{mapped.source.source_id or '(no order id)'} ({_place(mapped)})"
        for problem in mapped.problems:
            self._cause(problem).add(where, problem.message)
            if problem.code == "split-order":
                self.split.add(mapped.source.source_id)
            if problem.undecided:
                cause = self.undecided.setdefault(problem.undecided, Cause(problem.code, problem.path, problem.origin))
                cause.add(where, problem.message)

    def _cause(self, problem: Problem) -> Cause:
        """One cause a code and path; lines of an order are one cause, whatever their number."""
        path = _without_index(problem.path)
        key = (problem.code, path, problem.origin if problem.origin.count(":") > 1 else "")
        if key not in self.problems and len(self.problems) >= MOST_CAUSES:
            key = ("other", "", "")
        return self.problems.setdefault(key, Cause(key[0], key[1], key[2]))


def _place(mapped: MappedOrder) -> str:
    row = mapped.source.rows[0]
    return f"{row.file}:{row.line}"


def _without_index(path: str) -> str:
    head, bracket, rest = path.partition("[")
    return f"{head}[]{rest.partition(']')[2]}" if bracket else path
