"""A value in a mapping file put in the place of another, with every other character of the file left as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import yaml

Path = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z_][\w @./-]*(?<! )\Z")
_WORDS = ("true", "false", "null")


def rewritten(text: str, values: Iterable[tuple[Path, Any]]) -> str:
    """The file's text with the value at each path replaced; a path whose last key is not there gets it."""
    tree = yaml.compose(text, yaml.SafeLoader)
    edits = [_edit(tree, path, value) for path, value in values]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edit(tree: Any, path: Path, value: Any) -> tuple[int, int, str]:
    above = None
    for number, key in enumerate(path):
        above, tree = tree, _child(tree, key)
        if tree is None:
            return _insertion(above, path[number], value)
    return int(tree.start_mark.index), _end(tree), flow(value)


def _child(node: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return node.value[key]
    return next((child for name, child in node.value if name.value == key), None)


def _end(node: Any) -> int:
    """Where a node's own text ends: a block's end mark lies behind the comments that follow it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        end = int(node.end_mark.index)
        return end - 1 if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") else end
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _insertion(node: Any, key: str | int, value: Any) -> tuple[int, int, str]:
    """One more key, behind the last of its group."""
    end = _end(node)
    if node.flow_style:
        inside = end - 1
        return inside, inside, f"{', ' if node.value else ''}{key}: {flow(value)}"
    indent = " " * node.start_mark.column
    return end, end, f"\n{indent}{key}: {flow(value)}"


def flow(value: Any) -> str:
    """A value as YAML on one line: `{status_id: 10, zip: "0157"}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return value if _PLAIN.match(value) and value.lower() not in _WORDS else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    return format(Decimal(str(value)), "f")
