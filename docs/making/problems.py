"""The reference of problem codes, from the rooms that find them."""

from __future__ import annotations

from collections.abc import Iterator

from importer.orders import CODES
from making.table import MADE, cell

OTHER_CODES = {
    "duplicate-order": "another file of the export has this order with other contents",
    "headless": "none of the order's rows has its totals: the export begins or ends in the middle of an order",
    "no-order-id": "the row has no order number",
    "orphan": "an object belongs to a parent that is not in the file: the file was cut off",
    "cut-off": "a list of the order is longer in the shop than in the file: the query asked for too few",
    "rounded-id": "the order number was rounded by a spreadsheet, such as 1.00E+12",
    "row-width": "the row has more or fewer cells than the header: columns are shifted",
    "split-order": "the rows of one order are not adjacent; no part of it is sent",
    "no-lines": "the order has no line; the store takes none without",
    "undecided": "a table has no row for this value: a person decides, `validate --overlay` writes the rows to fill in",
    "parked": "a customer or a product that the snapshot lacks; the order waits in the ledger for a newer snapshot",
    "several-hits": "the snapshot has the customer or the product more than once; a person makes them one",
    "shipment-items": "a shipment of `after` has what the order has not, or more of it, or no whole number of it",
    "metafield-twice": "two metafields of `after` have one namespace and key",
    "refused": "a rule of the mapping's `refuse` section",
    "unbalanced": "the source's total is not the sum of its parts; the message has the gap",
    "negative-money": "an amount is below 0, or a tax is more than the price can hold",
    "no-total": "the source's total is blank",
    "tax-mode": "the mapping's tax mode is none of those that `money.mode` knows",
    "money": "the text is no amount",
    "currency": "the text is no ISO 4217 currency",
    "quantity": "a line of quantity 0 has an amount",
    "number": "the text is no number",
    "rounded": "a spreadsheet rounded the value, such as a phone of 4.47E+11",
    "date": "the text is no date in a form that the mapping declares, or that local time never was",
    "zone": "the date has no zone, and the mapping declares none",
    "country": "the text is no country",
    "type": "the value has a type that the filter or the field cannot take, such as a list",
    "size": "the value is longer than any that an order has",
}
"""Code of a problem that no check of `orders/` finds -> what it means."""


def problems_reference() -> str:
    """The reference of problem codes."""
    intro = "Why an order is refused: the `code` in reports, in problems.csv and in the lines of `importer map`."
    return "\n".join(
        [
            *("# Problem codes", "", MADE, "", intro, ""),
            *("## The export, or a value of it", "", *_codes(OTHER_CODES), ""),
            *(
                "## The body",
                "",
                "Found by `schemas/order.schema.json` and by the checks after it.",
                "",
                *_codes(CODES),
                "",
            ),
        ]
    )


def _codes(codes: dict[str, str]) -> Iterator[str]:
    yield from ("| code | what it means |", "|---|---|")
    for code, text in codes.items():
        yield f"| `{code}` | {cell(text[0].lower() + text[1:])} |"
