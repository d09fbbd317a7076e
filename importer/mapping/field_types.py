"""The type that a field of the body takes, held against what its value always is: told before the first row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from importer.mapping.terms import NOT_CONSTANT, Term
from importer.schema import gate, load_schema

_GIVES = {
    "text": "string",
    "int": "integer",
    "bool": "boolean",
    "money": "string",
    "number": "string",
    "datetime": "string",
    "group": "object",
    "list": "array",
}
"""The type of an expression -> the JSON type that the body has of it."""

_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a group of values",
    "array": "a list",
}
_SINGLE = ("string", "integer", "boolean")
_REMEDIES = {
    ("string", "integer"): "put it through `| int`, or through a table",
    ("string", "boolean"): "compare it: `{{ order['Digital'] == 'yes' }}`",
    ("integer", "string"): "put it through `| text`",
    ("boolean", "string"): "say which text: `{{ 'yes' if ... else 'no' }}`",
}


def misfit(path: str, term: Term) -> str:
    """Why a field of the body can never hold that value, and what to do; "" where it can, or only an order can tell."""
    wanted = _takes(path)
    given = _json_type(term)
    if not wanted or not given:
        return ""
    fixed = term.constant is not NOT_CONSTANT
    if given != wanted:
        written = "put it in quotes" if wanted == "string" else "write it so"
        remedy = (
            written
            if fixed
            else _REMEDIES.get((given, wanted), "give one value, or {value: ..., otherwise: ..., as: ...}")
        )
        what = str(term.constant).lower() if isinstance(term.constant, bool) else f"'{term.constant}'"
        return f"{what if fixed else 'this'} is {_NAMES[given]}, and the field takes {_NAMES[wanted]}; {remedy}"
    if isinstance(term.constant, str | int) and not any(keeps(term.constant) for keeps in _gates(path)):
        said = _schemas(path)[0].get("description", "").removesuffix(".")
        return f"'{term.constant}' is no value of this field ({said})"
    return ""


def _json_type(term: Term) -> str:
    if term.constant is NOT_CONSTANT:
        return _GIVES.get(term.gives, "")
    return {str: "string", bool: "boolean", int: "integer"}.get(type(term.constant), "string")


@cache
def _takes(path: str) -> str:
    """The one type of single values that a field takes; "" for a group, a list, a number of any kind, no field."""
    types = {schema.get("type") for schema in _schemas(path)}
    return next((name for name in _SINGLE if types == {name}), "")


@cache
def _gates(path: str) -> tuple[Callable[[Any], bool], ...]:
    return tuple(gate({**schema, "$defs": load_schema("order")["$defs"]}) for schema in _schemas(path))


@cache
def _schemas(path: str) -> tuple[dict[str, Any], ...]:
    """What the order's schema says of a field, by its path such as `products[].sku`; of a product, for each kind."""
    found = [load_schema("order")]
    for key in path.replace("[]", ".[]").split("."):
        found = [inner for schema in found for inner in _below(schema, key)]
    said = next(({"description": schema["description"]} for schema in found if "description" in schema), {})
    return tuple(whole | said for schema in found for whole in _whole(schema))


def _below(schema: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    for whole in _whole(schema):
        inner = whole.get("items") if key == "[]" else whole.get("properties", {}).get(key)
        if isinstance(inner, dict):
            yield inner


def _whole(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema with its references and, of two kinds of a thing, both."""
    if "$ref" in schema:
        yield from _whole(load_schema("order")["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    elif "properties" not in schema and "then" in schema:
        yield from (whole for kind in ("then", "else") for whole in _whole(schema[kind]))
    else:
        yield schema
