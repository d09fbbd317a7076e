"""What an adopted order is compared by."""

from __future__ import annotations

import pytest

from importer.model import Body
from importer.run.resolve import differences

SENT: Body = {"date_created": "Tue, 20 Nov 2012 10:01:00 +0000", "total_inc_tax": "25.5000"}


@pytest.mark.parametrize(
    ("order", "named"),
    [
        (SENT, []),
        ({"date_created": "Tue, 20 Nov 2012 11:01:00 +0100", "total_inc_tax": 25.5}, []),
        ({**SENT, "date_created": "Tue, 20 Nov 2012 10:01:01 +0000"}, ["date_created"]),
        ({**SENT, "date_created": "soon"}, ["date_created"]),
        ({**SENT, "total_inc_tax": "25.5100"}, ["total_inc_tax"]),
        ({}, ["date_created", "total_inc_tax"]),
    ],
)
def test_date_and_total_are_compared_as_what_they_mean(order: Body, named: list[str]) -> None:
    """Another zone or another way to write the same amount is no difference; what the store does not show is one."""
    assert differences(SENT, order) == named


def test_a_total_that_the_body_leaves_out_claims_nothing() -> None:
    """The store computes it then."""
    assert differences({"date_created": SENT["date_created"]}, SENT) == []
