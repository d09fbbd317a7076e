"""The list of filters: complete, and each example true."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools_language import EVERY_KEY

from importer.mapping.expressions import Expressions
from importer.mapping.filter_list import listed_filters, listed_tests, shown
from importer.mapping.filters import BOUND, FILTERS, TESTS
from importer.mapping.program import names_of
from importer.mapping.spec import spec_of
from importer.mapping.terms import Place
from importer.mapping.writer import Writer
from importer.mapping.yaml_file import Node, parse_yaml

TABLE = "tables: {status: {paid: {fulfilled: 10, unfulfilled: 11}}}"
EXAMPLES = [(one.name, *example) for one in listed_filters() if one.name not in BOUND for example in one.examples]


def test_every_filter_is_listed() -> None:
    """Each filter and each test of the language stands in the list, with a text."""
    assert [one.name for one in listed_filters()] == sorted([*FILTERS, *BOUND])
    assert [one.name for one in listed_tests()] == sorted(TESTS)
    assert all(one.text for one in [*listed_filters(), *listed_tests()])


def test_every_filter_has_an_example() -> None:
    """No filter is without an example."""
    assert [one.name for one in listed_filters() if not one.examples] == []


@pytest.mark.parametrize(("name", "expression", "value"), EXAMPLES, ids=[example[1] for example in EXAMPLES])
def test_example_is_true_in_a_mapping(name: str, expression: str, value: str) -> None:
    """Written into a mapping, the example's expression gives the value that is shown for it."""
    if "{" in expression:  # groups of values come from data: an expression cannot write one out
        assert name in ("keep", "map", "sum")
        return
    path = Path("every.yml")
    names = names_of(spec_of(parse_yaml(EVERY_KEY, "every.yml"), path, {"every.yml": path}))
    writer = Writer(None, None, frozenset(), trapping=True)
    expressions = Expressions(writer, {}, looks_in_data=True)
    term = expressions.value(Node(f"{{{{ {expression} }}}}", "x:1:1"), {}, Place("'x'", "x", "x:1:1"))
    assert writer.findings == []
    assert shown(eval(term.code, {**names, "note": lambda *_: None})) == value  # noqa: S307 - our own compiler's text
