"""`importer test`: a mapping's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from importer.cli.options import now
from importer.cli.telling import tell
from importer.mapping import load_mapping
from importer.mapping.cases import ABSENT, Difference
from importer.mapping.rewrite import flow
from importer.run.authoring.cases import Outcome, run_cases, update

LONGEST = 200


@click.command("test")
@click.argument("mapping")
@click.option("--update", "updating", is_flag=True, help="Write what was found into the mapping, as what is expected.")
@click.pass_context
def command(context: click.Context, mapping: str, updating: bool) -> None:
    """Run the tests in MAPPING: each maps an order and compares what it expects. Exit code 1 when one fails."""
    loaded = load_mapping(mapping)
    outcomes = list(run_cases(loaded, now()))
    for outcome in outcomes:
        for line in _text(outcome):
            tell(line)
    failed = sum(bool(outcome.differences) for outcome in outcomes)
    tell(f"{len(outcomes)} tests, {failed} failed" if outcomes else f"{loaded.spec.path} has no tests")
    if updating:
        tell(f"{loaded.spec.path}: {update(loaded, outcomes)} values written")
        return
    context.exit(1 if failed else 0)


def _text(outcome: Outcome) -> Iterator[str]:
    if not outcome.differences:
        yield f"ok    {outcome.case.it}"
        return
    yield f"FAIL  {outcome.case.it}   {outcome.case.node.origin}"
    for one in outcome.differences:
        yield from _difference(one)
    for problem in outcome.problems:
        yield f"        problem {problem.code} {problem.path}: {problem.message}"


def _difference(one: Difference) -> Iterator[str]:
    path = ""
    for key in one.path:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else key
    yield f"      {path}"
    yield f"        - {_shown(one.expected)}"
    yield f"        + {_shown(one.found)}"


def _shown(value: Any) -> str:
    text = "(nothing)" if value is ABSENT or value is None else flow(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
