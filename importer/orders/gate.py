"""The gate that every body passes: `schemas/order.schema.json`, compiled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from importer.schema import gate, load_schema

if TYPE_CHECKING:
    from importer.model import Body, Problem

SCHEMA = load_schema("order")
"""The body of POST /v2/orders as we send it. Source: Orders V2 createOrder."""

SCHEMA_CODES = {
    "missing-field": "a field that the store requires, or that importer requires to find the order again, is absent",
    "half-a-pair": "one of two fields that go together is absent, such as total_ex_tax without total_inc_tax",
    "unknown-field": "the store has no such field, and one unknown field refuses the whole order",
    "read-only-field": "the store sets the field and refuses an order that has it",
    "never-sent-field": "the store would take the field, but importer leaves it out for a stated reason",
    "conflicting-field": "the field cannot stand beside another one, such as products beside consignments",
    "null-value": "the value is null, which the store refuses: leave the field out, or send an empty text",
    "wrong-type": "the value has another JSON type than the field, such as text for a number",
    "wrong-form": "the text is not in the form that the field has, such as a date or an amount",
    "wrong-value": "the field has one allowed value, and this is another",
    "too-short": "the text has fewer characters than the field needs",
    "too-long": "the text has more characters than the field holds",
    "too-small": "the number is below the lowest allowed one",
    "too-large": "the number is above the highest allowed one",
    "too-few-items": "the list has fewer items than the field needs",
    "too-many-items": "the list has more items than the field holds",
    "not-unicode": "the text has half of a surrogate pair, which no JSON document can carry",
    "not-valid": "the gate refused the body and nothing could say why: a bug of importer",
}
"""What a body that the gate refuses can have wrong: the codes of its Problems, each in one line."""

_is_valid = gate(SCHEMA)


def passes(body: Body) -> bool:
    """Whether the body keeps the schema and JSON can carry it, which half a surrogate pair it cannot: microseconds."""
    try:
        return _is_valid(body) and bool(orjson.dumps(body))
    except (UnicodeEncodeError, orjson.JSONEncodeError):
        return False


def problems(body: Body) -> tuple[Problem, ...]:
    """Why the gate refuses the body, one Problem per code and path; () when it does not."""
    if passes(body):
        return ()
    from importer.orders import explain  # jsonschema is imported for the few bodies that fail

    return tuple(explain.problems(body))
