"""Read the store back and prove that it holds what the export held: each order once, unchanged, to the cent.

    with Sides() as sides:
        verify(client, ledger, sides, line.orders(now), namespace="shop-a")
        sides.found()               # {} when the proof holds

Without orders the id map alone is held against the store.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from importer.ledger import Ledger, State
from importer.model import M_MIG, Body, MappedOrder
from importer.run.claims import changed, four_places, seconds, shown, signature, unshown
from importer.run.parts import INCLUDED, included_parts, lines_in_store, unlike_parts
from importer.run.protocol import is_living
from importer.run.reading import orders_of, patiently
from importer.run.sides import Known, Sides, Wanted
from importer.store import OrdersClient

_COUNTED = frozenset({"items_total", "subtotal_ex_tax", "subtotal_inc_tax"})
"""Where these differ, some line does."""


def verify(
    client: OrdersClient,
    ledger: Ledger,
    sides: Sides,
    orders: Iterable[MappedOrder] | None = None,
    *,
    namespace: str = "",
    lines: bool = False,
    others: Container[str] = (),
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Fills `sides` with every difference between the id map, the bodies of the valid orders, and the store.

    `lines`: compare lines, shipping addresses and fees of every order, not only where counts differ. `others`:
    namespaces of other migrations into this store. `advance` hears of every order read.
    Raises CallFailed where the store cannot be read, StoreRefused.
    """
    sides.take_ledger(ledger.in_state(*State))
    for mapped in orders or ():
        if body := mapped.sendable:
            sides.take_body(mapped, body)
    reading = _Reading(client, sides, lines, others)
    for order in orders_of(client, **(INCLUDED if lines else {})):
        reading.take(order)
        advance(1)
    reading.take_unlisted()
    if orders is not None:
        sides.with_bodies = True
        sides.compare_export(namespace)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Sorts the orders of the store, one after the other."""

    client: OrdersClient
    sides: Sides
    lines: bool
    others: Container[str]

    def take(self, order: Body) -> None:
        """One order of the store. An answer of a shape that nobody documents proves nothing of its order."""
        known = self.sides.known_order(int(order["id"]))
        try:
            if known:
                self._take_known(order, known)
            elif is_living(order):
                self._take_unknown(order)
        except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
            odd = f"its answer cannot be read ({type(error).__name__})"
            self.sides.find("changed", known.source_id if known else "", int(order["id"]), odd)

    def take_unlisted(self) -> None:
        """What the id map has and no list showed: archived orders, hidden ones, missing ones."""
        last = 0
        while unseen := self.sides.unseen(last):
            for order_id in unseen:
                order = patiently(partial(self.client.get, order_id))
                if order is not None:
                    self.take(order)
                elif known := self.sides.known_order(order_id):
                    self.sides.find("missing", known.source_id, order_id)
            last = unseen[-1]

    def _take_known(self, order: Body, known: Known) -> None:
        order_id = int(order["id"])
        self.sides.see(order_id)
        if not is_living(order):
            self.sides.find("archived", known.source_id, order_id)
            return
        wanted = self.sides.wanted(known.mark)
        self.sides.take_stored(order, known.mark, self._currency(order, wanted))
        unlike = [f"{path} is not in the store's answer" for path in unshown(order)]
        if unlike := [*unlike, *self._unlike(order, known, wanted)]:
            self.sides.find("changed", known.source_id, order_id, ", ".join(unlike))

    def _take_unknown(self, order: Body) -> None:
        """An order that the id map does not have: another one of ours, another migration's, or the store's own."""
        mark, order_id = str(order.get("external_merchant_id") or ""), int(order["id"])
        known, wanted = self.sides.known_mark(mark), self.sides.wanted(mark)
        namespace, _, source_id = mark.partition(":")
        if known and known.order_id:
            self.sides.find("doubled", known.source_id, order_id, f"besides order {known.order_id}")
        elif known or wanted:
            self.sides.find("unmapped", source_id, order_id, known.state if known else "not in the ledger")
        elif order.get("external_source") != M_MIG:
            self.sides.strangers += 1
            return
        elif namespace in self.others:
            return
        else:
            self.sides.find("foreign", "", order_id, f"its mark is '{mark[:80]}'" if mark else "it has no mark")
        self.sides.take_stored(order, mark, self._currency(order, wanted))

    def _currency(self, order: Body, wanted: Wanted | None) -> str:
        """A store of one currency shows its own, whatever the export's: amounts are compared in the export's."""
        own = str(order.get("currency_code") or "")
        if wanted is None or wanted.own_currency or own == wanted.currency or not _is_stores_own(own, order):
            return own
        self.sides.other_currency += 1
        return wanted.currency

    def _unlike(self, order: Body, known: Known, wanted: Wanted | None) -> list[str]:
        """The fields in which an order is not what its body says, nor what the store showed when it was written."""
        now = signature(shown(order), known.mark)
        marks = {"external_source": M_MIG, "external_order_id": known.number, "external_merchant_id": known.mark}
        unlike = changed(wanted.signature if wanted else signature(marks, known.mark), now)
        edited = [path for path in changed(known.shown, now) if path not in unlike and path != "date_modified"]
        paths = [*unlike, *edited]
        named = [_named(path, order, wanted) for path in paths]
        named += _of_money(order, wanted) if wanted else ()
        if wanted and (self.lines or _COUNTED & set(paths)):
            parts = included_parts(order)
            if "products" not in parts:
                parts["products"] = lines_in_store(self.client, int(order["id"]))
            named += unlike_parts(wanted.tokens, parts)
        return named


def _named(path: str, order: Body, wanted: Wanted | None) -> str:
    """A field that differs, with both values where they are nobody's own."""
    if wanted is None:
        return path
    values: dict[str, tuple[object, object]] = {
        "status_id": (wanted.status, order.get("status_id")),
        "total_inc_tax": (_plain(wanted.total), _plain(order.get("total_inc_tax"))),
    }
    if path == "date_created":
        moved = (seconds(order.get("date_created")) or 0) - wanted.created
        return f"date_created by {moved:+d} s"
    return f"{path} {values[path][0]} -> {values[path][1]}" if path in values else path


def _is_stores_own(currency: str, order: Body) -> bool:
    """Source: V2 `store_default_currency_code`."""
    return currency == (order.get("store_default_currency_code") or currency)


def _of_money(order: Body, wanted: Wanted) -> Iterator[str]:
    """What became of an order's money besides its amounts. Source: V2 `refunded_amount`, 0 of orders never refunded."""
    currency, refunded = str(order.get("currency_code") or ""), four_places(order.get("refunded_amount") or 0)
    if currency not in ("", wanted.currency) and not _is_stores_own(currency, order):
        yield f"currency_code {wanted.currency} -> {currency}"
    if refunded not in ("0.0000", four_places(wanted.refunded)):
        yield f"refunded_amount {_plain(wanted.refunded)} -> {_plain(refunded)}"


def _plain(value: object) -> str:
    return four_places(value if isinstance(value, Decimal) else str(value)).removesuffix("00")
