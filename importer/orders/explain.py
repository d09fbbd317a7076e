"""Why a body fails the schema, for people: each error of `jsonschema` becomes a Problem with one sentence.

Slow and thorough; the gate sends only the bodies here that it has refused.
"""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from importer.model import Problem
from importer.orders.gate import SCHEMA
from importer.schema import Breach, explainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from importer.model import Body

_LONGEST = 60
_READ_ONLY = frozenset(SCHEMA["x-read-only"]["fields"])
_NEVER_SENT: dict[str, str] = SCHEMA["x-never-send"]["fields"]
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
}
_JSON = {str: "string", bool: "boolean", int: "integer", dict: "object", list: "array"}


class _Breach(NamedTuple):
    """One error of jsonschema: the value at `path` breaks `keyword: limit` of `schema`."""

    path: str
    value: Any
    keyword: str
    limit: Any
    schema: Any

    def at(self, name: str) -> str:
        return _join(self.path, name)

    def problem(self, code: str, rule: str) -> Problem:
        return Problem(code, self.path, f"{self.path} is {_shown(self.value)}, {rule}")


def problems(body: Body) -> Iterator[Problem]:
    """Each way in which the body breaks the schema, once per code and path, in the schema's order."""
    seen = set()
    for problem in _all(body):
        if (problem.code, problem.path) not in seen:
            seen.add((problem.code, problem.path))
            yield problem
    if not seen:
        yield Problem("not-valid", "", "the order breaks its schema in a way that importer cannot name; report it")


def _all(body: Body) -> Iterator[Problem]:
    yield from _not_unicode(body, "")
    for found in _breaches(body):
        breach = _breach(found)
        yield from _RULES[breach.keyword](breach)


def _breach(found: Breach) -> _Breach:
    path = ""
    for part in found.path:
        path = f"{path}[{part}]" if isinstance(part, int) else _join(path, part)
    return _Breach(path, *found[1:])


def _missing(breach: _Breach) -> Iterator[Problem]:
    because = breach.schema.get("x-because", "no order is sent without it")
    for name in breach.limit:
        if name not in breach.value:
            path = breach.at(name)
            yield Problem("missing-field", path, f"{path} is missing: {because}; give it in the mapping's body")


def _half_a_pair(breach: _Breach) -> Iterator[Problem]:
    for present, needed in breach.limit.items():
        for name in needed if present in breach.value else ():
            if name not in breach.value:
                path = breach.at(name)
                yield Problem("half-a-pair", path, f"{path} is missing beside {present}: send both, or neither")


def _not_allowed(breach: _Breach) -> Iterator[Problem]:
    known = breach.schema["properties"]
    for name in breach.value:
        if name not in known:
            yield _unexpected(name, breach.at(name), breach.schema["title"], known)


def _unexpected(name: str, path: str, owner: str, known: Iterable[str]) -> Problem:
    if owner == SCHEMA["title"] and name in _READ_ONLY:
        return Problem("read-only-field", path, f"{path} is set by the store, which refuses it in a request; remove it")
    if owner == SCHEMA["title"] and name in _NEVER_SENT:
        return Problem("never-sent-field", path, f"{path} is never sent: {_NEVER_SENT[name]}; remove it")
    near = get_close_matches(name, known, 1)
    advice = f"did you mean {near[0]}?" if near else "remove it"
    return Problem(
        "unknown-field", path, f"{_shorten(path)} is no field of the {owner}, so the store refuses it; {advice}"
    )


def _conflicting(breach: _Breach) -> Iterator[Problem]:
    rule = f"cannot stand here: {breach.schema['x-because']}; remove one of the two"
    yield Problem("conflicting-field", breach.path, f"{breach.path} {rule}")


def _wrong_type(breach: _Breach) -> Iterator[Problem]:
    if breach.value is None:
        rule = "is null, which the store refuses; leave it out, or send an empty text"
        yield Problem("null-value", breach.path, f"{breach.path} {rule}")
        return
    rule = f"which is {_type(breach.value)}; the field takes {_TYPES[breach.limit]}, so convert it in the mapping"
    yield breach.problem("wrong-type", rule)


def _wrong_form(breach: _Breach) -> Iterator[Problem]:
    form, example = breach.schema["title"], breach.schema["examples"][0]
    yield breach.problem("wrong-form", f"which is not {form}; bring it to the form of '{example}'")


def _wrong_value(breach: _Breach) -> Iterator[Problem]:
    yield breach.problem("wrong-value", f"and only '{breach.limit}' is allowed; send that")


def _too_short(breach: _Breach) -> Iterator[Problem]:
    least = _count(breach.limit, "character")
    yield breach.problem(
        "too-short", f"and at least {least} are needed; map another value, or a fallback with otherwise"
    )


def _too_long(breach: _Breach) -> Iterator[Problem]:
    rule = f"{len(breach.value)} characters where {breach.limit} are the limit; use the filter shorten({breach.limit})"
    yield breach.problem("too-long", rule)


def _too_small(breach: _Breach) -> Iterator[Problem]:
    yield breach.problem("too-small", f"and {breach.limit} is the lowest allowed; correct the mapping's value")


def _too_large(breach: _Breach) -> Iterator[Problem]:
    yield breach.problem("too-large", f"and {breach.limit} is the highest allowed; correct the mapping's value")


def _too_much(breach: _Breach) -> Iterator[Problem]:
    yield breach.problem("too-large", f"and it must be below {breach.limit}; correct the mapping's value")


def _too_few(breach: _Breach) -> Iterator[Problem]:
    least = _count(breach.limit, "item")
    yield breach.problem(
        "too-few-items", f"and at least {least} is needed; map the source's rows to it, or leave it out"
    )


def _too_many(breach: _Breach) -> Iterator[Problem]:
    yield breach.problem("too-many-items", f"and at most {_count(breach.limit, 'item')} is allowed; leave the rest out")


_RULES: dict[str, Callable[[_Breach], Iterator[Problem]]] = {
    "required": _missing,
    "dependentRequired": _half_a_pair,
    "additionalProperties": _not_allowed,
    "not": _conflicting,
    "type": _wrong_type,
    "pattern": _wrong_form,
    "enum": _wrong_form,
    "const": _wrong_value,
    "minLength": _too_short,
    "maxLength": _too_long,
    "minimum": _too_small,
    "maximum": _too_large,
    "exclusiveMaximum": _too_much,
    "minItems": _too_few,
    "maxItems": _too_many,
}


def _not_unicode(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _not_unicode(item, _join(path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _not_unicode(item, f"{path}[{number}]")
    elif isinstance(value, str) and not _is_unicode(value):
        rule = "with half of a surrogate pair, which JSON cannot carry; mend the export"
        yield Problem("not-unicode", path, f"{path} is {_shown(value)}, {rule}")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    """The value as a reader meets it: a text in quotes and cut; of a list or an object only its size."""
    if isinstance(value, dict):
        return f"an object of {_count(len(value), 'field')}"
    if isinstance(value, list):
        return f"a list of {_count(len(value), 'item')}"
    return _shorten(repr(value))


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _type(value: Any) -> str:
    if isinstance(value, float):
        return "a number with decimals" if math.isfinite(value) else "no number that JSON has"
    return _TYPES.get(_JSON.get(type(value), ""), "nothing that JSON has")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_breaches = explainer(SCHEMA)
