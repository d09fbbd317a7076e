"""The limits of what hangs on an order."""

from __future__ import annotations

import pytest

from importer.model import Body
from importer.orders.attached import problems_after

SHIPMENT = {"comments": "Imported shipment 1.", "tracking_number": "T1", "shipping_provider": "usps"}
METAFIELD = {"namespace": "migration", "key": "coupon", "value": "SUMMER", "permission_set": "read"}


def told(**changes: Body) -> list[tuple[str, str]]:
    """Code and path of every problem of one shipment and one metafield, changed so."""
    after = {
        "shipments": [{**SHIPMENT, **changes.get("shipment", {})}],
        "metafields": [{**METAFIELD, **changes.get("metafield", {})}],
    }
    return [(problem.code, problem.path) for problem in problems_after(after)]


def test_what_keeps_the_limits_has_no_problem() -> None:
    """A plain shipment and a plain metafield pass."""
    assert told() == []
    assert told(shipment={"shipping_provider": ""}, metafield={"value": "x" * 65_535}) == []


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"shipment": {"tracking_number": "9" * 51}}, "too-long", "after.shipments[0].tracking_number"),
        ({"shipment": {"tracking_link": "h" * 501}}, "too-long", "after.shipments[0].tracking_link"),
        ({"shipment": {"shipping_provider": "DHL"}}, "wrong-value", "after.shipments[0].shipping_provider"),
        ({"metafield": {"key": ""}}, "too-short", "after.metafields[0].key"),
        ({"metafield": {"namespace": "n" * 65}}, "too-long", "after.metafields[0].namespace"),
        ({"metafield": {"value": "x" * 65_536}}, "too-long", "after.metafields[0].value"),
        ({"metafield": {"permission_set": "all"}}, "wrong-value", "after.metafields[0].permission_set"),
    ],
)
def test_what_the_store_would_refuse_is_a_problem(change: dict[str, Body], code: str, path: str) -> None:
    """Lengths and words are the store's."""
    assert told(**change) == [(code, path)]


def test_an_order_takes_so_many_metafields() -> None:
    """The two hundred and fifty-first is one too many."""
    many = [{**METAFIELD, "key": str(number)} for number in range(251)]
    assert [problem.code for problem in problems_after({"metafields": many})] == ["too-many-items"]
    assert problems_after({"metafields": many[:250]}) == ()
