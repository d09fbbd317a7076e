"""A mapping's own tests, run; and their expectations written anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from importer.errors import MappingError
from importer.mapping import Mapping, Program
from importer.mapping.cases import ABSENT, Case, Difference, cases_of, differences
from importer.mapping.program import in_order
from importer.mapping.rewrite import rewritten
from importer.model import Problem
from importer.orders import check


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test, what is not as it expects, and the problems of its order."""

    case: Case
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


def run_cases(mapping: Mapping, now: datetime) -> Iterator[Outcome]:
    """Runs each test of the mapping's own file. Errors: MappingError for a column that no test's order can have."""
    unbound = mapping.compiled(None)
    if unbound.findings:
        raise MappingError(in_order(unbound.findings))
    needed = [name for name in unbound.read if name not in mapping.spec.optional]
    for case in cases_of(mapping.spec, needed):
        mapped = check(_bound(mapping, case).map(case.source), now)
        yield Outcome(case, tuple(differences(case, mapped)), mapped.problems)


def _bound(mapping: Mapping, case: Case) -> Program:
    return mapping.bind(case.columns, "", case.columns if mapping.spec.source.items else None)


def update(mapping: Mapping, outcomes: list[Outcome]) -> int:
    """Writes what was found into the mapping's file, in the place of what was expected; gives how many values.

    A body that the order no longer has stays as it was expected: its problems must be settled first.
    """
    path = mapping.spec.path
    values = [
        (("tests", outcome.case.number, *one.path), None if one.found is ABSENT else one.found)
        for outcome in outcomes
        for one in outcome.differences
        if one.path != ("body",) or one.found is not ABSENT
    ]
    if values:
        path.write_text(rewritten(path.read_text(encoding="utf-8"), values), encoding="utf-8", newline="")
    return len(values)
