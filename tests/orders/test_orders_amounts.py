"""Integers of ten-thousandths against exact decimals, and against the money that `settle` gives."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from orders_bodies import BODIES

from importer.errors import FieldError
from importer.money import Amount, Fee, Line, Statement, settle
from importer.orders import problems_of
from importer.orders.amounts import amount, has_four_places, line_amount, shown

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEN_THOUSANDTHS = st.integers(0, 10**15 - 1)
DIGITS = st.sampled_from([0, 2, 3])


@given(TEN_THOUSANDTHS, st.integers(-1000, 1000), DIGITS)
def test_a_line_is_what_exact_decimals_make(price: int, quantity: int, digits: int) -> None:
    """Any price of 4 decimals below 10**11, as the double that JSON makes of it, gives the exact rounded amount."""
    exact = Decimal(price).scaleb(-4) * quantity
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    assert line_amount(float(Decimal(price).scaleb(-4)), quantity, digits) == rounded.scaleb(4)


@given(st.integers(0, 10**13 - 1), st.integers(1, 1000), DIGITS)
def test_a_price_of_more_decimals_is_exact_too(price: int, quantity: int, digits: int) -> None:
    """Up to 8 decimals the amount is that of the decimal which the JSON number shows."""
    exact = Decimal(price).scaleb(-8) * quantity
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    assert line_amount(float(Decimal(price).scaleb(-8)), quantity, digits) == rounded.scaleb(4)


@given(st.integers(0, 10**11 - 1), st.integers(0, 8))
def test_four_places_are_told_from_more(figure: int, places: int) -> None:
    """A number of up to 11 digits has four places exactly when its decimal has."""
    exact = Decimal(figure).scaleb(-places)
    assert has_four_places(float(exact)) == (exact == exact.quantize(Decimal("0.0001")))


@given(TEN_THOUSANDTHS)
def test_amounts_are_read_as_they_are_written(figure: int) -> None:
    """The text of an amount and its ten-thousandths are one value, and it is shown as that value."""
    text = f"{Decimal(figure).scaleb(-4):.4f}"
    assert amount(text) == figure
    assert Decimal(shown(figure)) == Decimal(text)


MONEY = st.decimals(0, 5000, places=2)


@given(
    st.lists(st.tuples(st.integers(1, 12), MONEY), min_size=1, max_size=4),
    MONEY,
    MONEY,
    st.sampled_from(["exclusive", "inclusive", "none"]),
    st.sampled_from(["EUR", "JPY", "BHD"]),
)
def test_what_money_settles_is_proved_here(
    lines: list[tuple[int, Decimal]], shipping: Decimal, tax: Decimal, mode: str, currency: str
) -> None:
    """The money room and this room agree on the body's arithmetic: a settled order has no Problem."""
    stated = Statement(
        currency,
        [Line({"name": "Cot"}, Decimal(quantity), one) for quantity, one in lines],
        shipping=shipping,
        fees=[Fee("Tip", Amount(Decimal(1), tax=Decimal(0)))],
        discount=shipping / 2,
        tax=tax,
        tax_mode=mode,
    )
    try:
        money = settle(stated, lambda *_: None)
    except FieldError:  # more tax than money, or nothing left
        assume(False)
    products = [line.product for line in stated.lines]
    body = {**BODIES["least"], **money, "default_currency_code": currency, "products": products}
    assert problems_of(body, NOW) == ()
