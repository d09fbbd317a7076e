"""The V2 contract: every body passes the schema's gate, then the checks that a schema cannot say.

`check` is the room's door; CODES lists what can be wrong with a body, for documentation and reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importer.orders import gate
from importer.orders.attached import problems_after
from importer.orders.checks import CHECKS, Check
from importer.orders.gate import SCHEMA, SCHEMA_CODES
from importer.orders.sound import PROVED, adds_up

if TYPE_CHECKING:
    from datetime import datetime

    from importer.model import Body, MappedOrder, Problem

__all__ = ["CHECKS", "CODES", "SCHEMA", "SCHEMA_CODES", "Check", "check", "problems_of"]

CODES = SCHEMA_CODES | {code: (rule.__doc__ or "").partition("\n")[0].rstrip(".") for code, rule in CHECKS.items()}
"""Every code of this room's Problems, each in one line."""


_BESIDE_MONEY = [rule for code, rule in CHECKS.items() if code not in PROVED]


def check(mapped: MappedOrder, now: datetime) -> MappedOrder:
    """The order with what is wrong with its body, or with what hangs on it, added to its problems.

    The same object where nothing is. `now` is the present instant, in UTC. An order without a body (skipped, or not
    mapped) is given back untouched.
    Source: Orders V2 createOrder.
    """
    if mapped.body is None:
        return mapped
    found = problems_of(mapped.body, now, mapped.currency)
    if mapped.after:
        found += problems_after(mapped.after)
    return mapped._replace(problems=mapped.problems + found) if found else mapped


def problems_of(body: Body, now: datetime, currency: str = "") -> tuple[Problem, ...]:
    """Why the store, or the sum, refuses the body: its breaches of the schema; of the checks where there is none.

    `currency`: that of its amounts, whose minor unit they keep; a body names its own only for some stores.
    """
    if not gate.passes(body):
        return gate.problems(body)
    if adds_up(body, currency):
        return tuple([problem for rule in _BESIDE_MONEY for problem in rule(body, now)])
    if currency:
        body = {**body, "default_currency_code": currency}
    return tuple([problem for rule in CHECKS.values() for problem in rule(body, now)])
