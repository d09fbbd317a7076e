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
        *([] if summary.valid or summary.parked else ["no order of the export can be sent: see the causes"]),
    ]


def _undecided(summary: Summary) -> list[str]:
    if not summary.undecided:
        return []
    values, orders = len(summary.undecided), summary.waiting
    way = "`importer validate` with --overlay FILE writes them down, for a person to fill in"
    return [f"undecided values: {values:,}, in {orders:,} orders; {way}"]


def _over_budget(summary: Summary, budget: ReadOnly[str, Decimal]) -> list[str]:
    reasons = []
    for code, share in budget.items():
        cause = summary.substitutions.get(code)
        if cause and cause.orders > share * summary.read:
            used = Decimal(cause.orders) / summary.read
            said = f"'{code}' in {cause.orders:,} orders ({used:.1%}), the mapping's budget is {share:.1%}"
            reasons.append(f"{said}; mend the source, or raise the budget in the mapping")
    return reasons


def _too_many_refused(summary: Summary, most: Decimal) -> list[str]:
    refused = summary.refused - summary.parked
    if refused <= most * summary.read:
        return []
    said = f"{refused:,} orders ({Decimal(refused) / summary.read:.1%}) are refused, at most {most:.1%} may be"
    return [f"{said}; mend the causes, or raise --max-refused"]
