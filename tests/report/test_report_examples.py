"""Which orders the page keeps whole."""

from decimal import Decimal

from report_orders import COLUMNS, refused, replaced, source, valid

from importer.model import MappedOrder, Problem, SourceOrder, SourceRow
from importer.report.exact import json_in_html
from importer.report.examples import MOST, MOST_BYTES, Examples


def kept(*orders: MappedOrder, columns: tuple[str, ...] | None = COLUMNS) -> Examples:
    examples = Examples(columns)
    for order in orders:
        examples.add(order)
    return examples


def test_refused_orders_and_one_of_each_substitution_are_kept() -> None:
    """A second order with the same substitution shows nothing new, and a plain one shows nothing."""
    examples = kept(valid(1), replaced(2, "a"), replaced(3, "a"), replaced(4, "b"), refused(5), refused(6))
    assert [one["order"] for one in examples.kept] == ["#2", "#4", "#5", "#6"]


def test_number_of_examples_is_bounded() -> None:
    """An export of refused orders keeps the first of them."""
    assert len(kept(*map(refused, range(MOST + 50))).kept) == MOST


def test_bytes_of_examples_are_bounded_as_the_page_writes_them() -> None:
    """Cells full of `<`, which the page writes in six characters, do not get past the bound."""
    examples = kept(*(refused(number, note="<" * 300_000) for number in range(MOST)), columns=None)
    assert 0 < len(json_in_html(examples.kept)) <= MOST_BYTES + MOST


def test_one_huge_order_does_not_keep_others_out() -> None:
    """An order of a thousand cells is cut, and the next one is kept too."""
    rows = tuple(SourceRow("orders.csv", n, ["x" * 500] * 3) for n in range(1_000))
    huge = MappedOrder(SourceOrder("#1", rows), None, (Problem("lines", "products", "x"),))
    assert [one["order"] for one in kept(huge, refused(2)).kept] == ["#1", "#2"]


def test_json_is_shown_digit_for_digit() -> None:
    """A price of 12.50 is not shown as 12.5, nor a long id rounded."""
    cells = {"price": Decimal("12.50"), "id": 98765432109876543210}
    order = MappedOrder(SourceOrder("1", (SourceRow("o.json", 1, cells),)), None, (Problem("x", "", "x"),))
    assert kept(order, columns=None).kept[0]["source"] == '{\n  "price": 12.50,\n  "id": 98765432109876543210\n}'


def test_rows_of_a_second_export_are_shown() -> None:
    """Where a mapping joins two exports, an example has the order's lines as well."""
    joined = SourceOrder("#1", source(1).rows, lines=(SourceRow("items.csv", 2, ["#1", "Scarf"]),))
    examples = Examples(COLUMNS, ("Name", "Item"))
    examples.add(MappedOrder(joined, None, (Problem("x", "", "x"),)))
    assert '"Item": "Scarf"' in examples.kept[0]["source"]
