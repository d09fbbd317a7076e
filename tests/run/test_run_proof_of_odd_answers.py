"""A read-back of a store whose answers are odd: nothing is taken for proved that was not shown."""

from __future__ import annotations

from typing import Any

import pytest
from stub_store import StubStore, mapped

from importer.ledger import Ledger
from importer.model import MappedOrder
from importer.run.settings import Settings
from importer.run.sides import Sides
from importer.run.submit import submit
from importer.run.verify import verify
from importer.store import OrdersClient

ODD: dict[str, dict[str, Any]] = {
    "a total that is not shown": {"total_inc_tax": None},
    "a date that is not shown": {"date_created": ""},
    "a mark that is not shown": {"external_source": None},
    "an address that is none": {"billing_address": 5},
    "a total that is no number": {"total_inc_tax": "NaN"},
    "a total that no database holds": {"total_inc_tax": "1e400"},
    "a status that is none": {"status_id": "x"},
    "a date after the last year": {"date_created": "Fri, 31 Dec 9999 23:59:59 -0500"},
    "a currency that is neither's": {"currency_code": "GBP", "store_default_currency_code": "USD"},
    "lines that are none": {"items_total": 7, "consignments": {"shipping": [{"line_items": 5}]}},
    "a refund that nobody brought": {"refunded_amount": "5.0000"},
}


def order() -> MappedOrder:
    """One order of which the store shows what a store shows."""
    line = {"name": "Tea", "quantity": 1, "price_ex_tax": 10.0, "price_inc_tax": 10.0}
    made = mapped(1, status_id=10, total_ex_tax="10.0000", products=[line])
    return MappedOrder(made.source, made.body, currency="EUR")


def proof(client: OrdersClient, ledger: Ledger) -> dict[str, int]:
    """What a read-back finds."""
    with Sides() as sides:
        verify(client, ledger, sides, [order()], namespace="shop")
        return sides.found()


def test_an_order_as_it_was_written_is_proved(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Amounts stand in the store's own currency where it has no other: they are compared, and hold."""
    submit([order()], client, ledger, Settings("shop", settle=1.0))
    store.orders[0] |= {"currency_code": "USD", "store_default_currency_code": "USD", "refunded_amount": "0.0000"}
    assert proof(client, ledger) == {}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_odd_is_named(odd: dict[str, Any], store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Neither a proof that holds nor a traceback: the order is named as changed."""
    submit([order()], client, ledger, Settings("shop", settle=1.0))
    store.orders[0] |= odd
    assert proof(client, ledger) == {"changed": 1}
