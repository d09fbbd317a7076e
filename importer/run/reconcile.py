"""After the last order: is every order of the ledger in the store, once, and what else is there?

The store is listed once, by rising id, from the first order that the ledger created to the store's last one: a second
order of ours may have been made at any time after the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from importer.ledger import Ledger, State
from importer.model import M_MIG, Body
from importer.run.reading import orders_of
from importer.store import OrdersClient

_CHUNK = 250
_LAST = 2**62


@dataclass(slots=True)
class Reconciliation:
    """What the store holds against what the ledger says, for one namespace.

    agreed     orders that both know under the same id
    missing    (source id, order id) that the ledger calls created and the store does not list, or has archived
    doubled    (source id, order id) of living orders with our mark beside the one in the ledger
    unmapped   (source id, order id) of living orders with our mark that the ledger does not call created
    foreign    living orders in the listed range that are not this namespace's: the shop's own, or another migration's
    """

    agreed: int = 0
    missing: list[tuple[str, int]] = field(default_factory=list)
    doubled: list[tuple[str, int]] = field(default_factory=list)
    unmapped: list[tuple[str, int]] = field(default_factory=list)
    foreign: int = 0

    @property
    def sound(self) -> bool:
        """Whether every order is there once and mapped."""
        return not (self.missing or self.doubled or self.unmapped)


def reconcile(client: OrdersClient, ledger: Ledger, namespace: str) -> Reconciliation:
    """List the store over the ledger's id range and beyond, and name what differs. Raises CallFailed, StoreRefused.

    Memory holds a page at a time. Source: GET /v2/orders `min_id`, `limit` 250.
    """
    found = Reconciliation()
    first = next(ledger.created(namespace, 1, _LAST), None)
    if first is None or first.order_id is None:
        return found
    seen_to = first.order_id - 1
    for page in _chunks(orders_of(client, min_id=first.order_id)):
        last = int(page[-1]["id"])
        _compare(found, ledger, namespace, page, range(seen_to + 1, last + 1))
        seen_to = last
    _compare(found, ledger, namespace, [], range(seen_to + 1, _LAST))
    return found


def _compare(found: Reconciliation, ledger: Ledger, namespace: str, page: list[Body], ids: range) -> None:
    """One page of the store against the ledger's rows of the same ids."""
    living = {int(order["id"]): _source_id(order, namespace) for order in page if not order.get("is_deleted")}
    ours = {order_id: source_id for order_id, source_id in living.items() if source_id is not None}
    found.foreign += len(living) - len(ours)
    for row in ledger.created(namespace, ids.start, ids.stop - 1):
        if row.order_id is not None and ours.pop(row.order_id, None) == row.source_id:
            found.agreed += 1
        else:
            found.missing.append((row.source_id, row.order_id or 0))
    rows = ledger.entries(namespace, list(ours.values()))
    for order_id, source_id in ours.items():
        created = source_id in rows and rows[source_id].state is State.CREATED
        (found.doubled if created else found.unmapped).append((source_id, order_id))


def _source_id(order: Body, namespace: str) -> str | None:
    """The source id in an order's mark, None where it is not this namespace's."""
    mark = str(order.get("external_merchant_id") or "")
    ours = order.get("external_source") == M_MIG and mark.startswith(f"{namespace}:")
    return mark.removeprefix(f"{namespace}:") if ours else None


def _chunks(orders: Iterable[Body]) -> Iterator[list[Body]]:
    rest = iter(orders)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
