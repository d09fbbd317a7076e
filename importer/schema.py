"""JSON Schema, twice: a gate that says yes or no in microseconds, and every breach of what it refuses.

The gate is `jsonschema_rs`; `jsonschema`, slow and thorough, is imported for the few values that fail.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs

from importer.files import data_folder

Schema = dict[str, Any]


class Breach(NamedTuple):
    """The value at `path` breaks `keyword: limit` of `schema`, the part of the whole that is for this value."""

    path: tuple[str | int, ...]
    value: Any
    keyword: str
    limit: Any
    schema: Any


@cache
def load_schema(name: str) -> Schema:
    """The schema `schemas/NAME.schema.json`."""
    text = (data_folder("schemas") / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


def gate(schema: Schema) -> Callable[[Any], bool]:
    """Whether a value keeps the schema: microseconds."""
    return jsonschema_rs.Draft202012Validator(schema).is_valid


def explainer(schema: Schema) -> Callable[[Any], Iterator[Breach]]:
    """A function that gives each way in which a value breaks the schema, in the schema's order."""
    validator = _validator()(schema)

    def breaches(value: Any) -> Iterator[Breach]:
        for error in validator.iter_errors(value):
            path = tuple(error.absolute_path)
            yield Breach(path, error.instance, str(error.validator), error.validator_value, error.schema)

    return breaches


@cache
def _validator() -> Any:
    """jsonschema's validator, brought to the gate's judgement in two points."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
        """As ECMA 262 and the gate have it: `$` is the end of the text, where Python lets a newline follow."""
        if isinstance(instance, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), instance):
            yield ValidationError(f"does not match {pattern}")

    types = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number)
    return extend(Draft202012Validator, {"pattern": pattern}, type_checker=types)  # type: ignore[no-untyped-call] # types-jsonschema leaves `extend` untyped


def _is_number(_: Any, instance: Any) -> bool:
    """A number that JSON has: no NaN, no infinity."""
    return isinstance(instance, int | float | Decimal) and not isinstance(instance, bool) and math.isfinite(instance)
