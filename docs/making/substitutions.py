"""The reference of substitution codes: what the engine puts in the place of a source's value, and what mappings do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from making.table import MADE, cell

MAPPINGS = Path(__file__).parent.parent.parent / "mappings"

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


def substitutions_reference() -> str:
    """The reference of substitution codes."""
    intro = (
        "A value of a body that is not the source's own has a code: counted and shown in reports, in the lines of"
        " `importer map`, and held to the mapping's `budget`."
    )
    return "\n".join(
        [
            *("# Substitution codes", "", MADE, "", intro, ""),
            *("## By the engine", "", "| code | what it means |", "|---|---|"),
            *(f"| `{code}` | {cell(meaning)} |" for code, meaning in SUBSTITUTIONS.items()),
            *(
                "",
                "## By the shipped mappings",
                "",
                "Each is an `as:` beside an `otherwise:`; read it where it stands.",
            ),
            *("", "| code | in |", "|---|---|", *_of_mappings(), ""),
        ]
    )


def _of_mappings() -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for path in sorted(MAPPINGS.glob("*.yml")):
        for code in sorted(set(re.findall(r"\bas: ([a-z][a-z0-9-]*)", path.read_text(encoding="utf-8")))):
            found.setdefault(code, []).append(path.stem)
    for code, names in sorted(found.items()):
        yield f"| `{code}` | {', '.join(f'[{name}](../../mappings/{name}.yml)' for name in names)} |"
