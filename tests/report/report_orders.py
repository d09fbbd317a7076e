"""Orders as the line gives them, for the report's tests: valid, refused, undecided, skipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from importer.model import MappedOrder, Problem, SourceOrder, SourceRow, Substitution
from importer.report.figures import Heading, figures
from importer.report.summary import Summary

COLUMNS = ("Name", "Note", "Total")
HEADING = Heading("orders.csv", "Some platform", "2026-01-02T03:04:05+00:00", "0.1.0")
NO_FIELDS: dict[str, Any] = {"orders": 0, "source": [], "body": [], "never_used": []}


def source(number: int | str, note: str = "a note") -> SourceOrder:
    """An order of one row."""
    line = number + 2 if isinstance(number, int) else 2
    return SourceOrder(f"#{number}", (SourceRow("orders.csv", line, [f"#{number}", note, "12.10"]),))


def valid(number: int, *, total: str = "12.10", stated: str | None = "12.10", **fields: Any) -> MappedOrder:
    """An order that can be sent."""
    body = {
        "total_inc_tax": total,
        "total_ex_tax": "10.00",
        "date_created": "Wed, 06 Mar 2024 10:00:00 +0000",
        "status_id": 10,
        **fields,
    }
    return MappedOrder(source(number), body, currency="EUR", stated=None if stated is None else Decimal(stated))


def replaced(number: int, *codes: str) -> MappedOrder:
    """A valid order with a substitution of each code."""
    one = valid(number)
    notes = tuple(Substitution(code, "billing_address.zip", "", "00000", "m.yml:3:5") for code in codes)
    return MappedOrder(one.source, one.body, substitutions=notes, currency="EUR", stated=one.stated)


def refused(number: int | str, *problems: Problem, note: str = "a note", stake: str | None = "12.10") -> MappedOrder:
    """An order without a body, with these problems."""
    told = problems or (Problem("date", "date_created", "'x' is not a date", "m.yml:9:3"),)
    at_stake = None if stake is None else Decimal(stake)
    return MappedOrder(source(number, note), None, problems=told, currency="EUR", at_stake=at_stake)


def undecided(number: int, *keys: str) -> MappedOrder:
    """An order that waits for a row of the table 'status'."""
    return refused(
        number, *(Problem("undecided", "status_id", f"no row for {key}", "m.yml:7:1", ("status", key)) for key in keys)
    )


def skipped(number: int, reason: str = "a draft") -> MappedOrder:
    """An order that the mapping leaves out."""
    return MappedOrder(source(number), None, skipped=reason)


def summary_of(*orders: MappedOrder) -> Summary:
    """The counts of these orders."""
    summary = Summary()
    for order in orders:
        summary.add(order)
    return summary


def told_of(*orders: MappedOrder, reasons: list[str] | None = None, **budget: str) -> dict[str, Any]:
    """The figures of these orders."""
    allowed = {name.replace("_", "-"): Decimal(share) for name, share in budget.items()}
    return figures("validate", summary_of(*orders), HEADING, reasons or [], allowed)
