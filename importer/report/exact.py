"""JSON that loses nothing: decimals digit for digit, integers of any size, and halves of characters as escapes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

ESCAPED = "backslashreplace"
"""How a file of such JSON is encoded: half a character (`\\ud83d` in an export) becomes JSON's own escape."""


def exact_json(value: Any, indent: str = "", margin: str = "\n") -> str:
    """The value as JSON, on one line unless `indent` is given.

    >>> exact_json({"total": Decimal("12.50"), "id": 98765432109876543210})
    '{"total": 12.50, "id": 98765432109876543210}'
    """
    if isinstance(value, Decimal):
        return str(value)
    inner = margin + indent
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {exact_json(item, indent, inner)}" for key, item in value.items()
        ]
        return _enclosed("{", parts, "}", indent, margin)
    if isinstance(value, list):
        return _enclosed("[", [exact_json(item, indent, inner) for item in value], "]", indent, margin)
    return json.dumps(value, ensure_ascii=False)


def _enclosed(begin: str, parts: list[str], end: str, indent: str, margin: str) -> str:
    if not indent or not parts:
        return begin + ", ".join(parts) + end
    inner = margin + indent
    return begin + inner + f",{inner}".join(parts) + margin + end


def json_in_html(value: Any) -> str:
    """JSON that cannot end the script element it stands in, whatever its texts say.

    >>> json_in_html("</script>")
    '"\\\\u003c/script>"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return text.encode("utf-8", ESCAPED).decode()
