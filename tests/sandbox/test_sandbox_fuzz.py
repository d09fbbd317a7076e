"""No body makes the store fall over: every answer is one that the store means."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_caller import TOKEN, ManualClock

from importer.sandbox.config import Config
from importer.sandbox.sandbox import Sandbox
from importer.sandbox.seed import put_products
from importer.sandbox.state import State
from importer.sandbox.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE: dict[str, Any] = {
    "billing_address": {
        "first_name": "Jane",
        "zip": "78751",
        "country": "Austria",
        "country_iso2": "AT",
        "email": "j@x.y",
        "form_fields": [{"name": "VAT", "value": "AT1"}],
    },
    "shipping_addresses": [{"street_1": "Here 1", "country": "Austria", "shipping_method": "Post"}],
    "products": [
        {"name": "Mug", "quantity": 1, "price_ex_tax": 1.5, "price_inc_tax": "2", "sku": "A", "upc": "1"},
        {
            "product_id": 1,
            "quantity": 1,
            "variant_id": 1,
            "wrapping_id": 1,
            "wrapping_cost_ex_tax": 1,
            "wrapping_cost_inc_tax": 2,
        },
        {"product_id": 1, "quantity": 2, "product_options": [{"id": 1, "value": "101"}], "name_merchant": "X"},
    ],
    "fees": [
        {"type": "custom_fee", "display_name_customer": "F", "cost_ex_tax": 1, "cost_tax": 2, "tax_class_id": None}
    ],
    "date_created": "Tue, 20 Nov 2012 00:00:00 +0000",
    "discount_amount": "0.5",
    "total_ex_tax": 1,
    "total_inc_tax": "2.00",
    "shipping_cost_ex_tax": 1,
    "shipping_cost_inc_tax": 1,
    "base_shipping_cost": 1,
    "status_id": 2,
    "customer_locale": "en-US",
    "ip_address": "1.2.3.4",
    "payment_provider_id": 7.5,
    "external_order_id": "7",
    "external_source": "M-MIG",
}
PICKUP: dict[str, Any] = {
    "billing_address": {"zip": "1010"},
    "consignments": {
        "pickups": [{"pickup_method_id": 1, "location": {"name": "Here"}, "line_items": [WHOLE["products"][0]]}]
    },
}
CHANGES: dict[str, Any] = {
    "products": [{"id": 1, "quantity": 0}, {"id": 2, "name": "N", "product_options": []}, WHOLE["products"][0]],
    "fees": [{**WHOLE["fees"][0], "id": 1}],
    "shipping_addresses": [{"id": 1, "zip": "1"}],
    "consignments": {"pickups": [{"id": 1, "line_items": []}]},
    "is_deleted": True,
    "billing_address": {"zip": "10"},
    "total_ex_tax": 1,
    "total_inc_tax": 1,
}
SHIPMENT = {"order_address_id": 1, "items": [{"order_product_id": 1, "quantity": 1}], "tracking_number": "1"}
METAFIELD = {"permission_set": "read", "namespace": "n", "key": "k", "value": "v", "resource_id": 100}

TARGETS: list[tuple[str, str, Any]] = [
    ("POST", "/v2/orders", WHOLE),
    ("POST", "/v2/orders", PICKUP),
    ("PUT", "/v2/orders/100", CHANGES),
    ("PUT", "/v2/orders/101", {**CHANGES, "shipping_addresses": [], "products": []}),
    ("PUT", "/v2/orders/100/shipping_addresses/1", {"city": "Wien", "country_iso2": "AT"}),
    ("POST", "/v2/orders/100/shipments", SHIPMENT),
    ("PUT", "/v2/orders/100/shipments/1", {"order_address_id": 1, "merchant_shipping_cost": "1"}),
    ("POST", "/v3/orders/100/metafields", METAFIELD),
    ("POST", "/v3/orders/metafields", [METAFIELD]),
    ("PUT", "/v3/orders/metafields", [{**METAFIELD, "id": 1}]),
    ("DELETE", "/v3/orders/metafields", [1, 2]),
]

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [0, -1, 2**31, 10**400, 1e308, "", "0", "-1", "1e9", "\x00", "ü" * 300, "9" * 40, [], {}, [[]], [None]]
    ),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.dictionaries(st.sampled_from(["id", "name", "zip", "value"]), st.integers() | st.text(max_size=3), max_size=2),
    st.lists(st.integers() | st.dictionaries(st.text(max_size=3), st.none(), max_size=1), max_size=2),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a body: its container and its key."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from places(inner)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """A request whose body has up to two odd values, or lacks up to two of its own."""
    method, path, whole = draw(st.sampled_from(TARGETS))
    body = copy.deepcopy(whole)
    for _ in range(draw(st.integers(0, 2))):
        container, key = draw(st.sampled_from(list(places(body)) or [({"x": 1}, "x")]))
        if draw(st.booleans()):
            container[key] = copy.deepcopy(draw(ODD))
        else:
            del container[key]
    return method, path, json.dumps(body).encode()


def answered(sandbox: Sandbox, method: str, path: str, body: bytes) -> int:
    """The status of an answer."""
    headers = {"x-auth-token": TOKEN, "content-type": "application/json", "host": "127.0.0.1:1"}
    return sandbox.answer(Request(method, f"/stores/sandbox{path}", {}, headers, body)).status


@pytest.fixture(scope="module", params=["first", "all"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A store with a product, a shipped order and a pickup order, ids without gaps."""
    state = State()
    config = Config(TOKEN, plan="unlimited", switches={"id_gaps": 0, "errors": request.param})
    made = Sandbox(config, ManualClock(), state)
    with state.transaction():
        option = {"display_name": "Size", "option_values": ["S"]}
        variant = {"sku": "S", "options": {"Size": "S"}, "inventory_level": 10**6}
        put_products(
            state, [{"name": "Shirt", "inventory_tracking": "variant", "options": [option], "variants": [variant]}]
        )
    for method, path, body in (TARGETS[0], TARGETS[1], TARGETS[5], TARGETS[7]):
        assert answered(made, method, path, json.dumps(body).encode()) < 300
    yield made
    state.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=spoiled())
def test_no_body_makes_a_server_error(sandbox: Sandbox, call: tuple[str, str, bytes]) -> None:
    """Whatever stands in a body, the answer is no 500, and what was made can be read back whole."""
    assert answered(sandbox, *call) < 500
    for path in ("", "/products", "/shipping_addresses", "/taxes", "/fees", "/consignments", "/shipments"):
        latest = sandbox.shop.state.rows("SELECT max(id) FROM orders")[0][0]
        assert answered(sandbox, "GET", f"/v2/orders/{latest}{path}", b"") in (200, 204)
