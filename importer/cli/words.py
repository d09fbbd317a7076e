"""`importer run` without --json: what a person reads of it, the table on stdout, the rest on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from importer.cli.options import now
from importer.cli.telling import harmless, tell
from importer.report.changes import attached_text, list_named, updates_text
from importer.report.summary import Summary
from importer.report.text import duration
from importer.run.after.attached import Attached
from importer.run.reconcile import Reconciliation
from importer.run.settings import Progress, ProgressCallback, RunResult
from importer.run.update import Updates

_NAMED = 20


class Words:
    """Tells a run as text; `Events` tells the same as data."""

    def plan(self, _summary: Summary, reasons: list[str]) -> None:
        """The verdict is told by then; where it is no go, that nothing was sent."""
        if reasons:
            tell("importer: no-go, nothing was sent; see the reasons above", err=True)

    @contextmanager
    def sending(self, total: int) -> Iterator[ProgressCallback]:
        """A live line on stderr when that is a terminal; else a line for each wait."""
        console = Console(stderr=True)
        if not console.is_terminal:
            yield Waits(now, time.monotonic)
            return
        facts = TextColumn("{task.fields[facts]}")
        with Bar(
            TextColumn("sending"), BarColumn(), MofNCompleteColumn(), facts, console=console, transient=True
        ) as bar:
            task = bar.add_task("sending", total=total, facts="")
            yield lambda progress: bar.update(task, completed=progress.done, facts=harmless(facts_of(progress)))

    def sent(self, result: RunResult, summary: Summary) -> None:
        """The closing table."""
        tell(closing_table(result, summary))

    def reconciled(self, listing: Reconciliation) -> None:
        """What the store lists of the orders that the run made."""
        tell(reconciled_text(listing))

    def updates(self, done: Updates) -> None:
        """What `--update` changed."""
        tell(updates_text(done.puts, done.settled, done.statuses, done.kept, done.failed))

    def attached(self, hung: Attached) -> None:
        """What was sent after its orders."""
        counts = {"skipped": hung.created_before, "held back": hung.held_back, "in doubt": hung.in_doubt}
        counts |= {"rejected": hung.rejected + hung.rejected_before, "conflict": hung.conflict}
        tell(attached_text(hung.created, counts, hung.changed, hung.failed))

    def end(self, code: int, result: RunResult | None = None) -> None:
        """All is told."""


def facts_of(progress: Progress) -> str:
    """The live line beside the bar: pace, what went wrong, the store's quota, the time left; or what it waits for."""
    if progress.waiting:
        return f"waiting: {progress.waiting}; on in {progress.wait_left:.0f} s"
    facts = [f"{progress.rate:.1f}/s", f"rejected {progress.rejected:,}", f"in doubt {progress.in_doubt:,}"]
    if progress.quota is not None and progress.quota_left is not None:
        facts.append(f"quota used {progress.quota - progress.quota_left:,}, left {progress.quota_left:,}")
    if progress.window_left is not None:
        facts.append(f"next window in {progress.window_left:.0f} s")
    if progress.seconds_left is not None:
        facts.append(f"about {duration(progress.seconds_left)} left")
    return "  ".join(facts)


class Waits:
    """Without a terminal: one line on stderr when a wait begins, and one a minute while it lasts."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._now, self._monotonic = now, monotonic
        self._told, self._again = "", 0.0

    def __call__(self, progress: Progress) -> None:
        """Tells of the wait, if there is one and it was not told."""
        why, left = progress.waiting, progress.wait_left
        if why and (why != self._told or self._monotonic() >= self._again):
            self._told, self._again = why, self._monotonic() + 60
            until = self._now().astimezone() + timedelta(seconds=left)
            tell(f"importer: waiting: {why}; on at {until:%H:%M:%S}", err=True)


def closing_table(result: RunResult, summary: Summary) -> str:
    """What the run did, one count a line."""
    rows = [
        ("created", result.created, f"{result.adopted} of them found by a look-up" if result.adopted else ""),
        ("skipped", result.created_before, "in the store already; nothing was sent"),
        ("rejected", result.rejected + result.rejected_before, "by the store; importer status lists them"),
        ("refused", summary.refused - summary.parked, "by the checks, before anything was sent"),
        ("parked", summary.parked, "the store lacks their customer or a product; run again with a newer snapshot"),
        ("left out", sum(summary.skipped.values()), "by the mapping's skip rules"),
        ("changed", len(result.changed), "created from another body; --update brings them up to date"),
        ("in doubt", result.in_doubt, "run again to look them up"),
        ("conflict", result.conflict, "a person must decide; importer status lists them"),
        ("planned", result.planned, "not sent; run again"),
    ]
    shown = [f"{name:<10} {count:>9,}   {note if count else ''}".rstrip() for name, count, note in rows]
    ending = [f"stopped: {result.message}"] if result.stop else []
    if different := result.adopted_with_differences:
        names = ", ".join(different[:_NAMED]) + (
            f" and {len(different) - _NAMED:,} more" if len(different) > _NAMED else ""
        )
        ending.insert(0, f"look at: {names}: found by a look-up with another date or total than was sent")
    return "\n".join([*shown, f"{'posted':<10} {result.posts:>9,}   requests that create an order", *ending])


def reconciled_text(listing: Reconciliation) -> str:
    """Each order of the run that the store does not hold once, and how many it does."""
    if listing.failure:
        return (
            f"the store could not be listed ({listing.failure}); `importer verify` proves that each order is there once"
        )
    agreed = "in the store from the run's first order on, each once, as the id map says"
    lines = [f"{'listed':<10} {listing.agreed:>9,}   {agreed}"]
    if listing.foreign:
        lines.append(
            f"{'foreign':<10} {listing.foreign:>9,}   other orders among them: the shop's own, or another migration's"
        )
    for kind, orders in listing.named().items():
        lines += list_named(
            kind.upper(), [(source_id, order_id, _WRONG[kind]) for source_id, order_id in orders], len(orders)
        )
    return "\n".join(lines)


_WRONG = {
    "missing": "created by this run, and not in the store, or archived there",
    "doubled": "a second order with its mark; `importer verify` names both, a person archives one",
    "unmapped": "in the store with our mark, and the ledger does not know it as created",
}


def wrong_in(listing: Reconciliation) -> list[str]:
    """Why a run is not done though its answers were good: a sentence for each kind; empty when all is sound."""
    named = [f"{len(orders):,} {kind}: {_WRONG[kind]}" for kind, orders in listing.named().items() if orders]
    return [f"the store could not be listed: {listing.failure}"] if listing.failure else named
