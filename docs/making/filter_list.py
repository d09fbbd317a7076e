"""The reference of filters and tests, from their docstrings."""

from __future__ import annotations

from importer.mapping.filter_list import Listed, listed_filters, listed_tests
from making.table import MADE


def filters_reference() -> str:
    """The reference of filters and tests."""
    intro = "What an expression can do to a value: `importer filters` prints the same. A blank stays blank."
    lines = ["# Filters", "", MADE, "", intro, ""]
    for one in listed_filters():
        lines += _listed(one)
    lines += ["# Tests", "", "What stands behind `is`.", ""]
    for one in listed_tests():
        lines += _listed(one)
    return "\n".join(lines).rstrip() + "\n"


def _listed(one: Listed) -> list[str]:
    examples = [f"{expression}  ->  {value}" for expression, value in one.examples]
    fenced = ["```", *examples, "```", ""] if examples else []
    return [f"## `{one.written}`", "", one.text, "", *fenced]
