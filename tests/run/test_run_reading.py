"""Reading back: every page of the store, whatever its pages are like."""

from __future__ import annotations

from stub_store import StubStore, mapped

from importer.run.reading import orders_of
from importer.store import OrdersClient


def test_a_store_of_short_pages_is_read_to_the_end(store: StubStore, client: OrdersClient) -> None:
    """A store that shows fewer orders a page than asked for hides none from a proof."""
    store.longest_page = 100
    for number in range(250):
        store.post(mapped(number).body or {})
    assert sum(1 for _ in orders_of(client)) == 250
