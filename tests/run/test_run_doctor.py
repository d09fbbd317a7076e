"""The doctor: go or no-go, with reasons, from what the store says of itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from importer.errors import StoreRefused
from importer.run.doctor import CHECKS, Check, Verdict, diagnose
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress
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


def test_what_cannot_be_read_is_unknown_not_fine() -> None:
    """A reading that failed is said to be unknown, with the store's reason."""
    failures = {name: "404 not found" for name in GOOD if name != "orders"}
    checks = diagnose(Preflight({"orders": {"count": 0}}, failures, may_write=None))
    assert {check.verdict for check in checks} == {Verdict.UNKNOWN}
