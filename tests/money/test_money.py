"""Money, claim by claim: reading amounts, splitting them, and the fields that an order's statement gives."""

from __future__ import annotations

from decimal import Decimal

import pytest
from money_orders import SIDES, amounts_of, gap, line, pair, refusal, settled, statement

from importer.errors import FieldError
from importer.money import Amount, allocate, four_places, minor_digits, parse

CENT = Decimal("0.01")


@pytest.mark.parametrize("text", ["0", "12", "-3.30", "+4.5", ".5", "7.", "10.799999999999999", " 1.10 ", "00012.50"])
def test_a_plain_decimal_is_read_exactly(text: str) -> None:
    """Every digit of a plain decimal counts; nothing is rounded on reading."""
    assert parse(text) == Decimal(text.strip())


@pytest.mark.parametrize("text", ["", "1,234.50", "$5", "5 USD", "1e3", "NaN", "Infinity", "0x10", "1_000", "--1", "."])
def test_anything_but_a_plain_decimal_is_refused(text: str) -> None:
    """Grouping, signs of currency, exponents and words are errors that show the value, never guesses."""
    with pytest.raises(FieldError) as caught:
        parse(text)
    assert caught.value.code == "money"
    assert f"'{text}'" in str(caught.value)


def test_digits_of_other_scripts_are_refused() -> None:
    """Python reads fullwidth digits as numbers; money does not."""
    with pytest.raises(FieldError):
        parse("１２")


def test_an_amount_beyond_any_order_is_refused() -> None:
    """A number of 12 digits before the point is an id in the wrong column, not money."""
    assert parse("99999999999.99")
    with pytest.raises(FieldError, match="larger than any order's money"):
        parse("100000000000")


def test_a_text_of_a_thousand_digits_is_no_amount() -> None:
    """What is kept of amounts already read stays small, whatever an export holds."""
    with pytest.raises(FieldError, match="plain decimal notation"):
        parse(f"0.{'1' * 1000}")


def test_minus_zero_is_zero() -> None:
    """A source that writes -0.00 states nothing; no body says '-0.0000', which the store refuses."""
    assert four_places(parse("-0.00")) == "0.0000"


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("BHD", 3), ("KWD", 3), ("ISK", 0)])
def test_the_minor_unit_follows_the_currency(currency: str, digits: int) -> None:
    """ISO 4217 says how many decimals a currency has."""
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "$", "U1D", "BTC", "XXX", "XAU", "XTS"])
def test_what_is_no_currency_code_is_refused(currency: str) -> None:
    """A currency is one of the list that people pay in; the error shows what stood there."""
    with pytest.raises(FieldError, match="ISO 4217") as caught:
        minor_digits(currency)
    assert caught.value.code == "currency"


def test_allocation_adds_up_to_the_last_unit() -> None:
    """Ten among three is 3.34 + 3.33 + 3.33, never 9.99."""
    assert allocate(Decimal("10.00"), [Decimal(1)] * 3, CENT) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_allocation_of_a_negative_total_adds_up() -> None:
    """A reduction is split like an amount."""
    parts = allocate(Decimal("-0.05"), [Decimal(2), Decimal(3), Decimal(3)], CENT)
    assert sum(parts) == Decimal("-0.05")
    assert all(part <= 0 for part in parts)


def test_what_weighs_nothing_gets_nothing() -> None:
    """Only weights that are all zero share evenly."""
    assert allocate(Decimal("0.03"), [Decimal(0), Decimal(5)], CENT) == [Decimal(0), Decimal("0.03")]
    assert sorted(allocate(Decimal("0.03"), [Decimal(0), Decimal(0)], CENT)) == [Decimal("0.01"), Decimal("0.02")]


def test_amounts_are_text_with_four_places() -> None:
    """V2's order-level money is decimal text of four places, without exponent."""
    assert four_places(Decimal("1E+3")) == "1000.0000"


# The tax mode, decided by arithmetic


def test_an_order_that_adds_up_with_tax_on_top_is_exclusive() -> None:
    """10 + 5 + tax 3 = 18: the prices were without tax."""
    found = settled(statement(line("10.00"), shipping="5.00", tax="3.00", total="18.00"))
    assert found.pair("total") == ("15.00", "18.00")
    assert found.pair("subtotal") == ("10.00", "13.00")
    assert found.prices() == (10.0, 13.0)


