"""A run in a process of its own, for tests that interrupt it: URL, ledger, number of orders."""

from __future__ import annotations

import sys

from stub_store import mapped

from importer.ledger import open_ledger
from importer.run.settings import Settings
from importer.run.submit import submit
from importer.store import OrdersClient, store_address

if __name__ == "__main__":
    url, path, orders = sys.argv[1:]
    client = OrdersClient(store_address({"BIGCOMMERCE_ACCESS_TOKEN": "t"}, "stub", url))
    ledger = open_ledger(path, client.address.name)
    result = submit(map(mapped, range(int(orders))), client, ledger, Settings("shop", settle=1.0, concurrency=3))
    ledger.close()
    sys.exit(130 if result.stop else 0)
