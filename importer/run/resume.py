"""A resumed run maps only what is not in the store yet.

Mapping is pure: as long as nothing that a body or the verdict follows from has changed since the plan passed, the plan
holds, and an order that was created from it cannot have another body. A plan is known by its digest; the ledger keeps
its counts and sums.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

from importer.files import data_folder
from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.model import SourceOrder
from importer.report.summary import Summary
from importer.run.settings import RunResult, Settings
from importer.sources import ExportFiles

_CHUNK = 200


def digest_of(export: ExportFiles, mapping: Mapping, namespace: str, options: str = "") -> str:
    """32 hex digits that change with anything that the bodies and the verdict follow from.

    That is the bytes of the export's files, of the mapping with all it extends and names, and of this program; the
    namespace; and `options`, those of the verdict.
    """
    groups = (_own_files(), export.orders, export.items, [file for file in mapping.spec.all_files() if file.is_file()])
    parts = [metadata.version("order-importer"), namespace, options]
    for files in groups:
        parts += [f"{len(files)} files", *(f"{file.name} {_digest(file)}" for file in files)]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "blake2b").hexdigest()


def _own_files() -> list[Path]:
    """This program's modules and schemas: an edited checkout is another importer than the one that planned."""
    package, schemas = Path(__file__).parents[1], data_folder("schemas")
    return [*sorted(package.rglob("*.py")), *sorted(schemas.glob("*.json"))]


def facts_of(summary: Summary) -> str:
    """What a resumed run must know of a plan that passed: counts and sums, no values; as JSON."""
    counts = {name: getattr(summary, name) for name in _COUNTS}
    sums = {name: {currency: str(total) for currency, total in getattr(summary, name).items()} for name in _SUMS}
    return json.dumps(counts | sums | {name: sorted(getattr(summary, name)) for name in _NAMED})


def summary_of(facts: str) -> Summary:
    """The plan's summary again, without its causes and examples."""
    told = json.loads(facts)
    sums = {name: {currency: Decimal(total) for currency, total in told[name].items()} for name in _SUMS}
    values: dict[str, Any] = told | sums | {name: set(told[name]) for name in _NAMED}
    return Summary(**values)


_COUNTS = ("read", "valid", "refused", "parked", "unstated", "skipped", "after")
_SUMS = ("money", "stated")
_NAMED = ("split", "doubled", "undeclared")


class Unsent:
    """The source orders that a run must map: those that it was not told to leave alone, and did not create before.

    What was created from the same plan is counted as created before, unmapped.
    """

    def __init__(self, orders: Iterable[SourceOrder], ledger: Ledger, settings: Settings, so_far: RunResult) -> None:
        self._orders = iter(orders)
        self._ledger, self._settings, self._so_far = ledger, settings, so_far

    def __iter__(self) -> Iterator[SourceOrder]:
        while chunk := list(islice(self._orders, _CHUNK)):
            done = self._done(chunk)
            for order in chunk:
                if order.source_id in done and not order.problems and not order.skipped:
                    self._so_far.created_before += 1
                elif not self._settings.only or order.source_id in self._settings.only:
                    yield order

    def _done(self, chunk: list[SourceOrder]) -> set[str]:
        plan, only = self._settings.plan, self._settings.only
        wanted = [order.source_id for order in chunk if not only or order.source_id in only]
        return self._ledger.already_created(self._settings.namespace, plan, wanted) if plan and wanted else set()
