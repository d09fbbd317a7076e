"""POST, GET, PUT and DELETE of V2 orders, as the documents tell them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_caller import TOKEN, body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox_caller import Caller

LINE: dict[str, Any] = {"name": "Mug", "quantity": 1, "price_ex_tax": 10, "price_inc_tax": 11}


def test_an_order_is_made_with_its_sums(store: Caller) -> None:
    """Sums follow from the lines, four decimals in strings, and ids begin at 100."""
    made = store.order(shipping_cost_ex_tax="5", shipping_cost_inc_tax=5.5, discount_amount="11.00")
    assert made["id"] == 100
    assert (made["subtotal_ex_tax"], made["subtotal_inc_tax"]) == ("20.0000", "22.0000")
    assert (made["total_ex_tax"], made["total_inc_tax"], made["total_tax"]) == ("15.0000", "16.5000", "1.5000")
    assert store.get("/v2/orders/100").json() == made


def test_overrides_stand(store: Caller) -> None:
    """An overridden pair is shown as it was sent, and the taxes are its difference."""
    made = store.order(subtotal_ex_tax="1", subtotal_inc_tax="2", total_ex_tax="3.5", total_inc_tax="4.25")
    assert (made["subtotal_tax"], made["total_ex_tax"], made["total_tax"]) == ("1.0000", "3.5000", "0.7500")


def test_defaults_are_those_of_a_recorded_order(store: Caller) -> None:
    """What the body does not say is what the recorded order 101 shows."""
    made = store.order(external_source=...)
    expected = {
        "status_id": 1,
        "status": "Pending",
        "payment_method": "Manual",
        "payment_provider_id": None,
        "staff_notes": None,
        "cart_id": None,
        "order_source": "external",
        "customer_id": 0,
        "channel_id": 1,
        "date_shipped": "",
        "shipping_address_count": 1,
        "external_source": None,
        "ebay_order_id": "0",
        "is_deleted": False,
        "currency_exchange_rate": "1.0000000000",
    }
    assert {name: made[name] for name in expected} == expected
    assert made["products"]["resource"] == "/orders/100/products"


def test_the_historical_date_is_kept_in_utc(store: Caller) -> None:
    """date_created keeps its instant and is shown in UTC; date_modified is now."""
    made = store.order(date_created="Tue, 20 Nov 2012 00:00:00 -0600")
    assert made["date_created"] == "Tue, 20 Nov 2012 06:00:00 +0000"
    assert made["date_modified"] == "Tue, 14 Nov 2023 22:13:20 +0000"


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown field", {"shiping": 1}, "The field 'shiping' is not supported by this resource."),
    ("unknown in a line", {"products": [{**LINE, "colour": 1}]}, "The field 'colour' is not supported"),
    ("read-only", {"status": "Shipped"}, "The field 'status' cannot be written to. Please remove it"),
    ("order_source", {"order_source": "www"}, "The field 'order_source' cannot be written to."),
    ("default currency", {"default_currency_code": "EUR"}, "The field 'default_currency_code' cannot be written to."),
    ("sku of a catalogue line", {"products": [{"product_id": 1, "quantity": 1, "sku": "A"}]}, "'sku' cannot be writ"),
    ("null", {"staff_notes": None}, "The field 'staff_notes' does not allow null values."),
    (
        "null in an address",
        {"billing_address": {"zip": "1010", "state": None}},
        "The field 'state' does not allow null values.",
    ),
    ("no address", {"billing_address": ...}, "The required field 'billing_address' was not supplied."),
    ("no zip", {"billing_address": {"city": "Wien"}}, "The required field 'zip' was not supplied."),
    ("short zip", {"billing_address": {"zip": "1"}}, "The field 'billing_address' is invalid."),
    ("no lines", {"products": []}, "The required field 'products' was not supplied."),
    ("a line without price", {"products": [{"name": "Mug", "quantity": 1}]}, "'price_inc_tax' was not supplied."),
    ("a line without name", {"products": [{**LINE, "name": ""}]}, "The field 'name' is invalid."),
    ("quantity as text", {"products": [{**LINE, "quantity": "1"}]}, "The field 'quantity' is invalid."),
    ("half a pair", {"total_ex_tax": "1"}, "The field 'total_inc_tax' is required when 'total_ex_tax'"),
    ("half of shipping", {"shipping_cost_inc_tax": 1}, "'shipping_cost_ex_tax' is required"),
    ("negative", {"discount_amount": "-1"}, "The field 'discount_amount' is invalid."),
    ("no number", {"discount_amount": "ten"}, "The field 'discount_amount' is invalid."),
    ("ISO date", {"date_created": "2012-11-20T00:00:00Z"}, "The field 'date_created' is invalid."),
    ("wrong weekday", {"date_created": "Mon, 20 Nov 2012 00:00:00 +0000"}, "The field 'date_created' is invalid."),
    ("date without zone", {"date_created": "Tue, 20 Nov 2012 00:00:00"}, "The field 'date_created' is invalid."),
    ("locale", {"customer_locale": "en_US"}, "The field 'customer_locale' is invalid."),
    ("long address", {"ip_address": "1" * 31}, "The field 'ip_address' is invalid."),
    ("IPv6 as IPv4", {"ip_address": "2001:db8::1"}, "The field 'ip_address' is invalid."),
    ("both addresses", {"ip_address": "1.2.3.4", "ip_address_v6": "::1"}, "The field 'ip_address_v6' is invalid."),
    ("status", {"status_id": 15}, "The field 'status_id' is invalid."),
    ("customer", {"customer_id": 7}, "The field 'customer_id' is invalid."),
    ("channel", {"channel_id": 9}, "The field 'channel_id' is invalid."),
    ("product", {"products": [{"product_id": 9, "quantity": 1}]}, "The field 'product_id' is invalid."),
    (
        "country",
        {"billing_address": {"zip": "1010", "country_iso2": "XX"}},
        "The field 'billing_address' is invalid.",
    ),
    (
        "shipping country",
        {"shipping_addresses": [{"country": "Atlantis"}]},
        "The field 'shipping_address' is invalid.",
    ),
    ("fee of one cost", {"fees": [{"type": "custom_fee", "display_name_customer": "A", "cost_ex_tax": 1}]}, "cost_inc"),
    (
        "consignments and products",
        {"consignments": {"pickups": [{"pickup_method_id": 1, "line_items": [LINE]}]}},
        "The field 'products' cannot be used together with 'consignments'.",
    ),
]


@pytest.mark.parametrize(("body", "message"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_a_wrong_body_is_refused(store: Caller, body: dict[str, Any], message: str) -> None:
    """A wrong body gets 400 with an array that names one field, and makes no order."""
    answer = store.post("/v2/orders", body_of(**body))
    assert answer.status_code == 400
    [error] = answer.json()
    assert error["status"] == 400
    assert message in error["message"]
    assert store.get("/v2/orders").status_code == 204


def test_mistakes_are_named_in_the_documented_order(store: Caller) -> None:
    """Of several mistakes the unknown field is named first, then the read-only one, then null, then what is missing."""
    body: dict[str, Any] = {"staff_notes": None, "id": 1, "nonsense": 1, "total_ex_tax": "-1"}
    seen = []
    for mended in (
        {},
        {"nonsense": ...},
        {"id": ...},
        {"staff_notes": "x"},
        {"billing_address": {"zip": "78751"}, "products": [LINE]},
        {"total_inc_tax": "1"},
    ):
        body = {name: value for name, value in {**body, **mended}.items() if value is not ...}
        seen.append(store.post("/v2/orders", body).json()[0]["message"].split("'", 2)[1])
    assert seen == ["nonsense", "id", "staff_notes", "billing_address", "total_inc_tax", "total_ex_tax"]


def test_all_mistakes_of_a_kind_can_be_named(start: Callable[..., Caller]) -> None:
    """With the switch `errors=all` the array has each mistake of the first kind found."""
    store = start(switches={"errors": "all"})
    found = store.post("/v2/orders", body_of(nonsense=1, rubbish=2, id=3)).json()
    assert [error["message"].split("'")[1] for error in found] == ["nonsense", "rubbish"]


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"total_ex_tax": NaN}', b'{"staff_notes": "\\ud800"}', b"\xff"])
def test_what_is_no_json_object_is_refused(store: Caller, text: bytes) -> None:
    """A body that is not a JSON object gets 400, not 500."""
    answer = store.call("POST", "/v2/orders", data=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_the_content_type_counts(store: Caller) -> None:
    """Without content type a body gets 400, with another one 415."""
    assert store.call("POST", "/v2/orders", data=b"{}").status_code == 400
    assert store.call("POST", "/v2/orders", data=b"{}", headers={"Content-Type": "text/xml"}).status_code == 415


def test_negative_quantities_are_returns(store: Caller) -> None:
    """A negative quantity is taken, as in bigcommerce/docs #512, and makes a negative subtotal."""
    made = store.order(products=[{**LINE, "quantity": -3, "price_ex_tax": 2, "price_inc_tax": 2}])
    assert made["subtotal_inc_tax"] == "-6.0000"


