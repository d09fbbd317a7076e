"""The filters and tests of the language with their examples, read from their docstrings."""

from __future__ import annotations

import ast
import doctest
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from importer.mapping.filters import BOUND, FILTERS, TESTS


@dataclass(frozen=True, slots=True)
class Listed:
    """One filter: how it is written, what it gives, and examples: an expression and its value."""

    name: str
    written: str
    text: str
    examples: tuple[tuple[str, str], ...]


READ_WITH_THE_MAPPING = {
    "cells": Listed(
        "cells",
        "cells(prefix)",
        "The filled cells of a CSV row in every column whose name begins so, in the file's order.",
        (("order | cells('line_item_')", "['name:Mug|quantity:2', 'name:Tea|quantity:1']"),),
    ),
    "date": Listed(
        "date",
        "date(zone='')",
        "The instant of a date in one of the forms of source.dates. A time that names no zone is in `zone`, else in"
        " source.dates.zone; without either it is an error, never a guess.",
        (("'2021-04-08 17:24:41 +0200' | date", "2021-04-08 17:24:41+02:00"),),
    ),
    "table": Listed(
        "table",
        "table(name)",
        "What a table gives for a key, or for a list of keys where they nest, compared without regard to case. A key"
        " that no row has is undecided: the order waits for a person.",
        (("'paid' | table('status')", "11"), ("['paid', 'fulfilled'] | table('status')", "10")),
    ),
}
"""The filters that read the mapping's sections, or the export's header: no function shows what they do."""


def listed_filters() -> list[Listed]:
    """Every filter, by name."""
    named = {name: _listed(name, known.function) for name, known in FILTERS.items()}
    return [one for _, one in sorted({**named, **{name: READ_WITH_THE_MAPPING[name] for name in BOUND}}.items())]


def listed_tests() -> list[Listed]:
    """Every test, by name: what stands behind `is`."""
    return [Listed(name, f"is {name}", _prose(test), ()) for name, test in sorted(TESTS.items())]


def _listed(name: str, function: Callable[..., Any]) -> Listed:
    return Listed(name, _written(name, function), _prose(function), tuple(_examples(name, function)))


def _written(name: str, function: Callable[..., Any]) -> str:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    shown = [
        f"{'*' if one.kind is one.VAR_POSITIONAL else ''}{one.name}"
        + ("" if one.default is one.empty else f"={one.default!r}")
        for one in parameters
    ]
    return f"{name}({', '.join(shown)})" if shown else name


def _prose(function: Callable[..., Any]) -> str:
    """The docstring without its examples, and without what is said to people who read the code."""
    text = inspect.getdoc(function) or ""
    prose = " ".join(text.partition(">>>")[0].split())
    return prose.partition(" In mappings:")[0]


def _examples(name: str, function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(function) or ""):
        parsed = ast.parse(example.source.strip(), mode="eval").body
        for call in parsed.elts if isinstance(parsed, ast.Tuple) else [parsed]:
            if isinstance(call, ast.Call):
                names = function.__globals__
                yield _piped(name, call, names), shown(_value(call, names))


def _piped(name: str, call: ast.Call, names: dict[str, Any]) -> str:
    """`zip_code("01234")` as an author writes it: `'01234' | zip`."""
    value, *arguments = [shown(_value(argument, names)) for argument in call.args]
    return f"{value} | {name}({', '.join(arguments)})" if arguments else f"{value} | {name}"


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "<example>", "eval"), {**names})  # noqa: S307 - our own docstrings


def shown(value: Any) -> str:
    """A value as a mapping's author knows it: an amount or a date bare, a text in quotes."""
    if isinstance(value, Decimal | datetime):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{shown(key)}: {shown(inner)}' for key, inner in value.items())}}}"
    return repr(value)