def test_an_order_that_adds_up_without_the_tax_is_inclusive() -> None:
    """11.90 + 5 = 16.90 with tax 1.90 in it: the prices were with tax."""
    found = settled(statement(line("11.90"), shipping="5.00", tax="1.90", total="16.90"))
    assert found.pair("total") == ("15.00", "16.90")
    assert found.pair("subtotal") == ("10.00", "11.90")


def test_an_order_without_tax_has_equal_sides() -> None:
    """No tax: each pair is twice the same amount."""
    found = settled(statement(line("10.00"), shipping="5.00", total="15.00"))
    assert {name: found.pair(name) for name in ("total", "subtotal", "shipping_cost")} == {
        "total": ("15.00", "15.00"),
        "subtotal": ("10.00", "10.00"),
        "shipping_cost": ("5.00", "5.00"),
    }


def test_a_declared_mode_is_not_guessed_again() -> None:
    """Declared inclusive, an order that would add up as exclusive is refused: the declaration is a fact."""
    facts = {"tax": "3.00", "total": "13.00"}
    assert settled(statement(line("10.00"), **facts, tax_mode="exclusive")).pair("total") == ("10.00", "13.00")
    assert refusal(statement(line("10.00"), **facts, tax_mode="inclusive")).code == "unbalanced"


def test_a_declared_inclusive_order_keeps_its_prices_with_tax() -> None:
    """Declared inclusive, the stated prices are those with tax."""
    found = settled(statement(line("13.00"), tax="3.00", total="13.00", tax_mode="inclusive"))
    assert found.prices() == (10.0, 13.0)


def test_a_declared_order_without_tax_is_proved_without_tax() -> None:
    """Declared none, the parts alone make the total."""
    assert settled(statement(line("13.00"), total="13.00", tax_mode="none")).pair("total") == ("13.00", "13.00")


# Amounts stated as pairs


@pytest.mark.parametrize(
    "amount", [pair(ex="10.00", tax="1.90"), pair(inc="11.90", tax="1.90"), pair(ex="10.00", inc="11.90")]
)
@pytest.mark.parametrize("mode", ["exclusive", "inclusive"])
def test_any_two_of_a_pair_state_the_third(amount: Amount, mode: str) -> None:
    """Two of without tax, tax and with tax are enough, whatever side the order is priced in."""
    found = settled(statement(line(amount), tax="1.90", total="11.90", tax_mode=mode))
    assert found.prices() == (10.0, 11.9)
    assert found.pair("total") == ("10.00", "11.90")


def test_the_orders_tax_is_the_sum_of_the_known_ones() -> None:
    """A source that states tax by part needs no order-level tax."""
    found = settled(statement(line(pair(ex="10.00", tax="1.90")), shipping=pair(ex="5.00", tax="0.95"), total="17.85"))
    assert found.pair("total") == ("15.00", "17.85")
    assert found.pair("shipping_cost") == ("5.00", "5.95")


@pytest.mark.parametrize("mode", ["exclusive", "inclusive"])
def test_the_tax_of_a_negative_fee_counts_in_the_orders_tax(mode: str) -> None:
    """A rebate of 2.00 with its tax of 0.38 lowers the order's tax as well, whatever side the order is priced in."""
    goods, rebate = pair(ex="10.00", tax="1.90"), pair(ex="-2.00", tax="-0.38")
    found = settled(statement(line(goods), fees={"Rebate": rebate}, total="9.52", tax_mode=mode))
    assert found.pair("total") == ("8.00", "9.52")
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0


def test_a_known_tax_stays_on_its_line_and_the_rest_goes_to_the_others() -> None:
    """What the source says of one line is not spread again."""
    found = settled(
        statement(line(pair(ex="10.00", tax="2.00")), line("30.00"), tax="5.00", total="45.00", tax_mode="exclusive")
    )
    assert found.prices(0) == (10.0, 12.0)
    assert found.prices(1) == (30.0, 33.0)


def test_tax_known_line_by_line_that_is_too_much_is_scaled_down() -> None:
    """Line taxes before a discount, order tax after it: the lines share the difference, none falls below 0."""
    found = settled(
        statement(line(pair(ex="10.00", tax="2.00")), line("5.00"), tax="1.50", total="16.50", tax_mode="exclusive")
    )
    assert found.prices(0) == (10.0, 11.5)
    assert found.prices(1) == (5.0, 5.0)


