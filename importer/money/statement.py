"""What a mapping states of an order's money: facts of the source, nothing computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from importer.model import Body
from importer.money.exact import ZERO

MODES = ("by-arithmetic", "exclusive", "inclusive", "none")


class Amount(NamedTuple):
    """An amount of which the source states more than one figure: two of `ex`, `inc`, `tax`, or `one` and its tax.

    `one` is the figure in the order's tax mode.
    """

    one: Decimal | None = None
    ex: Decimal | None = None
    inc: Decimal | None = None
    tax: Decimal | None = None

    def on_side(self, inclusive: bool) -> Decimal:
        """The amount with tax, or without it."""
        if self.one is not None:
            return self.one
        tax = self.tax or ZERO
        if inclusive:
            return self.inc if self.inc is not None else (self.ex or ZERO) + tax
        return self.ex if self.ex is not None else (self.inc or ZERO) - tax


Stated = Decimal | Amount
"""One amount of the source: a single figure in the order's tax mode, or an Amount. Most are single figures."""


def on_side(stated: Stated, inclusive: bool) -> Decimal:
    """The amount on one side: with tax, or without it."""
    return stated if isinstance(stated, Decimal) else stated.on_side(inclusive)


def known_tax(stated: Stated) -> Decimal | None:
    """The tax of this amount where the source states it, else None."""
    if isinstance(stated, Decimal):
        return None
    if stated.tax is not None:
        return stated.tax
    if stated.inc is None or stated.ex is None:
        return None
    return stated.inc - stated.ex


def negated(stated: Stated) -> Stated:
    """The same with the other sign."""
    if isinstance(stated, Decimal):
        return -stated
    return Amount(*(None if figure is None else -figure for figure in stated))


@dataclass(slots=True)
class Line:
    """One line of the order: its product in the body, the quantity, the amount of the whole line before discounts."""

    product: Body
    quantity: Decimal
    amount: Stated
    taxable: bool = True


class Fee(NamedTuple):
    """One order-level fee, or one payment that the stated total is net of."""

    name: str
    amount: Stated


@dataclass(slots=True)
class Statement:
    """What the source's figures are. `total` None: the export has no total of its own, so it is the sum."""

    currency: str
    lines: list[Line]
    discount: Stated = ZERO
    shipping: Stated = ZERO
    handling: Stated = ZERO
    wrapping: Stated = ZERO
    fees: Sequence[Fee] = ()
    paid_otherwise: Sequence[Fee] = ()
    tax: Decimal | None = None
    subtotal: Decimal | None = None
    total: Decimal | None = None
    refunded: Decimal | None = None
    tolerance: Decimal = ZERO
    tax_mode: str = "by-arithmetic"
    on_unbalanced: str = "reject"
