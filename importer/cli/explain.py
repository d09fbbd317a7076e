"""`importer explain`: how each value of one order's body came about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from importer.cli.options import MAPPING, ONE_EXPORT, now
from importer.cli.telling import tell
from importer.mapping.explanation import Traced
from importer.run.authoring.explain import Explained, explain_order, wanted_of
from importer.run.line import find_mapping
from importer.sources import ExportFiles

LONGEST = 60


@click.command("explain")
@ONE_EXPORT
@click.argument("path", required=False, default="")
@MAPPING
@click.option("--order", "wanted", required=True, metavar="ID", help="The order's id in the source, as `map` gives it.")
@click.pass_context
def command(context: click.Context, export: ExportFiles, path: str, mapping: str, wanted: str) -> None:
    """Show each value of an order's body: the mapping's line, the filters step by step, the cell it came from.

    PATH is a field or a group of fields, such as billing_address.zip or products[0]. An order that is refused is shown
    as far as it came. Exit code 1 when the order has problems.
    """
    explained = explain_order(export, find_mapping(export, mapping), wanted, now())
    for line in _text(explained, path):
        tell(line)
    context.exit(1 if explained.mapped.problems else 0)


def _text(explained: Explained, path: str) -> Iterator[str]:
    mapped = explained.mapped
    row = mapped.source.rows[0]
    state = f"left out: {mapped.skipped}" if mapped.skipped else "refused" if mapped.problems else "valid"
    yield f"order {mapped.source.source_id}, {row.file}:{row.line}, {state}"
    for problem in mapped.problems:
        yield f"  {problem.origin} {problem.path}: {problem.message}".replace("  :", "  ")
    for note in mapped.substitutions:
        yield f"  {note.origin or 'money'} {note.path or 'order'}: {note.from_!r} -> {note.to!r} ({note.code})"
    traced = wanted_of(explained.explanation, path)
    if path and not traced:
        yield f"\nno field '{path}' in this order's body"
    last = {one.path: number for number, one in enumerate(traced)}
    body = dict(leaves(mapped.body or explained.explanation.body, ""))
    for number, one in enumerate(traced):
        yield ""
        yield from _traced(one)
        if last[one.path] == number and body.get(one.path, one.value) != one.value:
            yield f"    in the body: {shown(body[one.path])}"


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every single value of a body with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def _traced(one: Traced) -> Iterator[str]:
    yield f"{one.path} = {shown(one.value)}" if not one.error else f"{one.path} failed: {one.error}"
    yield f"  {one.origin}  " + one.text.strip().replace("\n", "\n    ")
    if one.steps:
        texts = max(min(len(step.text), LONGEST) for step in one.steps)
        values = max(len(shown(step.value)) for step in one.steps)
        for step in one.steps:
            yield f"    {step.text:<{texts}}  {shown(step.value):<{values}}  {step.where}".rstrip()


def shown(value: Any) -> str:
    """A value in few characters: a text in quotes, an amount or a date as it is."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, dict):
        return f"a group of {len(value)}"
    text = f"[{', '.join(map(shown, value))}]" if isinstance(value, list) else repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
