"""The report as plain data: what report.json holds and the page shows. `schemas/report.schema.json` is its type."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from importer.currencies import decimals_of
from importer.report.summary import Cause, Group, Money, Summary

STATUS_NAMES = (
    *("Incomplete", "Pending", "Shipped", "Partially Shipped", "Refunded", "Cancelled", "Declined"),
    *("Awaiting Payment", "Awaiting Pickup", "Awaiting Shipment", "Completed", "Awaiting Fulfillment"),
    *("Manual Verification Required", "Disputed", "Partially Refunded"),
)
"""The store's own names by status_id. Source: GET /v2/order_statuses."""

PLANS = {"Standard and Plus": 150, "Pro": 450}
"""Requests in 30 seconds that a plan allows, shared by all apps of a store. Source: guide, API rate limits."""

WINDOW = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """What a report is about: the export's file name, the mapping's title, and when it was made (ISO 8601).

    A report that is made without an export has neither name nor title.
    """

    export: str
    mapping: str
    made_at: str
    version: str


VERDICTS = {
    "validate": ("go", "no-go"),
    "run": ("done", "unfinished"),
    "verify": ("holds", "differs"),
    "ledger": ("done", "unfinished"),
}
"""Stage of a migration -> what a report says of it without a reason against it, and with one."""


def figures(
    stage: str, summary: Summary, heading: Heading, reasons: list[str], budget: ReadOnly[str, Decimal]
) -> dict[str, Any]:
    """What a report says of an export after `stage`; how long sending takes is of interest before it."""
    expected = {"time": _time(summary.valid)} if stage == "validate" else {}
    return head(stage, heading, reasons) | _of_export(summary, budget) | expected


def head(stage: str, heading: Heading, reasons: list[str]) -> dict[str, Any]:
    """What every report begins with."""
    named = {"export": heading.export, "mapping": heading.mapping}
    return {
        "stage": stage,
        **{key: text for key, text in named.items() if text},
        "made_at": heading.made_at,
        "version": heading.version,
        "verdict": VERDICTS[stage][bool(reasons)],
        "reasons": reasons,
    }


def _of_export(summary: Summary, budget: ReadOnly[str, Decimal]) -> dict[str, Any]:
    """What a pass over an export found, money as text in the currency's minor unit."""
    return {
        "orders": _orders(summary),
        "money": [_money_row(currency, summary) for currency in sorted({*summary.money, *summary.at_stake} - {""})],
        "totals_computed": summary.unstated,
        "groups": [_group_row(group, money) for group, money in sorted(summary.groups.items())],
        "skipped": [{"reason": reason, "orders": orders} for reason, orders in summary.skipped.items()],
        "causes": [_told_row(cause) for cause in largest_first(summary.problems.values())],
        "undecided": [{"keys": list(keys), **cause_row(cause)} for keys, cause in summary.undecided.items()],
        "substitutions": [
            _substitution_row(cause, summary, budget) for cause in largest_first(summary.substitutions.values())
        ],
    }


def _orders(summary: Summary) -> dict[str, int]:
    return {
        "read": summary.read,
        "valid": summary.valid,
        "refused": summary.refused,
        "skipped": sum(summary.skipped.values()),
        "undecided": summary.waiting,
    }


def amount_text(currency: str, amount: Decimal) -> str:
    """An amount in the currency's minor unit: `1234.50`."""
    return f"{amount:.{decimals_of(currency)}f}" if currency else f"{amount:f}"


def _money_row(currency: str, summary: Summary) -> dict[str, str]:
    stake = summary.at_stake.get(currency, Decimal(0))
    stated, total = summary.stated.get(currency, Decimal(0)), summary.money.get(currency, Decimal(0))
    return {
        "currency": currency,
        "source": amount_text(currency, stated),
        "bodies": amount_text(currency, total),
        "refused": amount_text(currency, stake),
    }


def _group_row(group: Group, money: Money) -> dict[str, Any]:
    return {
        "month": group.month,
        "currency": group.currency,
        "status_id": group.status_id,
        "status": STATUS_NAMES[group.status_id],
        "orders": money.orders,
        "total": amount_text(group.currency, money.total),
        "tax": amount_text(group.currency, money.tax),
    }


def largest_first(causes: Iterable[Cause]) -> list[Cause]:
    """The causes, those of most orders first."""
    return sorted(causes, key=lambda cause: (-cause.orders, cause.code, cause.path))


def cause_row(cause: Cause) -> dict[str, Any]:
    """A cause as data."""
    return {
        "code": cause.code,
        "path": cause.path,
        "origin": cause.origin,
        "orders": cause.orders,
        "at_stake": {currency: amount_text(currency, amount) for currency, amount in sorted(cause.at_stake.items())},
        "examples": [{"order": order, "message": message} for order, message in cause.examples],
    }


def _told_row(cause: Cause) -> dict[str, Any]:
    return {**cause_row(cause), "message": cause.message}


def _substitution_row(cause: Cause, summary: Summary, budget: ReadOnly[str, Decimal]) -> dict[str, Any]:
    share = Decimal(cause.orders) / summary.read
    allowed = budget.get(cause.code)
    return {
        **cause_row(cause),
        "share": f"{share:.2%}",
        "budget": None if allowed is None else f"{allowed:.2%}",
        "over_budget": allowed is not None and share > allowed,
    }


def _time(orders: int) -> list[dict[str, Any]]:
    """How long sending takes: the store's quota rules it, one request an order."""
    return [
        {"plan": plan, "share": f"{share}%", "seconds": round(orders * WINDOW * 100 / (quota * share))}
        for plan, quota in PLANS.items()
        for share in (100, 50)
    ]
