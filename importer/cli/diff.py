"""`importer diff`: which bodies an edited mapping, or a newer export, changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click

from importer.cli.options import MAPPING, MAYBE_EXPORT, now
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.model import MappedOrder
from importer.report.text import money_text
from importer.run.authoring.compare import Comparison, compare
from importer.run.line import find_mapping, open_line
from importer.sources import ExportFiles

_NAMESPACE = "diff"
"""Both sides carry the same mark, so that the mappings' names make no difference."""


@click.command("diff")
@click.argument("older", metavar="OLD")
@click.argument("newer", metavar="NEW")
@MAYBE_EXPORT
@MAPPING
@click.pass_context
def command(context: click.Context, older: str, newer: str, export: ExportFiles | None, mapping: str) -> None:
    """Compare what two mappings make of FILE; without FILE, what one mapping makes of two exports.

    Tells the fields that differ, grouped by path with the commonest changes, and the effect on the sum of the orders.
    Nothing is sent. Exit code 0: every body is the same. 1: some differ.
    """
    if export is not None and mapping:
        raise UsageError("OLD and NEW are the mappings when FILE is given; leave -m out")
    with ExitStack() as stack:
        if export is not None:
            sides = [_orders(stack, export, name) for name in (older, newer)]
        else:
            sides = [_orders(stack, Path(file), mapping) for file in (older, newer)]
        comparison = compare(*sides)
    tell("\n".join(_report(comparison)))
    context.exit(1 if comparison.differing or comparison.moved else 0)


def _orders(stack: ExitStack, file: Path | ExportFiles, mapping: str) -> Iterator[MappedOrder]:
    return stack.enter_context(open_line(file, find_mapping(file, mapping), _NAMESPACE)).orders(now())


def _report(comparison: Comparison) -> Iterator[str]:
    moved = sum(comparison.moved.values())
    both = f"same {comparison.same:,}   differing {comparison.differing:,}"
    yield f"Orders   {both}   valid on one side only or gone {moved:,}"
    grown = {currency: amount for currency, amount in comparison.money.items() if amount}
    yield f"Money    {money_text(grown) if grown else 'the sums are the same'}{' more' if grown else ''}"
    for (before, after), orders in sorted(comparison.moved.items()):
        yield f"\n{orders:,} x {before} -> {after}, such as {', '.join(comparison.fates[before, after])}"
    for path, cluster in sorted(comparison.clusters.items(), key=lambda one: (-one[1].orders, one[0])):
        yield f"\n{cluster.orders:,} x {path}"
        for before, after, orders, example in cluster.commonest:
            yield f"    {orders:,} x {before} -> {after}   such as {example}"
