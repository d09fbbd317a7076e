"""Comparing two mappings, or two exports: what differs is told by path, with its money."""

from __future__ import annotations

from decimal import Decimal

from around_store import mapped, with_body

from importer.model import Problem
from importer.run.authoring.compare import compare


def test_equal_sides_do_not_differ() -> None:
    """The same bodies on both sides are the same, and the sums do not move."""
    found = compare(map(mapped, range(20)), map(mapped, range(20)))
    assert (found.same, found.differing, found.moved, found.money) == (20, 0, {}, {"USD": Decimal(0)})


def test_differences_are_clustered_by_path_with_the_commonest_changes() -> None:
    """A change of status in some orders and of a line in others are two clusters; lines are one path."""
    lines = [{**line, "name": "Pot"} for line in (mapped(0).body or {})["products"]]
    newer = [
        with_body(one, status_id=11) if n in (0, 3, 6) else with_body(one, products=lines) if n == 10 else one
        for n, one in enumerate(map(mapped, range(12)))
    ]
    found = compare(map(mapped, range(12)), newer)
    assert (found.same, found.differing) == (8, 4)
    assert found.clusters["status_id"].commonest == [("'10'", "'11'", 3, "0")]
    assert found.clusters["products[].name"].orders == 1
    assert set(found.clusters) == {
        "status_id",
        "products[].name",
        "products[].price_ex_tax",
        "products[].price_inc_tax",
    }


def test_the_money_effect_is_the_difference_of_the_sums() -> None:
    """Totals that change, orders that are refused now and orders that are new all count."""
    dearer = with_body(mapped(0), total_inc_tax="26.5000")
    refused = mapped(1)._replace(problems=(Problem("x", "", "no"),))
    found = compare(map(mapped, range(3)), [dearer, refused, mapped(2), mapped(3)])
    assert found.money == {"USD": Decimal("1.5") - Decimal("27") + Decimal("31")}
    assert found.moved == {("valid", "refused"): 1, ("not in the export", "valid"): 1}


def test_an_order_that_is_gone_is_named() -> None:
    """What only the older side has is told as such."""
    found = compare(map(mapped, range(3)), [mapped(0), mapped(2)])
    assert found.fates == {("valid", "not in the export"): ["1"]}
