"""Which function answers which call, and the scope that a token needs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importer.sandbox import metafields_v3, orders_v2, parts_v2, shipments_v2, store_v2, store_v3
from importer.sandbox.kinds import LARGEST_ID
from importer.sandbox.wire import not_found, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.calls import Call
    from importer.sandbox.wire import Answer

ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    route: function
    for module in (orders_v2, parts_v2, shipments_v2, store_v2, store_v3, metafields_v3)
    for route, function in module.ROUTES.items()
}

_METHODS: dict[str, set[str]] = {}
for _method, _path in ROUTES:
    _METHODS.setdefault(_path, set()).add(_method)

SCOPES = {
    "/v2/orders": "store_v2_orders",
    "/v2/order_statuses": "store_v2_orders",
    "/v2/store": "store_v2_information",
    "/v2/countries": "store_v2_information",
    "/v2/currencies": "store_v2_information",
    "/v2/time": "",
    "/v3/orders": "store_v2_orders",
    "/v3/customers": "store_v2_customers",
    "/v3/catalog": "store_v2_products",
    "/v3/channels": "store_channel_settings",
    "/v3/settings": "store_v2_information",
    "/v3/pickup": "store_v2_orders",
    "/v3/hooks": "",
}
"""The scope that each resource needs, "" for any token. A read-only scope has `_read_only` after it."""


def pattern_of(path: str) -> tuple[str, tuple[int, ...]]:
    """A path with `{}` in place of its numbers, and the numbers."""
    parts = path.split("/")
    ids = tuple(int(part) for part in parts if _is_id(part))
    return "/".join("{}" if _is_id(part) else part for part in parts), ids


def _is_id(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 10 and int(part) <= LARGEST_ID


def find(method: str, pattern: str) -> Callable[[Call], Answer]:
    """The function that answers. Raises Refused: 404 for no resource, 405 for a method that it does not have."""
    methods = _METHODS.get(pattern)
    if not methods:
        raise not_found()
    if method not in methods:
        raise refused(405, "The requested method is not supported by this resource.")
    return ROUTES[method, pattern]


def scope_of(path: str) -> str:
    """The scope that a path needs."""
    if path.endswith("/transactions"):
        return "store_v2_transactions"
    return SCOPES.get("/".join(path.split("/")[:3]), "")


def allows(scopes: frozenset[str], needed: str, method: str) -> bool:
    """Whether a token with these scopes may do this; "*" opens everything."""
    wanted = {"*", needed} | ({f"{needed}_read_only"} if method in ("GET", "HEAD") else set())
    return not needed or not wanted.isdisjoint(scopes)
