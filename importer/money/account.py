"""The statement sorted as V2 takes it: parts that are above 0, and what comes off their sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from importer.errors import FieldError
from importer.money.exact import ZERO, MinorUnit, minor_unit
from importer.money.statement import Amount, Fee, Line, Stated, Statement, known_tax, negated, on_side

Note = Callable[[str, str, object, object], None]
"""Called as note(code, path, from, to) for each value that is not the source's own."""


@dataclass(slots=True)
class Account:
    """The statement on its way to the body.

    `parts` are the lines' amounts, then shipping, then the `extras` that there are of handling and wrapping, then the
    fees; `lowering` are payments and negative fees. `mixed`: some parts are Amounts; else all are the same on both
    sides, and none tells its tax.

    The proof decides the rest: `bases` are the parts on the side that the order is priced in, `reductions` all that
    comes off their sum, `computed` what this makes, and `total` what the source states.
    """

    stated: Statement
    note: Note
    minor: MinorUnit
    lines: list[Line]
    parts: list[Stated]
    extras: list[str]
    fees: list[Fee]
    discount: Stated
    lowering: list[Stated]
    mixed: bool
    tax: Decimal
    inclusive: bool = False
    bases: list[Decimal] = field(default_factory=list)
    reductions: Decimal = ZERO
    computed: Decimal = ZERO
    total: Decimal = ZERO

    def on_side(self, inclusive: bool) -> list[Decimal]:
        """The parts' amounts as that side has them."""
        return [on_side(part, inclusive) for part in self.parts] if self.mixed else cast("list[Decimal]", self.parts)

    def add_up(self, discount: Stated, inclusive: bool) -> None:
        """Takes one side, and what it makes under that discount."""
        self.inclusive = inclusive
        self.bases = self.on_side(inclusive)
        self.reductions = on_side(discount, inclusive)
        for amount in self.lowering:
            self.reductions += on_side(amount, inclusive)
        self.computed = sum(self.bases, ZERO if inclusive else self.tax) - self.reductions

    def path(self, number: int) -> str:
        """The body's name of a part."""
        names = [f"products[{place}]" for place in range(len(self.lines))]
        names += "shipping_cost", *self.extras
        names += [f"fees[{place}]" for place in range(len(self.fees))]
        return names[number]


def sorted_out(stated: Statement, note: Note) -> Account:
    """The account of a statement: negative fees among what lowers the total, a negative discount among the fees.

    Errors: FieldError `no-lines`, `quantity`, `negative-money`, `currency`.
    """
    minor = minor_unit(stated.currency)
    lines = [line for line in stated.lines if line.quantity > ZERO or _is_sold(line, note)]
    if not lines:
        raise FieldError("no-lines", "the order has no line item; V2 cannot create an order without lines")
    parts = [line.amount for line in lines]
    parts.append(stated.shipping)
    extras = _extras(stated, parts) if stated.handling or stated.wrapping else []
    fees, lowering = _fees(stated, note) if stated.fees or stated.paid_otherwise else ([], [])
    discount = _discount(stated.discount, fees, note)
    parts += [fee.amount for fee in fees]
    mixed = Amount in map(type, parts)
    tax = stated.tax if stated.tax is not None else _tax_of_parts(stated, parts, discount)
    if tax < ZERO:
        raise FieldError("negative-money", f"the order's tax is {tax}; V2 takes no negative money")
    return Account(stated, note, minor, lines, parts, extras, fees, discount, lowering, mixed, tax)


def _extras(stated: Statement, parts: list[Stated]) -> list[str]:
    """The names of handling and wrapping, each where there is any; their amounts join the parts."""
    extras = []
    for name, amount in (("handling_cost", stated.handling), ("wrapping_cost", stated.wrapping)):
        if amount:
            extras.append(name)
            parts.append(amount)
    return extras


def _is_sold(line: Line, note: Note) -> bool:
    """Whether a line of quantity 0 or less can be sold: 0 of nothing is left out, anything else is a mistake."""
    amount = on_side(line.amount, inclusive=False)
    if line.quantity < 0:
        raise FieldError("negative-money", f"a line has the quantity {line.quantity}; returns are not orders")
    if amount:
        raise FieldError("quantity", f"a line of quantity 0 has the amount {amount}")
    note("zero-quantity-line", "products", line.product.get("name", ""), "left out")
    return False


def _fees(stated: Statement, note: Note) -> tuple[list[Fee], list[Stated]]:
    """The fees of the body, and the negative fees and payments that lower its total."""
    fees: list[Fee] = []
    lowering: list[Stated] = []
    for fee in stated.fees:
        amount = on_side(fee.amount, inclusive=False)
        if amount > ZERO:
            fees.append(fee)
        elif amount:
            lowering.append(negated(fee.amount))
            note("negative-fee-as-discount", "discount_amount", fee.name, -amount)
    for payment in stated.paid_otherwise:
        amount = on_side(payment.amount, inclusive=False)
        if amount < 0:
            raise FieldError("negative-money", f"the payment '{payment.name[:40]}' is {amount}; state it above 0")
        if amount:
            lowering.append(payment.amount)
            note("paid-otherwise-as-discount", "discount_amount", payment.name, amount)
    return fees, lowering


def _discount(stated: Stated, fees: list[Fee], note: Note) -> Stated:
    """The discount; one below 0 is a fee, and there is none."""
    amount = on_side(stated, inclusive=False)
    if amount >= ZERO:
        return stated
    surcharge = negated(stated)
    note("negative-discount-as-fee", "fees", amount, on_side(surcharge, inclusive=False))
    fees.append(Fee("Surcharge", surcharge))
    return ZERO


def _tax_of_parts(stated: Statement, parts: Sequence[Stated], discount: Stated) -> Decimal:
    """The order's tax where only its parts state theirs; a negative fee's tax comes off."""
    negative = [fee.amount for fee in stated.fees if on_side(fee.amount, inclusive=False) < 0]
    known = sum((known_tax(amount) or ZERO for amount in (*parts, *negative)), ZERO)
    return known - (known_tax(discount) or ZERO)
