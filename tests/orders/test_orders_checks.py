"""What a schema cannot say: each code with orders that trip it and orders that only come near."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from orders_bodies import BODIES, LEAVE_OUT, changed

from importer.orders import CHECKS, CODES, gate, problems_of

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
WRAPPED = {
    "product_id": 1,
    "quantity": 1,
    "price_ex_tax": 100,
    "price_inc_tax": 119,
    "wrapping_cost_ex_tax": 2,
    "wrapping_cost_inc_tax": 2.5,
}
OVERRIDES = dict.fromkeys(("subtotal_ex_tax", "subtotal_inc_tax", "total_ex_tax", "total_inc_tax"), LEAVE_OUT)


def line(quantity: int, ex: float, inc: float) -> dict[str, Any]:
    return {"name": "Cot", "quantity": quantity, "price_ex_tax": ex, "price_inc_tax": inc}


def fee(**costs: str) -> dict[str, Any]:
    return {"type": "custom_fee", "display_name_customer": "Tip", **costs}


TRIPS: list[tuple[str, str, dict[str, Any]]] = [
    ("subtotal-gap", "subtotal_ex_tax", {"subtotal_ex_tax": "116.8000", "total_ex_tax": "111.0000"}),
    ("subtotal-gap", "subtotal_inc_tax", {"subtotal_inc_tax": "139.0100", "total_inc_tax": "134.0100"}),
    ("total-gap", "total_ex_tax", {"total_ex_tax": "111.0200"}),
    ("total-gap", "total_inc_tax", {"total_inc_tax": "133.9999"}),
    ("subtotal-gap", "subtotal_ex_tax", {"products": [line(1, 116.805, 139)]}),  # 116.80: a half goes to the even cent
    ("negative-tax", "shipping_cost_ex_tax", {**OVERRIDES, "shipping_cost_ex_tax": "5.0001"}),
    ("negative-tax", "shipping_cost_ex_tax", {**OVERRIDES, "shipping_cost_ex_tax": "10.0000"}),
    ("negative-tax", "products[1].price_ex_tax", {**OVERRIDES, "products.1.price_ex_tax": 10.0001}),
    ("negative-tax", "fees[0].cost_ex_tax", {**OVERRIDES, "fees": [fee(cost_ex_tax="2.0000", cost_inc_tax="1.0000")]}),
    (
        "fee-gap",
        "fees[0].cost_tax",
        {**OVERRIDES, "fees": [fee(cost_ex_tax="1.0000", cost_inc_tax="1.1900", cost_tax="0.2000")]},
    ),
    ("fee-gap", "fees[0].cost_tax", {**OVERRIDES, "fees": [fee(cost_inc_tax="1.0000", cost_tax="2.0000")]}),
    (
        "wrapping-gap",
        "wrapping_cost_inc_tax",
        {**OVERRIDES, "products": [WRAPPED], "wrapping_cost_ex_tax": "2.0000", "wrapping_cost_inc_tax": "2.4999"},
    ),
    ("return-with-totals", "products[1].quantity", {"products": [line(2, 116.81, 139), line(-1, 116.81, 139)]}),
    ("price-precision", "products[0].price_inc_tax", {**OVERRIDES, "products.0.price_inc_tax": 119.00001}),
    ("price-precision", "products[0].price_inc_tax", {**OVERRIDES, "products": [line(1, 0.1, 0.1 + 0.2)]}),
    ("price-precision", "products[0].price_ex_tax", {**OVERRIDES, "products": [line(1000, 1 / 30, 0.1)]}),
    ("price-precision", "products[0].price_ex_tax", {**OVERRIDES, "products": [line(1000, 0.033333333, 0.1)]}),
    ("price-precision", "products[0].price_ex_tax", {**OVERRIDES, "products": [line(1000, 12345678.12345678, 10**8)]}),
    ("refund-mismatch", "refunded_amount", {"status_id": 4, "refunded_amount": "0.0000"}),
    ("refund-mismatch", "refunded_amount", {"status_id": 14, "refunded_amount": "0.0000"}),
    ("refund-mismatch", "refunded_amount", {"status_id": 14, "refunded_amount": "134.0000"}),
    ("no-such-date", "date_created", {"date_created": "Sat, 30 Feb 2013 00:00:00 +0000"}),
    ("no-such-date", "date_created", {"date_created": "Wed, 20 Nov 2012 00:00:00 +0000"}),
    ("future-date", "date_created", {"date_created": "Thu, 01 Jan 2026 12:00:01 +0000"}),
    ("future-date", "date_created", {"date_created": "Sat, 02 Jan 2027 00:00:00 +0000"}),
    ("ancient-date", "date_created", {"date_created": "Thu, 01 Jan 1970 00:00:00 +0000"}),
    ("ancient-date", "date_created", {"date_created": "Sun, 31 Dec 1989 23:59:59 +0000"}),
    ("differing-names", "products[0].name_customer", {"products.0.name_customer": "Bed"}),
    (
        "differing-names",
        "products[0].product_options[0].display_value_customer",
        {
            **OVERRIDES,
            "products": [
                {
                    "product_id": 1,
                    "quantity": 1,
                    "product_options": [
                        {"id": 1, "value": "2", "display_value": "red", "display_value_customer": "blue"}
                    ],
                }
            ],
        },
    ),
]
SILENT: list[tuple[str, dict[str, Any]]] = [
    ("subtotal-gap", {}),
    ("subtotal-gap", {"products": [line(1, 116.8051, 139)]}),  # 116.81 once it is rounded to the cent
    ("subtotal-gap", {"products": [{"product_id": 1, "quantity": 1}]}),  # the store knows the price
    ("total-gap", {"handling_cost_ex_tax": "1.0000", "handling_cost_inc_tax": "1.0000", **OVERRIDES}),
    ("negative-tax", {"shipping_cost_ex_tax": "5.0000"}),
    ("fee-gap", {"fees": [fee(cost_ex_tax="1.0000", cost_inc_tax="1.1900", cost_tax="0.1900")]}),
    ("fee-gap", {"fees": [fee(cost_inc_tax="1.0000", cost_tax="1.0000")]}),
    ("wrapping-gap", {"products": [WRAPPED], "wrapping_cost_ex_tax": "2.0000", "wrapping_cost_inc_tax": "2.5000"}),
    ("return-with-totals", {**OVERRIDES, "products": [line(-1, 1, 1)]}),
    ("return-with-totals", {"products": [line(0, 1, 1)]}),
    ("price-precision", {"products": [line(1, 99999999999.9999, 99999999999.9999)]}),
    ("price-precision", {"products": [line(1000, 0.03333, 0.03333)]}),  # 33.33: 4 decimals would make 33.30
    ("refund-mismatch", {"status_id": 4}),
    ("refund-mismatch", {"status_id": 4, "refunded_amount": "134.0000"}),
    ("refund-mismatch", {"status_id": 4, "refunded_amount": "1.0000"}),
    ("refund-mismatch", {"status_id": 14, "refunded_amount": "133.9999"}),
    ("refund-mismatch", {"status_id": 10, "refunded_amount": "0.0000"}),
    ("refund-mismatch", {"status_id": 4, "refunded_amount": "0.0000", "total_inc_tax": "0.0000"}),
    ("no-such-date", {"date_created": "Wed, 29 Feb 2012 00:00:00 +0000"}),
    ("future-date", {"date_created": "Thu, 01 Jan 2026 12:00:00 +0000"}),
    ("future-date", {"date_created": "Sat, 30 Feb 2030 00:00:00 +0000"}),  # no-such-date speaks of it
    ("ancient-date", {"date_created": "Mon, 01 Jan 1990 00:00:00 +0000"}),
    ("differing-names", {"products.0.name_customer": "Cot", "products.0.name_merchant": "Bed"}),
]


@pytest.mark.parametrize(("code", "path", "changes"), TRIPS, ids=lambda value: str(value)[:30])
def test_a_check_trips(code: str, path: str, changes: dict[str, Any], body: dict[str, Any]) -> None:
    """A body that keeps the schema and breaks one rule has one Problem, of that code, at that field."""
    broken = changed(body, changes)
    assert gate.passes(broken)
    assert [(problem.code, problem.path) for problem in problems_of(broken, NOW)] == [(code, path)]


@pytest.mark.parametrize(("code", "changes"), SILENT, ids=lambda value: str(value)[:30])
def test_a_check_is_silent(code: str, changes: dict[str, Any], body: dict[str, Any]) -> None:
    """A body that only comes near a rule has no Problem of its code."""
    near = changed(body, changes)
    assert gate.passes(near)
    assert list(CHECKS[code](near, NOW)) == []


def test_each_check_is_tripped_and_passed() -> None:
    """No code is without both kinds of body."""
    assert {code for code, _, _ in TRIPS} == CHECKS.keys() == {code for code, _ in SILENT}


@pytest.mark.parametrize("code", CHECKS)
def test_each_check_cites_its_source(code: str) -> None:
    """A check says in its docstring what is wrong, and which field or page rules so."""
    said = CHECKS[code].__doc__ or ""
    assert "Source: " in said
    assert CODES[code] == said.partition("\n")[0].rstrip(".")


def test_a_gap_is_told_with_both_amounts(body: dict[str, Any]) -> None:
    """The reader sees what is stated, what the parts make, and the difference."""
    [problem] = problems_of({**body, "total_inc_tax": "133.9900"}, NOW)
    assert problem.message == (
        "total_inc_tax is 133.99, but lines, shipping, handling, wrapping and fees less discount make 134.00: "
        "a gap of -0.01; correct what the mapping states as money"
    )


def totalled(currency: str | None, price: float, total: str) -> dict[str, Any]:
    """An order of one line of three pieces, that states its total and no subtotal."""
    named = {} if currency is None else {"default_currency_code": currency}
    money = {"total_ex_tax": total, "total_inc_tax": total}
    return {**BODIES["least"], **named, **money, "products": [line(3, price, price)]}


@pytest.mark.parametrize(
    ("currency", "price", "total"),
    [
        ("EUR", 33.3333, "100.0000"),
        ("JPY", 33.3333, "100.0000"),
        ("JPY", 33.5, "100.0000"),
        ("BHD", 33.3335, "100.0000"),
        ("BHD", 33.3337, "100.0010"),
        (None, 33.5, "100.5000"),
        (None, 33.5, "100.0000"),
        (None, 33.3337, "100.0010"),
    ],
)
def test_lines_are_rounded_to_the_minor_unit(currency: str | None, price: float, total: str) -> None:
    """A line counts in whole cents, yen or fils; where no currency is named, in any of them."""
    assert problems_of(totalled(currency, price, total), NOW) == ()


@pytest.mark.parametrize(
    ("currency", "price", "total"),
    [("EUR", 33.3337, "100.0010"), ("JPY", 33.5, "100.5000"), (None, 33.5, "101.0000"), (None, 33.3333, "99.9999")],
)
def test_lines_are_not_rounded_elsewhere(currency: str | None, price: float, total: str) -> None:
    """What closes only under another minor unit does not close."""
    assert [problem.code for problem in problems_of(totalled(currency, price, total), NOW)] == ["total-gap"] * 2


def test_the_wrapping_of_lines_is_part_of_the_orders() -> None:
    """Wrapping counts once: as the order states it, or as the lines do where the order is silent."""
    lines = {**BODIES["least"], "products": [WRAPPED], "total_ex_tax": "102.0000", "total_inc_tax": "121.5000"}
    stated = {**lines, "wrapping_cost_ex_tax": "2.0000", "wrapping_cost_inc_tax": "2.5000"}
    above = {**stated, "wrapping_cost_inc_tax": "3.0000", "total_inc_tax": "122.0000"}
    assert problems_of(lines, NOW) == problems_of(stated, NOW) == problems_of(above, NOW) == ()


def test_a_line_of_a_pickup_is_named_by_its_place() -> None:
    """Checks reach the lines of consignments, and say where they lie."""
    broken = changed(BODIES["pickup"], {"consignments.pickups.0.line_items.0.price_ex_tax": 120})
    [problem] = problems_of(broken, NOW)
    assert problem.path == "consignments.pickups[0].line_items[0].price_ex_tax"


def test_a_body_that_breaks_the_schema_is_not_checked_further(body: dict[str, Any]) -> None:
    """Checks may rely on the schema: what it refuses they never see."""
    broken = changed(body, {"date_created": "2012-02-30", "products.0.quantity": "1"})
    assert {problem.code for problem in problems_of(broken, NOW)} == {"wrong-form", "wrong-type"}
