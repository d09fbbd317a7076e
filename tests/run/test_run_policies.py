"""Every policy about customers and products, from the store's snapshot to the order that lies in the store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from importer.ledger import State, read_ledger
from importer.run.parts import lines_in_store
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress

ROOT = Path(__file__).parent.parent.parent
MAPPING = """\
mapping: {name}
source: {{format: csv, order: id, dates: iso}}
money:
  currency: USD
  lines: {{unit: "{{{{ line.price }}}}", quantity: 1}}
  total: "{{{{ order.price }}}}"
tables:
  customers: {{snapshot: shop.snapshot, of: customers{customers}}}
  catalogue: {{snapshot: shop.snapshot, of: variants{variants}}}
body:
  date_created: "{{{{ '2020-01-01T00:00:00Z' | date }}}}"
  status_id: 10
  customer_id: "{{{{ order.email | table('customers') }}}}"
  billing_address: {{zip: "78751", country_iso2: US, street_1: 1 Row, email: "{{{{ order.email }}}}"}}
  products:
    each: line
    name: "{{{{ line.sku }}}} thing"
    sku: "{{{{ line.sku }}}}"
    product_id: "{{{{ (line.sku | table('catalogue')).product_id }}}}"
    variant_id: "{{{{ (line.sku | table('catalogue')).variant_id }}}}"
"""
SEED = {
    "customers": [
        {"id": 7, "email": "ada@example.com"},
        {"id": 8, "email": "bob@example.com"},
        {"id": 9, "email": "Bob@example.com"},
    ],
    "products": [
        {"id": 21, "sku": "CUP"},
        {"id": 22, "sku": "SHIRT", "modifiers": [{"display_name": "Print", "required": True, "option_values": ["A"]}]},
        {"id": 23, "sku": "POT"},
        {"id": 24, "sku": "pot"},
    ],
}


class Shop:
    """A store with customers and a catalogue, and a folder with its snapshot."""

    def __init__(self, store: Process, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.client = OrdersClient(StoreAddress(store.store, store.token, store.url))
        self._runs = 0

    def importer(self, *arguments: str) -> tuple[int, str]:
        """Runs the command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "importer", *arguments, "--api-url", self.store.url, "--store", self.store.store],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "BIGCOMMERCE_ACCESS_TOKEN": self.store.token},
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def migrate(self, email: str, sku: str, customers: str, variants: str) -> tuple[int, str, str]:
        """One order of that e-mail and SKU, under those policies: exit code, what was said, and the ledger."""
        self._runs += 1
        name = f"shop{self._runs}"
        (self.folder / f"{name}.yml").write_text(MAPPING.format(name=name, customers=customers, variants=variants))
        (self.folder / "orders.csv").write_text(f"id,email,sku,price\n{name}-1,{email},{sku},5.00\n")
        ledger = f"{name}.db"
        most = ("--max-refused", "100")
        return *self.importer("run", "orders.csv", "-m", f"{name}.yml", "--ledger", ledger, *most), ledger

    def states(self, ledger: str) -> dict[State, int]:
        """Where the rows stand."""
        with closing(read_ledger(str(self.folder / ledger))) as opened:
            return {state: count for state, count in opened.counts().items() if count}

    def stored(self, ledger: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The one order that the ledger created, and its one line, as the store shows them."""
        with closing(read_ledger(str(self.folder / ledger))) as opened:
            (row,) = opened.in_state(State.CREATED)
        order = self.client.get(row.order_id or 0)
        assert order is not None
        return order, lines_in_store(self.client, order["id"])[0]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Ada once, Bob twice; a cup, a shirt that asks for a print, two articles of one SKU."""
    folder = tmp_path_factory.mktemp("policies")
    with start(plan="unlimited", window=1.0) as store:
        requests.post(f"{store.url}/_admin/seed", json=SEED, timeout=10).raise_for_status()
        running = Shop(store, folder)
        code, said = running.importer("snapshot", "--into", "shop.snapshot")
        assert code == 0, said
        yield running


@pytest.mark.parametrize(
    ("email", "sku", "customers", "variants", "customer", "product"),
    [
        ("ADA@example.com", "cup", "", "", 7, 21),
        ("", "", "", "", 0, 0),
        ("eve@example.com", "CUP", ", unknown: guest", "", 0, 21),
        ("ada@example.com", "HAT", "", ", unknown: custom-line", 7, 0),
        ("ada@example.com", "SHIRT", "", "", 7, 0),
    ],
    ids=["known", "blank", "guest", "custom-line", "options-required"],
)
def test_the_order_in_the_store_is_linked_as_the_policy_says(
    shop: Shop, email: str, sku: str, customers: str, variants: str, customer: int, product: int
) -> None:
    """With the customer and the product, or as a guest's and as a custom line under its own name."""
    code, said, ledger = shop.migrate(email, sku, customers, variants)
    assert code == 0, said
    order, line = shop.stored(ledger)
    assert (order["customer_id"], line["product_id"]) == (customer, product)
    assert product or line["name"].strip() == f"{sku} thing".strip()
    noted = {"guest": "customer-unknown", "custom-line": "product-unknown"}
    assert all(code in said for word, code in noted.items() if word in customers + variants)


@pytest.mark.parametrize(
    ("email", "sku", "customers", "variants"),
    [("eve@example.com", "CUP", ", unknown: parked", ""), ("ada@example.com", "HAT", "", ", unknown: parked")],
    ids=["customer", "product"],
)
def test_a_parked_order_waits_in_the_ledger(shop: Shop, email: str, sku: str, customers: str, variants: str) -> None:
    """Nothing is sent; the row is parked and says what it waits for, without the e-mail."""
    _, said, ledger = shop.migrate(email, sku, customers, variants)
    assert shop.states(ledger) == {State.PARKED: 1}, said
    with closing(read_ledger(str(shop.folder / ledger))) as opened:
        (row,) = opened.in_state(State.PARKED)
    assert "parked until it does" in row.message
    assert email not in row.message


@pytest.mark.parametrize(
    ("email", "sku", "said"),
    [
        ("eve@example.com", "CUP", "Undecided: table 'customers' has no row for"),
        ("ada@example.com", "HAT", "Undecided: table 'catalogue' has no row for"),
        ("bob@example.com", "CUP", "2 customers of the store have this order's e-mail"),
        ("ada@example.com", "POT", "2 variants of the store have the SKU 'POT'"),
    ],
    ids=["unknown customer", "unknown product", "two customers", "two products"],
)
def test_what_a_person_must_decide_is_not_sent(shop: Shop, email: str, sku: str, said: str) -> None:
    """By default an unknown is undecided; several hits always are a person's."""
    code, told, ledger = shop.migrate(email, sku, "", "")
    assert code == 1
    assert said in told
    assert shop.states(ledger) == {}
