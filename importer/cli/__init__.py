"""The command line: click verbs only. Each verb is a module of its own, imported when it is called."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import click

from importer.cli.telling import tell
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
    "doctor": "go or no-go, with reasons, from what the store says of itself",
    "run": "submit an export's orders, or resume",
    "diff": "which bodies an edited mapping, or a newer export, changes",
    "snapshot": "a store's customers and variants in one local file, to link orders with",
    "verify": "read the store back and prove it, order by order and to the cent",
    "undo": "archive what a run created and nobody touched since",
    "status": "where the orders of a ledger stand",
    "report": "the page from the ledger alone: where the orders stand, what the store answered",
    "ids": "the id map as CSV: old order, new order",
    "ledger": "a ledger checked, dumped as JSON Lines, or merged from those of several shards",
    "forget": "every trace of one person in what the toolkit holds",
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


class Terminated(KeyboardInterrupt):
    """SIGTERM came: the same ending as Ctrl-C, which leaves nothing half-written, with an exit code of its own."""


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def main() -> None:
    """The `importer` command: errors for the reader become one message on stderr and their exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code: Any = importer.main(prog_name="importer", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort as ended:
        tell("importer: stopped; nothing half-written is left, and the same command can be run again", err=True)
        code = 143 if isinstance(ended.__cause__, Terminated) else 130
    except ImporterError as error:
        tell(f"importer: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left; Python would complain about it at exit
        code = 141
    except OSError as error:
        tell(f"importer: {error.filename or 'the output'} cannot be used: {error.strerror}", err=True)
        code = ImporterError.exit_code
    sys.exit(code)
