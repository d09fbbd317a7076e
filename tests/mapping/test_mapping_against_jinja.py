"""The generated function against Jinja's own sandboxed evaluation: the same value, or the same kind of error."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from jinja_pairs import CELLS, DATA, LOOK_UPS, ROW_CELLS, TABLE, Pair, evaluated, expressions
from mapping_lab import CSV_COLUMNS, csv_text, json_text, map_json, map_rows, write

from importer.errors import FieldError, MappingError
from importer.mapping import load_mapping
from importer.mapping.dates import rfc_2822
from importer.mapping.filters.texts import text
from importer.mapping.program import Mapping
from importer.model import MappedOrder
from importer.money import four_places

FIELDS = ("consignments.a", "consignments.b", "consignments.c")
"""Of no type: what a field takes is another check's."""
REFUSED = ("a text is compared with a number", "a sum with a text", "a column's name must be known", "unknown column")
TABLES = f"{{t: {TABLE}}}".replace("'7'", '"7"')
MANY = settings(
    max_examples=250,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def body_text(pairs: list[Pair]) -> str:
    """A field for each: the first in a text around it, so that expressions are met in both their forms."""
    values = [f"[{{{{ {pairs[0].ours} }}}}]", *(f"{{{{ {pair.ours} }}}}" for pair in pairs[1:])]
    named = [f"    {field[-1]}: {quoted(value)}" for field, value in zip(FIELDS, values, strict=False)]
    return "\n".join(["  consignments:", *named])


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def loaded_or_refused(folder: Path, mapping: str) -> Mapping:
    """The mapping; an example whose types cannot fit is refused before the first row, and passed over here."""
    try:
        return load_mapping(write(folder, mapping))
    except MappingError as error:
        others = [str(one) for one in error.findings if not any(known in str(one) for known in REFUSED)]
        assert not [one for one in others if "is never used" not in one]
        assume(False)
        raise


def expected(pair: Pair, order: Any, lines: Any, *, in_text: bool) -> tuple[Any, str]:
    """The field by Jinja, or the code of the problem."""
    try:
        value = evaluated(pair.reference, order, lines)
        return (f"[{text(value)}]" if in_text else as_field(value)), ""
    except FieldError as error:
        return None, error.code
    except Exception:  # noqa: BLE001 - whatever Python says of the types is one kind of problem
        return None, "type"


def as_field(value: Any) -> Any:
    """A value as V2 takes it."""
    if isinstance(value, Decimal):
        return four_places(value)
    if isinstance(value, datetime):
        return rfc_2822(value)
    if isinstance(value, str | int):
        return None if value == "" else value
    raise FieldError("type", "no single value")


def compare(mapped: MappedOrder, pairs: list[Pair], order: Any, lines: Any) -> None:
    by_jinja = {
        field: expected(pair, order, lines, in_text=field == FIELDS[0])
        for field, pair in zip(FIELDS, pairs, strict=False)
    }
    event(f"{sum(bool(code) for _, code in by_jinja.values())} problems")
    problems = {field: code for field, (_, code) in by_jinja.items() if code}
    assert {one.path: one.code for one in mapped.problems} == problems
    if not problems:
        assert mapped.body is not None
        found = {field: mapped.body.get("consignments", {}).get(field[-1]) for field in by_jinja}
        wanted = {field: value for field, (value, _) in by_jinja.items()}
        assert (found, _types(found)) == (wanted, _types(wanted))


def _types(values: dict[str, Any]) -> list[type]:
    return [type(value) for value in values.values()]


@given(st.lists(expressions(LOOK_UPS), min_size=1, max_size=3), DATA)
@MANY
def test_json_expressions_agree_with_jinja(tmp_path: Path, pairs: list[Pair], data: dict[str, Any]) -> None:
    """Any three expressions over any JSON order: names, look-ups, filters, logic, comparisons, sums, lists."""
    used = "  payment_provider_id: \"{{ 'a' | table('t') }}\"\n"
    mapping = loaded_or_refused(tmp_path, json_text(used + body_text(pairs), tables=TABLES, source=SOURCE))
    mapped = map_json(mapping, data)
    order = {**ORDER, **data}
    compare(mapped, pairs, order, order["items"])


@given(st.lists(expressions(ROW_CELLS), min_size=1, max_size=3), st.lists(CELLS, min_size=1, max_size=3))
@MANY
def test_csv_expressions_agree_with_jinja(tmp_path: Path, pairs: list[Pair], rows: list[dict[str, str]]) -> None:
    """The same over the cells of a CSV row, where the compiler knows that a cell is text and takes shorter ways."""
    used = "  payment_provider_id: \"{{ 'a' | table('t') }}\"\n"
    source = "{format: csv, order: Id, dates: {format: iso, zone: UTC}}"
    mapping = loaded_or_refused(tmp_path, csv_text(used + body_text(pairs), tables=TABLES, source=source))
    mapped = map_rows(mapping, *({**row, **LINE} for row in rows), columns=CSV_COLUMNS)
    lines = [{**row, **LINE} for row in rows]
    compare(mapped, pairs, lines[0], lines)


SOURCE = "{format: json, order: number, lines: items, dates: {format: iso, zone: UTC}}"
ORDER = {"number": "1001", "total": "10.00", "items": [{"name": "Mug", "price": "10.00", "quantity": 1}]}
LINE = {"Item": "Mug", "Price": "0", "Quantity": "1", "Total": "0.00"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 < 2 < 3", True),
        ("2 < 1 < (order.bad | money)", False),
        ("order.t and (order.bad | money)", "left out"),
        ("1 or (order.bad | money)", 1),
        ("1 in ([] if order.t else [1]) or (order.bad | money)", True),
        ("1 + 2 * 3", 7),
        ("(order.n or 5) - -1", 6),
        ("'a' if order.t else (order.x | money)", "5.0000"),
        ("not order.t and not order.n", True),
        ("'a' ~ 1 ~ 1.50", "a11.5"),
        ("'b' in ['a', 'b'] and 'b' not in 'ac'", True),
        ("(1, 2) | count", 2),
    ],
)
def test_precedence_and_laziness_are_jinjas(tmp_path: Path, expression: str, value: object) -> None:
    """What needs no parentheses in Jinja needs none here; what is not asked for is not evaluated."""
    mapping = load_mapping(write(tmp_path, json_text(f'  consignments: {{any: "{{{{ {expression} }}}}"}}')))
    mapped = map_json(mapping, {"t": "", "n": 0, "x": "5", "bad": "1,0"})
    assert mapped.body is not None, mapped.problems
    assert mapped.body.get("consignments", {}).get("any", "left out") == value