def test_tax_goes_to_taxable_lines() -> None:
    """A line that the source calls untaxed gets no share of the order's tax."""
    found = settled(statement(line("10.00"), line("10.00", taxable=False), tax="2.00", total="22.00"))
    assert (found.prices(0), found.prices(1)) == ((10.0, 12.0), (10.0, 10.0))


def test_tax_beyond_the_taxable_lines_was_charged_on_the_rest() -> None:
    """An inclusive order of a cheap thing and dear shipping: no line has more tax than its amount."""
    found = settled(statement(line("1.00"), shipping="20.00", tax="3.35", total="21.00", tax_mode="inclusive"))
    assert found.pair("total") == ("17.65", "21.00")
    assert min(amounts_of(found)) >= 0
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0


def test_spread_tax_is_noted() -> None:
    """Splitting one tax over several lines is our doing, so it is recorded."""
    assert "tax-allocated" in settled(statement(line("10.00"), line("5.00"), tax="1.00", total="16.00")).codes
    assert "tax-allocated" not in settled(statement(line("10.00"), tax="1.00", total="11.00")).codes


# Unit prices


def test_a_unit_price_that_does_not_divide_gives_the_line_again() -> None:
    """10.00 for three is 3.3333 each: times three it is 10.00 again, to the cent."""
    found = settled(statement(line("10.00", quantity="3"), total="10.00"))
    assert found.prices() == (3.3333, 3.3333)
    assert gap(found, "ex_tax") == 0
    assert not found.notes


def test_many_pieces_take_more_places() -> None:
    """33.33 for a thousand needs eight places, and that is noted."""
    found = settled(statement(line("33.33", quantity="1000"), total="33.33"))
    assert found.prices()[0] == 0.03333
    assert "unit-price-rounded" in found.codes
    assert not found.problems()


def test_yen_have_no_decimals() -> None:
    """An order in yen is proved and split in whole yen."""
    found = settled(statement(line("1000"), line("500"), currency="JPY", tax="137", total="1637"))
    assert found.pair("total") == ("1500.00", "1637.00")
    assert all(float(price).is_integer() for number in (0, 1) for price in found.prices(number))
    assert not found.problems("JPY")


def test_dinars_have_three_decimals() -> None:
    """An order in Bahraini dinars is proved to the fils."""
    found = settled(statement(line("1.005"), line("2.500"), currency="BHD", tax="0.351", total="3.856"))
    assert Decimal(found.body["total_inc_tax"]) == Decimal("3.856")
    assert gap(found, "inc_tax", "BHD") == 0
    assert refusal(statement(line("1.005"), currency="BHD", total="1.006")).code == "unbalanced"


def test_a_price_below_the_minor_unit_is_rounded_with_a_note() -> None:
    """0.125 is no amount of cents: it is rounded half-even, and said."""
    found = settled(statement(line("0.125"), total="0.12"))
    assert found.pair("total") == ("0.12", "0.12")
    assert ("rounding", "products[0]", "0.125", "0.12") in found.notes


@pytest.mark.parametrize("cost", ["0.004", "-0.004"])
def test_a_cost_of_less_than_half_a_cent_is_a_plain_zero(cost: str) -> None:
    """It is written '0.0000': four places, no sign."""
    found = settled(statement(line("10.00"), shipping=cost, total="10.00"))
    assert found.body["shipping_cost_ex_tax"] == "0.0000"
    assert not found.problems()


def test_a_total_that_binary_arithmetic_left_below_zero_is_zero() -> None:
    """A free order whose source computed -0.000000000000002 cost nothing."""
    found = settled(statement(line("10.00"), discount="10.00", total="-0.000000000000002"))
    assert found.body["total_inc_tax"] == "0.0000"


def test_what_rounding_leaves_over_lies_on_the_lines() -> None:
    """Three lines of 0.333 make 1.00, not 0.99."""
    found = settled(statement(line("0.333"), line("0.333"), line("0.333"), total="1.00"))
    assert found.pair("subtotal") == ("1.00", "1.00")
    assert gap(found, "ex_tax") == 0


