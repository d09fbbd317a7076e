"""An order's lines, shipping addresses and fees: what the body says of each, against what the store has.

A token stands for one line or address: the fields that the body gives, and a digest of their values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from importer.model import Body
from importer.run.claims import ADDRESS, four_places, text
from importer.run.reading import patiently
from importer.store import PAGE, OrdersClient, is_last

INCLUDED = {"include": "consignments.line_items,fees", "consignment_structure": "object"}
"""What GET /v2/orders takes to show an order's parts with it. Source: V2 `include`, `consignment_structure`."""

Tokens = dict[str, list[str]]
Parts = dict[str, list[Any]]

_LINE: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("name", "sku", "quantity", "product_id", "variant_id"), text),
    **dict.fromkeys(("price_ex_tax", "price_inc_tax"), four_places),
}
_FEE: dict[str, Callable[[Any], str]] = {
    "display_name_customer": text,
    **dict.fromkeys(("cost_ex_tax", "cost_inc_tax"), four_places),
}
_GROUPS: dict[str, dict[str, Callable[[Any], str]]] = {
    "products": _LINE,
    "shipping_addresses": dict.fromkeys((*ADDRESS, "shipping_method"), text),
    "fees": _FEE,
}


def tokens_of(body: Body) -> Tokens:
    """One token for each line, shipping address and fee that the body has."""
    groups: Parts = {name: body.get(name, []) for name in ("shipping_addresses", "fees")}
    pickups = body.get("consignments", {}).get("pickups", [])
    groups["products"] = [*body.get("products", []), *(line for one in pickups for line in one.get("line_items", []))]
    return {group: [_token(_GROUPS[group], part) for part in parts] for group, parts in groups.items() if parts}


def unlike_parts(tokens: Tokens, parts: Parts) -> Iterator[str]:
    """Where the store's parts are not what the body says: `products[1]`, `products: 3 in the body, 2 in the store`."""
    for group, claimed in tokens.items():
        if group not in parts:
            continue
        stored = parts[group]
        if len(stored) != len(claimed):
            yield f"{group}: {len(claimed)} in the body, {len(stored)} in the store"
            continue
        for number, (token, part) in enumerate(zip(claimed, stored, strict=True)):
            if not _is_of(token, _GROUPS[group], part):
                yield f"{group}[{number}]"


def included_parts(order: Body) -> Parts:
    """The parts that an order was shown with; a group that is not in the answer is absent."""
    parts: Parts = {}
    consignments = order.get("consignments")
    if isinstance(consignments, dict) and isinstance(consignments.get("shipping"), list):
        shipping = consignments["shipping"]
        others = [*consignments.get("pickups", []), *consignments.get("downloads", [])]
        parts["shipping_addresses"] = _by_id(shipping)
        parts["products"] = _by_id([line for one in (*shipping, *others) for line in one.get("line_items", [])])
    if isinstance(order.get("fees"), list):
        parts["fees"] = _by_id(order["fees"])
    return parts


def lines_in_store(client: OrdersClient, order_id: int) -> list[Body]:
    """Every line of an order, page by page. Source: GET /v2/orders/{id}/products."""
    lines: list[Body] = []
    path = f"/v2/orders/{order_id}/products"
    for number in range(1, 1_000):
        page = patiently(partial(client.read, path, page=number, limit=PAGE)) or []
        lines += page
        if is_last(page):
            break
    return _by_id(lines)


def _by_id(parts: Sequence[Any]) -> list[Any]:
    return sorted(parts, key=lambda part: int(part.get("id", 0)))


def _token(rules: dict[str, Callable[[Any], str]], part: Body) -> str:
    given = [number for number, name in enumerate(rules) if _value(part, name) is not None]
    return f"{''.join(chr(97 + number) for number in given)}:{_digest(rules, part, given)}"


def _is_of(token: str, rules: dict[str, Callable[[Any], str]], part: Body) -> bool:
    """Whether a part of the store has the values that the token was made of."""
    letters, _, digest = token.partition(":")
    return _digest(rules, part, [ord(letter) - 97 for letter in letters]) == digest


def _digest(rules: dict[str, Callable[[Any], str]], part: Body, given: list[int]) -> str:
    names = list(rules)
    values = [rules[names[number]](_value(part, names[number])) for number in given]
    return hashlib.blake2b("\0".join(values).encode(), digest_size=6).hexdigest()


def _value(part: Body, name: str) -> Any:
    """A field of a part; `name` is what the customer reads. Source: V2 `orderCustomProduct_Post`."""
    if name == "name":
        return part.get("name_customer", part.get("name"))
    return part.get(name)
