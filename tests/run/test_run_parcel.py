"""What leaves, and what of a store's message stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_store import mapped

from importer.errors import UsageError
from importer.model import MappedOrder, Problem, SourceOrder, SourceRow
from importer.run.parcel import body_hash, pack, source_hash, without_personal_data

BODY = {
    "billing_address": {
        "first_name": "Ada",
        "last_name": "Byron King",
        "street_1": "12 St James's Sq.",
        "zip": "78751",
    },
    "shipping_addresses": [{"phone": "+44 (20) 7946-0000"}],
    "ip_address": "203.0.113.9",
    "products": [{"name": "Blue Kettle"}],
}


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("400 The field 'zip' is invalid", "400 The field 'zip' is invalid"),
        ("400 zip: '78751' is no code of US", "400 zip: '[value]' is no code of US"),
        ("Byron King of 12 St James's Sq. is unknown", "[value] of [value] is unknown"),
        ("phone +44 (20) 7946-0000 from 203.0.113.9", "phone [value] from [value]"),
        ("ada@example.com is taken", "[e-mail] is taken"),
        ("OutOfStock (product 32)", "OutOfStock (product 32)"),
        ("Adapter failed", "Adapter failed"),
    ],
)
def test_a_message_keeps_field_and_rule_but_no_value(message: str, kept: str) -> None:
    """Values of the customer's go, wherever the store repeats them; words that only contain them stay."""
    assert without_personal_data(message, BODY) == kept


@given(st.text(st.characters(whitelist_categories=["L", "N"]), min_size=2, max_size=20))
def test_no_name_survives(name: str) -> None:
    """Whatever a customer is called, a message that quotes it does not keep it."""
    body = {"billing_address": {"last_name": name}}
    assert f"'{name}'" not in without_personal_data(f"The value '{name}' is invalid", body)


def test_a_message_is_short() -> None:
    """At most 300 characters are kept."""
    assert len(without_personal_data("x" * 5000, {})) == 300


def test_the_hash_is_of_the_values_not_of_their_order() -> None:
    """Keys in another order are the same body; any other value is not."""
    assert body_hash({"a": 1, "b": [1, 2]}) == body_hash({"b": [1, 2], "a": 1})
    assert len({body_hash(body) for body in ({"a": 1}, {"a": "1"}, {"a": 1.5}, {"b": 1}, {})}) == 5


def test_an_order_with_problems_is_not_packed() -> None:
    """What validation refused cannot be sent by mistake."""
    order = mapped(1)
    refused = MappedOrder(order.source, order.body, (Problem("zip", "", ""),))
    for unfit in (refused, MappedOrder(SourceOrder("2", ()), None)):
        with pytest.raises(UsageError, match="validate first"):
            pack(unfit, "shop")


def test_a_changed_line_of_a_joined_file_is_a_change_of_the_source() -> None:
    """A delta must blame the export, not the mapping, for what changed in the second file."""
    row, line, edited = (SourceRow("o.csv", 2, [cell]) for cell in ("1001", "1 x Tea", "2 x Tea"))
    orders = [SourceOrder("1001", (row,), lines=(one,)) for one in (line, edited)]
    assert source_hash(orders[0]) != source_hash(orders[1])
