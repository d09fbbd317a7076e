"""The verdict before anything is sent: each reason by itself, and go where there is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from importer.model import MappedOrder, Problem, SourceOrder, SourceRow, Substitution
from importer.report.summary import Summary
from importer.run.plan import reasons_against

BODY = {
    "date_created": "Tue, 20 Nov 2012 00:00:00 +0000",
    "status_id": 10,
    "total_ex_tax": "10.0000",
    "total_inc_tax": "12.0000",
}


WRITE_DOWN = "`importer validate` with --overlay FILE writes them down, for a person to fill in"


def source(number: int) -> SourceOrder:
    return SourceOrder(str(number), (SourceRow("orders.csv", number + 2, []),))


def valid(number: int, *codes: str) -> MappedOrder:
    notes = tuple(Substitution(code, "billing_address.zip", "", "00000") for code in codes)
    return MappedOrder(source(number), dict(BODY), (), notes, "", "USD")


def refused(number: int, *problems: Problem) -> MappedOrder:
    return MappedOrder(source(number), None, problems or (Problem("date", "date_created", "no date"),))


def undecided(number: int, *values: str) -> MappedOrder:
    return refused(
        number, *(Problem("undecided", f"f{n}", "no row", "", ("status", one)) for n, one in enumerate(values))
    )


def reasons(*orders: MappedOrder, budget: dict[str, str] | None = None, most: str = "0.05") -> list[str]:
    summary = Summary()
    for order in orders:
        summary.add(order)
    return reasons_against(summary, {code: Decimal(share) for code, share in (budget or {}).items()}, Decimal(most))


def test_an_export_without_a_fault_goes() -> None:
    """No reason is go."""
    assert reasons(*map(valid, range(10))) == []


def test_an_undecided_value_stops_the_run_however_rare() -> None:
    """A person decides what no table knows; one order in a thousand is enough."""
    found = reasons(*map(valid, range(1, 1000)), undecided(0, "odd"))
    assert found == [f"undecided values: 1, in 1 orders; {WRITE_DOWN}"]


def test_undecided_values_are_counted_apart_from_their_orders() -> None:
    """Two values in one order, one of them in two orders more: two values, three orders."""
    waiting = (undecided(0, "odd", "other"), undecided(1, "odd"), undecided(2, "odd"))
    found = reasons(*map(valid, range(3, 100)), *waiting, most="1")
    assert found == [f"undecided values: 2, in 3 orders; {WRITE_DOWN}"]


@pytest.mark.parametrize(("used", "goes"), [(0, True), (5, True), (6, False)])
def test_a_budget_holds_up_to_its_share(used: int, goes: bool) -> None:
    """5 % of a hundred orders is five; the sixth is one too many."""
    orders = [valid(number, *["zip-placeholder"] * (number < used)) for number in range(100)]
    found = reasons(*orders, budget={"zip-placeholder": "0.05"})
    assert (found == []) is goes
    if not goes:
        assert found == [
            "'zip-placeholder' in 6 orders (6.0%), the mapping's budget is 5.0%;"
            " mend the source, or raise the budget in the mapping"
        ]


def test_a_budget_counts_orders_not_fields() -> None:
    """Two placeholders in one order are one order."""
    assert reasons(valid(0, "zip-placeholder", "zip-placeholder"), valid(1), budget={"zip-placeholder": "0.5"}) == []


def test_a_budget_of_nothing_allows_nothing() -> None:
    """0 % is never."""
    assert reasons(*map(valid, range(1, 1000)), valid(0, "guess"), budget={"guess": "0"})


def test_a_substitution_without_a_budget_stops_nothing() -> None:
    """The report shows it; a limit is the mapping's to state."""
    assert reasons(valid(0, "guess"), budget={"other": "0"}) == []


@pytest.mark.parametrize(("number", "goes"), [(0, True), (5, True), (6, False)])
def test_refused_orders_stay_behind_up_to_the_limit(number: int, goes: bool) -> None:
    """5 % of a hundred may be refused; more is no-go, with the share and the option that changes it."""
    found = reasons(*map(refused, range(number)), *map(valid, range(number, 100)))
    assert (found == []) is goes
    if not goes:
        assert found == ["6 orders (6.0%) are refused, at most 5.0% may be; mend the causes, or raise --max-refused"]


def test_the_limit_may_be_raised() -> None:
    """Who knows why half of an export is refused may say so."""
    assert reasons(*map(refused, range(5)), *map(valid, range(5, 10)), most="0.5") == []


def test_skipped_orders_count_as_read() -> None:
    """Shares are of all orders of the file."""
    skipped = [MappedOrder(source(number), None, skipped="a draft") for number in range(50, 100)]
    assert reasons(*map(refused, range(5)), *map(valid, range(5, 50)), *skipped) == []


@pytest.mark.parametrize("orders", [[], [refused(0)], [MappedOrder(source(0), None, skipped="a draft")]])
def test_an_export_without_a_valid_order_is_no_go(orders: list[MappedOrder]) -> None:
    """Nothing to send is a mistake somewhere, whatever the limits say."""
    assert "no order of the export can be sent: see the causes" in reasons(*orders, most="1")


def test_all_reasons_are_told_at_once() -> None:
    """Undecided, over budget, too many refused: one look."""
    found = reasons(undecided(0, "odd"), refused(1), valid(2, "guess"), budget={"guess": "0.1"})
    assert len(found) == 3
