"""Exports of invented orders, in whatever layout a platform may write them, arrive to the cent: none is refused."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

import invented_apis
import invented_markets
import invented_shopify
import invented_shops
import invented_woocommerce
import pytest
from fidelity_claims import Truth, assert_same, assert_same_sums
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import Kind, Order, invent
from invented_files import Written

from importer.mapping import Mapping, load_mapping
from importer.model import MappedOrder
from importer.run.line import open_line
from importer.sources import ExportFiles

ON_TOP = ("exclusive", "none")
CENTS = ("USD", "EUR", "GBP")
Writer = Callable[[Random, list[Order]], Written]
PLATFORMS: dict[str, tuple[Writer, Kind]] = {
    "shopify-csv": (invented_shops.shopify, Kind(tips=True)),
    "shopify-json": (invented_shopify.shopify, Kind(tips=True)),
    "shopify-graphql": (invented_shopify.graphql, Kind(tips=True)),
    "squarespace-csv": (invented_shops.squarespace, Kind()),
    "wix-csv": (invented_shops.wix, Kind(discounts=False, zones=False)),
    "woocommerce-json": (invented_woocommerce.woocommerce, Kind(fractions=True)),
    "woocommerce-csv-items": (invented_woocommerce.woo_items, Kind(zones=False, fractions=True)),
    "woocommerce-csv": (invented_woocommerce.webtoffee, Kind(modes=ON_TOP, zones=False, fractions=True)),
    "magento2-json": (invented_apis.magento, Kind(modes=ON_TOP, fractions=True)),
    "magento-flat": (invented_shops.magento_flat, Kind(modes=ON_TOP, currencies=("USD",), zones=False, fractions=True)),
    "etsy-items": (invented_markets.etsy_items, Kind(modes=ON_TOP, currencies=CENTS, zones=False)),
    "etsy-orders": (invented_markets.etsy_orders, Kind(modes=ON_TOP, currencies=CENTS, zones=False)),
    "amazon-all-orders": (invented_markets.amazon_all, Kind(modes=("exclusive", "inclusive"), currencies=CENTS)),
    "amazon-new-orders": (invented_markets.amazon_new, Kind(modes=("exclusive", "inclusive"), currencies=CENTS)),
    "ebay-orders": (invented_markets.ebay_orders, Kind(ON_TOP, CENTS, discounts=False, zones=False)),
    "ebay-sales-history": (invented_markets.ebay_history, Kind(ON_TOP, CENTS, discounts=False, zones=False)),
    "ecwid-json": (invented_apis.ecwid, Kind(currencies=("USD",))),
    "prestashop-json": (invented_apis.prestashop, Kind(currencies=("EUR",), discounts=False, zones=False)),
    "bigcommerce-json": (invented_apis.bigcommerce, Kind()),
    "generic-csv": (invented_shops.generic, Kind(currencies=(*CENTS, "JPY"), fractions=True)),
}
"""Mapping -> what writes its platform's exports, and what orders such a platform has."""

DAYS_ONLY = {"magento-flat", "etsy-items", "etsy-orders", "ebay-orders", "ebay-sales-history"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORDERS = 12


@cache
def mapping_of(name: str, folder: Path) -> Mapping:
    """The shipped mapping, in the zone in which the exports here are written."""
    overlay = folder / f"{name}-utc.yml"
    overlay.write_text(f"extends: {name}\nmapping: {name}-utc\nsource: {{dates: {{zone: UTC}}}}\n", encoding="utf-8")
    return load_mapping(overlay if name == "prestashop-json" else name)


def mapped(name: str, written: Written, folder: Path) -> Iterator[MappedOrder]:
    files = [folder / "orders", folder / "items"]
    for file, content in zip(files, (written.content, written.items), strict=True):
        file.write_bytes(content)
    export = ExportFiles((files[0],), (files[1],) if written.items else ())
    with open_line(export, mapping_of(name, folder)) as line:
        yield from line.orders(NOW)


def truth(name: str, order: Order) -> Truth:
    instant = order.instant.astimezone(UTC)
    if name in DAYS_ONLY:
        instant = instant.replace(hour=0, minute=0, second=0)
    return Truth(order.total, order.currency, instant, order.quantities)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("invented")


@pytest.mark.parametrize("name", PLATFORMS)
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_every_order_of_any_layout_arrives_as_it_was(name: str, folder: Path, seed: int) -> None:
    """Totals, instants, quantities and the sums of invented exports are those of the bodies; no order is refused."""
    writer, kind = PLATFORMS[name]
    chance = Random(seed)
    written = writer(chance, invent(chance, ORDERS, kind))
    found = {order.source.source_id: order for order in mapped(name, written, folder)}
    assert found.keys() == written.orders.keys()
    assert {key: order.problems or order.skipped for key, order in found.items() if not order.sendable} == {}
    bodies = {key: order.body or {} for key, order in found.items()}
    truths = {key: truth(name, order) for key, order in written.orders.items()}
    for key, body in bodies.items():
        assert_same(key, body, truths[key])
    assert_same_sums(bodies, truths)
