"""The id map as one page for support staff: type an old order number, see the new one. Opens offline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from importer.report.exact import json_in_html
from importer.report.page import asset, digest, environment


class Numbered(NamedTuple):
    """One order of the ledger: its old number as staff know it, the platform's id, its shop, and the new order.

    `order_id` None: it is not in the store, and `state` tells why.
    """

    number: str
    source_id: str
    namespace: str
    state: str
    order_id: int | None


def ids_page(store: str, made_at: str, orders: Iterable[Numbered]) -> str:
    """The whole page. `store` as a ledger is bound to it: `api.bigcommerce.com/stores/HASH`."""
    known = list(orders)
    created = sorted((one for one in known if one.order_id is not None), key=lambda one: one.order_id or 0)
    others = [one for one in known if one.order_id is None]
    namespaces = list(dict.fromkeys(one.namespace for one in known))
    data: dict[str, Any] = {
        "namespaces": namespaces,
        "link": _link(store),
        "created": _created(created, namespaces),
        "others": "\n".join(_cells(one, one.state, namespaces) for one in others),
    }
    style, script = asset("page.css"), asset("theme.js") + asset("ids.js")
    return (
        environment()
        .get_template("ids.html.j2")
        .render(
            store=store,
            made_at=made_at,
            created=len(created),
            others=len(others),
            style=style,
            script=script,
            style_hash=digest(style),
            script_hash=digest(script),
            data=json_in_html(data),
        )
    )


def _created(orders: list[Numbered], namespaces: list[str]) -> str:
    """One order a line, by rising new id; of the new ids only the steps are written, and a step of 1 not at all."""
    lines, before = [], 0
    for one in orders:
        step = (one.order_id or 0) - before
        before += step
        lines.append(_cells(one, "" if step == 1 else str(step), namespaces))
    return "\n".join(lines)


def _cells(one: Numbered, second: str, namespaces: list[str]) -> str:
    """Old number, step or state, the platform's id where it is another, the shop where it is not the first."""
    shop = namespaces.index(one.namespace)
    source_id = "" if one.source_id == one.number else one.source_id
    cells = (one.number, second, source_id, str(shop) if shop else "")
    return "\t".join(re.sub(r"\s", " ", cell) for cell in cells).rstrip("\t")


def _link(store: str) -> str:
    """Where the control panel of a real store shows an order; empty for a store on this machine."""
    host, _, place = store.partition("/stores/")
    return f"https://store-{place}.mybigcommerce.com/manage/orders/" if host == "api.bigcommerce.com" else ""
