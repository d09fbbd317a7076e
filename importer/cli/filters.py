"""`importer filters`: what an expression can do to a value."""

from __future__ import annotations

import textwrap

import click

from importer.cli.telling import tell
from importer.errors import UsageError
from importer.mapping.filter_list import Listed, listed_filters, listed_tests
from importer.mapping.suggest import did_you_mean

WIDTH = 100


@click.command("filters")
@click.argument("names", metavar="[NAME]...", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """List the filters of the mapping language with examples; with NAMEs, only these."""
    every = [*listed_filters(), *listed_tests()]
    known = {one.name for one in every}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no filter '{name}'{did_you_mean(name, known)}")
    for one in every:
        if not names or one.name in names:
            tell(_text(one))


def _text(one: Listed) -> str:
    prose = textwrap.wrap(one.text, WIDTH, initial_indent="    ", subsequent_indent="    ")
    examples = [f"    {expression}  ->  {value}" for expression, value in one.examples]
    return "\n".join([one.written, *prose, *examples, ""])
