"""A sandbox in its own process with a ledger beside it, for what happens around a run: read-back, undo, update."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from importer.ledger import Ledger, open_ledger
from importer.model import Body, MappedOrder, SourceOrder, SourceRow
from importer.run.settings import RunResult, Settings
from importer.run.submit import submit
from importer.sandbox.process import Process, start
from importer.store import Created, OrdersClient, StoreAddress


class Around:
    """A running sandbox whose state file can be reached, one client and one ledger for it."""

    def __init__(self, process: Process, folder: Path, ledger: Ledger) -> None:
        self.process, self.folder, self.ledger = process, folder, ledger
        self.client = OrdersClient(StoreAddress(process.store, process.token, process.url))

    def run(self, orders: Iterable[MappedOrder], namespace: str = "shop", run: str = "one", **more: Any) -> RunResult:
        """Send the orders as a run of that name."""
        settings = Settings(namespace, run=run, settle=1.0, concurrency=8, **more)
        return submit(orders, self.client, self.ledger, settings)

    def order_ids(self, namespace: str = "shop") -> dict[str, int]:
        """Source id -> order id, from the ledger."""
        return {one.source_id: one.order_id or 0 for one in self.ledger.created(namespace, 0, 2**62)}

    def post(self, body: Body) -> int:
        """Make an order past the ledger; gives its id."""
        answer = self.client.create(body)
        assert isinstance(answer, Created), answer
        return answer.order_id

    def lose(self, order_id: int) -> None:
        """Take an order out of the store altogether, as no API can."""
        with closing(sqlite3.connect(self.folder / "store.db", timeout=10)) as state, state:
            state.execute("DELETE FROM orders WHERE id = ?", (order_id,))


@contextmanager
def around(folder: Path, **options: Any) -> Iterator[Around]:
    """A sandbox with its state and a ledger in `folder`."""
    state = str(folder / "store.db")
    with start(**{"state": state, "plan": "unlimited", "switches": {"id_gaps": 0.0}, **options}) as process:
        ledger = open_ledger(str(folder / "ledger.db"), StoreAddress(process.store, "", process.url).name)
        with closing(ledger):
            yield Around(process, folder, ledger)


def mapped(number: int, namespace: str = "shop", **fields: Any) -> MappedOrder:
    """A valid order of two lines; the cents, the month and the status follow from the number."""
    price = Decimal(number % 90 + 10)
    total = f"{price * 2 + 5}.0000"
    subtotal = f"{price * 2}.0000"
    body = {
        "external_order_id": str(number),
        "external_merchant_id": f"{namespace}:{number}",
        "external_source": "M-MIG",
        "date_created": f"{['Tue', 'Fri', 'Fri'][number % 3]}, 20 {['Nov', 'Jan', 'Jul'][number % 3]} "
        f"{[2012, 2012, 2012][number % 3]} 10:{number % 60:02}:00 +0000",
        "status_id": [10, 2, 4][number % 3],
        "billing_address": {
            "first_name": "Ada",
            "last_name": f"L{number}",
            "street_1": f"{number} Canary Street",
            "zip": "78751",
            "country_iso2": "US",
            "email": f"ada{number}@canary.example",
        },
        "products": [
            {"name": "Mug", "quantity": 1, "price_ex_tax": float(price), "price_inc_tax": float(price)},
            {"name": f"Cup {number}", "quantity": 1, "price_ex_tax": float(price), "price_inc_tax": float(price)},
        ],
        "subtotal_ex_tax": subtotal,
        "subtotal_inc_tax": subtotal,
        "shipping_cost_ex_tax": "5.0000",
        "shipping_cost_inc_tax": "5.0000",
        "discount_amount": "0.0000",
        "total_ex_tax": total,
        "total_inc_tax": total,
        "staff_notes": f"Imported, order {number}",
        **fields,
    }
    source = SourceOrder(str(number), (SourceRow("orders.csv", number, [str(number), str(fields)]),))
    return MappedOrder(source, body, currency="USD", stated=Decimal(str(body["total_inc_tax"])))


def with_body(order: MappedOrder, **fields: Any) -> MappedOrder:
    """The same source order, mapped otherwise."""
    return order._replace(body={**(order.body or {}), **fields})
