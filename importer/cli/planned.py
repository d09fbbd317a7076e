"""What `importer run` does before anything is sent: the pass over the export, or what an earlier run kept of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from importer.cli.reported import Reported, reported
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.model import MappedOrder
from importer.report.changes import delta_figures, delta_text
from importer.report.summary import Summary
from importer.report.text import summary_text
from importer.run.delta import DeltaPass
from importer.run.plan import reasons_against
from importer.run.resume import digest_of, facts_of, summary_of
from importer.sources import ExportFiles

_SEE_ALL = ("updating", "only", "report")
"""Options that need to see every order of the export."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent, and why not, if so. `total`: orders to expect; `changed`: of them, made of another body.

    `digest`: what it is known by, "" where it must not be taken for another. `seen`: the pass itself, for a report;
    None where an earlier run's plan holds still.
    """

    digest: str
    summary: Summary
    reasons: list[str]
    total: int
    changed: int = 0
    seen: Reported | None = None


def planned(export: ExportFiles, mapping: Mapping, ledger: Ledger, namespace: str, options: dict[str, Any]) -> Plan:
    """The plan, told on stderr. One that passed before holds as long as nothing that it follows from has changed."""
    verdict = f"--max-refused {options['max_refused']}"
    digest = "" if mapping.disguise else digest_of(export, mapping, namespace, verdict)  # bodies follow from a key, too
    kept = "" if any(options[name] for name in _SEE_ALL) else ledger.kept_plan(namespace, digest)
    if not kept:
        return _plan_anew(digest, export, mapping, ledger, namespace, options)
    summary = summary_of(kept)
    tell("importer: planned before, and nothing has changed since: what is in the store is passed over", err=True)
    tell(summary_text(summary, []), err=True)
    return Plan(digest, summary, [], summary.valid)


def keep(plan: Plan, ledger: Ledger, namespace: str) -> None:
    """Keep a plan that passed, so that a resumed run need not map again what is done."""
    if plan.digest and plan.seen is not None:
        ledger.keep_plan(namespace, plan.digest, facts_of(plan.summary))


def _plan_anew(
    digest: str, export: ExportFiles, mapping: Mapping, ledger: Ledger, namespace: str, options: dict[str, Any]
) -> Plan:
    """The pass over the whole export, without the network. Errors: UsageError for an order that it does not have."""
    chosen = Chosen(options["only"])
    with closing(DeltaPass(ledger, namespace)) as passing:
        with reported(export, mapping, namespace, options["report"]) as seen:
            seen.pass_by(passing, chosen)
        reasons = reasons_against(seen.summary, mapping.spec.budget, Decimal(str(options["max_refused"])) / 100)
        tell(summary_text(seen.summary, reasons), err=True)
        tell_delta(passing)
        changed = passing.delta.changed
    total = chosen.tell() if options["only"] else seen.summary.valid
    return Plan(digest, seen.summary, reasons, total, changed, seen)


class Chosen:
    """Looks for the orders that --only names. `valid`: those of them that can be sent."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._unseen, self._names = set(names), frozenset(names)
        self._kept_back: list[str] = []
        self.valid = 0

    def add(self, mapped: MappedOrder) -> None:
        """Looks at one order."""
        source_id = mapped.source.source_id
        if source_id not in self._names:
            return
        self._unseen.discard(source_id)
        self.valid += bool(mapped.sendable)
        if not mapped.sendable:
            self._kept_back.append(f"{source_id} ({mapped.skipped or mapped.problems[0].message})")

    def tell(self) -> int:
        """How many can be sent, after a line about those that cannot. Raises UsageError for unknown ones."""
        if self._unseen:
            names = ", ".join(sorted(self._unseen)[:_SHOWN])
            raise UsageError(
                f"--only: the export has no order {names}; nothing was sent (ids as `importer map` has them)"
            )
        for order in self._kept_back[:_SHOWN]:
            tell(f"importer: --only: not sent: {order}", err=True)
        return self.valid


def tell_delta(passing: DeltaPass) -> dict[str, Any]:
    """What this export changes for a ledger that has orders already, told and as data; nothing for a new one."""
    delta = passing.delta
    gone = [(entry.source_id, entry.order_id or 0, why) for entry, why in passing.vanished()]
    if not (delta.unchanged or delta.changed or gone):
        return {}
    examples = [
        (one.entry.source_id, one.entry.order_id or 0, f"{', '.join(one.fields) or 'unknown fields'} ({one.why})")
        for one in delta.examples
    ]
    counts = (delta.new, delta.unchanged, delta.changed)
    tell(delta_text(counts, delta.reasons, delta.fields, examples, gone), err=True)
    return delta_figures(counts, delta.reasons, delta.fields, examples, gone)
