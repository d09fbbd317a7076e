"""What a verb keeps of an export while its orders pass by, for its text and for the folder of `--report`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import click

from importer.cli.options import now, reading_progress, tell_strays, version
from importer.cli.words import wrong_in
from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.model import MappedOrder
from importer.report.examples import Examples
from importer.report.figures import Heading, figures
from importer.report.folder import make_folder, write_report
from importer.report.rejects import Rejects
from importer.report.standing import write_answers
from importer.report.summary import Summary
from importer.run.accounting import Used, accounting_of, watched
from importer.run.line import Line, open_line
from importer.run.reconcile import Reconciliation
from importer.run.settings import RunResult
from importer.run.standing import not_created, standing
from importer.sources import ExportFiles, unchanged

REPORT = click.option(
    "--report", type=click.Path(path_type=Path, file_okay=False), help="Write the report into this folder."
)


class Watcher(Protocol):
    """Whoever looks at orders while they pass by."""

    def add(self, mapped: MappedOrder) -> None:
        """Looks at one order."""


class Reported:
    """The export of a report: its counts, its fields, and with a folder, its refused orders and a few to look at."""

    def __init__(self, line: Line, export: ExportFiles, mapping: Mapping, used: Used) -> None:
        self.line = line
        self.summary = Summary()
        self.accounting = accounting_of(line, used)
        self._export, self._spec = export, mapping.spec
        self._title = mapping.spec.title or mapping.name
        self._examples = Examples(line.export.columns, line.export.line_columns)
        self._watchers: list[Watcher] = [self.summary, self.accounting]

    def into(self, folder: Path) -> Rejects:
        """Has the refused orders written into `folder` while they pass by; gives what must be closed then."""
        columns, line_columns = self.line.export.columns, self.line.export.line_columns
        rejects = Rejects(make_folder(folder), columns, self._spec.source, line_columns)
        self._watchers += self._examples, rejects
        return rejects

    def passing(self, orders: Iterator[MappedOrder]) -> Iterator[MappedOrder]:
        """The same orders, seen on their way."""
        for mapped in orders:
            for watcher in self._watchers:
                watcher.add(mapped)
            yield mapped

    def pass_by(self, *watchers: Watcher) -> None:
        """One pass over the whole export, with a progress bar on a terminal; others may watch as well."""
        with unchanged(self._export):
            pass_by(self.line, *self._watchers, *watchers)

    def figures(self, stage: str, reasons: list[str], **more: Any) -> dict[str, Any]:
        """What report.json holds after `stage`; `more` are the parts that the ledger and the store add."""
        heading = heading_of(self._export.name, self._title)
        return figures(stage, self.summary, heading, reasons, self._spec.budget) | more

    def write(self, folder: Path, told: dict[str, Any]) -> None:
        """Writes the folder's other files."""
        write_report(folder, told, self._examples.kept, self.accounting.figures())


@contextmanager
def reported(export: ExportFiles, mapping: Mapping, namespace: str, folder: Path | None) -> Iterator[Reported]:
    """The open export, watched; it can be written into `folder` when it is closed."""
    observed, used = watched(mapping)
    with ExitStack() as stack:
        line = stack.enter_context(open_line(export, observed, namespace))
        seen = Reported(line, export, observed, used)
        if folder:
            stack.enter_context(seen.into(folder))
        yield seen


def write_run(
    folder: Path, seen: Reported, ledger: Ledger, namespace: str, result: RunResult, listed: Reconciliation | None
) -> None:
    """Writes the folder after a run: the page of the dry run, with what the store answered and then `listed`."""
    held = standing(ledger, namespace)
    stopped = [f"the run stopped: {result.message}"] if result.stop else []
    stopped += wrong_in(listed) if listed else []
    counts = {name: getattr(result, name) for name in _COUNTS}
    counts |= {"skipped": result.created_before, "changed": len(result.changed)}
    seen.write(folder, seen.figures("run", stopped + held.reasons(), ledger=held.figures(), sending=counts))
    write_answers(folder, not_created(ledger, namespace))


_COUNTS = ("created", "adopted", "rejected", "posts", "lookups", "message")


def pass_by(line: Line, *watchers: Watcher) -> None:
    """One pass over the whole export, with a progress bar on a terminal."""
    with reading_progress(line.export) as advance:
        for mapped in advance(line.orders(now())):
            for watcher in watchers:
                watcher.add(mapped)
    tell_strays(line.export)


def heading_of(export: str = "", mapping: str = "") -> Heading:
    """The heading of a report that is made now."""
    return Heading(export, mapping, now().isoformat(timespec="seconds"), version())
