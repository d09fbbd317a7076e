"""Money, for any order: the body closes on both sides, keeps the source's total and tax, and has nothing below 0."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from money_orders import SIDES, Settled, amounts_of, gap, refusal, settled

from importer.money import Amount, Fee, Line, Stated, Statement, allocate, minor_digits

ZERO = Decimal(0)
RATES = [Decimal(rate) for rate in ("0", "0.07", "0.19", "0.25")]
MODES = ("exclusive", "inclusive", "none")


def unit_of(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))


def decimals(places: int, most: int = 1000) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most * 10**places).map(lambda whole: Decimal(whole).scaleb(-places))


@dataclass(frozen=True)
class Part:
    """One amount of a generated order: its two sides, and how much of it the source tells."""

    base: Decimal
    tax: Decimal
    told: str
    inclusive: bool

    @property
    def stated(self) -> Stated:
        """As the source states it."""
        ex, inc = (self.base - self.tax, self.base) if self.inclusive else (self.base, self.base + self.tax)
        told = {
            "one": self.base,
            "one and tax": Amount(self.base, tax=self.tax),
            "ex and tax": Amount(ex=ex, tax=self.tax),
            "inc and tax": Amount(inc=inc, tax=self.tax),
            "ex and inc": Amount(ex=ex, inc=inc),
        }
        return told[self.told]


@st.composite
def parts(draw: st.DrawFn, base: Decimal, mode: str, unit: Decimal, *, tells: bool) -> Part:
    """A part with its tax by one of the rates; `tells` whether the source may say how much that is."""
    rate = draw(st.sampled_from(RATES)) if mode != "none" else ZERO
    tax = base * rate / (1 + rate) if mode == "inclusive" else base * rate
    told = draw(st.sampled_from(["one", "one and tax", "ex and tax", "inc and tax", "ex and inc"])) if tells else "one"
    return Part(base, tax.quantize(unit), told, mode == "inclusive")


@dataclass(frozen=True)
class Order:
    """A generated order: what the source states, and the truth about it."""

    stated: Statement
    unit: Decimal
    total: Decimal
    tax: Decimal


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order that adds up, in one of the three modes, declared or to be found by arithmetic."""
    currency = draw(st.sampled_from(["USD", "EUR", "JPY", "BHD"]))
    unit, mode = unit_of(currency), draw(st.sampled_from(MODES))
    tells = draw(st.booleans())
    goods = [
        (draw(st.integers(1, 300)), draw(st.sampled_from([0, 2, 3]).flatmap(decimals)))
        for _ in range(draw(st.integers(1, 8)))
    ]
    lines = [draw(parts(price * quantity, mode, unit, tells=tells)) for quantity, price in goods]
    whole = decimals(minor_digits(currency), 50)
    extras = [draw(parts(draw(whole), mode, unit, tells=tells)) for _ in range(3)]
    fees = [draw(parts(draw(whole), mode, unit, tells=tells)) for _ in range(draw(st.integers(0, 2)))]
    gross = sum((part.base for part in (*lines, *extras, *fees)), ZERO)
    rebate, discount = (draw(st.fractions(0, "1/3", max_denominator=50)) for _ in range(2))
    taken = [(gross * part.numerator / part.denominator).quantize(unit) for part in (rebate, discount)]
    net = gross - sum(taken)
    assume(net >= 0)
    charged = sum((part.tax for part in (*lines, *extras, *fees)), ZERO)
    tax = (charged * net / gross).quantize(unit) if gross else ZERO
    total = net if mode == "inclusive" else net + tax
    assume(total >= tax)
    stated = Statement(
        currency=currency,
        lines=[
            Line({"name": "Mug"}, Decimal(goods[number][0]), part.stated, taxable=draw(st.booleans()))
            for number, part in enumerate(lines)
        ],
        shipping=extras[0].stated,
        handling=extras[1].stated,
        wrapping=extras[2].stated,
        fees=[*(Fee("Deposit", fee.stated) for fee in fees), Fee("Loyalty", -taken[0])],
        discount=taken[1],
        tax=tax,
        total=total,
        tax_mode=draw(st.sampled_from([mode, "by-arithmetic"])),
    )
    return Order(stated, unit, total.quantize(unit, ROUND_HALF_EVEN), tax)


def fresh(stated: Statement, **changes: object) -> Statement:
    """The statement with products that nobody has priced yet."""
    return replace(stated, lines=[replace(line, product={"name": "Mug"}) for line in stated.lines], **changes)


def amount_of(found: Settled, name: str) -> Decimal:
    return Decimal(found.body[name])


@given(orders())
@settings(max_examples=300, deadline=None)
def test_any_order_closes_on_both_sides(order: Order) -> None:
    """Lines, shipping, handling, wrapping and fees less the discount are the total, without tax and with it."""
    found = settled(order.stated)
    assert [gap(found, side, order.stated.currency) for side in SIDES] == [0, 0]


@given(orders())
@settings(max_examples=300, deadline=None)
def test_any_order_keeps_its_total_and_its_tax(order: Order) -> None:
    """The body's total is the source's, and between its sides lies the source's tax."""
    found = settled(order.stated)
    assert amount_of(found, "total_inc_tax") == order.total
    assert order.total - amount_of(found, "total_ex_tax") == order.tax


