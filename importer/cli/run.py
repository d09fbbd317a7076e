"""`importer run`: submit an export's orders, or resume."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from importer.cli.client import address_of, client_of, store_options
from importer.cli.events import Events
from importer.cli.options import (
    ENGINE,
    EXPORT,
    LEDGER,
    MAPPING,
    NAMESPACE,
    PERCENT,
    SECONDS,
    disguised,
    now,
    pseudonym_options,
)
from importer.cli.outputs import drafted, inputs_of, must_append, must_spare_by_report
from importer.cli.planned import Plan, keep, planned
from importer.cli.reported import REPORT, write_run
from importer.cli.telling import tell
from importer.cli.words import Words
from importer.errors import StoreRefused, UsageError
from importer.ledger import POSTGRES, State, has_password, open_ledger
from importer.report.summary import Summary
from importer.report.text import duration, money_text
from importer.run.after.attached import Attached
from importer.run.apply import Migration, apply_after, apply_changes
from importer.run.claims import PATHS
from importer.run.distributed import Destination, apply_on
from importer.run.doctor import taken_for_its_own
from importer.run.line import find_mapping
from importer.run.reconcile import reconcile_run
from importer.run.settings import RunResult, Settings, Stop
from importer.sources import ExportFiles, unchanged
from importer.store import CallFailed, OrdersClient
from importer.store.log import call_log

Voice = Words | Events


@click.command("run")
@EXPORT
@MAPPING
@NAMESPACE
@LEDGER
@store_options
@click.option("--max-refused", type=PERCENT, default=5.0, show_default=True, help="Percent that may be.")
@click.option("--concurrency", default=4, show_default=True, help="Requests under way at most.")
@click.option(
    "--settle", type=SECONDS, default=120.0, show_default=True, help="Seconds until a lost answer may be looked up."
)
@click.option("--limit", type=click.IntRange(min=1), help="Post so many orders at most.")
@click.option("--only", multiple=True, metavar="ID", help="Send only this source order; may be given more than once.")
@click.option(
    "--retry",
    type=click.Choice(["rejected", "conflict"]),
    multiple=True,
    help="Take up what the store rejected before, or what was in conflict: look it up, and send what is not there.",
)
@click.option("--update", "updating", is_flag=True, help="Change what was created from another body, by PUT.")
@click.option(
    "--overwrite", multiple=True, metavar="FIELD", help="With --update: write it though the store changed it."
)
@pseudonym_options
@ENGINE
@click.option("--workers-share-store", "sharing", is_flag=True, help="Let other runs send to this store as well.")
@REPORT
@click.option("--no-notify", is_flag=True, help="Hold shipments back, of which the store may tell customers.")
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
    voice = Events(now) if options["as_data"] else Words()
    loaded = disguised(find_mapping(export, mapping), options)
    settings = _settings(namespace or loaded.name, options)
    options["overwrite"] = _fields(options["overwrite"])
    _must_fit(ledger, options)
    _must_spare(list(inputs_of(export, loaded, ledger)), options)
    with ExitStack() as stack:
        options["report"] = stack.enter_context(drafted(options["report"]))
        address = address_of(options)
        opened = stack.enter_context(closing(open_ledger(ledger, address.name, shared=settings.shared)))
        with unchanged(export):  # what is sent is what was proved, however long the question waited
            plan = planned(export, loaded, opened, settings.namespace, options)
            voice.plan(plan.summary, plan.reasons)
            if plan.reasons:
                _end_unsent(context, plan, voice, options["report"])
            client = stack.enter_context(client_of(address, ledger, options, shared=settings.shared))
            stack.enter_context(call_log(options["log"], client.address.token))
            _warn(client, plan.summary, options)
            _ask(client, plan, opened.counts(settings.namespace)[State.CREATED], options["yes"])
        keep(plan, opened, settings.namespace)
        settings = replace(settings, plan=plan.digest, total=plan.total)
        migration = Migration(export, loaded, client, opened, settings, now, plan.summary.split)
        where = Destination(ledger, address.hash, options["api_url"], options["quota_share"] / 100, options["timeout"])
        code, result = _carry_out(migration, where, plan, voice, options)
    voice.end(code, result)
    context.exit(code)


def _end_unsent(context: click.Context, plan: Plan, voice: Voice, report: Path | None) -> None:
    """A no-go ends the command; with --report the page says why."""
    if report and plan.seen:
        plan.seen.write(report, plan.seen.figures("validate", plan.reasons))
    voice.end(1)
    context.exit(1)


def _carry_out(
    migration: Migration, where: Destination, plan: Plan, voice: Voice, options: dict[str, Any]
) -> tuple[int, RunResult]:
    """Send, then what follows the sending; gives the exit code and what was done."""
    with voice.sending(plan.total) as show:
        apart = frozenset(plan.summary.split | plan.summary.doubled)
        result = apply_on(options["engine"], migration, where, apart, show)
    voice.sent(result, plan.summary)
    result, all_hangs = _attach(migration, plan.summary, result, voice, notify=not options["no_notify"])
    all_updated = _update(migration, plan, result, voice, options)  # last: it tells its own writing from a person's
    listed = None
    if not options["sharing"]:  # others may be sending still
        listed = reconcile_run(migration.client, migration.ledger, migration.settings, result)
    if listed:
        voice.reconciled(listed)
    if options["report"] and plan.seen:
        write_run(options["report"], plan.seen, migration.ledger, migration.settings.namespace, result, listed)
    code = exit_code(result, plan.summary, doubtful=listed is not None and not listed.sound)
    return code or int(not (all_hangs and all_updated)), result


def _attach(
    migration: Migration, summary: Summary, result: RunResult, voice: Voice, *, notify: bool
) -> tuple[RunResult, bool]:
    """Send what hangs on the orders; gives the result with that in it, and whether all hangs that should."""
    if not summary.after:
        return result, True
    if migration.settings.shared:
        tell("importer: what hangs on orders is sent by a run that sends alone: run again without workers", err=True)
        return result, True
    if result.stop:
        return result, True
    hung = apply_after(migration, notify=notify)
    voice.attached(hung)
    return _with_attached(result, hung), hung.sound


def _update(migration: Migration, plan: Plan, result: RunResult, voice: Voice, options: dict[str, Any]) -> bool:
    """With --update, change what was created from another body; gives whether nothing failed."""
    if not (plan.changed and options["updating"]) or result.stop:
        return True
    done = apply_changes(migration, options["overwrite"])
    voice.updates(done)
    return not done.failed


def _with_attached(result: RunResult, hung: Attached) -> RunResult:
    """The result with what is open among the attachments as well."""
    doubts, conflicts = result.in_doubt + hung.in_doubt, result.conflict + hung.conflict
    return replace(result, in_doubt=doubts, conflict=conflicts, stop=hung.stop, message=hung.message)


def _fields(names: tuple[str, ...]) -> frozenset[str]:
    """The paths that --overwrite names; `billing_address` stands for all of it."""
    known = {name: [path for path in PATHS if path == name or path.startswith(f"{name}.")] for name in names}
    for name, paths in known.items():
        if not paths:
            raise UsageError(f"--overwrite {name}: there is no such field of an order, such as status_id")
    return frozenset(path for paths in known.values() for path in paths)


def _must_spare(inputs: list[Path], options: dict[str, Any]) -> None:
    """Raises UsageError where an option's file would be written over what the command reads."""
    must_append(inputs, "--log", options["log"])
    must_spare_by_report(inputs, options["report"])


