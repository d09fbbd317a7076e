"""The tests that a mapping file has of itself: an order, and what must become of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from importer.cleaning import cleaner
from importer.mapping.cells import field_reader
from importer.mapping.spec import Spec
from importer.mapping.yaml_file import Node
from importer.model import MappedOrder, SourceOrder, SourceRow

ABSENT = object()


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `columns`: those of its rows, None for JSON. `number`: its place in `tests`, from 0.

    Where the mapping joins two exports, the first row is the order's, the others are of the second file.
    """

    it: str
    node: Node
    number: int
    source: SourceOrder
    columns: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a test expects at a path of keys, and what is there; ABSENT for nothing."""

    path: tuple[str | int, ...]
    expected: Any
    found: Any


def cases_of(spec: Spec, read: Sequence[str]) -> list[Case]:
    """The tests in the mapping's own file. `read`: the columns that the mapping reads, blank where a test has none."""
    own = next(iter(spec.files))
    mine = [(number, node) for number, node in enumerate(spec.tests.value) if node.origin.rsplit(":", 2)[0] == own]
    return [_case(spec, node, number, read) for number, node in mine]


def _case(spec: Spec, node: Node, number: int, read: Sequence[str]) -> Case:
    it = str(node.value["it"].value) if "it" in node.value else f"test {number + 1}"
    clean = cleaner(spec.source)
    if "order" in node.value:
        order = node.value["order"]
        key: Any = order.plain()
        for name in spec.source.order.split("."):
            key = field_reader(clean)(key, name)
        return Case(it, node, number, SourceOrder(str(key), (_row(order, order.plain()),)), None)
    rows = node.value["rows"].value
    columns = tuple(dict.fromkeys([*(name for row in rows for name in row.value), *read, spec.source.order]))
    cells = tuple(_row(row, [_cell(row.get(name)) for name in columns]) for row in rows)
    key = str(clean(cells[0].cells[columns.index(spec.source.order)]))
    joined = SourceOrder(key, cells[:1], lines=cells[1:]) if spec.source.items else SourceOrder(key, cells)
    return Case(it, node, number, joined, columns)


def _row(node: Node, cells: Any) -> SourceRow:
    file, line, _ = node.origin.rsplit(":", 2)
    return SourceRow(file, int(line), cells)


def _cell(node: Node | None) -> str:
    if node is None or node.value is None:
        return ""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def differences(case: Case, mapped: MappedOrder) -> Iterator[Difference]:
    """What is not as the test expects: the named fields of the body; problems, substitutions, the reason of a skip."""
    expected = case.node.value
    if not expected.keys() & {"body", "problems", "substitutions", "skipped"}:
        yield _whole(mapped)
    if "body" in expected:
        yield from _unlike(expected["body"].plain(), ABSENT if mapped.body is None else mapped.body, ("body",))
    if "skipped" in expected and expected["skipped"].value != mapped.skipped:
        yield Difference(("skipped",), expected["skipped"].value, mapped.skipped or ABSENT)
    for key in ("problems", "substitutions"):
        if key in expected:
            yield from _codes(key, expected[key].plain(), getattr(mapped, key))


def _whole(mapped: MappedOrder) -> Difference:
    """All that became of the order of a test which expects nothing yet."""
    if mapped.skipped:
        return Difference(("skipped",), ABSENT, mapped.skipped)
    if mapped.body is None:
        return Difference(("problems",), ABSENT, [problem.code for problem in mapped.problems])
    return Difference(("body",), ABSENT, mapped.body)


def _unlike(expected: Any, found: Any, path: tuple[str | int, ...]) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from _unlike(value, found.get(key, ABSENT), (*path, key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, value in enumerate(expected):
            yield from _unlike(value, found[number], (*path, number))
    elif not _same(expected, found):
        yield Difference(path, expected, found)


def _same(expected: Any, found: Any) -> bool:
    """Equal, where a body's number may be written as any decimal; a blank means that nothing must be there."""
    if expected is None:
        return found is ABSENT
    if isinstance(found, float) and isinstance(expected, int | Decimal):
        return Decimal(str(found)) == expected
    if isinstance(found, str) and isinstance(expected, Decimal):
        return found == str(expected)
    return type(expected) is type(found) and bool(expected == found)


def _codes(key: str, expected: list[Any], found: Sequence[Any]) -> Iterator[Difference]:
    """The problems, or substitutions, one for one in any sequence."""
    left = list(found)
    for wanted in expected:
        fitting = next((one for one in left if _fits(wanted, one)), None)
        if fitting is None:
            break
        left.remove(fitting)
    else:
        if not left:
            return
    yield Difference((key,), expected, [one.code for one in found])


def _fits(wanted: Any, one: Any) -> bool:
    if isinstance(wanted, str):
        return bool(one.code == wanted)
    named = {"from": "from_"}
    return all(wanted[key] in (text := getattr(one, named.get(key, key), "")) and text for key in wanted)
