"""The read-back: whatever is done to the store, exactly that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from around_store import Around, around, mapped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.ledger import LedgerEntry, State
from importer.run.sides import Sides
from importer.run.verify import verify

ORDERS = 16


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Around]:
    """A sandbox for all tests of this file; each migrates under a namespace of its own."""
    with around(tmp_path_factory.mktemp("verify")) as running:
        yield running


@dataclass
class Tampered:
    """A migration, what was done to it, and what must be found: (kind, source id, order id)."""

    shop: Around
    namespace: str
    ids: dict[str, int]
    expected: set[tuple[str, str, int]] = field(default_factory=set)

    def delete(self, source_id: str) -> None:
        """The order is gone."""
        self.shop.lose(self.ids[source_id])
        self.expected.add(("missing", source_id, self.ids[source_id]))

    def archive(self, source_id: str) -> None:
        """A person archived the order."""
        self.shop.client.archive(self.ids[source_id])
        self.expected.add(("archived", source_id, self.ids[source_id]))

    def change(self, source_id: str, **fields: Any) -> None:
        """A person changed fields of the order."""
        self.shop.client.update(self.ids[source_id], fields)
        self.expected.add(("changed", source_id, self.ids[source_id]))

    def edit_total(self, source_id: str) -> None:
        """A total off by one cent."""
        total = (mapped(int(source_id), self.namespace).body or {})["total_inc_tax"]
        amount = f"{Decimal(total) + Decimal('0.01')}"
        self.change(source_id, total_inc_tax=amount, total_ex_tax=amount)

    def edit_status(self, source_id: str) -> None:
        """Another status."""
        self.change(source_id, status_id=5)

    def edit_date(self, source_id: str) -> None:
        """Another instant, in another month."""
        self.change(source_id, date_created="Sun, 20 Jan 2013 10:00:00 +0000")

    def edit_line(self, source_id: str) -> None:
        """One line more; subtotal and total were stated and stay."""
        self.change(source_id, products=[{"name": "x", "quantity": 3, "price_ex_tax": 0, "price_inc_tax": 0}])

    def edit_address(self, source_id: str) -> None:
        """Another city."""
        self.change(source_id, billing_address={"street_1": "1 Elsewhere", "zip": "78751"})

    def double(self, source_id: str) -> None:
        """The order once more."""
        order_id = self.shop.post(mapped(int(source_id), self.namespace).body or {})
        self.expected.add(("doubled", source_id, order_id))

    def foreign(self, _source_id: str) -> None:
        """An order of a migration that this ledger knows nothing of."""
        body = mapped(900, f"{self.namespace}-else").body or {}
        self.expected.add(("foreign", "", self.shop.post(body)))


TAMPERINGS: dict[str, Callable[[Tampered, str], None]] = {
    name: getattr(Tampered, name)
    for name in "delete archive edit_total edit_status edit_date edit_line edit_address double foreign".split()
}
_namespaces: list[str] = []


def migrate(shop: Around) -> Tampered:
    """A new migration into the same store."""
    namespace = f"shop{len(_namespaces)}"
    _namespaces.append(namespace)
    result = shop.run((mapped(number, namespace) for number in range(ORDERS)), namespace)
    assert result.created == ORDERS
    return Tampered(shop, namespace, shop.order_ids(namespace))


def read_back(tampered: Tampered, sides: Sides, with_export: bool = True, **more: Any) -> set[tuple[str, str, int]]:
    """What the read-back of one migration finds."""
    namespace = tampered.namespace
    others = {name for one in _namespaces if one != namespace for name in (one, f"{one}-else")}
    ledger = OneNamespace(tampered.shop, namespace)
    orders = (mapped(number, namespace) for number in range(ORDERS)) if with_export else None
    verify(tampered.shop.client, ledger, sides, orders, namespace=namespace, others=others, **more)  # type: ignore[arg-type]
    return {(one.kind, one.source_id, one.order_id or 0) for one in sides.findings()}


class OneNamespace:
    """The ledger as it would be if only this migration had been made with it."""

    def __init__(self, shop: Around, namespace: str) -> None:
        self._shop, self._namespace = shop, namespace

    def in_state(self, *states: State) -> Iterator[LedgerEntry]:
        """The rows of one namespace."""
        return self._shop.ledger.in_state(*states, namespace=self._namespace)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.integers(0, ORDERS - 1).map(str), st.sampled_from(sorted(TAMPERINGS)), max_size=8))
def test_whatever_is_tampered_with_is_found_exactly(shop: Around, tampering: dict[str, str]) -> None:
    """The read-back names each order that was tampered with, under its kind, and no other."""
    tampered = migrate(shop)
    for source_id, name in tampering.items():
        TAMPERINGS[name](tampered, source_id)
    with Sides() as sides:
        assert read_back(tampered, sides) == tampered.expected
        assert_money_is_explained(sides)


def assert_money_is_explained(sides: Sides) -> None:
    """Each cell's difference is the sum of what single orders add to it."""
    for cell in sides.cells():
        shares = sides.shares(cell)
        assert sum(share.total for share in shares) == cell.store - cell.bodies
        assert sum(share.orders for share in shares) == cell.orders_in_store - cell.orders
        assert sum(share.tax for share in shares) == cell.tax_in_store - cell.tax
        assert shares or cell.equal  # two orders of one amount may cancel out: each is a finding all the same


def test_without_the_export_the_id_map_is_held_against_the_store(shop: Around) -> None:
    """Without FILE a lost, an archived, a doubled and an edited order are named all the same."""
    tampered = migrate(shop)
    tampered.edit_status("5")
    tampered.edit_address("6")
    tampered.delete("1")
    tampered.archive("2")
    tampered.double("3")
    with Sides() as sides:
        assert read_back(tampered, sides, with_export=False) == tampered.expected


def test_a_field_that_no_body_claims_is_found_when_it_was_edited(shop: Around) -> None:
    """A message that a person wrote into an order is named, though the export has nothing to compare it with."""
    tampered = migrate(shop)
    tampered.change("1", customer_message="written in the store")
    with Sides() as sides:
        assert read_back(tampered, sides) == tampered.expected
        assert [finding.detail for finding in sides.findings()] == ["customer_message"]


def test_a_renamed_line_is_found_where_lines_are_asked_for(shop: Around) -> None:
    """A line that kept its quantity and price is compared only with --lines, and is named then."""
    tampered = migrate(shop)
    order_id = tampered.ids["4"]
    line = shop.client.read(f"/v2/orders/{order_id}/products")[1]
    shop.client.update(order_id, {"products": [{"id": line["id"], "name": "Renamed", "quantity": 1}]})
    with Sides() as sides:
        assert read_back(tampered, sides) == set()
    with Sides() as sides:
        assert read_back(tampered, sides, lines=True) == {("changed", "4", order_id)}
        assert [finding.detail for finding in sides.findings()] == ["products[1]"]


def test_an_order_of_which_the_id_map_knows_nothing_is_unsent(shop: Around) -> None:
    """An order that is valid in the export and not in the ledger is named, and one that only the ledger has."""
    tampered = migrate(shop)
    with Sides() as sides:
        orders = [mapped(number, tampered.namespace) for number in range(1, ORDERS + 1)]
        others = [name for one in _namespaces for name in (one, f"{one}-else") if one != tampered.namespace]
        ledger = OneNamespace(shop, tampered.namespace)
        verify(shop.client, ledger, sides, orders, namespace=tampered.namespace, others=others)  # type: ignore[arg-type]
        found = [(one.kind, one.source_id) for one in sides.findings()]
    assert found == [("unexported", "0"), ("unsent", str(ORDERS))]