def test_fees_count_in_the_total(store: Caller) -> None:
    """A fee's missing cost follows from the other two, and the fee is part of the total."""
    made = store.order(fees=[{"type": "custom_fee", "display_name_merchant": "F", "cost_ex_tax": "4", "cost_tax": 8}])
    assert made["total_inc_tax"] == "34.0000"
    [fee] = store.get("/v2/orders/100/fees").json()["fees"]
    assert (fee["cost_inc_tax"], fee["display_name_customer"], fee["tax_class_id"]) == ("12.0000", "F", None)


def test_pickup_orders_have_no_shipping_address(store: Caller) -> None:
    """An order with a pickup consignment has its lines there."""
    made = store.order(products=..., consignments={"pickups": [{"pickup_method_id": 1, "line_items": [LINE]}]})
    assert made["shipping_address_count"] == 0
    found = store.get("/v2/orders/100", include="consignments.line_items", consignment_structure="object").json()
    assert found["consignments"]["pickups"][0]["line_items"][0]["name"] == "Mug"


def test_a_post_can_give_back_its_lines_and_fees(store: Caller) -> None:
    """`include` on the POST itself saves two look-ups."""
    query = "?include=consignments.line_items,fees&consignment_structure=object"
    made = store.post(f"/v2/orders{query}", body_of()).json()
    [address] = made["consignments"]["shipping"]
    assert address["line_items"][0]["id"] == 1
    assert made["fees"] == []


