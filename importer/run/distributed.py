"""One export submitted by workers on several machines, each order exactly once, whoever dies.

The parts go to the engine; every worker sends its part through the ledger that all share, and leaves what is in doubt
to whoever comes after. Nothing is repeated by the engine: what a dead worker left is taken over by the living when its
lease has ended, and the run that follows here sends what is still open, as a run that resumes does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from socket import gethostname

from importer.engine import Engine, open_engine
from importer.errors import EngineError, TakenOver, UsageError
from importer.ledger import LEASE, Ledger, State, open_ledger, shared_quota
from importer.orders import check
from importer.run.apply import Migration, apply
from importer.run.intake import left_behind
from importer.run.parallel import Job, program_of
from importer.run.resume import Unsent
from importer.run.rightful import rightful
from importer.run.settings import Progress, ProgressCallback, RunResult, Settings, Stop
from importer.run.shared_pacing import SharedPacer
from importer.run.submit import never_sent, submit
from importer.sources import Part, PartKeys, export_files, orders_of, parts_of
from importer.store import CLOCK, CallFailed, OrdersClient, store_address

ORDERS_EACH = 200
"""Orders of a part, about: at a store's usual quota half a minute, which is what the death of a worker may cost."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the orders go, as a worker must know it: the token and passwords are in its own environment.

    `share`: of the store's quota, for all workers together; `timeout` in seconds.
    """

    ledger: str
    store: str
    api_url: str
    share: float
    timeout: float


@dataclass(frozen=True, slots=True)
class Sending:
    """One part of the export, to be sent. `apart`: orders that are left to the run that follows."""

    job: Job
    part: Part
    destination: Destination
    settings: Settings
    apart: frozenset[str]


def send_part(task: Sending) -> RunResult:
    """Send one part's orders; a worker's whole work. Its credentials come from its own environment.

    Errors: UsageError without a token, LedgerError.
    """
    where, settings = task.destination, replace(task.settings, wait=False)
    try:
        address = store_address(os.environ, where.store, where.api_url)
    except UsageError as error:
        raise UsageError(f"on the worker {gethostname()}: {error}") from None
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(open_ledger(where.ledger, address.name, shared=True)))
        account = stack.enter_context(closing(shared_quota(where.ledger, address.name)))
        client = OrdersClient(address, timeout=where.timeout, pacer=SharedPacer(account, where.share))
        so_far, program = RunResult(), program_of(task.job)
        unsent = Unsent(orders_of(task.part, program.spec.source, PartKeys()), ledger, settings, so_far)
        mapped = (check(program.map(source), task.job.now) for source in unsent)
        orders = (order for order in mapped if order.sendable and order.source.source_id not in task.apart)
        try:
            return submit(orders, client, ledger, settings, so_far=so_far)
        except TakenOver:  # as if it had died: the ledger knows what it did
            return RunResult()


def apply_on(
    engine: str,
    migration: Migration,
    where: Destination,
    apart: frozenset[str],
    progress: ProgressCallback | None = None,
) -> RunResult:
    """As `apply`, with workers. The client and the ledger of the migration are those of this process, which sends last.

    `apart`: orders that lie in more than one place of the export, which only a reading of all of it can judge: workers
    leave them to this process. An export that cannot be cut is sent by this process alone.
    """
    ledger, settings = migration.ledger, migration.settings
    parts = _parts(migration)
    if engine == "inline" or parts is None:
        return apply(migration, progress)
    if unreachable := _no_store(migration):
        return unreachable
    tasks = (Sending(job, part, where, settings, apart) for job, part in parts)
    with open_engine(engine, __name__) as opened:
        workers = _send_all(opened, tasks, _shower(settings, progress), partial(left_behind, ledger, settings))
    if workers.stop:
        workers.close(ledger.counts(settings.namespace), workers.stop, workers.message)
        return workers
    _wait_for_the_dead(ledger, settings, where.timeout)
    return _summed(workers, apply(migration, progress), ledger, settings)


def _parts(migration: Migration) -> Iterator[tuple[Job, Part]] | None:
    """The parts of the export, each with what a worker must know besides; None where it cannot be cut."""
    with migration.line() as line:
        columns = line.export.columns
    files, mapping, settings = export_files(migration.export), migration.mapping, migration.settings
    parts = parts_of(files, mapping.spec.source, columns, ORDERS_EACH)
    here = os.getcwd()  # noqa: PTH109 - it travels as text
    job = Job(str(mapping.spec.path), settings.namespace, columns, migration.now(), here, settings.run)
    return None if parts is None else ((job, part) for part in parts)


def _no_store(migration: Migration) -> RunResult | None:
    """The look into the store, before anything is sent: what came of it where there was no answer."""
    client, ledger, settings = migration.client, migration.ledger, migration.settings
    try:
        with migration.line() as line:
            orders = migration.sendable(line.orders(migration.now()))
            rightful(orders, client, ledger, settings, migration.now())
    except CallFailed as failed:
        result = RunResult()
        result.close(ledger.counts(settings.namespace), Stop.UNREACHABLE, never_sent(client, str(failed)))
        return result
    return None


def _send_all(
    engine: Engine, tasks: Iterator[Sending], show: Callable[[RunResult], None], meanwhile: Callable[[], object]
) -> RunResult:
    """Send the parts on the engine, until one of them stops for good. A worker that dies takes nothing but time."""
    total = RunResult()
    with closing(engine.outcomes(send_part, tasks, meanwhile)) as outcomes:
        for _, outcome in outcomes:
            if isinstance(outcome, EngineError):
                continue
            for name in _COUNTS:
                setattr(total, name, getattr(total, name) + getattr(outcome, name))
            total.adopted_with_differences += outcome.adopted_with_differences
            show(total)
            if outcome.stop:
                total.stop, total.message = outcome.stop, outcome.message
                break
    return total


_COUNTS = ("created", "adopted", "created_before", "rejected", "rejected_before", "posts", "lookups")


def _shower(settings: Settings, progress: ProgressCallback | None) -> Callable[[RunResult], None]:
    """What shows how far the workers are, after each part."""
    begun = CLOCK.monotonic()

    def show(total: RunResult) -> None:
        rate = total.posts / max(CLOCK.monotonic() - begun, 1.0)
        left = (settings.total - total.done) / rate if rate else None
        counts = (total.done, settings.total, total.created, total.rejected, total.created_before, 0)
        if progress:
            progress(Progress(*counts, rate, None, None, None, left))

    return show


def _wait_for_the_dead(ledger: Ledger, settings: Settings, timeout: float) -> None:
    """Until nothing is being sent, by the living or by those whose lease has not ended yet."""
    end = CLOCK.monotonic() + LEASE + timeout + 1
    while ledger.counts(settings.namespace)[State.SENDING] and CLOCK.monotonic() < end:
        left_behind(ledger, settings)
        CLOCK.sleep(0.5)


def _summed(workers: RunResult, after: RunResult, ledger: Ledger, settings: Settings) -> RunResult:
    """What all did: that of a worker which died is in the ledger alone."""
    ours: dict[State, int] = next((run.counts for run in ledger.runs() if run.name == settings.run), {})
    created, rejected = ours.get(State.CREATED, 0), ours.get(State.REJECTED, 0)
    return replace(
        after,
        created=created,
        rejected=rejected,
        created_before=after.created_before - (created - after.created),
        rejected_before=after.rejected_before - (rejected - after.rejected),
        adopted=workers.adopted + after.adopted,
        posts=workers.posts + after.posts,
        lookups=workers.lookups + after.lookups,
        adopted_with_differences=workers.adopted_with_differences + after.adopted_with_differences,
    )
