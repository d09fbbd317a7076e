"""Reconciliation: what the store has twice, not at all, unmapped or of others is named."""

from __future__ import annotations

from stub_store import StubStore, mapped

from importer.ledger import Ledger
from importer.run.reconcile import Reconciliation, reconcile
from importer.run.settings import Settings
from importer.run.submit import submit
from importer.store import OrdersClient

ORDERS = 300


def test_a_sound_migration_agrees(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Every order is there once; the listing takes a request for each 250 orders."""
    submit(map(mapped, range(ORDERS)), client, ledger, Settings("shop", settle=1.0, concurrency=16))
    asked = store.gets
    found = reconcile(client, ledger, "shop")
    assert found == Reconciliation(agreed=ORDERS)
    assert found.sound
    assert store.gets - asked <= 4


def test_what_differs_is_named(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Missing, archived, doubled, unmapped and foreign orders, wherever in the range they lie."""
    submit(map(mapped, range(ORDERS)), client, ledger, Settings("shop", settle=1.0, concurrency=16))
    by_number = {order["external_merchant_id"]: order for order in store.orders}
    gone, archived, twice = by_number["shop:3"], by_number["shop:200"], by_number["shop:299"]
    store.orders.remove(gone)
    archived["is_deleted"] = True
    store.orders += [
        {**twice, "id": 5000},
        {**twice, "id": 5001, "external_merchant_id": "shop:9999"},
        {"id": 5002, "external_order_id": None, "external_merchant_id": None, "external_source": None},
        {**twice, "id": 5003, "external_merchant_id": "other shop:299"},
    ]
    found = reconcile(client, ledger, "shop")
    assert found == Reconciliation(
        agreed=ORDERS - 2,
        missing=[("3", gone["id"]), ("200", archived["id"])] if gone["id"] < archived["id"] else found.missing,
        doubled=[("299", 5000)],
        unmapped=[("9999", 5001)],
        foreign=2,
    )
    assert set(found.missing) == {("3", gone["id"]), ("200", archived["id"])}
    assert not found.sound


def test_an_order_that_is_missing_at_the_end_is_named(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """The range ends where the ledger does, not where the store's list does."""
    submit(map(mapped, range(10)), client, ledger, Settings("shop", settle=1.0, concurrency=16))
    last = max(store.orders, key=lambda order: int(order["id"]))
    store.orders.remove(last)
    assert reconcile(client, ledger, "shop").missing == [(last["external_merchant_id"].partition(":")[2], last["id"])]


def test_what_a_list_leaves_out_is_asked_for_before_it_is_missed(
    store: StubStore, client: OrdersClient, ledger: Ledger
) -> None:
    """A list that lags is no lost order."""
    submit(map(mapped, range(10)), client, ledger, Settings("shop", settle=1.0, concurrency=4))
    shown = sorted(store.orders, key=lambda order: int(order["id"]))[:-2]
    store.find_fault = lambda _: (200, shown)
    assert reconcile(client, ledger, "shop") == Reconciliation(agreed=10)


def test_an_empty_ledger_asks_nothing(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Nothing created, nothing listed."""
    assert reconcile(client, ledger, "shop") == Reconciliation()
    assert store.gets == 0
