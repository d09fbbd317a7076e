"""`/_admin`: what a test or a person may ask the sandbox itself. Needs no token, and answers loopback only."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from importer.errors import UsageError
from importer.sandbox import seed
from importer.sandbox.config import switched
from importer.sandbox.wire import TEXT_TYPE, Answer, InvalidJson, json_answer, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.sandbox import Sandbox
    from importer.sandbox.wire import Request

HELP = """\
GET    /_admin/journal     counts, doubled orders, and entries: after=ID, limit=N,
                           kind=email|webhook|stock|billing|tax_document|request|late
DELETE /_admin/journal     forget the entries
GET    /_admin/orders      every order there is: id, external ids, total, archived
GET    /_admin/faults      the script, with how often each rule saw a request and struck it
POST   /_admin/faults      add a rule or a list of rules: {"do": "502", "when": "after", "nth": [3]}; DELETE clears
GET    /_admin/switches    what nobody documents; PUT {"match": "prefix"} sets some
PUT    /_admin/plan        {"plan": "pro", "quota": 0, "window": 30, "neighbour": 0.5, "bursts": false}
PUT    /_admin/tokens      {"token": "t", "scopes": ["store_v2_orders_read_only"]}; no scopes: revoked
PUT    /_admin/shut        {"seconds": 60}: the store answers 503 until then
PUT    /_admin/settings    the store's settings: {"automatic_tax": true, "inventory": {...}, "hooks": [...]}
POST   /_admin/seed        {"customers": [...], "products": [...], "channels": [...]}
"""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def answer(sandbox: Sandbox, request: Request) -> Answer:
    """The answer to a request below /_admin; 400 with the reason for what cannot be done."""
    if request.headers.get("host", "").rpartition(":")[0] not in LOOPBACK:
        return json_answer({"error": "only for this machine"}, 403)
    function = ROUTES.get((request.method, request.path.rstrip("/")))
    if function is None:
        return Answer(200 if request.path.rstrip("/") == "/_admin" else 404, HELP.encode(), (TEXT_TYPE,))
    try:
        return json_answer(function(sandbox, request))
    except (UsageError, InvalidJson, TypeError, ValueError, KeyError) as error:
        return json_answer({"error": str(error)}, 400)


def _body(request: Request) -> Any:
    return json.loads(json.dumps(read_json(request.body), default=float))


def _journal(sandbox: Sandbox, request: Request) -> Any:
    state, query = sandbox.shop.state, request.query
    kind, after, limit = query.get("kind", ""), int(query.get("after", 0)), int(query.get("limit", 1000))
    rows = state.rows(
        "SELECT id, at, kind, detail FROM journal WHERE id > ? AND (? = '' OR kind = ?) ORDER BY id LIMIT ?",
        (after, kind, kind, limit),
    )
    return {
        "counts": dict(state.rows("SELECT kind, count(*) FROM journal GROUP BY kind")),
        "answers": dict(
            state.rows(
                "SELECT json_extract(detail, '$.status'), count(*) FROM journal WHERE kind = 'request' GROUP BY 1"
            )
        ),
        "doubled": _doubled(sandbox),
        "entries": [{"id": row[0], "at": row[1], "kind": row[2], **json.loads(row[3])} for row in rows],
    }


def _doubled(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The old orders that more than one live order stands for."""
    rows = sandbox.shop.state.rows(
        "SELECT external_order_id, external_merchant_id, group_concat(id) FROM orders WHERE archived = 0 "
        "AND external_order_id IS NOT NULL GROUP BY external_order_id, external_merchant_id HAVING count(*) > 1"
    )
    return [
        {
            "external_order_id": row[0],
            "external_merchant_id": row[1],
            "order_ids": [int(one) for one in row[2].split(",")],
        }
        for row in rows
    ]


def _forget(sandbox: Sandbox, _request: Request) -> Any:
    sandbox.shop.state.rows("DELETE FROM journal")
    return {}


_ORDER = ("id", "external_order_id", "external_merchant_id", "external_source", "total", "archived")


def _orders(sandbox: Sandbox, _request: Request) -> Any:
    rows = sandbox.shop.state.rows(f"SELECT {', '.join(_ORDER)} FROM orders ORDER BY id")  # noqa: S608 - our own columns
    return [dict(zip(_ORDER, row, strict=True)) for row in rows]


def _faults(sandbox: Sandbox, _request: Request) -> Any:
    return sandbox.faults.shown()


def _add_faults(sandbox: Sandbox, request: Request) -> Any:
    given = _body(request)
    sandbox.faults.add(given if isinstance(given, list) else [given])
    return sandbox.faults.shown()


def _clear_faults(sandbox: Sandbox, _request: Request) -> Any:
    sandbox.faults.clear()
    return []


def _switches(sandbox: Sandbox, _request: Request) -> Any:
    return asdict(sandbox.shop.switches)


def _set_switches(sandbox: Sandbox, request: Request) -> Any:
    sandbox.shop.switches = switched(sandbox.shop.switches, _body(request))
    return asdict(sandbox.shop.switches)


def _set_plan(sandbox: Sandbox, request: Request) -> Any:
    sandbox.shop.config = replace(sandbox.shop.config, **_body(request))
    sandbox.quota.settle(sandbox.shop.config)
    return {}


def _set_token(sandbox: Sandbox, request: Request) -> Any:
    given = _body(request)
    sandbox.tokens.pop(given["token"], None)
    if given.get("scopes"):
        sandbox.tokens[given["token"]] = frozenset(given["scopes"])
    return {}


def _shut(sandbox: Sandbox, request: Request) -> Any:
    sandbox.shop.closed_until = sandbox.shop.clock.now() + float(_body(request)["seconds"])
    return {}


def _set_settings(sandbox: Sandbox, request: Request) -> Any:
    sandbox.shop.settings = seed.change_settings(sandbox.shop.state, _body(request))
    return sandbox.shop.settings


def _seed(sandbox: Sandbox, request: Request) -> Any:
    state, given = sandbox.shop.state, _body(request)
    with state.transaction():
        seed.put_channels(state, given.get("channels", []))
        seed.put_customers(state, given.get("customers", []))
        seed.put_products(state, given.get("products", []))
    return {}


ROUTES: dict[tuple[str, str], Callable[[Sandbox, Request], Any]] = {
    ("GET", "/_admin/journal"): _journal,
    ("DELETE", "/_admin/journal"): _forget,
    ("GET", "/_admin/orders"): _orders,
    ("GET", "/_admin/faults"): _faults,
    ("POST", "/_admin/faults"): _add_faults,
    ("DELETE", "/_admin/faults"): _clear_faults,
    ("GET", "/_admin/switches"): _switches,
    ("PUT", "/_admin/switches"): _set_switches,
    ("PUT", "/_admin/plan"): _set_plan,
    ("PUT", "/_admin/tokens"): _set_token,
    ("PUT", "/_admin/shut"): _shut,
    ("PUT", "/_admin/settings"): _set_settings,
    ("POST", "/_admin/seed"): _seed,
}
