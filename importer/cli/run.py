"""`importer run`: submit an export's orders, or resume."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from importer.cli.client import PERCENT, address_of, client_of, store_options
from importer.cli.events import Events
from importer.cli.options import EXPORT, LEDGER, MAPPING, NAMESPACE, now
from importer.cli.validate import summarise
from importer.errors import StoreRefused, UsageError
from importer.ledger import open_ledger
from importer.report.changes import delta_text, updates_text
from importer.report.summary import Summary
from importer.report.text import money_text, summary_text
from importer.run.apply import apply, apply_changes
from importer.run.claims import PATHS
from importer.run.delta import DeltaPass
from importer.run.line import find_mapping, open_line
from importer.run.plan import reasons_against
from importer.run.settings import Progress, ProgressCallback, RunResult, Settings, Stop
from importer.run.update import Updates
from importer.sources import ExportFiles
from importer.store import StoreAddress
from importer.store.log import call_log


@click.command("run")
@EXPORT
@MAPPING
@NAMESPACE
@LEDGER
@store_options
@click.option("--max-refused", type=PERCENT, default=5.0, show_default=True, help="Percent that may be.")
@click.option("--concurrency", default=4, show_default=True, help="Requests under way at most.")
@click.option("--settle", default=120.0, show_default=True, help="Seconds until a lost answer may be looked up.")
@click.option("--limit", type=click.IntRange(min=1), help="Post so many orders at most.")
@click.option("--only", multiple=True, metavar="ID", help="Send only this source order; may be given more than once.")
@click.option("--retry", type=click.Choice(["rejected"]), help="Send again what the store rejected before.")
@click.option("--update", "updating", is_flag=True, help="Change what was created from another body, by PUT.")
@click.option(
    "--overwrite", multiple=True, metavar="FIELD", help="With --update: write it though the store changed it."
)
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Append each call of the API, JSON Lines.")
@click.option("--json", "as_data", is_flag=True, help="Print events instead of text, one JSON line each.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.pass_context
def command(
    context: click.Context, /, export: ExportFiles, mapping: str, namespace: str, ledger: str, **options: Any
) -> None:
    """Send every valid order of FILE to the store, each exactly once; the same command again resumes.

    Credentials come from BIGCOMMERCE_STORE_HASH and BIGCOMMERCE_ACCESS_TOKEN. First the whole file is mapped and
    checked; a no-go stops the run before anything is sent. Exit code 0: all sent. 1: some refused or rejected. 3: some
    in doubt or in conflict. 4: the store refuses. 130: interrupted, resumable.
    """
    found, events = find_mapping(export, mapping), Events(now) if options["as_data"] else None
    settings, overwrite = _settings(namespace or found.name, options), _fields(options["overwrite"])
    with ExitStack() as stack:
        address = address_of(options)
        opened = open_ledger(ledger, address.name)
        stack.callback(opened.close)
        passing = stack.enter_context(closing(DeltaPass(opened, settings.namespace)))
        summary = _plan(context, export, found, settings.namespace, options, passing, events)
        settings = replace(settings, total=summary.valid)
        _ask(address, summary, options["yes"])
        client = stack.enter_context(client_of(address, ledger, options))
        stack.enter_context(call_log(options["log"], client.address.token))
        with sending_progress(summary.valid, events) as show:
            result = apply(export, found, client, opened, settings, now, split=summary.split, progress=show)
        if events is None:
            click.echo(closing_table(result, summary))
        failed = False
        if options["updating"] and passing.delta.changed and not result.stop:
            split = summary.split
            done = apply_changes(export, found, client, opened, settings, now, split=split, overwrite=overwrite)
            failed = _tell_updates(done, events)
    code = exit_code(result, summary) or int(failed)
    if events:
        events.end(code, result)
    context.exit(code)


def _fields(names: tuple[str, ...]) -> frozenset[str]:
    """The paths that --overwrite names; `billing_address` stands for all of it."""
    known = {name: [path for path in PATHS if path == name or path.startswith(f"{name}.")] for name in names}
    for name, paths in known.items():
        if not paths:
            raise UsageError(f"--overwrite {name}: there is no such field of an order, such as status_id")
    return frozenset(path for paths in known.values() for path in paths)


def _tell_updates(done: Updates, events: Events | None) -> bool:
    if events:
        events.updates(done)
        return bool(done.failed)
    click.echo(updates_text(done.puts, done.settled, done.statuses, done.kept, done.failed))
    return bool(done.failed)


def _tell_delta(passing: DeltaPass) -> None:
    """What this export changes for a ledger that has orders already; nothing for a new one."""
    delta = passing.delta
    gone = [(entry.source_id, entry.order_id or 0, why) for entry, why in passing.vanished()]
    if not (delta.unchanged or delta.changed or gone):
        return
    examples = [
        (one.entry.source_id, one.entry.order_id or 0, f"{', '.join(one.fields) or 'unknown fields'} ({one.why})")
        for one in delta.examples
    ]
    counts = (delta.new, delta.unchanged, delta.changed)
    click.echo(delta_text(counts, delta.reasons, delta.fields, examples, gone), err=True)


def _settings(namespace: str, options: dict[str, Any]) -> Settings:
    return Settings(
        namespace=namespace,
        run=now().isoformat(timespec="seconds"),
        concurrency=options["concurrency"],
        settle=options["settle"],
        limit=options["limit"] or 0,
        only=frozenset(options["only"]),
        retry_rejected=options["retry"] == "rejected",
    )


def _plan(
    context: click.Context,
    export: ExportFiles,
    found: Any,
    namespace: str,
    options: dict[str, Any],
    passing: DeltaPass,
    events: Events | None,
) -> Summary:
    """The pass without the network. A no-go prints the whole report and ends the command."""
    with open_line(export, found, namespace) as line:
        summary = summarise(line, passing)
    reasons = reasons_against(summary, found.spec.budget, Decimal(str(options["max_refused"])) / 100)
    click.echo(summary_text(summary, reasons), err=True)
    _tell_delta(passing)
    if events:
        events.plan(summary, reasons)
    if reasons:
        click.echo("importer: no-go, nothing was sent; see the reasons above", err=True)
        if events:
            events.end(1)
        context.exit(1)
    return summary


def _ask(address: StoreAddress, summary: Summary, yes: bool) -> None:
    """On a terminal, a person says go; orders cannot be deleted afterwards, only archived."""
    if yes or not sys.stdin.isatty() or not sys.stderr.isatty():
        return
    question = f"Send {summary.valid:,} orders, {money_text(summary.money)}, to store {address.hash}?"
    click.confirm(question, abort=True, err=True)


@contextmanager
def sending_progress(total: int, events: Events | None = None) -> Iterator[ProgressCallback | None]:
    """Events where they are wanted; else a live line on stderr when that is a terminal; else nothing."""
    if events:
        yield events.progress
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    facts = TextColumn("{task.fields[facts]}")
    with Bar(TextColumn("sending"), BarColumn(), MofNCompleteColumn(), facts, console=console, transient=True) as bar:
        task = bar.add_task("sending", total=total, facts="")

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, facts=_facts(progress))

        yield show


def _facts(progress: Progress) -> str:
    left = "" if progress.seconds_left is None else f"  about {progress.seconds_left / 60:.0f} min left"
    quota = "" if progress.quota_left is None else f"  quota left {progress.quota_left}"
    return f"rejected {progress.rejected}  in doubt {progress.in_doubt}{quota}{left}"


def closing_table(result: RunResult, summary: Summary) -> str:
    """What the run did, one count a line."""
    rows = [
        ("created", result.created, f"{result.adopted} of them found by a look-up" if result.adopted else ""),
        ("skipped", result.skipped, "in the store already; nothing was sent"),
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
    return "\n".join([*shown, f"{'posted':<10} {result.posts:>9,}   requests that create an order", *ending])


def exit_code(result: RunResult, summary: Summary) -> int:
    """The exit code of a run, the gravest first."""
    if result.stop is Stop.REFUSED:
        return StoreRefused.exit_code
    if result.stop is Stop.INTERRUPTED:
        return 130
    if result.in_doubt or result.conflict:
        return 3
    return 1 if result.rejected or result.rejected_before or summary.refused or result.stop else 0