def _must_fit(ledger: str, options: dict[str, Any]) -> None:
    """What several senders can do at once. Raises UsageError for what only one can that has the store for itself."""
    working = options["engine"] != "inline"
    if not working and not options["sharing"]:
        return
    alone = {"--update": options["updating"], "--limit": options["limit"], "--log": options["log"]}
    alone["--pseudonymise"] = working and options["pseudonymise"]  # workers map by the mapping's own file
    if option := next((name for name, given in alone.items() if given), ""):
        raise UsageError(f"{option} is for a run that sends alone; leave it out, or --engine and --workers-share-store")
    if not ledger.startswith(POSTGRES):
        raise UsageError("senders that share a store share a postgresql:// ledger; name one with --ledger")
    if working and has_password(ledger):
        raise UsageError(
            "--ledger holds a password, which must not travel to workers: leave it out of the URL, and set PGPASSWORD"
            " or a password file here and for each worker"
        )


def _warn(client: OrdersClient, summary: Summary, options: dict[str, Any]) -> None:
    """Of a currency taken for the store's own, and of what the store may tell customers: no call keeps it from that."""
    parcels, quiet = summary.after.get("shipments", 0), options["no_notify"]
    switch = "the API has no switch for it, the store's control panel has (order notifications)"
    if parcels:
        told = f"{parcels:,} shipments: the store may e-mail each customer, also about the status set back after it"
        held = "held back by --no-notify; switch the notifications off, then run again without it"
        tell(f"importer: {told}; {switch}{f'; {held}' if quiet else ''}", err=True)
    if quiet and options["updating"]:
        tell(f"importer: --no-notify cannot silence a change of status by --update; {switch}", err=True)
    if summary.undeclared and (caution := taken_for_its_own(client, summary.undeclared)):
        tell(f"importer: {caution}", err=True)


def _settings(namespace: str, options: dict[str, Any]) -> Settings:
    return Settings(
        namespace=namespace,
        run=now().isoformat(timespec="seconds"),
        concurrency=options["concurrency"],
        settle=options["settle"],
        limit=options["limit"] or 0,
        only=frozenset(options["only"]),
        retry=frozenset(map(State, options["retry"])),
        shared=options["sharing"] or options["engine"] != "inline",
    )


def _ask(client: OrdersClient, plan: Plan, created: int, yes: bool) -> None:
    """On a terminal, a person says go; orders cannot be deleted afterwards, only archived. `created`: there already."""
    if yes or not sys.stdin.isatty() or not sys.stderr.isatty():
        return
    with suppress(CallFailed):
        client.count()  # tells whether the token is good, and what the quota is
    left = max(plan.total - created, 0)
    time = f", about {duration(left / client.pacer.rate)}" if client.pacer.rate else ""
    there = f" ({created:,} are there already)" if created else ""
    money = money_text(plan.summary.money)
    question = f"Send {left:,} orders{there} of {money} in all, to store {client.address.hash}{time}?"
    click.confirm(question, abort=True, err=True)


def exit_code(result: RunResult, summary: Summary, *, doubtful: bool = False) -> int:
    """The exit code of a run, the gravest first. `doubtful`: the store does not hold each of its orders once."""
    if result.stop in (Stop.REFUSED, Stop.UNREACHABLE):
        return StoreRefused.exit_code
    if result.stop is Stop.INTERRUPTED:
        return 130
    if result.in_doubt or result.conflict or (result.planned and not result.stop) or doubtful:
        return 3
    return 1 if result.rejected or result.rejected_before or summary.refused or result.stop else 0
