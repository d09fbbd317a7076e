"""The V2 contract: every body passes the schema's gate, then the checks that a schema cannot say.

`check` is the room's door; CODES lists what can be wrong with a body, for documentation and reports.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from importer.orders import gate
from importer.orders.checks import CHECKS, Check
from importer.orders.gate import SCHEMA, SCHEMA_CODES

if TYPE_CHECKING:
    from datetime import datetime

    from importer.model import Body, MappedOrder, Problem

__all__ = ["CHECKS", "CODES", "SCHEMA", "SCHEMA_CODES", "Check", "check", "problems_of"]

CODES = SCHEMA_CODES | {code: (rule.__doc__ or "").partition("\n")[0].rstrip(".") for code, rule in CHECKS.items()}
"""Every code of this room's Problems, each in one line."""


def check(mapped: MappedOrder, now: datetime) -> MappedOrder:
    """The order with what is wrong with its body added to its problems; the same object when nothing is.

    `now` is the present instant, in UTC. An order without a body (skipped, or not mapped) is given back untouched.
    Source: Orders V2 createOrder.
    """
    if mapped.body is None:
        return mapped
    found = problems_of(mapped.body, now)
    return replace(mapped, problems=mapped.problems + found) if found else mapped


def problems_of(body: Body, now: datetime) -> tuple[Problem, ...]:
    """Why the store, or the sum, refuses the body: its breaches of the schema; of the checks where there is none."""
    if not gate.passes(body):
        return gate.problems(body)
    return tuple([problem for rule in CHECKS.values() for problem in rule(body, now)])
