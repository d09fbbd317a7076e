"""After the last order: is every order of the ledger in the store, once, and what else is there?

The store is listed once, by rising id, from the first order of a run, or of the ledger, to the store's last one: a
second order of ours may have been made at any time after the first. A list may lag or leave something out: what it does
not show is asked for by its id before it is called missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from importer.errors import StoreRefused
from importer.ledger import Ledger, State
from importer.model import M_MIG, Body
from importer.run.protocol import is_living
from importer.run.reading import in_pages, orders_of, patiently
from importer.run.settings import RunResult, Settings, Stop
from importer.store import CallFailed, OrdersClient

_LAST = 2**62


@dataclass(slots=True)
class Reconciliation:
    """What the store holds against what the ledger says, for one namespace.

    agreed     orders that both know under the same id
    missing    (source id, order id) that the ledger calls created and the store does not list, or has archived
    doubled    (source id, order id) of living orders with our mark beside the one in the ledger
    unmapped   (source id, order id) of living orders with our mark that the ledger does not call created
    foreign    living orders in the listed range that are not this namespace's: the shop's own, or another migration's
    failure    why the store could not be listed, "" when it could
    """

    agreed: int = 0
    missing: list[tuple[str, int]] = field(default_factory=list)
    doubled: list[tuple[str, int]] = field(default_factory=list)
    unmapped: list[tuple[str, int]] = field(default_factory=list)
    foreign: int = 0
    failure: str = ""

    @property
    def sound(self) -> bool:
        """Whether every order is there once and mapped."""
        return not any(self.named().values())

    def named(self) -> dict[str, list[tuple[str, int]]]:
        """What is wrong, by kind."""
        return {"missing": self.missing, "doubled": self.doubled, "unmapped": self.unmapped}


def reconcile_run(client: OrdersClient, ledger: Ledger, settings: Settings, result: RunResult) -> Reconciliation | None:
    """The same for what one run created; None where it created nothing, or was stopped before its end."""
    if result.stop not in (None, Stop.BREAKER):
        return None
    made = ledger.created_by(settings.run, 0, 1)
    if not made:
        return None
    try:
        return reconcile(client, ledger, settings.namespace, made[0].order_id or 1)
    except (CallFailed, StoreRefused) as failed:
        return Reconciliation(failure=str(failed))


def reconcile(client: OrdersClient, ledger: Ledger, namespace: str, lowest: int = 1) -> Reconciliation:
    """List the store from the ledger's first order at or above `lowest` on, and name what differs.

    Memory holds a page at a time. Source: GET /v2/orders `min_id`, `limit` 250. Raises CallFailed, StoreRefused.
    """
    listing = Reconciliation()
    first = next(ledger.created(namespace, lowest, _LAST), None)
    if first is None or first.order_id is None:
        return listing
    seen_to = first.order_id - 1
    for page in in_pages(orders_of(client, min_id=first.order_id)):
        last = int(page[-1]["id"])
        _compare(listing, ledger, namespace, page, range(seen_to + 1, last + 1))
        seen_to = last
    _compare(listing, ledger, namespace, [], range(seen_to + 1, _LAST))
    unlisted, listing.missing = listing.missing, []
    for source_id, order_id in unlisted:
        if _is_there(client, namespace, source_id, order_id):
            listing.agreed += 1
        else:
            listing.missing.append((source_id, order_id))
    return listing


def _is_there(client: OrdersClient, namespace: str, source_id: str, order_id: int) -> bool:
    """Whether the store shows an order that no list had. Source: GET /v2/orders/{id}."""
    order = patiently(partial(client.get, order_id))
    return order is not None and is_living(order) and source_id_of(order, namespace) == source_id


def _compare(listing: Reconciliation, ledger: Ledger, namespace: str, page: list[Body], ids: range) -> None:
    """One page of the store against the ledger's rows of the same ids."""
    living = {int(order["id"]): source_id_of(order, namespace) for order in page if is_living(order)}
    ours = {order_id: source_id for order_id, source_id in living.items() if source_id is not None}
    listing.foreign += len(living) - len(ours)
    for row in ledger.created(namespace, ids.start, ids.stop - 1):
        if row.order_id is not None and ours.pop(row.order_id, None) == row.source_id:
            listing.agreed += 1
        else:
            listing.missing.append((row.source_id, row.order_id or 0))
    rows = ledger.entries(namespace, list(ours.values()))
    for order_id, source_id in ours.items():
        created = source_id in rows and rows[source_id].state is State.CREATED
        (listing.doubled if created else listing.unmapped).append((source_id, order_id))


def source_id_of(order: Body, namespace: str) -> str | None:
    """The source id in an order's mark, None where it is not this namespace's."""
    mark = str(order.get("external_merchant_id") or "")
    ours = order.get("external_source") == M_MIG and mark.startswith(f"{namespace}:")
    return mark.removeprefix(f"{namespace}:") if ours else None
