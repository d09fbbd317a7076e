"""Shopify's bulk operations arrive to the cent: read here on their own, then compared with the importer's bodies."""

import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fidelity_claims import Truth, exports, hold, lines_of, sample
from fidelity_json import decimal

MAPPING = "shopify-graphql"
WORDS = {"PAID", "PENDING", "AUTHORIZED", "PARTIALLY_PAID", "EXPIRED", "PARTIALLY_REFUNDED", "REFUNDED", "VOIDED"}
TOTALS = ("totalPriceSet", "subtotalPriceSet", "currentTotalPriceSet", "currentSubtotalPriceSet")
WITHOUT_THE_API = ("staff_notes", "external_merchant_id")


def truths(file: Path) -> dict[str, Truth]:
    objects = [json.loads(line, parse_float=Decimal) for line in file.read_text(encoding="utf-8").splitlines()]
    children = defaultdict(list)
    for one in objects:
        children[one.get("__parentId", "")].append(one)
    return {order["id"]: truth(order, children[order["id"]]) for order in children[""]}


def truth(order: dict[str, Any], children: list[dict[str, Any]]) -> Truth:
    inside = order.get("lineItems", {}).get("nodes", [])
    lines = [one for one in [*children, *inside] if "quantity" in one]
    total = next(shop(order[name]) for name in TOTALS if order.get(name))
    return Truth(
        total=total,
        currency=next(order[name] for name in TOTALS if order.get(name))["shopMoney"]["currencyCode"],
        instant=datetime.fromisoformat(order.get("processedAt") or order["createdAt"]),
        quantities=[decimal(line["quantity"]) for line in lines],
        well_formed=total in sums(order, lines) and order["displayFinancialStatus"] in WORDS and not order["test"],
    )


def shop(amount: dict[str, Any] | None) -> Decimal:
    return decimal(amount["shopMoney"]["amount"]) if amount else Decimal(0)


def sums(order: dict[str, Any], lines: list[dict[str, Any]]) -> set[Decimal]:
    """Lines, discount, shipping, tax, duties and fees; with the tip, and without it where it is a line already."""
    sold = sum((shop(line["originalUnitPriceSet"]) * decimal(line["quantity"]) for line in lines), Decimal(0))
    sold += shop(order.get("totalShippingPriceSet")) - shop(order.get("totalDiscountsSet"))
    sold += Decimal(0) if order.get("taxesIncluded") else shop(order.get("totalTaxSet"))
    sold += shop(order.get("originalTotalDutiesSet")) + shop(order.get("originalTotalAdditionalFeesSet"))
    return {sold, sold + shop(order.get("totalTipReceivedSet"))}


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("shopify_graphql/*.jsonl")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a bulk operation are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, truths(file))


def test_both_apis_give_the_same_bodies() -> None:
    """The same orders, exported by REST and by GraphQL, differ in nothing but the notes."""
    rest, graph = (bodies("shopify-json"), bodies(MAPPING))
    assert list(graph) == list(rest)
    assert {name: body for name, body in graph.items() if body != rest[name]} == {}


def bodies(mapping: str) -> dict[str, dict[str, Any]]:
    orders = [line["order"] for line in lines_of(sample(mapping), mapping) if "order" in line]
    return {
        order["external_order_id"]: {key: value for key, value in order.items() if key not in WITHOUT_THE_API}
        for order in orders
    }
