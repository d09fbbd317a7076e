"""The shape of a mapping file, held against schemas/mapping.schema.json: every breach at its place, in one sentence.

What is broken is mended in the tree (an unknown key dropped, a wrong value made blank), so that the rest can be read
and its mistakes be told as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from importer.errors import Finding
from importer.mapping.suggest import did_you_mean
from importer.mapping.yaml_file import Node
from importer.schema import Breach, explainer, gate, load_schema

_TYPES = {
    "string": "text",
    "number": "a number",
    "boolean": "true or false",
    "object": "a group of keys",
    "array": "a list",
}
_NEUTRAL = {"string": "", "number": 0, "boolean": False, "object": {}, "array": []}


@cache
def _passes() -> Callable[[Any], bool]:
    return gate(load_schema("mapping"))


def mend(root: Node) -> list[Finding]:
    """What is wrong with the shape of a mapping, in the schema's order; the tree is mended on the way."""
    plain = root.plain()
    if _passes()(plain):
        return []
    findings: list[Finding] = []
    for breach in explainer(load_schema("mapping"))(plain):
        node = _at(root, breach.path)
        findings.extend(_RULES[breach.keyword](breach, node))
        _mend(root, node, breach)
    return findings


def _at(root: Node, path: tuple[str | int, ...]) -> Node:
    for key in path:
        root = root.value[key]
    return root


def _mend(root: Node, node: Node, breach: Breach) -> None:
    if breach.keyword == "additionalProperties":
        for name in _strangers(breach):
            node.value.pop(name, None)
            node.keys.pop(name, None)
    elif breach.path and breach.keyword in ("type", "enum", "pattern", "minimum", "maxProperties", "minProperties"):
        _at(root, breach.path[:-1]).value[breach.path[-1]] = Node(_neutral(breach.schema), node.origin)


def _neutral(schema: Any) -> Any:
    if "default" in schema:
        return schema["default"]
    types = schema.get("type", "string")
    blank = _NEUTRAL[types if isinstance(types, str) else types[0]]
    return type(blank)()


def _unknown(breach: Breach, node: Node) -> Iterator[Finding]:
    title = breach.schema.get("title", "").lower()
    kind = "section" if title == "mapping" else "key"
    inside = f" in {title}" if kind == "key" and title else ""
    because, engine = breach.schema.get("x-because", ""), breach.schema.get("x-engine", {})
    for name in _strangers(breach):
        hint = did_you_mean(name, breach.schema.get("properties", ()))
        unknown = f"unknown {kind} '{name}'{inside}{hint or (because and f': {because}')}"
        yield Finding(node.keys[name], f"{title}.{name} {engine[name]}" if name in engine else unknown)


def _strangers(breach: Breach) -> list[str]:
    known, patterns = breach.schema.get("properties", {}), breach.schema.get("patternProperties", {})
    return [
        name for name in breach.value if name not in known and not any(re.search(pattern, name) for pattern in patterns)
    ]


def _missing(breach: Breach, node: Node) -> Iterator[Finding]:
    for name in breach.limit:
        if name not in breach.value:
            described = breach.schema.get("properties", {}).get(name, {}).get("description", "")
            because = breach.schema.get("x-because") or described.partition(". ")[0].removesuffix(".")
            yield Finding(node.origin, f"{breach.schema['title']} lacks '{name}': {because}")


def _wrong_type(breach: Breach, node: Node) -> Iterator[Finding]:
    types = [breach.limit] if isinstance(breach.limit, str) else breach.limit
    taken = " or ".join(_TYPES[name] for name in types if name != "null")
    yield Finding(node.origin, f"{_shown(breach)} is {_type(breach.value)}; it takes {taken}")


def _type(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a group of keys" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f"the text '{value[:40]}'"
    return "blank" if value is None else str(value).lower()


def _none_of(breach: Breach, node: Node) -> Iterator[Finding]:
    listed = ", ".join(breach.limit)
    hint = did_you_mean(str(breach.value), breach.limit)
    yield Finding(node.origin, f"{_shown(breach)}: '{breach.value}' is none of {listed}{hint}")


def _wrong_form(breach: Breach, node: Node) -> Iterator[Finding]:
    if because := breach.schema.get("x-because"):
        yield Finding(node.origin, f"{_shown(breach)}: {because}")
        return
    value = f"'{breach.value}'" if isinstance(breach.value, str | int) else _type(breach.value)
    examples = " or ".join(str(example) for example in breach.schema["examples"])
    yield Finding(node.origin, f"{_shown(breach)}: {value} is not {breach.schema['title']}; write {examples}")


def _shown(breach: Breach) -> str:
    path = ""
    for part in breach.path:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "a mapping"


_RULES: dict[str, Callable[[Breach, Node], Iterator[Finding]]] = {
    "additionalProperties": _unknown,
    "required": _missing,
    "type": _wrong_type,
    "enum": _none_of,
    "pattern": _wrong_form,
    "anyOf": _wrong_form,
    "minimum": _wrong_form,
    "minItems": _wrong_form,
    "minProperties": _wrong_form,
    "maxProperties": _wrong_form,
}
"""What each keyword of the schema means for a reader. A keyword that is not here may not be used in the schema."""
