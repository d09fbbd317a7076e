"""The doctor: go or no-go, with reasons, from what the store says of itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from importer.errors import StoreRefused
from importer.run.doctor import CHECKS, Check, Verdict, diagnose, taken_for_its_own
from importer.sandbox.process import Process, start
from importer.store import CallFailed, OrdersClient, StoreAddress
from importer.store.preflight import Preflight, preflight


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Process]:
    """A store on this machine."""
    with start() as running:
        yield running


def of(checks: list[Check], topic: str) -> Check:
    """The one check of a topic."""
    (found,) = [check for check in checks if check.topic == topic]
    return found


def test_a_new_store_is_a_go(sandbox: Process) -> None:
    """Against a real server every topic has its say and none is a no-go."""
    checks = diagnose(preflight(OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url))))
    assert Verdict.NO_GO not in {check.verdict for check in checks}
    assert of(checks, "credentials").verdict is Verdict.GO
    assert "America/Chicago (UTC-6 h)" in of(checks, "time zone").message
    assert "order_placed" in of(checks, "inventory").message
    assert len(checks) >= len(CHECKS)


def test_amounts_that_the_store_takes_for_its_own_currency_are_told(sandbox: Process) -> None:
    """Euros in a store of dollars become dollars: said before anything is sent, and only where it is so."""
    client = OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url))
    assert taken_for_its_own(client, {"USD"}) == ""
    told = taken_for_its_own(client, {"ZAR", "EUR", "USD"})
    assert told.startswith("the store's currency is USD: it takes amounts in EUR, ZAR for USD")


def test_webhooks_that_would_fire_are_named(sandbox: Process) -> None:
    """By scope and host; a destination's path and query may hold secrets."""
    hook = {"scope": "store/order/*", "destination": "https://erp.example/in?key=secret", "is_active": True}
    requests.put(f"{sandbox.url}/_admin/settings", json={"hooks": [hook]}, timeout=10).raise_for_status()
    checks = diagnose(preflight(OrdersClient(StoreAddress(sandbox.store, sandbox.token, sandbox.url))))
    assert of(checks, "webhooks") == Check(
        "webhooks",
        Verdict.WARN,
        "store/order/* would call erp.example for every order sent; deactivate it for the run",
    )


@pytest.mark.parametrize(
    ("scopes", "reason"),
    [(["store_v2_orders_read_only"], "not write them"), (["store_v2_products"], "orders cannot be read")],
)
def test_a_missing_scope_is_a_no_go(sandbox: Process, scopes: list[str], reason: str) -> None:
    """A token that cannot read or write orders is told apart, without an order being made."""
    body = {"token": "lesser", "scopes": scopes}
    requests.put(f"{sandbox.url}/_admin/tokens", json=body, timeout=10).raise_for_status()
    checks = diagnose(preflight(OrdersClient(StoreAddress(sandbox.store, "lesser", sandbox.url))))
    assert of(checks, "credentials").verdict is Verdict.NO_GO
    assert reason in of(checks, "credentials").message
    assert requests.get(f"{sandbox.url}/_admin/orders", timeout=10).json() == []


def test_a_wrong_token_ends_it(sandbox: Process) -> None:
    """Nothing can be told about a store that does not know the token."""
    with pytest.raises(StoreRefused, match="BIGCOMMERCE_ACCESS_TOKEN"):
        preflight(OrdersClient(StoreAddress(sandbox.store, "wrong", sandbox.url)))


STATUSES = [{"id": number, "name": str(number), "custom_label": str(number)} for number in range(15)]
GOOD = {
    "store": {
        "name": "Kettle",
        "status": "live",
        "plan_name": "Pro",
        "currency": "EUR",
        "is_price_entered_with_tax": True,
    },
    "orders": {"count": 1},
    "statuses": STATUSES,
    "channels": [{"id": 1, "name": "Shop", "status": "active"}],
    "inventory": {"update_stock_behavior": "order_placed"},
    "emails": {"combined_order_status_email": False, "invoice_email": False},
    "hooks": [],
}
ORDER = {"tax_provider_id": "BasicTaxProvider"}


def test_a_store_with_nothing_against_it_is_all_go() -> None:
    """Each topic can say go."""
    checks = diagnose(Preflight(GOOD, {}, may_write=True, rate=15.0, last_order=ORDER))
    assert {check.verdict for check in checks} == {Verdict.GO}
    assert "54,000 requests an hour" in of(checks, "quota").message


@pytest.mark.parametrize(
    ("reading", "value", "topic", "message"),
    [
        ("store", {"status": "down_for_maintenance"}, "store", "down_for_maintenance"),
        ("statuses", STATUSES[:14], "statuses", "no status 14"),
        ("channels", [{"id": 2, "name": "POS", "status": "active"}], "channels", "set channel_id in the mapping"),
        ("emails", {"combined_order_status_email": True}, "notifications", "combined_order_status_email on"),
    ],
)
def test_what_must_be_known_is_a_warning(reading: str, value: object, topic: str, message: str) -> None:
    """A setting that bites is warned of, with what to do."""
    checks = diagnose(Preflight(GOOD | {reading: value}, {}, may_write=True, rate=15.0, last_order=ORDER))
    assert of(checks, topic).verdict is Verdict.WARN
    assert message in of(checks, topic).message


def test_automatic_tax_shows_in_the_newest_order() -> None:
    """Another tax provider than the store's own would file history as tax documents."""
    checks = diagnose(Preflight(GOOD, {}, may_write=True, rate=15.0, last_order={"tax_provider_id": "AvaTaxProvider"}))
    assert of(checks, "automatic tax").verdict is Verdict.WARN


@pytest.mark.parametrize(
    "content", ["[]", "{}", "[1]", '"text"', "null", '{"data": 7}', '{"timezone": "UTC"}', "<html>"]
)
def test_answers_of_another_shape_are_told_not_tripped_over(content: str) -> None:
    """Whatever a server makes of the readings, every topic has its say."""

    class Odd(BaseHTTPRequestHandler):
        def log_message(self, format: str, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content.encode())

        def do_PUT(self) -> None:
            self.do_GET()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        checks = diagnose(preflight(OrdersClient(StoreAddress("s", "t", f"http://127.0.0.1:{server.server_port}"))))
    except CallFailed:
        assert content in ("<html>", "null")  # not even the clock can be read
    else:
        assert of(checks, "credentials").verdict in (Verdict.NO_GO, Verdict.UNKNOWN, Verdict.GO)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_cannot_be_read_is_unknown_not_fine() -> None:
    """A reading that failed is said to be unknown, with the store's reason."""
    failures = {name: "404 not found" for name in GOOD if name != "orders"}
    checks = diagnose(Preflight({"orders": {"count": 0}}, failures, may_write=None))
    assert {check.verdict for check in checks} == {Verdict.UNKNOWN}
