"""Sums over the rows of an order, and amounts that tell their own notation."""

from decimal import Decimal
from pathlib import Path

import pytest
from mapping_lab import body_of, csv_text, finding, loaded, map_rows

from importer.errors import FieldError
from importer.mapping.filters.amounts import formatted_money

ROWS = (
    {"Id": "1", "Item": "Mug", "Price": "2.50", "Quantity": "2", "Total": "8.00", "A": "x"},
    {"Id": "1", "Item": "Tea", "Price": "3.00", "Quantity": "1"},
)


@pytest.mark.parametrize(
    ("expression", "total"), [("lines | sum('Price')", "5.5000"), ("lines | sum('Price', 'Quantity')", "8.0000")]
)
def test_columns_are_summed_and_multiplied_over_the_rows(tmp_path: Path, expression: str, total: str) -> None:
    """`lines | sum` adds a column over an order's rows, or the product of several."""
    mapping = loaded(tmp_path, csv_text(f'  base_shipping_cost: "{{{{ {expression} }}}}"'))
    assert body_of(map_rows(mapping, *ROWS))["base_shipping_cost"] == total


def test_an_unknown_column_in_a_sum_is_told(tmp_path: Path) -> None:
    """Before the first row, with the closest name."""
    text = csv_text("""  base_shipping_cost: "{{ lines | sum('Prise') }}\"""")
    found = finding(tmp_path, text, ("Id", "Item", "Price", "Quantity", "Total"))
    assert "unknown column 'Prise'; did you mean 'Price'?" in found


@pytest.mark.parametrize("text", ["1,234", "$1.234", "-12,000 €"])
def test_an_amount_that_reads_in_two_ways_is_refused(text: str) -> None:
    """Without cents, a sign before three digits groups them or begins the decimals: nobody guesses which."""
    with pytest.raises(FieldError, match="two ways"):
        formatted_money(text)
    assert formatted_money(text, ".", ",") in (Decimal("1234"), Decimal("1.234"), Decimal("-12000"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0.000", "0"),
        ("0,250", "0.250"),
        ("1,234,567", "1234567"),
        ("12345.678", "12345.678"),
        ("1.2345", "1.2345"),
        ("1.234,567", "1234.567"),
    ],
)
def test_an_amount_of_three_decimals_may_read_in_one_way_only(text: str, amount: str) -> None:
    """Groups have three digits and do not begin with 0, and a decimal sign stands once."""
    assert formatted_money(text) == Decimal(amount)


def test_a_refused_order_says_only_why_it_is_refused(tmp_path: Path) -> None:
    """What else is wrong with it follows from that, and must not count as undecided."""
    text = csv_text(
        """  status_id: "{{ order['A'] | table('status') }}\"""",
        refuse="[{when: \"{{ order['A'] == 'x' }}\", because: shifted}]",
        tables="{status: {paid: 11}}",
    )
    mapped = map_rows(loaded(tmp_path, text), *ROWS)
    assert [(problem.code, problem.message) for problem in mapped.problems] == [("refused", "shifted")]
