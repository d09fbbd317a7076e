"""The summary as text for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from importer.currencies import decimals_of
from importer.report.summary import Cause, Summary

SHOWN = 20


def summary_text(summary: Summary, reasons: list[str]) -> str:
    """The whole report: counts, money, causes, substitutions, and the verdict with its reasons."""
    return "\n".join(
        [
            *_counts(summary),
            *_causes("Refused, by cause", list(summary.problems.values())),
            *_substitutions(summary),
            *_verdict(summary, reasons),
        ]
    )


def _counts(summary: Summary) -> Iterator[str]:
    skipped = sum(summary.skipped.values())
    valid, refused = f"valid {summary.valid:,}", f"refused {summary.refused:,}"
    yield f"Orders   read {summary.read:,}   {valid}   {refused}   skipped {skipped:,}"
    for reason, orders in summary.skipped.items():
        yield f"         skipped {orders:,}: {reason}"
    if summary.after:
        told = ", ".join(f"{count:,} {kind}" for kind, count in summary.after.items())
        yield f"After    {told}   (each sent once its order is created)"
    if summary.stated == summary.money:
        told = money_text(summary.money) or "none"
        yield f"Money    {told}   (totals of the valid orders, equal in source and bodies)"
    else:
        yield f"Money    source {money_text(summary.stated)}   (totals that the source states of the valid orders)"
        yield f"         bodies {money_text(summary.money)}"


def money_text(money: dict[str, Decimal]) -> str:
    """Sums by currency: `EUR 12.50, USD 3.00`; those of refused orders may be in what is no currency."""
    return ", ".join(
        f"{currency} {amount:,.{decimals_of(currency)}f}" for currency, amount in sorted(money.items()) if currency
    )


def duration(seconds: float) -> str:
    """A time to expect, in the unit that one thinks in: `90 seconds`, `45 minutes`, `5.5 hours`."""
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3600:.1f} hours"


def _causes(title: str, causes: list[Cause]) -> Iterator[str]:
    if not causes:
        return
    yield f"\n{title}"
    ordered = sorted(causes, key=lambda cause: -cause.orders)
    for cause in ordered[:SHOWN]:
        stake = f"  ({money_text(cause.at_stake)})" if cause.at_stake else ""
        yield f"  {cause.orders:,} x {cause.code}  {cause.path}  {cause.origin}{stake}"
        for order, message in cause.examples[:2]:
            yield f"      {order}: {message}"
    if len(ordered) > SHOWN:
        yield f"  and {len(ordered) - SHOWN:,} causes more"


def _substitutions(summary: Summary) -> Iterator[str]:
    if not summary.substitutions:
        return
    yield "\nNot the source's own values (each is in the body of these orders)"
    for cause in sorted(summary.substitutions.values(), key=lambda cause: -cause.orders):
        order, message = cause.examples[0]
        share = f"{100 * cause.orders / summary.read:.1f} %"
        yield f"  {cause.orders:,} orders ({share})  {cause.code}   e.g. {order}: {message}"


def _verdict(summary: Summary, reasons: list[str]) -> Iterator[str]:
    for keys, cause in summary.undecided.items():
        table, *values = keys
        yield f"\nUndecided: table '{table}' has no row for {' / '.join(values)} ({cause.orders:,} orders)"
    yield ""
    if reasons:
        yield "Verdict: NO-GO"
        yield from (f"  - {reason}" for reason in reasons)
    else:
        yield "Verdict: GO" + (f", {summary.refused:,} refused orders stay behind" if summary.refused else "")
