"""The reference of the command line, from the commands."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import click

from importer.cli import VERBS
from making.table import MADE, cell


def verbs_reference() -> str:
    """The reference of the command line."""
    intro = "`importer VERB --help` prints the same. stdout is data, stderr is progress and messages."
    lines = ["# Verbs", "", MADE, "", f"{intro} Exit codes: [exit-codes.md](exit-codes.md).", ""]
    for verb, short in VERBS.items():
        command = import_module(f"importer.cli.{verb}").command
        lines += [f"## importer {verb}", "", f"{short[0].upper()}{short[1:]}.", "", *_usage(verb, command)]
    return "\n".join(lines).rstrip() + "\n"


def _usage(verb: str, command: click.Command) -> Iterator[str]:
    arguments = [str(one.metavar) for one in command.params if isinstance(one, click.Argument)]
    yield from ("```", " ".join(["importer", verb, *arguments, "[OPTIONS]"]), "```", "")
    yield " ".join((command.help or "").split())
    yield ""
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield from ("| option | what it does |", "|---|---|", *map(_option, options), "")


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag else f" {option.metavar or 'VALUE'}"
    default = f" Default: {option.default}." if option.show_default is True else ""
    needed = " Needed." if option.required else ""
    return f"| {names}{cell(value)} | {cell(option.help or '')}{needed}{default} |"
