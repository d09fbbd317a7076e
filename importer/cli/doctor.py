"""`importer doctor`: go or no-go, before anything is sent."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any

import click

from importer.cli.client import store_options
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.run.doctor import Check, Verdict, diagnose
from importer.store import OrdersClient, Pacer, store_address
from importer.store.preflight import preflight

_ORDER = (Verdict.NO_GO, Verdict.WARN, Verdict.UNKNOWN, Verdict.GO)


@click.command("doctor")
@store_options
@click.option("--json", "as_data", is_flag=True, help="Print the checks as one JSON document.")
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Ask the store what a migration must know: credentials, quota, time zone, statuses, stock, tax, webhooks, e-mails.

    Nothing is written to the store. Exit code 0: go, read the warnings. 1: no-go. 4: the store refuses, or gives no
    good answer.
    """
    if options["store"] == "sandbox" and not options["api_url"]:
        raise UsageError("there is no sandbox to ask: start one with `importer sandbox`, and pass its --api-url")
    address = store_address(os.environ, options["store"], options["api_url"])
    client = OrdersClient(address, timeout=options["timeout"], pacer=Pacer(share=options["quota_share"] / 100))
    checks = diagnose(preflight(client))
    go = Verdict.NO_GO not in {check.verdict for check in checks}
    if options["as_data"]:
        click.echo(_document(checks, go))
    else:
        tell(checks_text(checks, go))
    context.exit(0 if go else 1)


def checks_text(checks: list[Check], go: bool) -> str:
    """One line a check, what stops a migration first; the verdict at the end."""
    ordered = sorted(checks, key=lambda check: _ORDER.index(check.verdict))
    lines = [f"{check.verdict.value:<8} {check.topic:<14} {check.message}" for check in ordered]
    warned = sum(check.verdict in (Verdict.WARN, Verdict.UNKNOWN) for check in checks)
    verdict = "GO" if go else "NO-GO"
    return "\n".join([*lines, "", f"Verdict: {verdict}{f', {warned} to know about' if warned else ''}"])


def _document(checks: list[Check], go: bool) -> str:
    return json.dumps({"go": go, "checks": [asdict(check) for check in checks]}, indent=1)
