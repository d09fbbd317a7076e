"""The body of a PUT that brings one order up to date: amounts by their groups, lines and addresses under their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from importer.model import Body
from importer.run.claims import ADDRESS, PARTS
from importer.run.parts import lines_in_store, tokens_of, unlike_parts
from importer.run.reading import patiently
from importer.store import PAGE, OrdersClient

NEVER = frozenset({"external_merchant_id", "external_source"})
"""The marks by which an order is ours. Source: V2 `external_merchant_id`: write-once."""

UNCHANGEABLE = frozenset({"default_currency_code", "consignments"})
"""What no PUT of ours changes: amounts would change their meaning, lines their place."""

DERIVED = frozenset({"items_total", "date_modified"})
"""What the store computes."""

_TOTALS = ("subtotal_ex_tax", "subtotal_inc_tax", "total_ex_tax", "total_inc_tax")
_GROUPS: tuple[tuple[str, ...], ...] = (
    _TOTALS,
    *((f"{name}_cost_ex_tax", f"{name}_cost_inc_tax") for name in ("shipping", "handling", "wrapping")),
)
"""Amounts that go together: the store computes none of them again once one is stated.

Source: orders guide: "the system will not re-calculate the other"; V2 `shipping_cost_ex_tax`: both or none.
"""

_BLANK: Body = {
    **dict.fromkeys(("staff_notes", "customer_message", "payment_method"), ""),
    **dict.fromkeys(("discount_amount", *(name for group in _GROUPS for name in group)), "0.0000"),
    "customer_id": 0,
}
"""What takes a field back that the body has no more; any other field stays as it is."""


@dataclass(slots=True)
class Revision:
    """A PUT in the making: `fields` go out, `kept` stay as the store has them."""

    fields: Body = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be revised: the paths, those that somebody owns, and whether somebody changed what no path shows."""

    paths: list[str]
    owned: list[str]
    hidden: bool
    overwrite: frozenset[str]


def revise(client: OrdersClient, order_id: int, body: Body, before: Body, wish: Wish) -> Revision:
    """The PUT that gives the order what the body says at the wished paths. Reads lines and addresses where needed."""
    revision = Revision()
    for path in wish.paths:
        if path not in PARTS and not path.startswith("billing_address."):
            _take_field(revision, path, body)
    if any(path.startswith("billing_address.") for path in wish.paths):
        revision.fields["billing_address"] = _billing(body, before, wish.paths)
    for part in wish.paths:
        if part in _WRITERS:
            _take_part(revision, part, partial(_WRITERS[part], client, order_id, body), wish)
    _complete_groups(revision, body, wish)
    return revision


def _take_field(revision: Revision, path: str, body: Body) -> None:
    if path in body:
        revision.fields[path] = body[path]
    elif path in _BLANK:
        revision.fields[path] = _BLANK[path]
    else:
        revision.kept.append(path)


def _take_part(revision: Revision, part: str, write: Callable[[Revision], None], wish: Wish) -> None:
    """What belongs to an order is written unless somebody may have changed it, and it is not yet what it is to be."""
    alone = Revision()
    write(alone)
    if part in alone.fields and wish.hidden and part not in wish.overwrite:
        revision.kept.append(part)
    else:
        revision.fields |= alone.fields
        revision.kept += alone.kept


def _billing(body: Body, before: Body, paths: Iterable[str]) -> Body:
    """The whole address: what is wished from the body, the rest as it stands. Source: V2 `billingAddress_Base`: zip."""
    wished = {path.partition(".")[2] for path in paths if path.startswith("billing_address.")}
    ours, theirs = body.get("billing_address", {}), before.get("billing_address") or {}
    address = {name: ours.get(name, "") if name in wished else theirs.get(name) for name in ADDRESS}
    if address["country_iso2"] and "country" not in wished:
        address["country"] = None  # it would be the name of another country; country_iso2 rules
    address["zip"] = address["zip"] or ours.get("zip")
    return {name: value for name, value in address.items() if value is not None and (value or name in wished)}


def _complete_groups(revision: Revision, body: Body, wish: Wish) -> None:
    """Amounts go out together or not at all; changed lines lose their discount, so it goes out with them.

    Source: V2 `PUT /orders/{id}`: "clears all discounts and promotions applied to the changed order line items".
    """
    if "products" in revision.fields:
        revision.fields |= {name: body[name] for name in (*_TOTALS, "discount_amount") if name in body}
    for group in _GROUPS:
        if not any(name in revision.fields for name in group):
            continue
        if any(name in wish.owned for name in group) and not wish.overwrite & set(group):
            revision.kept += [name for name in group if revision.fields.pop(name, None) is not None]
        else:
            revision.fields |= {name: body.get(name, _BLANK[name]) for name in group}


def _write_lines(client: OrdersClient, order_id: int, body: Body, revision: Revision) -> None:
    """Changed lines under their own ids; new ones without; what is no more goes with quantity 0."""
    lines, wanted = lines_in_store(client, order_id), body.get("products", [])
    products = [*_changed(wanted, lines, "products", _same_kind), *(dict(line) for line in wanted[len(lines) :])]
    products += [{"id": line["id"], "quantity": 0} for line in lines[len(wanted) :]]
    if products:
        revision.fields["products"] = products


def _same_kind(line: Body, stored: Body) -> bool:
    return int(line.get("product_id", 0)) == int(stored.get("product_id") or 0)


def _changed(wanted: list[Body], stored: list[Any], group: str, fits: Callable[[Body, Body], bool]) -> Iterator[Body]:
    """What each stored part must become; one that cannot become it gives way to a new one."""
    for part, kept in zip(wanted, stored, strict=False):
        if not any(unlike_parts(tokens_of({group: [part]}), {group: [kept]})):
            continue
        if fits(part, kept):
            yield {"id": kept["id"], **part}
        else:
            yield {"id": kept["id"], "quantity": 0}
            yield dict(part)


def _write_addresses(client: OrdersClient, order_id: int, body: Body, revision: Revision) -> None:
    """Changed addresses under their own ids. None can be taken away. Source: V2 `PUT /orders/{id}`."""
    path = f"/v2/orders/{order_id}/shipping_addresses"
    stored = sorted(patiently(partial(client.read, path, limit=PAGE)) or [], key=lambda one: int(one["id"]))
    wanted = body.get("shipping_addresses", [])
    addresses = [*_changed(wanted, stored, "shipping_addresses", lambda *_: True), *wanted[len(stored) :]]
    if addresses:
        revision.fields["shipping_addresses"] = addresses
    if len(wanted) < len(stored):
        revision.kept.append("shipping_addresses")


def _write_fees(client: OrdersClient, order_id: int, body: Body, revision: Revision) -> None:
    """All fees at once: a PUT replaces them. Source: V2 `PUT /orders/{id}`, `GET /orders/{id}/fees`."""
    answer = patiently(partial(client.read, f"/v2/orders/{order_id}/fees")) or {}
    stored = sorted(answer.get("fees", []) if isinstance(answer, dict) else answer, key=lambda one: int(one["id"]))
    wanted = body.get("fees", [])
    if len(stored) != len(wanted) or any(unlike_parts(tokens_of({"fees": wanted}), {"fees": stored})):
        revision.fields["fees"] = wanted


_WRITERS: dict[str, Callable[[OrdersClient, int, Body, Revision], None]] = {
    "products": _write_lines,
    "shipping_addresses": _write_addresses,
    "fees": _write_fees,
}
