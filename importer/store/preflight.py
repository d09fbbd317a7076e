"""What a store says of itself before the first order: each reading by itself, so that one can fail alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from importer.errors import StoreRefused
from importer.store.answers import CallFailed, Rejected
from importer.store.client import OrdersClient

READINGS: dict[str, str] = {
    "store": "/v2/store",
    "orders": "/v2/orders/count",
    "statuses": "/v2/order_statuses",
    "channels": "/v3/channels",
    "inventory": "/v3/settings/inventory",
    "emails": "/v3/settings/email-statuses",
    "hooks": "/v3/hooks",
}
"""What is read, and where. The paths of V3 give their list or object under `data`."""

_LISTS = frozenset({"statuses", "channels", "hooks"})
"""The readings that are lists of objects; the others are one object."""

_NO_SUCH_ORDER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Preflight:
    """Every reading that worked, by its name in READINGS, and why the others did not.

    `may_write`: whether the token may change orders; None where the store would not say. `rate`: requests a second of
    the whole quota, None where no header told. `last_order`: the newest order, {} where there is none.
    """

    readings: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    may_write: bool | None = None
    rate: float | None = None
    last_order: dict[str, Any] = field(default_factory=dict)


def preflight(client: OrdersClient) -> Preflight:
    """Read the store. Raises StoreRefused where not even the clock may be read: a wrong token or store; CallFailed."""
    _knock(client)
    readings: dict[str, Any] = {}
    failures: dict[str, str] = {}
    for name, path in READINGS.items():
        _note(name, lambda path=path: client.read(path), readings, failures)  # type: ignore[misc]
    _note("last order", lambda: _last_order(client, readings), readings, failures)
    last = readings.pop("last order", None)
    return Preflight(readings, failures, _may_write(client), client.pacer.rate, last or {})


def _knock(client: OrdersClient) -> None:
    """One small call, so that a wrong token or address is told once and not for each reading."""
    try:
        client.read("/v2/time")
    except CallFailed as failed:
        if not isinstance(failed.answer, Rejected):
            raise


def _note(name: str, read: Callable[[], Any], readings: dict[str, Any], failures: dict[str, str]) -> None:
    try:
        content = read()
    except (StoreRefused, CallFailed) as failed:
        failures[name] = str(failed)
        return
    content = content.get("data", content) if isinstance(content, dict) else content
    if name in _LISTS and isinstance(content, list | None):
        readings[name] = [one for one in content or [] if isinstance(one, dict)]
    elif name not in _LISTS and isinstance(content, dict):
        readings[name] = content
    else:
        failures[name] = "an answer of another shape"


def _last_order(client: OrdersClient, readings: dict[str, Any]) -> Any:
    """The order of the highest id. Source: GET /v2/orders `page`, `limit`; the default order is by rising id."""
    count = readings.get("orders", {}).get("count") or 0
    page = client.read("/v2/orders", page=max(count, 1), limit=1, sort="id") if count else None
    return page[0] if page else {}


def _may_write(client: OrdersClient) -> bool | None:
    """Whether orders may be changed, asked with a change of nothing in an order that there is not.

    Source: a token without the scope is refused with 403 whatever it asks; with it, 404.
    """
    try:
        client.update(_NO_SUCH_ORDER, {})
    except StoreRefused:
        return False
    except CallFailed as failed:
        return True if isinstance(failed.answer, Rejected) else None
    return True