def test_a_free_order_with_costs_below_the_cent_has_no_negative_line() -> None:
    """Where the lines cost nothing, what rounding leaves over does not make them negative."""
    found = settled(statement(line("0"), shipping="0.015", handling="0.015", total="0.03"))
    assert min(amounts_of(found)) >= 0
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0


# Discounts, fees, other payments


def test_a_discount_lowers_both_sides_alike() -> None:
    """V2 has one discount for both sides; the tax is the one that was charged after it."""
    found = settled(statement(line("100.00"), discount="10.00", tax="9.00", total="99.00"))
    assert found.body["discount_amount"] == "10.0000"
    assert found.pair("total") == ("90.00", "99.00")
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0


def test_a_free_shipping_code_is_told_by_the_subtotal() -> None:
    """Shopify states the code's worth as a discount and a shipping of 0; the subtotal shows no line was cheaper."""
    found = settled(statement(line("20.00"), discount="5.00", shipping="0", subtotal="20.00", total="20.00"))
    assert found.body["discount_amount"] == "0.0000"
    assert "discount-from-subtotal" in found.codes


def test_a_stated_discount_that_adds_up_is_not_replaced() -> None:
    """The subtotal is only asked when the stated discount does not make the total."""
    found = settled(statement(line("20.00"), discount="5.00", shipping="5.00", subtotal="20.00", total="20.00"))
    assert found.body["discount_amount"] == "5.0000"


def test_a_subtotal_above_the_lines_implies_no_discount() -> None:
    """A subtotal that holds more than the lines cannot tell a discount; the order stays refused."""
    assert refusal(statement(line("20.00"), subtotal="25.00", total="25.00")).code == "unbalanced"


def test_a_negative_discount_is_a_surcharge() -> None:
    """V2 takes no negative discount: it becomes a fee that says so."""
    found = settled(statement(line("10.00"), discount="-2.00", total="12.00"))
    assert found.body["fees"] == [
        {
            "type": "custom_fee",
            "display_name_customer": "Surcharge",
            "cost_ex_tax": "2.0000",
            "cost_inc_tax": "2.0000",
        }
    ]
    assert found.body["discount_amount"] == "0.0000"
    assert "negative-discount-as-fee" in found.codes


def test_a_negative_fee_is_a_discount() -> None:
    """V2 takes no negative fee: it lowers the total as a discount, noted with its name."""
    found = settled(statement(line("10.00"), fees={"Loyalty": "-3.00"}, total="7.00"))
    assert found.body["discount_amount"] == "3.0000"
    assert "fees" not in found.body
    assert ("negative-fee-as-discount", "discount_amount", "Loyalty", "3.00") in found.notes


def test_a_fee_of_nothing_is_left_out() -> None:
    """A column of fees that is 0 makes no fee."""
    assert "fees" not in settled(statement(line("10.00"), fees={"Duties": "0.00"}, total="10.00")).body


def test_a_fee_without_a_name_is_called_fee() -> None:
    """V2 wants a name for each fee."""
    found = settled(statement(line("10.00"), fees={"": "1.00"}, total="11.00"))
    assert found.body["fees"][0]["display_name_customer"] == "Fee"


def test_a_payment_that_the_total_is_net_of_is_a_discount() -> None:
    """A gift card that the stated total is net of lowers it, noted with its name."""
    found = settled(statement(line("50.00"), paid_otherwise={"gift card": "20.00"}, total="30.00"))
    assert found.body["discount_amount"] == "20.0000"
    assert "paid-otherwise-as-discount" in found.codes


def test_a_negative_payment_is_refused() -> None:
    """A payment below 0 would be a negative discount; the mapping must state it as what it is."""
    assert refusal(statement(line("50.00"), paid_otherwise={"gift card": "-20.00"}, total="70.00")).code == (
        "negative-money"
    )


@pytest.mark.parametrize("mode", ["exclusive", "inclusive"])
def test_a_gift_card_may_leave_less_than_the_tax(mode: str) -> None:
    """A total of 1.00 with 9.00 tax in it: the total without tax is 0, never negative."""
    goods = "90.00" if mode == "exclusive" else "99.00"
    found = settled(
        statement(line(goods), tax="9.00", paid_otherwise={"gift card": "98.00"}, total="1.00", tax_mode=mode)
    )
    assert found.pair("total") == ("0.00", "1.00")
    assert min(amounts_of(found)) >= 0
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0
    assert "tax-covered-by-payment" in found.codes


