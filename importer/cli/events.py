"""`importer run --json`: one event a line on stdout. `schemas/events.schema.json` is their type."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from importer.report.figures import amount_text
from importer.report.summary import Summary
from importer.run.after.attached import Attached
from importer.run.reconcile import Reconciliation
from importer.run.settings import Progress, ProgressCallback, RunResult
from importer.run.update import Updates

EVERY = 1.0
"""Seconds between two `progress` events, at least; the last one always comes."""


class Events:
    """Writes the events of a run. `now`: the wall clock; `monotonic`: seconds, for the pace of progress."""

    def __init__(
        self,
        now: Callable[[], datetime],
        write: Callable[[str], None] = click.echo,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now, self._write, self._monotonic = now, write, monotonic
        self._last: Progress | None = None
        self._told: Progress | None = None
        self._next = 0.0

    def plan(self, summary: Summary, reasons: list[str]) -> None:
        """The verdict of the pass before anything is sent."""
        skipped = sum(summary.skipped.values())
        orders = {"read": summary.read, "valid": summary.valid, "refused": summary.refused, "skipped": skipped}
        money = {currency: amount_text(currency, total) for currency, total in sorted(summary.money.items())}
        verdict = "no-go" if reasons else "go"
        self._tell("plan", verdict=verdict, reasons=reasons, orders=orders, money=money)

    @contextmanager
    def sending(self, _total: int) -> Iterator[ProgressCallback]:
        """While orders are sent."""
        yield self.progress

    def sent(self, _result: RunResult, _summary: Summary) -> None:
        """The last of the progress; the counts come at the end."""
        self._tell_progress()

    def reconciled(self, listing: Reconciliation) -> None:
        """What the store lists of the orders that the run made."""
        orders = {kind: [list(one) for one in named] for kind, named in listing.named().items()}
        self._tell(
            "reconciled",
            sound=listing.sound,
            agreed=listing.agreed,
            foreign=listing.foreign,
            failure=listing.failure,
            **orders,
        )

    def progress(self, progress: Progress) -> None:
        """Where the run stands, told once a second."""
        self._last = progress
        if self._monotonic() >= self._next:
            self._next = self._monotonic() + EVERY
            self._tell_progress()

    def updates(self, done: Updates) -> None:
        """What `--update` changed."""
        left = {"kept": len(done.kept), "failed": len(done.failed)}
        self._tell("updates", updated=done.puts, settled=done.settled, **left)

    def attached(self, hung: Attached) -> None:
        """What was sent after its orders."""
        lists = {"changed": len(hung.changed), "failed": len(hung.failed)}
        rows = {"in_doubt": hung.in_doubt, "conflict": hung.conflict}
        counts = {name: getattr(hung, name) for name in ("held_back", "rejected", "rejected_before")}
        made = {"created": hung.created, "adopted": hung.adopted, "skipped": hung.created_before}
        self._tell("attached", **made, **counts, **lists, **rows)

    def end(self, code: int, result: RunResult | None = None) -> None:
        """The last event: the exit code, and the counts of a run that sent."""
        self._tell_progress()
        counts = _as_told(result) if result else {}
        self._tell("end", exit_code=code, **counts)

    def _tell_progress(self) -> None:
        if self._last and self._last != self._told:
            self._told = self._last
            self._tell("progress", **_as_told(self._last))

    def _tell(self, event: str, **facts: Any) -> None:
        at = self._now().isoformat(timespec="milliseconds")
        self._write(json.dumps({"event": event, "at": at, **facts}))


def _as_told(counts: Progress | RunResult) -> dict[str, Any]:
    """The counts under their names in `schemas/events.schema.json`."""
    return {"skipped" if name == "created_before" else name: count for name, count in asdict(counts).items()}
