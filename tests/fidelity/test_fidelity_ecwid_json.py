"""Ecwid's orders arrive to the cent: read here on their own, then compared with the importer's bodies."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fidelity_claims import Truth, exports, hold, lines_of, sample
from fidelity_json import decimal, load, summed

MAPPING = "ecwid-json"
DISCOUNTS = ("volumeDiscount", "membershipBasedDiscount", "totalAndMembershipBasedDiscount")


def truths(file: Path) -> dict[str, Truth]:
    page = load(file)
    orders = [page] if "createDate" in page else page["items"]
    return {order.get("id") or order["vendorOrderNumber"]: truth(order) for order in orders}


def truth(order: dict[str, Any]) -> Truth:
    total = decimal(order["total"])
    known = not order["fulfillmentStatus"].startswith("CUSTOM")
    return Truth(
        total=total,
        currency="USD",
        instant=datetime.strptime(order["createDate"], "%Y-%m-%d %H:%M:%S %z"),
        quantities=[decimal(line["quantity"]) for line in order["items"]],
        well_formed=known and total in sums(order),
    )


def sums(order: dict[str, Any]) -> set[Decimal]:
    """Lines, shipping, handling and surcharges less discounts and gift card; the tax on top, or inside."""
    sold = sum((decimal(line["price"]) * decimal(line["quantity"]) for line in order["items"]), Decimal(0))
    sold += decimal((order.get("shippingOption") or {}).get("shippingRate"))
    sold += decimal((order.get("handlingFee") or {}).get("value")) + summed(order.get("customSurcharges"), "total")
    sold -= decimal(order["couponDiscount"]) + decimal(order.get("giftCardRedemption"))
    sold -= decimal(order["discount"]) or sum((decimal(order.get(key)) for key in DISCOUNTS), Decimal(0))
    return {sold, sold + decimal(order["tax"])}


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("ecwid/*.json")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of an Ecwid page are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, an order that does not add up and one with a status of the shop's own are refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]}
    assert refused == {"BB4025": "unbalanced", "BB4026": "undecided"}


def test_tax_on_shipping_is_not_tax_of_a_line() -> None:
    """A line's tax holds its share of the tax on shipping, which belongs to the shipping cost."""
    orders = {line["source_id"]: line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line}
    order = orders["BB4004"]
    assert (order["shipping_cost_ex_tax"], order["shipping_cost_inc_tax"]) == ("7.5000", "8.2600")
    assert (order["subtotal_ex_tax"], order["subtotal_inc_tax"]) == ("139.4500", "153.5300")
