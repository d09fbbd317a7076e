"""The quick look and the checks agree: what adds up has nothing that any of the checks which it replaces would find."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.orders import CHECKS
from importer.orders.sound import PROVED, adds_up

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CENTS = st.integers(0, 400)
NEAR = st.sampled_from([0, 0, 0, 0, 0, 1, -1, 100, 50])
"""Ten-thousandths by which a generated amount is off, seldom."""


def text(ten_thousandths: int) -> str:
    return f"{max(ten_thousandths, 0) // 10_000}.{max(ten_thousandths, 0) % 10_000:04d}"


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A body that adds up, but for what is changed in it here and there."""
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        ex = draw(CENTS) * 100 + draw(NEAR)
        inc = ex + draw(st.integers(0, 50)) * 100 + draw(NEAR)
        one = {"quantity": draw(st.sampled_from([0, 1, 1, 2, 3, 7, -1]))}
        one |= {"price_ex_tax": ex / 10_000, "price_inc_tax": inc / 10_000}
        one |= draw(
            st.sampled_from([{}, {}, {}, {"name": "Mug", "name_customer": "Cup"}, {"wrapping_cost_ex_tax": 1.0}])
        )
        lines.append(one)
    goods = [
        sum(round(one[f"price_{side}"] * 10_000) * one["quantity"] for one in lines) for side in ("ex_tax", "inc_tax")
    ]
    shipping = [draw(CENTS) * 100] * 2
    shipping[1] += draw(NEAR)
    discount = draw(st.sampled_from([0, 0, 100]))
    body: dict[str, Any] = {"products": lines, "discount_amount": text(discount)}
    for place, side in enumerate(("ex_tax", "inc_tax")):
        body[f"subtotal_{side}"] = text(goods[place] + draw(NEAR))
        body[f"shipping_cost_{side}"] = text(shipping[place])
        body[f"total_{side}"] = text(goods[place] + shipping[place] - discount + draw(NEAR))
    body |= draw(st.sampled_from([{}, {}, {}, {"handling_cost_ex_tax": "1.0000", "handling_cost_inc_tax": "1.0000"}]))
    for missing in draw(st.lists(st.sampled_from(["subtotal_ex_tax", "discount_amount"]), max_size=1)):
        body.pop(missing, None) if draw(st.booleans()) else None
    return body


def found(body: dict[str, Any], currency: str) -> list[str]:
    whole = {**body, "default_currency_code": currency}
    return [problem.code for code in PROVED for problem in CHECKS[code](whole, NOW)]


@given(bodies(), st.sampled_from(["EUR", "JPY", "BHD", ""]))
@settings(max_examples=600, deadline=None)
def test_what_adds_up_has_no_problem_with_its_money(body: dict[str, Any], currency: str) -> None:
    """The quick look never lets a body through that a check would stop."""
    assert not adds_up(body, currency) or found(body, currency) == []


def test_a_common_body_adds_up(body: dict[str, Any]) -> None:
    """The quick look is of use: it takes a plain order."""
    line = {"name": "Mug", "quantity": 2, "price_ex_tax": 5.0, "price_inc_tax": 6.05}
    money = {"subtotal": ("10.0000", "12.1000"), "shipping_cost": ("1.0000", "1.0000"), "total": ("10.5000", "12.6000")}
    stated = {
        f"{name}_{side}": pair[side == "inc_tax"] for name, pair in money.items() for side in ("ex_tax", "inc_tax")
    }
    assert adds_up({**body, **stated, "discount_amount": "0.5000", "products": [line]}, "EUR")


def test_a_line_whose_price_is_rounded_adds_up(body: dict[str, Any]) -> None:
    """Three pieces for 66.82: the price of one times three is the line's amount to the cent only."""
    line = {"name": "Tea", "quantity": 3, "price_ex_tax": 22.2733, "price_inc_tax": 26.95}
    sides = {"ex_tax": "66.8200", "inc_tax": "80.8500"}
    stated = {f"{name}_{side}": money for side, money in sides.items() for name in ("subtotal", "total")}
    none = dict.fromkeys(("shipping_cost_ex_tax", "shipping_cost_inc_tax", "discount_amount"), "0.0000")
    assert adds_up({**body, **stated, **none, "products": [line]}, "EUR")


@pytest.mark.parametrize("code", sorted(PROVED))
def test_what_is_proved_is_a_check(code: str) -> None:
    """Each code is one of the checks."""
    assert code in CHECKS
