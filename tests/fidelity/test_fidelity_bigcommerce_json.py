"""BigCommerce's own orders arrive to the cent: read here on their own, then compared with the importer's bodies."""

import json
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from fidelity_claims import Truth, hold, lines_of, sample
from fidelity_json import decimal, load, summed

MAPPING = "bigcommerce-json"
COSTS = ("subtotal", "shipping_cost", "handling_cost", "wrapping_cost")


def truths(file: Path) -> dict[str, Truth]:
    return {str(order["id"]): truth(order) for order in load(file)}


def truth(order: dict[str, Any]) -> Truth:
    lines, total = lines_in(order), decimal(order["total_inc_tax"])
    return Truth(
        total=total,
        currency=order["currency_code"],
        instant=parsedate_to_datetime(order["date_created"]),
        quantities=[decimal(line["quantity"]) for line in lines],
        well_formed=bool(lines) and not order["is_deleted"] and total.quantize(Decimal("0.01")) in sums(order),
    )


def lines_in(order: dict[str, Any]) -> list[dict[str, Any]]:
    if isinstance(order["products"], list):
        return order["products"]
    consignments = order.get("consignments", {})
    parts = [*consignments.get("shipping", []), *consignments.get("downloads", [])]
    return [line for part in parts for line in part["line_items"]]


def sums(order: dict[str, Any]) -> set[Decimal]:
    """All costs less discount and coupons, the tax inside or on top; and less what the total may be net of."""
    off = decimal(order["discount_amount"]) + decimal(order["coupon_discount"])
    inside = sum((decimal(order[f"{cost}_inc_tax"]) for cost in COSTS), summed(order["fees"], "cost_inc_tax")) - off
    on_top = sum((decimal(order[f"{cost}_ex_tax"]) for cost in COSTS), summed(order["fees"], "cost_ex_tax")) - off
    credit = decimal(order["store_credit_amount"]) + decimal(order["gift_certificate_amount"])
    found = {inside, on_top + decimal(order["total_tax"])}
    return {amount.quantize(Decimal("0.01")) for amount in found | {one - credit for one in found}}


@pytest.mark.parametrize("file", [sample(MAPPING)])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a page of orders are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, an order whose products are a link and one that does not add up are refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]}
    assert refused == {"321": "refused", "328": "unbalanced"}


def test_store_credit_is_a_payment_unless_the_total_is_net_of_it() -> None:
    """Credit is taken off only where the old store took it off its total, and stands in the notes either way."""
    orders = {line["source_id"]: line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line}
    assert [orders[name]["discount_amount"] for name in ("188", "195")] == ["0.0000", "30.0000"]
    assert all("store credit" in orders[name]["staff_notes"] for name in ("188", "195"))


def test_an_order_that_was_not_shipped_has_no_shipping_address() -> None:
    """Nothing of an absent address is made up."""
    orders = {line["source_id"]: line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line}
    assert [name for name, order in orders.items() if "shipping_addresses" not in order] == ["223", "251", "258"]


def test_downloads_and_goods_of_one_order_are_all_lines(tmp_path: Path) -> None:
    """An order that ships some lines and lets others be downloaded keeps both, with their money."""
    order = next(one for one in load(sample(MAPPING)) if one["id"] == 118)
    shipped, downloaded = order["products"]
    consignments = {
        "shipping": [{**order["shipping_addresses"][0], "line_items": [shipped]}],
        "downloads": [{"line_items": [downloaded]}],
    }
    whole = {**order, "products": {"resource": "/orders/118/products"}, "consignments": consignments}
    (tmp_path / "orders.json").write_text(json.dumps([whole], default=str))
    [line] = lines_of(tmp_path / "orders.json", MAPPING)
    assert line["problems"] == []
    assert [product["name"] for product in line["order"]["products"]] == ["Tent Akka 2", "Enamel mug"]
