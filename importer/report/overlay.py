"""The overlay that a person fills in: every value that no table knows, ready to be decided."""

from __future__ import annotations

import json
from typing import Any

from importer.report.summary import Cause

Undecided = dict[tuple[str, ...], Cause]


def overlay_text(mapping: str, undecided: Undecided) -> str:
    """A mapping that extends `mapping` and has a row for each undecided value; an empty row stays undecided.

    `undecided`: table and keys -> the orders that wait for it.
    """
    lines = [
        "# Fill in what each value means in the store (a status_id from 0 to 14 in the table 'status'), then run again",
        f"# with -m and the name of this file. A row left empty is still undecided. It extends '{mapping}'.",
        f"extends: {mapping}",
        "tables:",
        *_group(_nested(undecided), 1),
    ]
    return "\n".join(lines) + "\n"


def _nested(undecided: Undecided) -> dict[str, Any]:
    """The rows as the tables nest them."""
    root: dict[str, Any] = {}
    for keys, cause in undecided.items():
        group = root
        for key in keys[:-1]:
            group = group.setdefault(key, {})
        group[keys[-1]] = cause
    return root


def _group(group: dict[str, Any], depth: int) -> list[str]:
    lines = []
    for key, below in group.items():
        indent, name = "  " * depth, json.dumps(key, ensure_ascii=False)
        if isinstance(below, dict):
            lines += [f"{indent}{name}:", *_group(below, depth + 1)]
        else:
            lines.append(f"{indent}{name}:   # {below.orders:,} orders, the first {below.examples[0][0]}")
    return lines
