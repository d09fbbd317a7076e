"""The summary on a terminal."""

from decimal import Decimal

from report_orders import summary_of, valid

from importer.report.text import money_text, summary_text


def test_equal_money_is_told_once() -> None:
    """Where source and bodies have one sum, it is told with that claim."""
    assert "EUR 24.20   (totals of the valid orders, equal in source and bodies)" in summary_text(
        summary_of(valid(1), valid(2)), []
    )


def test_unequal_money_is_told_twice() -> None:
    """Where they differ, both are told, and equality is not claimed."""
    text = summary_text(summary_of(valid(1, total="12.00", stated="12.10")), [])
    assert "source EUR 12.10" in text
    assert "bodies EUR 12.00" in text
    assert "equal" not in text


def test_what_is_no_currency_is_shown_all_the_same() -> None:
    """An order that is refused for its currency has money at stake, and must not end the report of the others."""
    assert money_text({"BTC": Decimal("1234.5"), "JPY": Decimal(7)}) == "BTC 1,234.50, JPY 7"
