"""Plan, then apply: the pass without the network, the verdict, then the sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from importer.ledger import Ledger
from importer.mapping import Mapping
from importer.run.line import open_line
from importer.run.settings import ProgressCallback, RunResult, Settings
from importer.run.submit import submit
from importer.store import OrdersClient


def apply(
    export: Path,
    mapping: Mapping,
    client: OrdersClient,
    ledger: Ledger,
    settings: Settings,
    now: Callable[[], datetime],
    progress: ProgressCallback | None = None,
) -> RunResult:
    """Sends every valid order of the export. Refused and skipped orders were listed by the plan and are passed over."""
    with open_line(export, mapping, settings.namespace) as line:
        orders = (order for order in line.orders(now()) if order.body is not None and not order.problems)
        return submit(orders, client, ledger, settings, progress=progress)
