"""What all lists of V3 share: filters, fields, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from importer.sandbox.kinds import LARGEST_ID
from importer.sandbox.wire import json_answer, refused

if TYPE_CHECKING:
    from importer.sandbox.calls import Call
    from importer.sandbox.wire import Answer

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 250

PAGING = frozenset(["page", "limit", "include", "include_fields", "exclude_fields", "sort", "direction"])


def listed(call: Call, rows: list[dict[str, Any]], *filters: str) -> Answer:
    """The page of rows that the filters let through, with its pagination.

    A filter is a field, or `field:in` for one of several values. Raises Refused: 422 for a filter that is not
    documented. Source: V3 `pagination_Full`.
    """
    query = call.query
    for name in query:
        if name not in PAGING and name not in filters:
            raise refused(422, f"The filter '{name}' is not supported.", **{name: "unknown filter"})
    found = [row for row in rows if all(_passes(row, name, query[name]) for name in filters if name in query)]
    limit, page = number(query, "limit", DEFAULT_LIMIT), number(query, "page", 1)
    limit = min(limit, LARGEST_LIMIT)
    shown = [fields_of(row, query) for row in found[(page - 1) * limit : page * limit]]
    return json_answer({"data": shown, "meta": {"pagination": _pagination(query, len(found), len(shown), limit, page)}})


def _passes(row: dict[str, Any], name: str, value: str) -> bool:
    field, _, several = name.partition(":")
    wanted = value.split(",") if several == "in" else [value]
    own = row.get(field)
    shown = str(own).lower() if isinstance(own, bool) else str(own)
    return shown.lower() in [one.lower() for one in wanted]


def number(query: dict[str, str], name: str, default: int) -> int:
    """A whole number from 1 in a query. Raises Refused: 422."""
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_ID):
        raise refused(422, f"The parameter '{name}' is invalid.", **{name: "must be a positive integer"})
    return int(text)


def fields_of(row: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """The row's id and the fields that `include_fields` names, or all but those of `exclude_fields`."""
    if "include_fields" in query:
        return {name: row[name] for name in ("id", *query["include_fields"].split(",")) if name in row}
    left_out = query.get("exclude_fields", "").split(",")
    return {name: value for name, value in row.items() if name not in left_out}


def _pagination(query: dict[str, str], total: int, count: int, limit: int, page: int) -> dict[str, Any]:
    pages = max(1, -(-total // limit))
    around = {"previous": page - 1, "current": page, "next": page + 1}
    links = {
        name: "?" + urlencode({**query, "page": number, "limit": limit})
        for name, number in around.items()
        if 1 <= number <= pages
    }
    return {
        "total": total,
        "count": count,
        "per_page": limit,
        "current_page": page,
        "total_pages": pages,
        "links": links,
    }
