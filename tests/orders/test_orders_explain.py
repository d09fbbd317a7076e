"""Why a body fails: the sentences, the codes, and the agreement of the two validators."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, ValidationError
from orders_bodies import BODIES, LEAVE_OUT, changed

from importer.orders import SCHEMA, gate
from importer.orders.gate import SCHEMA_CODES

FEE = {"type": "custom_fee", "display_name_customer": "Tip", "cost_ex_tax": "1.0000", "cost_inc_tax": "1.0000"}
PICKUP = {"pickups": [{"pickup_method_id": 1, "line_items": BODIES["least"]["products"]}]}
COLLECTED = {"products": LEAVE_OUT, "shipping_addresses": LEAVE_OUT, "consignments": PICKUP}

SENTENCES = [
    (
        {"date_created": LEAVE_OUT},
        "missing-field",
        "date_created",
        "date_created is missing: no order is sent without it; give it in the mapping's body",
    ),
    (
        {"billing_address": {"zip": "78751"}},
        "missing-field",
        "billing_address.country_iso2",
        "billing_address.country_iso2 is missing: an address names its country: country_iso2, or country; "
        "give it in the mapping's body",
    ),
    (
        {"shipping_cost_inc_tax": LEAVE_OUT},
        "half-a-pair",
        "shipping_cost_inc_tax",
        "shipping_cost_inc_tax is missing beside shipping_cost_ex_tax: send both, or neither",
    ),
    (
        {"stauts_id": 10},
        "unknown-field",
        "stauts_id",
        "stauts_id is no field of the order, so the store refuses it; did you mean status_id?",
    ),
    (
        {"products.1.variant_id": 3},
        "unknown-field",
        "products[1].variant_id",
        "products[1].variant_id is no field of the custom product, so the store refuses it; remove it",
    ),
    (
        {"status": "Completed"},
        "read-only-field",
        "status",
        "status is set by the store, which refuses it in a request; remove it",
    ),
    (
        {"items_total": 3},
        "never-sent-field",
        "items_total",
        "items_total is never sent: the store counts it from the lines; remove it",
    ),
    (
        {"ip_address_v6": "::1"},
        "conflicting-field",
        "ip_address_v6",
        "ip_address_v6 cannot stand here: the store keeps one IP address, and ip_address is there; "
        "remove one of the two",
    ),
    (
        {"billing_address.state": None},
        "null-value",
        "billing_address.state",
        "billing_address.state is null, which the store refuses; leave it out, or send an empty text",
    ),
    (
        {"products.0.quantity": "2"},
        "wrong-type",
        "products[0].quantity",
        "products[0].quantity is '2', which is text; the field takes a whole number, so convert it in the mapping",
    ),
    (
        {"products.0.quantity": 1.5},
        "wrong-type",
        "products[0].quantity",
        "products[0].quantity is 1.5, which is a number with decimals; the field takes a whole number, "
        "so convert it in the mapping",
    ),
    (
        {"products.0.price_inc_tax": float("inf")},
        "wrong-type",
        "products[0].price_inc_tax",
        "products[0].price_inc_tax is inf, which is no number that JSON has; the field takes a number, "
        "so convert it in the mapping",
    ),
    (
        {"billing_address": ["a", "b"]},
        "wrong-type",
        "billing_address",
        "billing_address is a list of 2 items, which is a list; the field takes an object, "
        "so convert it in the mapping",
    ),
    (
        {"total_inc_tax": "134.00"},
        "wrong-form",
        "total_inc_tax",
        "total_inc_tax is '134.00', which is not an amount as text with exactly 4 decimals, not negative; "
        "bring it to the form of '225.0000'",
    ),
    (
        {"discount_amount": "1.0000\n"},
        "wrong-form",
        "discount_amount",
        "discount_amount is '1.0000\\n', which is not an amount as text with exactly 4 decimals, not negative; "
        "bring it to the form of '225.0000'",
    ),
    (
        {"default_currency_code": "EUX"},
        "wrong-form",
        "default_currency_code",
        "default_currency_code is 'EUX', which is not an ISO 4217 currency code; bring it to the form of 'EUR'",
    ),
    (
        {"external_source": "ERP"},
        "wrong-value",
        "external_source",
        "external_source is 'ERP', and only 'M-MIG' is allowed; send that",
    ),
    (
        {"billing_address.zip": "7"},
        "too-short",
        "billing_address.zip",
        "billing_address.zip is '7', and at least 2 characters are needed; "
        "map another value, or a fallback with otherwise",
    ),
    (
        {"products.0.name": "x" * 312},
        "too-long",
        "products[0].name",
        f"products[0].name is '{'x' * 58}…, 312 characters where 250 are the limit; use the filter shorten(250)",
    ),
    (
        {"customer_id": -1},
        "too-small",
        "customer_id",
        "customer_id is -1, and 0 is the lowest allowed; correct the mapping's value",
    ),
    (
        {"status_id": 99},
        "too-large",
        "status_id",
        "status_id is 99, and 14 is the highest allowed; correct the mapping's value",
    ),
    (
        {"products.0.price_ex_tax": 10**11},
        "too-large",
        "products[0].price_ex_tax",
        "products[0].price_ex_tax is 100000000000, and it must be below 100000000000; correct the mapping's value",
    ),
    (
        {"products": []},
        "too-few-items",
        "products",
        "products is a list of 0 items, and at least 1 item is needed; map the source's rows to it, or leave it out",
    ),
    (
        {**COLLECTED, "consignments": {"pickups": PICKUP["pickups"] * 2}},
        "too-many-items",
        "consignments.pickups",
        "consignments.pickups is a list of 2 items, and at most 1 item is allowed; leave the rest out",
    ),
    (
        {"staff_notes": "Ring \ud83d"},
        "not-unicode",
        "staff_notes",
        "staff_notes is 'Ring \\ud83d', with half of a surrogate pair, which JSON cannot carry; mend the export",
    ),
]


def _named(value: object) -> str:
    """The same in every process: what is left out has no address."""
    return (", ".join(value) if isinstance(value, dict) else str(value))[:40]


@pytest.mark.parametrize(("changes", "code", "path", "message"), SENTENCES, ids=_named)
def test_each_problem_is_one_sentence(
    changes: dict[str, Any], code: str, path: str, message: str, body: dict[str, Any]
) -> None:
    """One broken rule is one Problem: its code, its field, and what, why and what to do."""
    found = gate.problems(changed(body, changes))
    assert [(problem.code, problem.path, problem.message) for problem in found] == [(code, path, message)]


def test_every_code_is_shown() -> None:
    """The table above has a sentence of every code that a body can meet."""
    assert {code for _, code, _, _ in SENTENCES} == SCHEMA_CODES.keys() - {"not-valid"}


def test_a_line_is_held_to_one_kind(body: dict[str, Any]) -> None:
    """A custom line that lacks its name is told that, and nothing of catalogue products."""
    del body["products"][0]["name"]
    assert [problem.path for problem in gate.problems(body)] == ["products[0].name"]


def test_a_fee_is_told_each_missing_cost_once(body: dict[str, Any]) -> None:
    """No Problem comes twice, though several rules speak of one field."""
    body["fees"] = [{"type": "custom_fee", "display_name_customer": "Tip"}]
    assert [problem.path for problem in gate.problems(body)] == ["fees[0].cost_inc_tax", "fees[0].cost_tax"]


def test_all_is_told_at_once(body: dict[str, Any]) -> None:
    """Several mistakes are several Problems, in the order of the schema."""
    broken = changed(body, {"billing_address.zip": "7", "colour": "red", "status_id": 99, "total_inc_tax": LEAVE_OUT})
    assert [problem.code for problem in gate.problems(broken)] == [
        "too-large",
        "too-short",
        "half-a-pair",
        "unknown-field",
    ]


def test_a_valid_body_does_not_pay_for_the_explainer() -> None:
    """`jsonschema` is imported for the first body that fails, not before."""
    program = (
        "import sys; from importer.orders import gate; assert 'jsonschema' not in sys.modules;"
        "gate.problems({}); assert 'jsonschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


GATE = Draft202012Validator(SCHEMA)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["", "M-MIG", "1.0000", "-1.0000", "US", "us", "1.0000\n", "::1", "en-US", "x" * 300]),
    st.sampled_from([[], {}, [FEE], PICKUP, {"zip": "78751"}, {"product_id": 1, "quantity": 1}, 0, 1, 15, 1.0]),
).map(copy.deepcopy)  # a later edit may reach into the value
NAMES = st.sampled_from(
    ["colour", "id", "consignments", "products", "country", "ip_address_v6", "fees", "wrapping_cost_ex_tax", "sku"]
)


def places(value: Any) -> list[Any]:
    """Every object and list within the value, itself first."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] * isinstance(value, dict | list) + [place for item in inner for place in places(item)]


@st.composite
def broken_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A valid body after one to three random edits: fields and items set, added, removed."""
    body = copy.deepcopy(draw(st.sampled_from(list(BODIES.values()))))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(body)))
        if isinstance(place, list):
            place[draw(st.integers(0, len(place))) :] = draw(st.lists(VALUES, max_size=2))
        elif place and draw(st.booleans()):
            key = draw(st.sampled_from(list(place)))
            place.pop(key) if draw(st.booleans()) else place.update({key: draw(VALUES)})
        else:
            place[draw(NAMES)] = draw(VALUES)
    return body


def paths(error: ValidationError) -> set[str]:
    """The fields that the gate's own error is about, as a Problem names them."""
    at = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
    names = getattr(error.kind, "unexpected", None) or [getattr(error.kind, "property", None)]
    return {(f"{at}.{name}" if name else at).lstrip(".") for name in names}


@given(broken_bodies())
def test_gate_and_explainer_agree(body: dict[str, Any]) -> None:
    """jsonschema-rs refuses a body exactly when jsonschema finds a reason, and for the same fields."""
    told = {problem.path for problem in gate.problems(body)}
    assert gate.passes(body) == (not told)
    assert told == {path for error in GATE.iter_errors(body) for path in paths(error)}
