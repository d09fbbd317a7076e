"""Fetch a store's customers and catalogue into a snapshot file, page by page, resumed where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from importer.crosswalk import Crosswalk, growing_crosswalk
from importer.errors import UsageError
from importer.run.reading import patiently
from importer.store import PAGE, OrdersClient, is_last

Row = dict[str, Any]


def snapshot(client: OrdersClient, path: Path, advance: Callable[[str, int], None] = lambda *_: None) -> dict[str, int]:
    """Writes the snapshot at `path`, and gives the rows of each kind. `advance` hears kind and rows of every page.

    Raises CallFailed, StoreRefused (a scope is missing), UsageError (the file cannot be used).
    Source: V3 `GET /customers`, `GET /catalog/products`, `GET /catalog/variants`.
    """
    with growing_crosswalk(path, client.address.name) as growing:
        for kind, (resource, parameters, take) in _KINDS.items():
            for rows, page, finished in _pages(client, growing.pages(kind), resource, parameters):
                take(growing, rows, page, finished)
                advance(kind, len(rows))
        return growing.counts()


def _pages(
    client: OrdersClient, reached: tuple[int, bool], resource: str, parameters: Row
) -> Iterator[tuple[list[Row], int, bool]]:
    """The pages that are not here yet. How many there are, the store says: with `include` it may show fewer a page."""
    page, finished = reached
    while not finished:
        page += 1
        call = partial(client.read, resource, page=page, limit=PAGE, **parameters)
        answer = patiently(call) or {}
        rows = answer.get("data")
        if not isinstance(rows, list):
            raise UsageError(f"GET {resource}: the store answered with no list; take the snapshot again")
        pagination = answer.get("meta", {}).get("pagination", {})
        finished = page >= int(pagination.get("total_pages", page if is_last(rows) else page + 1))
        yield rows, page, finished


def _take_customers(growing: Crosswalk, rows: list[Row], page: int, finished: bool) -> None:
    growing.take_customers(((int(one["id"]), str(one.get("email") or "")) for one in rows), page, finished)


def _take_products(growing: Crosswalk, rows: list[Row], page: int, finished: bool) -> None:
    kept = ((int(one["id"]), str(one.get("sku") or ""), str(one.get("name") or ""), _requires(one)) for one in rows)
    growing.take_products(kept, page, finished)


def _requires(product: Row) -> bool:
    """Whether an order must choose something that no variant settles. Source: V3 product `modifiers[].required`."""
    return any(modifier.get("required") for modifier in product.get("modifiers") or [])


def _take_variants(growing: Crosswalk, rows: list[Row], page: int, finished: bool) -> None:
    kept = ((int(one["id"]), int(one["product_id"]), str(one.get("sku") or "")) for one in rows)
    growing.take_variants(kept, page, finished)


_KINDS: dict[str, tuple[str, Row, Callable[[Crosswalk, list[Row], int, bool], None]]] = {
    "customers": ("/v3/customers", {}, _take_customers),
    "products": ("/v3/catalog/products", {"include": "modifiers"}, _take_products),
    "variants": ("/v3/catalog/variants", {}, _take_variants),
}
"""Kind -> what is read, with which parameters, and who keeps it."""
