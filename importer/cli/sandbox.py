"""`importer sandbox`: a BigCommerce store on this machine."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import click

TOKEN_VARIABLE = "IMPORTER_SANDBOX_TOKEN"  # noqa: S105 - the variable's name


def _faults(_context: click.Context, _parameter: click.Parameter, path: str) -> tuple[dict[str, Any], ...]:
    if not path:
        return ()
    try:
        given = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path} cannot be read as JSON: {error}") from error
    return tuple(given if isinstance(given, list) else [given])


def _switches(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not equals:
            raise click.BadParameter(f"'{name}' is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


@click.command(name="sandbox", short_help="A store on this machine, with quotas and faults.")
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--store", default="sandbox", show_default=True, help="The store's hash.")
@click.option("--state", default="", metavar="FILE", help="Keep the store in this file. [default: in memory]")
@click.option("--plan", default="pro", show_default=True, help="standard, plus, pro, enterprise or unlimited.")
@click.option("--quota", default=0, help="Requests in a window, in place of the plan's.")
@click.option("--window", default=30.0, show_default=True, help="The window in seconds.")
@click.option("--neighbour", default=0.0, help="Share of the quota that other apps use, 0 to below 1.")
@click.option("--bursts", is_flag=True, help="Other apps use their share all at once.")
@click.option("--speed", default=1.0, show_default=True, help="How fast the store's time runs.")
@click.option("--seed", default="", metavar="FILE", help="Customers, products, channels: YAML or JSON.")
@click.option("--customers", default=0, help="Customers to invent.")
@click.option("--products", default=0, help="Products to invent.")
@click.option("--dice", default=1, show_default=True, help="Seed of everything random.")
@click.option(
    "--switch", "switches", multiple=True, callback=_switches, metavar="NAME=VALUE", help="Undocumented behaviour."
)
@click.option("--faults", default="", callback=_faults, metavar="FILE", help="A script of faults: JSON.")
@click.option("--until-stdin-closes", is_flag=True, help="End when stdin closes: no orphan outlives its parent.")
def command(until_stdin_closes: bool, **options: Any) -> None:
    """Serve a BigCommerce store on loopback until SIGTERM or Ctrl-C.

    Prints one line of JSON when it is ready. The token is taken from IMPORTER_SANDBOX_TOKEN; without it one is made up
    and printed in that line. /_admin on the printed address tells how to read the journal and play faults.
    """
    from importer.sandbox.config import Config
    from importer.sandbox.serving import serve

    token = os.environ.get(TOKEN_VARIABLE, "")
    config = Config(token=token or secrets.token_urlsafe(24), **options)
    serve(config, until=sys.stdin if until_stdin_closes else None, shown=not token)
