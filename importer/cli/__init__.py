"""The command line: click verbs only. Each verb is a module of its own, imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from importer.errors import ImporterError

VERBS = {
    "demo": "the whole story on a shipped sample, against a store on this machine",
    "init": "a first mapping, inferred from an export",
    "check": "lint a mapping; with an export, its columns too",
    "test": "a mapping's own tests",
    "filters": "what an expression can do to a value",
    "map": "bodies as JSON Lines",
    "explain": "how each value of one order's body came about",
    "validate": "the dry run: what would be sent, what is refused and why",
    "run": "submit an export's orders, or resume",
    "diff": "which bodies an edited mapping, or a newer export, changes",
    "snapshot": "a store's customers and variants in one local file, to link orders with",
    "verify": "read the store back and prove it, order by order and to the cent",
    "undo": "archive what a run created and nobody touched since",
    "status": "where the orders of a ledger stand",
    "ids": "the id map as CSV: old order, new order",
    "sandbox": "a store on this machine, to rehearse against",
}
"""Verb -> its line in `importer --help`; the module of the same name holds the rest."""


class Verbs(click.Group):
    """The group of verbs. `importer --help` prints them without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"importer.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="order-importer", prog_name="importer")
def importer() -> None:
    """Bring years of orders from other platforms into BigCommerce: mapped, proved to the cent, sent exactly once."""


def main() -> None:
    """The `importer` command: errors for the reader become one message on stderr and their exit code."""
    try:
        code: Any = importer.main(prog_name="importer", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = 130
    except ImporterError as error:
        click.echo(f"importer: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left; Python would complain about it at exit
        code = 141
    except OSError as error:
        click.echo(f"importer: {error.filename or 'the output'} cannot be used: {error.strerror}", err=True)
        code = ImporterError.exit_code
    sys.exit(code)
