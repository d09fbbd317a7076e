"""The codes under which values are recorded that are not the source's own."""

from __future__ import annotations

from collections.abc import Iterator

from importer.mapping.yaml_file import Node

SUBSTITUTIONS = {
    "one-word-name": "a name of one word has no last name",
    "email-dropped": "the text is no e-mail address; the field is left out",
    "ip-dropped": "the text is no IP address; the field is left out",
    "shortened": "the text is longer than the filter `shorten` lets it be",
    "dst-gap": "a local time that the clocks passed over; the instant is as much later as they were put on",
    "dst-fold": "a local time that was twice that day; the first of the two is taken",
    "zero-quantity-line": "a line of quantity 0 and no amount is left out",
    "fractional-quantity": "1.5 of a thing is one line of quantity 1: V2 has whole quantities; its name says how much",
    "unit-price-rounded": "the line's amount is no whole multiple: its unit price has eight places, so that it adds up",
    "fee-without-name": "the fee is called Fee: V2 wants a name",
    "negative-fee-as-discount": "a fee below 0 lowers the discount's side: V2 takes no negative money",
    "negative-discount-as-fee": "a discount below 0 is a surcharge, and stands as a fee",
    "paid-otherwise-as-discount": "a gift card or store credit that the source's total is net of lowers the total",
    "refund-without-sign": "a refund stated below 0 stands without its sign",
    "refund-above-total": "more was given back than the order's total; the refund stands as the source states it",
    "discount-from-subtotal": "the stated discount does not make the order add up; the one in the subtotal does",
    "total-computed": "the source states no total; it is the sum of its parts",
    "unbalanced": "`on_unbalanced: trust-total`: the gap stands as a fee or a discount",
    "rounding": "a difference below the currency's minor unit",
    "tax-allocated": "a tax stated for the order is split over its taxable parts",
    "tax-covered-by-payment": "a tax that the lines cannot hold after what was paid otherwise",
    "customer-unknown": "the snapshot has no such customer: a guest",
    "product-unknown": "the snapshot has no such product: a custom line",
    "options-required": "the product wants options that the source lacks: a custom line",
}
"""Code of the engine -> what it means."""


def codes_of(node: Node) -> Iterator[tuple[str, str]]:
    """The codes of all fallbacks and uses of parts below a node of a mapping, each with its line."""
    noted = isinstance(node.value, dict) and not node.value.keys().isdisjoint(("otherwise", "part"))
    if noted and (code := node.get("as")) is not None:
        yield str(code.value), code.origin
    children = node.value.values() if isinstance(node.value, dict) else node.value
    if isinstance(node.value, dict | list):
        for child in children:
            yield from codes_of(child)