def test_put_changes_lines_like_patch(store: Caller) -> None:
    """A line with id changes, one without is new, quantity 0 removes; the subtotal follows."""
    store.order(products=[LINE, {**LINE, "name": "Pot"}])
    lines = [{"id": 1, "quantity": 5}, {"id": 2, "quantity": 0}, {**LINE, "name": "Jug"}]
    changed = store.put("/v2/orders/100", {"products": lines, "status_id": 10}).json()
    assert (changed["subtotal_ex_tax"], changed["status"]) == ("60.0000", "Completed")
    assert [line["name"] for line in store.get("/v2/orders/100/products").json()] == ["Mug", "Jug"]


def test_put_clears_the_discount_of_a_touched_line(store: Caller) -> None:
    """The discount lies on the lines by their price; a touched line loses its share."""
    store.order(products=[LINE, {**LINE, "price_ex_tax": 30, "price_inc_tax": 33}], discount_amount=4)
    assert store.put("/v2/orders/100", {"products": [{"id": 1, "quantity": 1}]}).json()["discount_amount"] == "3.0000"


def test_put_replaces_fees(store: Caller) -> None:
    """Fees that a PUT does not name are gone."""
    fee = {"type": "custom_fee", "display_name_customer": "A", "cost_ex_tax": 1, "cost_inc_tax": 1}
    store.order(fees=[fee, fee])
    store.put("/v2/orders/100", {"fees": [{**fee, "id": 2, "cost_inc_tax": 3}]})
    assert [(one["id"], one["cost_inc_tax"]) for one in store.get("/v2/orders/100/fees").json()["fees"]] == [
        (2, "3.0000")
    ]


