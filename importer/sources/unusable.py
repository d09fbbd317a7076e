"""Exports that hold too little to make orders of: known by their columns, refused with the reason and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Unusable(NamedTuple):
    """One such export: the columns that it has, those that it lacks, and what to tell the reader."""

    has: frozenset[str]
    lacks: frozenset[str]
    reason: str


WOOCOMMERCE_ANALYTICS = (
    "this is WooCommerce's Analytics report: it names products without prices and has no addresses. Export the orders"
    " by the REST API (mapping woocommerce-json) or by a plug-in (woocommerce-csv, woocommerce-csv-items)"
)
ETSY_WITHOUT_IDS = (
    "this Etsy file has no column 'Order ID', so nothing says which rows are one order. Download it again in Shop"
    " Manager > Settings > Options > Download Data, type Order Items, with all its columns"
)
UNUSABLE = (
    Unusable(
        frozenset({"Purchase Date", "Bill-to Name"}),
        frozenset({"ItemSKU", "Item Name"}),
        "this is the order grid of Magento's admin: it has no line items, and each address is one text. Get the orders"
        " by the REST API, GET /rest/V1/orders, and use the mapping magento2-json",
    ),
    Unusable(
        frozenset({"Order #", "Product(s)", "Items sold"}),
        frozenset(),
        WOOCOMMERCE_ANALYTICS,
    ),
    *(
        Unusable(frozenset({"Sale Date", telling}), frozenset({"Order ID", "Sales Record Number"}), ETSY_WITHOUT_IDS)
        for telling in ("Buyer", "Item Name", "Order Value", "Number of Items")
    ),
    Unusable(
        frozenset({"Sale Date", "Order ID", "Number of Items", "Order Value"}),
        frozenset({"Item Name"}),
        "this is Etsy's file of Orders, which has no line items. Download the Order Items of the same time as well, and"
        " pass both: importer map ORDERS --with ITEMS",
    ),
)


def why_unusable(columns: Sequence[str]) -> str:
    """Why no order can be made of an export with these columns, and what to do; "" where none of the known ones is it.

    >>> why_unusable("Datum|Bestellung #|Status|Kunde|Typ|Produkt(e)|Stück|Gutschein(e)|Umsatz".split("|"))[:39]
    "this is WooCommerce's Analytics report:"
    >>> why_unusable(["Name", "Total"])
    ''
    """
    there = frozenset(columns)
    for known in UNUSABLE:
        if known.has <= there and not known.lacks & there:
            return known.reason
    return WOOCOMMERCE_ANALYTICS if _looks_like_analytics(columns) else ""


def _looks_like_analytics(columns: Sequence[str]) -> bool:
    """WooCommerce translates the headers of its report; the sixth and the eighth stay `one(s)` in any language."""
    return 8 < len(columns) < 12 and all("(" in columns[place] or "/" in columns[place] for place in (5, 7))
