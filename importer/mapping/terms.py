"""The pieces of generated code: what each gives, and where its value belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from importer.mapping.writer import Row

NOT_CONSTANT = object()


class Term(NamedTuple):
    """One piece of generated code: what type it gives where that is known, and its value where it is constant.

    `data`: the dotted paths of the JSON order where the value may come from as it is. `items`: those of a list that is
    written out.
    """

    code: str
    gives: str = "any"
    constant: Any = NOT_CONSTANT
    row: Row | None = None
    data: frozenset[str] = frozenset()
    items: tuple[Term, ...] = ()


Scope = Mapping[str, Term]


class Place(NamedTuple):
    """Where a value belongs: the code of its body path for notes, the path for messages, and the mapping's origin."""

    code: str
    shown: str
    origin: str


def constant(value: Any) -> Term:
    """The term of a value that is known now."""
    kind = {str: "text", bool: "bool", int: "int"}.get(type(value), "any")
    return Term(repr(value), kind, value)