def test_external_merchant_id_is_written_once(store: Caller) -> None:
    """POST takes external_merchant_id, PUT refuses it; external_order_id may change."""
    store.order(external_merchant_id="old:1")
    answer = store.put("/v2/orders/100", {"external_merchant_id": "old:1"})
    assert (answer.status_code, "cannot be written to" in answer.text) == (400, True)
    assert store.put("/v2/orders/100", {"external_order_id": "2"}).json()["external_merchant_id"] == "old:1"


def test_ip_addresses_reset_each_other(store: Caller) -> None:
    """Setting one kind of address clears the other."""
    store.order(ip_address="1.2.3.4")
    changed = store.put("/v2/orders/100", {"ip_address_v6": "::1"}).json()
    assert (changed["ip_address"], changed["ip_address_v6"]) == ("", "::1")


def test_delete_archives(store: Caller) -> None:
    """A deleted order is gone from lists and can still be read; DELETE of all archives the rest."""
    for _ in range(3):
        store.order()
    assert store.delete("/v2/orders/100").status_code == 204
    assert store.get("/v2/orders/100").json()["is_deleted"] is True
    assert [order["id"] for order in store.get("/v2/orders").json()] == [101, 102]
    assert store.delete("/v2/orders").status_code == 204
    assert store.get("/v2/orders").status_code == 204


def test_an_order_that_is_not_there(store: Caller) -> None:
    """404 with an array in V2."""
    for answer in (store.get("/v2/orders/7"), store.put("/v2/orders/7", {}), store.delete("/v2/orders/7")):
        assert answer.status_code == 404
        assert answer.json() == [{"status": 404, "message": "The requested resource was not found."}]


def test_nothing_keeps_a_second_order_out(store: Caller) -> None:
    """external_order_id is no key: the same order sent twice is there twice."""
    assert store.order(external_order_id="1001")["id"] != store.order(external_order_id="1001")["id"]
    assert len(store.get("/v2/orders", external_order_id="1001").json()) == 2


@pytest.mark.parametrize(
    ("switches", "body", "status"),
    [
        ({"post_status": 201}, {}, 201),
        ({"iso_dates": "accepted"}, {"date_created": "2012-11-20T00:00:00Z"}, 200),
        ({"multi_currency": True}, {"default_currency_code": "EUR"}, 200),
        ({"plan_limit": 1}, {}, 507),
    ],
)
def test_what_nobody_documents_of_a_post(
    start: Callable[..., Caller], switches: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    """200 or 201, ISO dates, other currencies, the plan's limit: each is a switch."""
    store = start(switches=switches)
    assert store.post("/v2/orders", body_of(**body)).status_code in (status, 200)
    assert store.post("/v2/orders", body_of(**body)).status_code == status


def test_answers_may_have_new_members(start: Callable[..., Caller]) -> None:
    """With `novelties` an order has members that no document names."""
    assert "__warning__" in start(switches={"novelties": "yes"}).order()


def test_orders_made_at_the_same_time_are_all_there(store: Caller) -> None:
    """Eight clients at once: every order has its own id, and gaps are all that is missing."""
    body = body_of()
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: store.post("/v2/orders", body).json()["id"], range(80)))
    assert len(set(answers)) == 80
    assert store.get("/v2/orders/count").json()["count"] == 80


def test_a_connection_stays_open(store: Caller) -> None:
    """Good answers, refusals and HEAD leave the connection open for the next request."""
    connection = HTTPConnection(store.url.removeprefix("http://"))
    headers = {"X-Auth-Token": TOKEN, "Content-Type": "application/json"}
    for method, path in (("GET", "/v2/time"), ("POST", "/v2/orders"), ("HEAD", "/v2/time"), ("GET", "/v2/orders")):
        connection.request(method, f"/stores/sandbox{path}", b"{}", headers)
        first = connection.sock
        connection.getresponse().read()
        assert connection.sock is first is not None
    connection.close()