def test_handling_and_wrapping_are_written_where_they_cost() -> None:
    """A cost that the source does not know is no pair of zeros in the body."""
    found = settled(statement(line("10.00"), handling="1.00", total="11.00"))
    assert found.pair("handling_cost") == ("1.00", "1.00")
    assert "wrapping_cost_ex_tax" not in found.body


def test_a_refund_is_written_without_its_sign() -> None:
    """Sources state refunds below or above 0; V2 wants the amount."""
    found = settled(statement(line("10.00"), total="10.00", refunded="-4.00"))
    assert found.body["refunded_amount"] == "4.0000"
    assert "refund-without-sign" in {code for code, *_ in found.notes}
    assert "refunded_amount" not in settled(statement(line("10.00"), total="10.00", refunded="0")).body


def test_a_refund_above_the_total_is_noted() -> None:
    """It stands as the source states it; a whole refund is nothing to note."""
    found = settled(statement(line("10.00"), total="10.00", refunded="12.00"))
    assert found.body["refunded_amount"] == "12.0000"
    assert ("refund-above-total", "refunded_amount", "10.00 in total", "12.00") in found.notes
    whole = settled(statement(line("10.00"), total="10.00", refunded="-10.00"))
    assert "refund-above-total" not in {code for code, *_ in whole.notes}


# The total


def test_without_a_total_it_is_the_sum_and_that_is_noted() -> None:
    """An export without totals is summed; nobody can prove it, so the body's total is recorded as ours."""
    found = settled(statement(line("10.00"), shipping="2.00"))
    assert found.pair("total") == ("12.00", "12.00")
    assert ("total-computed", "total_inc_tax", "", "12.00") in found.notes


def test_a_total_that_is_not_the_sum_is_refused_with_its_gap() -> None:
    """The refusal shows the stated total, the sum, the gap with its sign, and the currency."""
    error = refusal(statement(line("10.00"), shipping="2.00", total="11.50"))
    assert error.code == "unbalanced"
    assert "total 11.50" in str(error)
    assert "12.00" in str(error)
    assert "gap -0.50 USD" in str(error)


@pytest.mark.parametrize(("total", "discount", "fees"), [("11.50", "0.5000", 0), ("12.75", "0.0000", 1)])
def test_a_trusted_total_carries_the_gap_in_the_open(total: str, discount: str, fees: int) -> None:
    """Under trust-total a gap up is a fee that says so, a gap down a discount; both are noted, and the body closes."""
    found = settled(statement(line("10.00"), shipping="2.00", total=total, on_unbalanced="trust-total"))
    assert found.pair("total") == (total, total)
    assert found.body["discount_amount"] == discount
    assert len(found.body.get("fees", ())) == fees
    assert found.prices() == (10.0, 10.0)
    assert ("unbalanced", "total_inc_tax", "12.00", total) in found.notes
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0


def test_a_trusted_total_never_moves_the_prices_of_lines() -> None:
    """The discount under which the gap is smallest is the one that the body has."""
    found = settled(
        statement(line("20.00"), discount="5.00", subtotal="20.00", total="20.50", on_unbalanced="trust-total")
    )
    assert found.prices() == (20.0, 20.0)
    assert gap(found, "ex_tax") == gap(found, "inc_tax") == 0
    assert "rounding" not in found.codes


def test_a_declared_tolerance_lets_a_small_gap_through() -> None:
    """`tolerance: 0.02` is the source's own rounding: 2 cents pass, on the lines and noted; 3 cents do not."""
    facts = {"tolerance": "0.02"}
    found = settled(statement(line("10.00"), line("5.00"), total="15.02", **facts))
    assert found.pair("subtotal") == ("15.02", "15.02")
    assert "rounding" in found.codes
    assert refusal(statement(line("10.00"), line("5.00"), total="15.031", **facts)).code == "unbalanced"


def test_a_tolerance_never_makes_an_amount_negative() -> None:
    """Tax of 2 on a total of 1, let through by a tolerance of 1: nothing could hold it, so it is refused."""
    facts = {"tax": "0.02", "total": "0.01", "tolerance": "1"}
    assert refusal(statement(line("0.01"), **facts)).code == "negative-money"


