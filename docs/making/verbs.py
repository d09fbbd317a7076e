"""The reference of the command line, from the commands."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import click

from importer.cli import VERBS
from making.table import MADE, cell

_LEFT = """
An output appears under its name when all of it is written; until then it is a draft beside it. Whatever ends a verb,
the draft goes with it, but for SIGKILL and a power cut. What is left then may be deleted once no `importer` runs there;
nothing reads it again:

| left behind | of |
|---|---|
| `.NAME.xxxxxxxx` beside the output `NAME` | `map -o`, `init -o`, `ids --html` |
| `.draft.xxxxxxxx`, a folder in the report's folder | `--report` |
| `.importer-xxxxxxxx`, a folder beside the output, or in `TMPDIR` where that is stdout | `map --engine` |

They hold what the output would, people's data among it: `importer forget` looks into them as well. `NAME.part` is none
of these: the next `importer snapshot` goes on from there.
"""


def verbs_reference() -> str:
    """The reference of the command line."""
    intro = "`importer VERB --help` prints the same. stdout is data, stderr is progress and messages."
    lines = ["# Verbs", "", MADE, "", f"{intro} Exit codes: [exit-codes.md](exit-codes.md).", ""]
    for verb, short in VERBS.items():
        command = import_module(f"importer.cli.{verb}").command
        lines += [f"## importer {verb}", "", f"{short[0].upper()}{short[1:]}.", "", *_usage(verb, command)]
    lines += ["## What a killed verb leaves", *_LEFT.splitlines()]
    return "\n".join(lines).rstrip() + "\n"


def _usage(verb: str, command: click.Command) -> Iterator[str]:
    arguments = [_argument(one) for one in command.params if isinstance(one, click.Argument)]
    yield from ("```", " ".join(["importer", verb, *arguments, "[OPTIONS]"]), "```", "")
    yield " ".join((command.help or "").split())
    yield ""
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield from ("| option | what it does |", "|---|---|", *map(_option, options), "")


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag else f" {option.metavar or 'VALUE'}"
    default = f" Default: {option.default}." if option.show_default is True else ""
    needed = " Needed." if option.required else ""
    return f"| {names}{cell(value)} | {cell(option.help or '')}{needed}{default} |"