@given(orders())
@settings(max_examples=300, deadline=None)
def test_no_order_has_anything_negative(order: Order) -> None:
    """No amount, price or fee is below 0, and no side without tax above the one with it."""
    found = settled(order.stated)
    assert min(amounts_of(found)) >= 0
    names = [name.removesuffix("_ex_tax") for name in found.body if name.endswith("_ex_tax")]
    assert all(amount_of(found, f"{name}_ex_tax") <= amount_of(found, f"{name}_inc_tax") for name in names)
    assert all(product["price_ex_tax"] <= product["price_inc_tax"] for product in found.products)


@given(orders())
@settings(max_examples=200, deadline=None)
def test_the_checks_of_the_body_find_nothing(order: Order) -> None:
    """What money gives, the checks of `orders` take: they prove it again by code of their own."""
    assert settled(order.stated).problems(order.stated.currency) == ()


@given(orders(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_lines_does_not_matter(order: Order, chance: object) -> None:
    """Lines in another order give the same totals, discount and fees."""
    lines = list(fresh(order.stated).lines)
    chance.shuffle(lines)  # type: ignore[attr-defined]  # hypothesis types randoms loosely
    one, other = settled(order.stated).body, settled(replace(order.stated, lines=lines)).body
    kept = ("total_ex_tax", "total_inc_tax", "discount_amount")
    assert {name: one[name] for name in kept} == {name: other[name] for name in kept}


@given(st.lists(orders(), min_size=2, max_size=4))
@settings(max_examples=50, deadline=None)
def test_the_sum_over_an_export_is_preserved(export: list[Order]) -> None:
    """Nothing is gained or lost over many orders."""
    bodies = [settled(order.stated) for order in export]
    assert sum(amount_of(body, "total_inc_tax") for body in bodies) == sum(order.total for order in export)


@given(orders(), st.integers(1, 500), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_gap_is_refused_or_carried_in_the_open(order: Order, units: int, up: bool) -> None:
    """A total that is off is refused; under trust-total the body has it, closes, and its lines keep their amounts."""
    mode = "inclusive" if order.stated.tax_mode == "inclusive" else "exclusive"
    truth = fresh(order.stated, tax_mode=mode)
    assume(order.stated.tax_mode in ("none", mode))
    stated_total = (order.stated.total or ZERO) + (units if up else -units) * order.unit
    assume(stated_total >= order.tax)
    assert refusal(fresh(truth, total=stated_total)).code == "unbalanced"
    trusted = settled(fresh(truth, total=stated_total, on_unbalanced="trust-total"))
    assert amount_of(trusted, "total_inc_tax") == stated_total.quantize(order.unit)
    assert [gap(trusted, side, order.stated.currency) for side in SIDES] == [0, 0]
    assert "unbalanced" in trusted.codes


@given(orders(), st.integers(1, 100))
@settings(max_examples=150, deadline=None)
def test_a_gift_card_may_pay_any_part(order: Order, percent: int) -> None:
    """A total that is net of a gift card keeps the body closed and nothing negative, down to a total of 0."""
    card = (order.total * percent / 100).quantize(order.unit)
    exact = (order.stated.total or ZERO) - card
    assume(exact >= 0)
    mode = "inclusive" if order.stated.tax_mode == "inclusive" else "exclusive"
    assume(order.stated.tax_mode in ("none", mode))
    found = settled(fresh(order.stated, paid_otherwise=[Fee("card", card)], total=exact, tax_mode=mode))
    assert [gap(found, side, order.stated.currency) for side in SIDES] == [0, 0]
    assert min(amounts_of(found)) >= 0
    assert amount_of(found, "total_inc_tax") == exact.quantize(order.unit)


@given(
    st.integers(-100_000, 100_000),
    st.lists(decimals(3), min_size=1, max_size=12),
    st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.001")]),
)
@settings(max_examples=300, deadline=None)
def test_allocation_is_exact_and_fair(units: int, weights: list[Decimal], unit: Decimal) -> None:
    """The parts add up to the total, and each lies within one unit of its exact share."""
    total = units * unit
    found = allocate(total, weights, unit)
    whole = sum(weights)
    shares = [total * weight / whole for weight in weights] if whole else [total / len(weights)] * len(weights)
    assert sum(found) == total
    assert all(abs(part - share) < unit for part, share in zip(found, shares, strict=True))
    assert all(part % unit == 0 for part in found)


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4))
def test_refunds_are_never_negative(amount: Decimal) -> None:
    """Whatever sign a source gives its refunds, the body's is an amount."""
    stated = Statement("USD", [Line({"name": "Mug"}, Decimal(1), Decimal(1))], refunded=amount)
    assert Decimal(settled(stated).body.get("refunded_amount", "0")) == abs(amount)


@pytest.mark.parametrize("currency", ["USD", "JPY", "BHD"])
def test_one_unit_is_the_least_gap_that_counts(currency: str) -> None:
    """A total off by one minor unit is refused, off by less than half of one it is rounding."""
    unit = unit_of(currency)
    stated = Statement(currency, [Line({"name": "Mug"}, Decimal(1), Decimal(7))], total=Decimal(7) + unit)
    assert refusal(stated).code == "unbalanced"
    assert settled(replace(stated, total=Decimal(7) + unit / 3)).body["total_inc_tax"] == "7.0000"
