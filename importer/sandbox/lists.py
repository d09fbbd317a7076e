"""The lists of V2 orders: which query parameters there are, and the SQL that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox.amounts import amount
from importer.sandbox.dates import read_any
from importer.sandbox.kinds import LARGEST_ID
from importer.sandbox.wire import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.shop import Shop

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 250
"""Source: V2 `limit`; "requested too many objects", 413, above 250 in the documents of 2016."""

Query = dict[str, str]
Where = tuple[list[str], list[Any]]

SORTS = {
    "id": "id",
    "customer_id": "customer_id",
    "date_created": "created",
    "date_modified": "modified",
    "status_id": "status_id",
    "channel_id": "channel_id",
    "external_id": "id",
}


def whole(name: str, text: str) -> int:
    """A whole number from 0 in a query."""
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_ID):
        raise refused(400, f"The field '{name}' is invalid.")
    return int(text)


def _money(name: str, text: str) -> int:
    found = amount(text)
    if found is None:
        raise refused(400, f"The field '{name}' is invalid.")
    return int(found * 10_000)


def _date(name: str, text: str) -> float:
    found = read_any(text)
    if found is None:
        raise refused(400, f"The field '{name}' is invalid.")
    return found


def _text(_name: str, text: str) -> str:
    return text


FILTERS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "min_id": ("id >= ?", whole),
    "max_id": ("id <= ?", whole),
    "min_total": ("total >= ?", _money),
    "max_total": ("total <= ?", _money),
    "customer_id": ("customer_id = ?", whole),
    "email": ("email = lower(?)", _text),
    "status_id": ("status_id = ?", whole),
    "cart_id": ("? = ''", _text),
    "payment_method": ("payment_method = ?", _text),
    "min_date_created": ("created >= ?", _date),
    "max_date_created": ("created <= ?", _date),
    "min_date_modified": ("modified >= ?", _date),
    "max_date_modified": ("modified <= ?", _date),
    "channel_id": ("channel_id = ?", whole),
}
"""Source: V2 `GET /orders` and `GET /orders/count`. An order made by V2 has no cart."""

MATCHES = {
    "exact": "external_order_id = ?",
    "prefix": "substr(external_order_id, 1, length(?1)) = ?1",
    "case-insensitive": "lower(external_order_id) = lower(?)",
}


def known_only(query: Query, *names: str) -> None:
    """Raises Refused for a parameter that the resource does not have. Source: bigcommerce-api-python #82."""
    for name in query:
        if name not in names:
            raise refused(400, f"The field '{name}' is not supported by this resource.")


def where(query: Query, shop: Shop) -> Where:
    """The conditions that a query's filters come to, and their values."""
    clauses = ["visible <= ?"]
    values: list[Any] = [shop.clock.now() - shop.switches.list_lag]
    if not shop.switches.archived_in_lists:
        clauses.append("archived = 0")
    for name, text in query.items():
        if name in FILTERS:
            clause, read = FILTERS[name]
            clauses.append(clause)
            values.append(read(name, text))
    if "external_order_id" in query:
        clauses.append(MATCHES[shop.switches.match].replace("?1", "?"))
        values += [query["external_order_id"]] * clauses[-1].count("?")
    return clauses, values


def page(query: Query) -> tuple[int, int]:
    """Rows to show and rows to skip. Raises Refused: 413 for more than 250 rows."""
    limit = whole("limit", query.get("limit", str(DEFAULT_LIMIT)))
    number = whole("page", query.get("page", "1"))
    if limit > LARGEST_LIMIT:
        raise refused(413, "You have requested too many objects; the limit is 250.")
    if not limit or not number:
        raise refused(400, f"The field '{'page' if limit else 'limit'}' is invalid.")
    return limit, (number - 1) * limit


def order_by(query: Query) -> str:
    """The order of the rows. Source: V2 `sort`: by id from the lowest; ":asc" or ":desc" after the field."""
    field, _, direction = query.get("sort", "id").partition(":")
    if field not in SORTS or direction not in ("", "asc", "desc"):
        raise refused(400, "The field 'sort' is invalid.")
    way = "DESC" if direction == "desc" else "ASC"
    return f"{SORTS[field]} {way}, id {way}"


def some(rows: list[Any], query: Query) -> list[Any]:
    """The page of a list that is at hand whole."""
    limit, skipped = page(query)
    return rows[skipped : skipped + limit]
