"""Magento's orders arrive to the cent: read here on their own, then compared with the importer's bodies."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fidelity_claims import Truth, exports, hold, lines_of, sample
from fidelity_json import decimal, load

MAPPING = "magento2-json"
STATES = {"new", "pending_payment", "processing", "complete", "closed", "canceled", "holded", "payment_review"}
ADDED = (
    "shipping_amount",
    "discount_amount",
    "tax_amount",
    "discount_tax_compensation_amount",
    "shipping_discount_tax_compensation_amount",
)
PAID = ("gift_cards_amount", "customer_balance_amount", "reward_currency_amount")


def truths(file: Path) -> dict[str, Truth]:
    return {order["increment_id"]: truth(order) for order in load(file)["items"]}


def truth(order: dict[str, Any]) -> Truth:
    lines = [item for item in order["items"] if not item.get("parent_item_id")]
    total = decimal(order["grand_total"])
    sold = sum((decimal(line["price"]) * decimal(line["qty_ordered"]) for line in lines), Decimal(0))
    sold += sum((decimal(order.get(key)) for key in ADDED), Decimal(0))
    extension = order.get("extension_attributes", {})
    sold -= sum((decimal(extension.get(key)) or decimal(order.get(key)) for key in PAID), Decimal(0))
    return Truth(
        total=total,
        currency=order["order_currency_code"],
        instant=datetime.fromisoformat(order["created_at"]).replace(tzinfo=UTC),
        quantities=[decimal(line["qty_ordered"]) for line in lines],
        well_formed=abs(total - sold) < Decimal("0.005") and order["state"] in STATES,
    )


def bodies() -> dict[str, dict[str, Any]]:
    return {line["source_id"]: line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line}


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("magento2_json/*.json")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a page of orders are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, an order that does not add up and one in an unknown state are refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]}
    assert refused == {"000100040": "unbalanced", "000100041": "undecided"}


def test_shipping_has_its_own_tax() -> None:
    """What shipping cost with tax is what Magento says, not a share of the order's tax."""
    arrived = bodies()
    for order in load(sample(MAPPING))["items"]:
        stated, number = order.get("shipping_incl_tax"), order["increment_id"]
        if stated and order["grand_total"] and not order.get("discount_amount") and number in arrived:
            assert Decimal(arrived[number]["shipping_cost_inc_tax"]) == decimal(stated), number


def test_children_of_bundles_and_configurables_are_no_lines() -> None:
    """A bundle is one line, whether the children's prices make its own or it has its own price."""
    arrived = bodies()
    assert [line["quantity"] for line in arrived["000100004"]["products"]] == [2]
    items = {order["increment_id"]: order["items"] for order in load(sample(MAPPING))["items"]}
    assert len(items["000100003"]) > len(arrived["000100003"]["products"])


def test_a_row_total_after_the_discount_is_not_discounted_again(tmp_path: Path) -> None:
    """Some shops' row_total is net of the discount that the order states as well; the price is not."""
    order = next(one for one in load(sample(MAPPING))["items"] if one["increment_id"] == "000100001")
    line = dict(order["items"][0], price=98, qty_ordered=1, row_total=88.2, tax_amount=0)
    money = {"subtotal": 98, "discount_amount": -9.8, "shipping_amount": 5, "tax_amount": 0, "shipping_tax_amount": 0}
    changed = {**order, **money, "grand_total": 93.2, "items": [line]}
    (tmp_path / "orders.json").write_text(json.dumps({"items": [changed]}, default=str))
    body = lines_of(tmp_path / "orders.json", MAPPING)[0]["order"]
    assert (body["subtotal_inc_tax"], body["discount_amount"], body["total_inc_tax"]) == (
        "98.0000",
        "9.8000",
        "93.2000",
    )
