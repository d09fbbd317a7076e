"""Before anything is sent: one pass over the whole export, and whether the run may go."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from decimal import Decimal

from importer.report.summary import Summary

MOST_REFUSED = Decimal("0.05")


def reasons_against(
    summary: Summary, budget: ReadOnly[str, Decimal], most_refused: Decimal = MOST_REFUSED
) -> list[str]:
    """Why this export must not be sent as it is; empty means go. Shares are of the orders read."""
    return [
        *_undecided(summary),
        *_over_budget(summary, budget),
        *_too_many_refused(summary, most_refused),
        *([] if summary.valid or summary.parked else ["no order of the export can be sent"]),
    ]


def _undecided(summary: Summary) -> list[str]:
    if not summary.undecided:
        return []
    values, orders = len(summary.undecided), summary.waiting
    return [f"{values:,} values are undecided, in {orders:,} orders: add them to the mapping's tables"]


def _over_budget(summary: Summary, budget: ReadOnly[str, Decimal]) -> list[str]:
    reasons = []
    for code, share in budget.items():
        cause = summary.substitutions.get(code)
        if cause and cause.orders > share * summary.read:
            used = Decimal(cause.orders) / summary.read
            reasons.append(f"'{code}' in {cause.orders:,} orders ({used:.1%}), the mapping's budget is {share:.1%}")
    return reasons


def _too_many_refused(summary: Summary, most: Decimal) -> list[str]:
    refused = summary.refused - summary.parked
    if refused <= most * summary.read:
        return []
    share = Decimal(refused) / summary.read
    return [f"{refused:,} orders ({share:.1%}) are refused, at most {most:.1%} may be (--max-refused)"]
