"""The page on expressions is true: each gives the value that stands beside it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from mapping_lab import json_field, loaded, map_json

PAGE = (Path(__file__).parent.parent.parent / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")
ORDER: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)` \|$", PAGE.partition("With this order")[2], re.MULTILINE)
SHOP = """
source: {format: json, order: number, lines: items}
money: {currency: USD, lines: {unit: 1, quantity: 1}}
body: {products: {each: line, name: x}, staff_notes: FIELD}
"""


@pytest.mark.parametrize(("expression", "value"), ROWS, ids=[row[0] for row in ROWS])
def test_an_expression_gives_what_the_page_says(tmp_path: Path, expression: str, value: str) -> None:
    """Of the order that the page shows; an amount is written as the body has it."""
    quoted = json.dumps(f"{{{{ {expression.replace(chr(92) + '|', '|')} }}}}", ensure_ascii=False)
    found = json_field(tmp_path, quoted, ORDER)
    wanted = f"{Decimal(value):.4f}" if re.fullmatch(r"[0-9]+\.[0-9]+", value) else value.strip("'")
    assert ("" if found is None else str(found)) in (wanted, f"{wanted}.0000")


def test_the_page_has_its_rows() -> None:
    """Nothing of the table escapes the test above."""
    assert len(ROWS) == 18


def test_the_template_of_the_page_is_one(tmp_path: Path) -> None:
    """It gives a text, without what it leaves out."""
    (tmp_path / "notes.j2").write_text(re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    mapping = loaded(tmp_path, SHOP.replace("FIELD", "{template: notes.j2}"))
    order = {"number": "1", "items": [{}], "coupon": "TEN", "tags": ["red", "internal"]}
    assert map_json(mapping, order).body["staff_notes"] == "Coupon: TEN\nTag: red"  # type: ignore[index]


def test_an_overlay_leaves_out_a_field(tmp_path: Path) -> None:
    """A value of nothing over a value is nothing."""
    (tmp_path / "below.yml").write_text(SHOP.replace("FIELD", "a note"), encoding="utf-8")
    mapping = loaded(tmp_path, "extends: below\nbody: {staff_notes: }\n")
    assert "staff_notes" not in map_json(mapping, {"number": "1", "items": [{}]}).body  # type: ignore[operator]
