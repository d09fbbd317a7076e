"""WooCommerce's orders arrive to the cent: read here on their own, then compared with the importer's bodies."""

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fidelity_claims import Truth, exports, hold, lines_of, sample
from fidelity_json import decimal, load, summed

MAPPING = "woocommerce-json"
WORDS = {"pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed"}


def orders_in(file: Path) -> list[dict[str, Any]]:
    page = load(file)
    page = page.get("data", page) if isinstance(page, dict) else page
    return page if isinstance(page, list) else [page]


def truth(order: dict[str, Any]) -> Truth:
    lines, total = order["line_items"], decimal(order["total"])
    sold = summed(lines, "total") + summed(order["fee_lines"], "total") + decimal(order["shipping_total"])
    sold += decimal(order["total_tax"]) - summed(order.get("gift_cards"), "amount")
    return Truth(
        total=total,
        currency=order["currency"],
        instant=datetime.fromisoformat(order["date_created_gmt"]).replace(tzinfo=UTC),
        quantities=[decimal(line["quantity"]) for line in lines],
        well_formed=total == sold and order["status"] in WORDS,
    )


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("woocommerce_json/ios*.json")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a page of orders are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, {order["number"]: truth(order) for order in orders_in(file)})


@pytest.mark.parametrize("file", exports("woocommerce_json/rest_docs*.json"))
def test_an_order_that_is_there_again_arrives_once(file: Path) -> None:
    """Of the states of one order that a documentation page shows, the first arrives; the others are no new orders."""
    lines = lines_of(file, MAPPING)
    arrived = Counter(line["source_id"] for line in lines if "order" in line and not line["problems"])
    assert arrived == dict.fromkeys({line["source_id"] for line in lines}, 1)


def test_an_order_of_two_overlapping_pages_arrives_once(tmp_path: Path) -> None:
    """The very same order on two pages is mapped the first time and skipped the second, with the reason."""
    order = orders_in(sample(MAPPING))[0]
    (tmp_path / "orders.json").write_text(json.dumps([order, order], default=str))
    first, second = lines_of(tmp_path / "orders.json", MAPPING)
    assert "order" in first
    assert "order" not in second
    assert second["skipped"]


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, an unknown status and an order that does not add up are refused; drafts are left out."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]}
    assert refused == {"WW-2023-0039": "undecided", "WW-2023-0042": "unbalanced"}
    assert len([line for line in lines if line.get("skipped")]) == 3


def test_bundles_keep_every_line_and_count_each_price_once() -> None:
    """Parent and children are lines, whoever of them carries the price."""
    sold = {order["number"]: order for order in orders_in(sample(MAPPING))}
    orders = {line["source_id"]: line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line}
    for number in ("4157", "4164", "4171", "WW-2024-0048"):
        prices = [Decimal(str(product["price_ex_tax"])) * product["quantity"] for product in orders[number]["products"]]
        assert prices == [decimal(line["subtotal"]) for line in sold[number]["line_items"]], number


def test_an_order_for_pickup_awaits_pickup() -> None:
    """A paid order that is collected is status 8, not 11."""
    orders = {line["source_id"]: line["order"] for line in lines_of(sample(MAPPING), MAPPING) if "order" in line}
    assert orders["WW-2024-0049"]["status_id"] == 8


def test_local_time_is_read_in_the_shops_zone_where_utc_is_missing(tmp_path: Path) -> None:
    """Older layouts have date_created only: the overlay's zone places it, and the substitution says so."""
    order = dict(orders_in(sample(MAPPING))[0], date_created_gmt=None, date_created="2022-07-01T12:00:00")
    (tmp_path / "orders.json").write_text(json.dumps([order], default=str))
    (tmp_path / "shop.yml").write_text("extends: woocommerce-json\nlet: {shop_zone: Europe/Dublin}\n")
    line = lines_of(tmp_path / "orders.json", str(tmp_path / "shop.yml"))[0]
    expected = datetime(2022, 7, 1, 12, tzinfo=ZoneInfo("Europe/Dublin"))
    assert parsedate_to_datetime(line["order"]["date_created"]) == expected
    assert "date-in-shop-zone" in {one["code"] for one in line["substitutions"]}