def test_a_gap_within_half_a_cent_is_rounding() -> None:
    """A source that computes in binary writes 10.799999999999999; that is 10.80."""
    assert settled(statement(line("10.80"), total="10.799999999999999")).pair("total") == ("10.80", "10.80")


# Lines


def test_a_line_of_quantity_zero_is_left_out() -> None:
    """Nothing was sold on it and it cost nothing: it is no line of the order, and noted."""
    found = settled(statement(line("10.00"), line("0", quantity="0", name="Card"), total="10.00"))
    assert [product["name"] for product in found.products] == ["Mug"]
    assert ("zero-quantity-line", "products", "Card", "left out") in found.notes


def test_a_line_of_quantity_zero_with_a_price_is_refused() -> None:
    """An amount without a quantity cannot be a price."""
    assert refusal(statement(line("10.00", quantity="0"), total="10.00")).code == "quantity"


def test_a_fractional_quantity_is_one_line_of_quantity_one() -> None:
    """V2 counts in whole pieces: 1.5 of a thing is one line whose name says 1.5."""
    found = settled(statement(line("15.00", quantity="1.50", name="Silk"), total="15.00"))
    assert found.products == [{"name": "Silk × 1.5", "quantity": 1, "price_ex_tax": 15.0, "price_inc_tax": 15.0}]
    assert "fractional-quantity" in found.codes


def test_a_name_with_a_quantity_in_it_fits_its_field() -> None:
    """A name of V2 has 250 characters at most."""
    found = settled(statement(line("15.00", quantity="0.333", name="S" * 250), total="15.00"))
    assert len(found.products[0]["name"]) == 243
    assert not found.problems()


def test_whole_quantities_may_be_written_with_decimals() -> None:
    """2.00 is 2."""
    assert settled(statement(line("10.00", quantity="2.00"), total="10.00")).products[0]["quantity"] == 2


# Refusals


def test_an_order_without_lines_is_refused() -> None:
    """V2 cannot create an order without lines."""
    assert refusal(statement(total="10.00")).code == "no-lines"


@pytest.mark.parametrize("amount", ["-1.00", "-0.01"])
def test_a_negative_line_is_refused(amount: str) -> None:
    """A line below 0 is a discount or a return; V2 takes neither as a line of a stated total."""
    assert refusal(statement(line("10.00"), line(amount))).code == "negative-money"


def test_a_negative_quantity_is_refused() -> None:
    """Goods that came back are no line of the order."""
    assert refusal(statement(line("10.00", quantity="-1"))).code == "negative-money"


def test_negative_shipping_is_refused() -> None:
    """V2 takes no negative cost, and only the mapping's author knows what it was."""
    error = refusal(statement(line("10.00"), shipping="-2.00", total="8.00"))
    assert error.code == "negative-money"
    assert "-2.00" in str(error)


def test_a_negative_tax_is_refused() -> None:
    """V2 takes no negative tax."""
    assert refusal(statement(line("10.00"), tax="-1.00", total="9.00")).code == "negative-money"


def test_a_negative_total_is_refused_by_its_name() -> None:
    """More discount than goods: the refusal names the total, not a line."""
    error = refusal(statement(line("10.00"), discount="12.00", total="-2.00"))
    assert error.code == "negative-money"
    assert "total is -2.00" in str(error)


def test_more_tax_than_money_is_refused() -> None:
    """An inclusive order cannot hold more tax than it costs."""
    assert refusal(statement(line("10.00"), tax="11.00", total="10.00", tax_mode="inclusive")).code == "negative-money"


@pytest.mark.parametrize("side", SIDES)
def test_the_whole_body_closes_and_passes_the_checks(side: str) -> None:
    """An order with everything in it: the body's own arithmetic closes, and `orders` finds nothing."""
    found = settled(
        statement(
            line("33.33", quantity="7"),
            line(pair(ex="12.00", tax="0.84")),
            line("0.00", name="Gift"),
            discount="5.55",
            shipping=pair(ex="4.90", tax="0.93"),
            handling="1.00",
            wrapping="2.00",
            fees={"Deposit": "0.25", "Loyalty": "-1.00"},
            tax="6.17",
            total="53.10",
        )
    )
    assert gap(found, side) == 0
    assert not found.problems()
