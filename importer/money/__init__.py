"""Money: exact decimals, the proof that an order adds up, and the ex/inc pairs that follow from what the source states.

A mapping states facts (lines, discount, shipping, fees, tax, total); `settle` decides the order's tax mode, proves the
source's identity to the currency's minor unit, and gives every money field of the V2 body. No float anywhere.

The body closes on both sides with the one `discount_amount` that V2 has:

    sum(price_ex  * quantity) + shipping_ex  + handling_ex  + wrapping_ex  + fees_ex  - discount = total_ex
    sum(price_inc * quantity) + shipping_inc + handling_inc + wrapping_inc + fees_inc - discount = total_inc

which holds when the side that the source prices in (its *base*) is kept as stated and the other side differs from it by
the tax that was really charged, after discounts.
"""

from __future__ import annotations

from importer.model import Body
from importer.money.account import Note, sorted_out
from importer.money.body import body_of
from importer.money.exact import ZERO, four_places, minor_digits, parse
from importer.money.proof import prove
from importer.money.shares import allocate, round_off
from importer.money.statement import MODES, Amount, Fee, Line, Stated, Statement
from importer.money.taxes import taxes_of

__all__ = [
    "MODES",
    "ZERO",
    "Amount",
    "Fee",
    "Line",
    "Note",
    "Stated",
    "Statement",
    "allocate",
    "four_places",
    "minor_digits",
    "parse",
    "settle",
]


def settle(stated: Statement, note: Note) -> Body:
    """The money fields of the body; writes `quantity` and both prices into each line's product.

    Where a line is left out, `products` as well: those that are sold.

    `note` hears of each rounding, split and conversion. Amounts are text with four places, line prices JSON numbers.
    Errors: FieldError `unbalanced` (with the gap), `negative-money`, `quantity`, `no-lines`, `currency`.
    Source: order_Shared (pairs of subtotal, total and shipping_cost; nothing negative), orderCustomProduct_Post.
    """
    account = sorted_out(stated, note)
    prove(account)
    round_off(account)
    return body_of(account, taxes_of(account))
