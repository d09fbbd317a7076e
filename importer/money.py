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

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from importer.errors import FieldError
from importer.model import Body

ZERO = Decimal(0)
FOUR_PLACES = Decimal("0.0001")
EIGHT_PLACES = Decimal("0.00000001")
MODES = ("by-arithmetic", "exclusive", "inclusive", "none")
POLICIES = ("reject", "trust-total")
LARGEST = Decimal(10) ** 11

_DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_CODE = re.compile(r"[A-Z]{3}\Z")
_UNITS = {digits: Decimal(1).scaleb(-digits) for digits in (0, 2, 3)}

Note = Callable[[str, str, object, object], None]
"""Called as note(code, path, from, to) for each value that is not the source's own."""


def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for USD, 0 for JPY, 3 for BHD.

    Errors: FieldError `currency` for anything but three capital letters. Source: ISO 4217.
    """
    if not _CODE.match(currency):
        raise FieldError("currency", f"'{currency}' is not an ISO 4217 currency code such as USD")
    return _DIGITS.get(currency, 2)


@lru_cache(maxsize=8192)
def parse(text: str) -> Decimal:
    """The exact amount that a plain decimal text states: `-3.30`, `12`, `10.799999999999999`.

    Errors: FieldError `money` for grouping signs, symbols, exponents and anything else that is not plain.
    """
    plain = text.strip()
    if not _PLAIN.match(plain):
        raise FieldError("money", f"'{text[:40]}' is not an amount in plain decimal notation, such as 1234.50")
    amount = Decimal(plain)
    if not -LARGEST < amount < LARGEST:
        raise FieldError("money", f"'{text[:40]}' is larger than any order's money")
    return amount


_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\Z", re.ASCII)


def four_places(amount: Decimal) -> str:
    """The amount as V2's order-level money text: `12.5` -> `12.5000`. Source: order_Shared, money as string."""
    return format(amount.quantize(FOUR_PLACES, ROUND_HALF_EVEN), "f")


def allocate(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """`total` split over `weights` in whole `unit`s by largest remainder: the parts add up to `total` exactly.

    `total` is a multiple of `unit`. Weights that are all zero share evenly.

    >>> allocate(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)], Decimal("0.01"))
    [Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
    """
    whole = sum(weights, ZERO)
    if not whole:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    shares = [total * weight / whole for weight in weights]
    parts = [share.quantize(unit, ROUND_HALF_EVEN) for share in shares]
    missing = int((total - sum(parts, ZERO)) / unit)
    step = unit if missing > 0 else -unit
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i]) * step)
    for i in order[: abs(missing)]:
        parts[i] += step
    return parts


class Amount(NamedTuple):
    """What a source states of one amount: `one` in the order's tax mode, or two of `ex`, `inc`, `tax`."""

    one: Decimal | None = None
    ex: Decimal | None = None
    inc: Decimal | None = None
    tax: Decimal | None = None

    def base(self, inclusive: bool) -> Decimal:
        """The amount on the side that the order is priced in."""
        if self.one is not None:
            return self.one
        tax = self.tax or ZERO
        if inclusive:
            return self.inc if self.inc is not None else (self.ex or ZERO) + tax
        return self.ex if self.ex is not None else (self.inc or ZERO) - tax

    def known_tax(self) -> Decimal | None:
        """The tax of this amount where the source states it, else None."""
        if self.tax is not None:
            return self.tax
        if self.inc is None or self.ex is None:
            return None
        return self.inc - self.ex


NOTHING = Amount(ZERO, tax=ZERO)


class Line(NamedTuple):
    """One line of the order: its product in the body, the quantity, the amount of the whole line before discounts."""

    product: Body
    quantity: Decimal
    amount: Amount
    taxable: bool = True


class Fee(NamedTuple):
    """One order-level fee, or one payment that the stated total is net of."""

    name: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Statement:
    """What the source's figures are. `total` None: the export has no total of its own, so it is the sum."""

    currency: str
    lines: list[Line]
    discount: Amount = NOTHING
    shipping: Amount = NOTHING
    handling: Amount = NOTHING
    wrapping: Amount = NOTHING
    fees: Sequence[Fee] = ()
    paid_otherwise: Sequence[Fee] = ()
    tax: Decimal | None = None
    subtotal: Decimal | None = None
    total: Decimal | None = None
    refunded: Decimal | None = None
    tolerance: Decimal = ZERO
    tax_mode: str = "by-arithmetic"
    on_unbalanced: str = "reject"


@dataclass(slots=True)
class _Account:
    """The statement on its way to the body: every component on the side that the order is priced in."""

    unit: Decimal
    lines: list[Line]
    fees: list[Fee]
    extras: tuple[Amount, Amount, Amount]
    discount: Amount
    reductions: Decimal
    tax: Decimal
    total: Decimal
    inclusive: bool = False

    def components(self) -> list[Amount]:
        return [line.amount for line in self.lines] + [*self.extras] + [fee.amount for fee in self.fees]


def settle(stated: Statement, note: Note) -> Body:
    """The money fields of the body; writes `quantity` and both prices into each line's product.

    `note` hears of each rounding, split and conversion. Amounts are text with four places, line prices JSON numbers.
    Errors: FieldError `unbalanced` (with the gap), `negative-money`, `quantity`, `no-lines`, `currency`.
    Source: order_Shared (pairs of subtotal, total and shipping_cost; nothing negative), orderCustomProduct_Post.
    """
    account = _account(stated, note)
    _prove(account, stated, note)
    bases = _rounded_bases(account, note)
    taxes = _taxes(account, bases, stated, note)
    _cover_tax(account, taxes, note)
    return _body(account, bases, taxes, stated, note)


def _account(stated: Statement, note: Note) -> _Account:
    """Sorts negative fees to the reductions and a negative discount to the fees: V2 takes no negative money."""
    lines = [line for line in stated.lines if _is_sold(line, note)]
    if not lines:
        raise FieldError("no-lines", "the order has no line item; V2 cannot create an order without lines")
    fees, reductions, tax = [], ZERO, stated.tax
    for fee in stated.fees:
        base = fee.amount.base(inclusive=False)
        if base > 0:
            fees.append(fee)
        elif base < 0:
            reductions -= base
            note("negative-fee-as-discount", "discount_amount", fee.name, -base)
    for payment in stated.paid_otherwise:
        paid = payment.amount.base(inclusive=False)
        reductions += paid
        if paid:
            note("paid-otherwise-as-discount", "discount_amount", payment.name, paid)
    discount = stated.discount
    if discount.base(inclusive=False) < 0:
        fees.append(Fee("Surcharge", Amount(*(None if part is None else -part for part in discount))))
        note("negative-discount-as-fee", "fees", discount.base(inclusive=False), -discount.base(inclusive=False))
        discount = NOTHING
    extras = (stated.shipping, stated.handling, stated.wrapping)
    if tax is None:
        tax = _known_tax([*(line.amount for line in lines), *extras, *(fee.amount for fee in stated.fees)])
        tax -= discount.known_tax() or ZERO
    if tax < 0:
        raise FieldError("negative-money", f"the order's tax is {tax}; V2 takes no negative money")
    unit = _UNITS[minor_digits(stated.currency)]
    return _Account(unit, lines, fees, extras, discount, reductions, tax, stated.total or ZERO)


def _is_sold(line: Line, note: Note) -> bool:
    base = line.amount.base(inclusive=False)
    if base < 0 or line.quantity < 0:
        raise FieldError(
            "negative-money", f"a line of quantity {line.quantity} has the amount {base}; V2 takes neither below 0"
        )
    if line.quantity:
        return True
    if base:
        raise FieldError("quantity", f"a line of quantity 0 has the amount {base}")
    note("zero-quantity-line", "products", line.product.get("name", ""), "left out")
    return False


def _known_tax(amounts: Sequence[Amount]) -> Decimal:
    return sum((amount.known_tax() or ZERO for amount in amounts), ZERO)


def _prove(account: _Account, stated: Statement, note: Note) -> None:
    """Finds the tax mode and the discount under which the stated total is the sum of the parts; sets them."""
    allowed = account.unit / 2 + stated.tolerance
    smallest: tuple[Decimal, bool] | None = None
    for discount in _discounts(account, stated):
        for inclusive in _sides(stated.tax_mode, account.tax):
            computed = _computed_total(account, discount, inclusive)
            gap = computed - stated.total if stated.total is not None else ZERO
            if abs(gap) <= allowed:
                _settle_on(account, stated, discount, inclusive, computed, note)
                return
            if smallest is None or abs(gap) < abs(smallest[0]):
                smallest = gap, inclusive
    assert smallest is not None  # noqa: S101 - both generators give at least one
    _unbalanced(account, stated, *smallest, note)


def _sides(tax_mode: str, tax: Decimal) -> tuple[bool, ...]:
    if tax_mode == "by-arithmetic":
        return (False, True) if tax else (False,)
    return (tax_mode == "inclusive",)


def _discounts(account: _Account, stated: Statement) -> list[Amount]:
    """The stated discount; then the one that a stated subtotal implies (a free-shipping code is in the first only)."""
    if stated.subtotal is None:
        return [account.discount]
    lines = sum((line.amount.base(inclusive=False) for line in account.lines), ZERO)
    implied = lines - stated.subtotal
    if implied < 0 or implied == account.discount.base(inclusive=False):
        return [account.discount]
    return [account.discount, Amount(implied)]


def _computed_total(account: _Account, discount: Amount, inclusive: bool) -> Decimal:
    bases = sum((amount.base(inclusive) for amount in account.components()), ZERO)
    charged = bases - discount.base(inclusive) - account.reductions
    return charged if inclusive else charged + account.tax


def _settle_on(
    account: _Account, stated: Statement, discount: Amount, inclusive: bool, computed: Decimal, note: Note
) -> None:
    if discount is not account.discount:
        note("discount-from-subtotal", "discount_amount", account.discount.base(inclusive), discount.base(inclusive))
    account.discount = discount
    account.inclusive = inclusive
    if stated.total is None:
        account.total = computed
        note("total-computed", "total_inc_tax", "", computed)


def _unbalanced(account: _Account, stated: Statement, gap: Decimal, inclusive: bool, note: Note) -> None:
    """Refuses the order, or trusts its total and carries the gap as a fee or a reduction that says so."""
    computed = account.total + gap
    if stated.on_unbalanced != "trust-total":
        raise FieldError(
            "unbalanced",
            f"the source's total {account.total} is not the sum of its parts {computed}: gap {-gap} {stated.currency}"
            " (an edited or partly exported order?); correct the export, or state on_unbalanced: trust-total",
        )
    account.inclusive = inclusive
    note("unbalanced", "total_inc_tax", computed, account.total)
    if gap > 0:
        account.reductions += gap
    else:
        account.fees.append(Fee("Difference to the total of the source", Amount(-gap, tax=ZERO)))


def _rounded_bases(account: _Account, note: Note) -> list[Decimal]:
    """Each component in whole minor units; what rounding leaves over lies on the lines, by largest remainder."""
    unit, inclusive = account.unit, account.inclusive
    exact = [amount.base(inclusive) for amount in account.components()]
    rounded = [base.quantize(unit, ROUND_HALF_EVEN) for base in exact]
    account.total = account.total.quantize(unit, ROUND_HALF_EVEN)
    account.tax = account.tax.quantize(unit, ROUND_HALF_EVEN)
    discount = account.discount.base(inclusive) + account.reductions
    account.reductions = discount.quantize(unit, ROUND_HALF_EVEN)
    for number, base in enumerate(rounded):
        if base < 0:
            raise FieldError(
                "negative-money", f"a shipping, handling or wrapping cost is {base}; V2 takes nothing negative"
            )
        if base != exact[number]:
            note("rounding", _path(account, number), exact[number], base)
    net = account.total if inclusive else account.total - account.tax
    target = net + account.reductions - sum(rounded[len(account.lines) :], ZERO)
    lines = rounded[: len(account.lines)]
    if sum(lines, ZERO) == target:
        return rounded
    lines = allocate(target, exact[: len(lines)], unit)
    note("rounding", "subtotal", sum(exact[: len(lines)], ZERO), target)
    return lines + rounded[len(lines) :]


def _path(account: _Account, number: int) -> str:
    lines = len(account.lines)
    if number < lines:
        return f"products[{number}]"
    extras = ("shipping_cost", "handling_cost", "wrapping_cost")
    return extras[number - lines] if number < lines + 3 else f"fees[{number - lines - 3}]"


def _taxes(account: _Account, bases: list[Decimal], stated: Statement, note: Note) -> list[Decimal]:
    """The tax that was charged on each component; the parts add up to the order's tax exactly."""
    if not account.tax:
        return [ZERO] * len(bases)
    known = [amount.known_tax() for amount in account.components()]
    taxes = [ZERO if tax is None else tax.quantize(account.unit, ROUND_HALF_EVEN) for tax in known]
    missing = account.tax - sum(taxes, ZERO)
    if not missing:
        return taxes
    weights = _tax_weights(account, known, taxes, bases)
    carried = [number for number, weight in enumerate(weights) if weight]
    if len(carried) > 1 or None not in known:
        note("tax-allocated", "", stated.tax if stated.tax is not None else "", account.tax)
    shares = allocate(missing, weights, account.unit) if carried else [missing] + [ZERO] * (len(bases) - 1)
    return [tax + share for tax, share in zip(taxes, shares, strict=True)]


def _tax_weights(
    account: _Account, known: list[Decimal | None], taxes: list[Decimal], bases: list[Decimal]
) -> list[Decimal]:
    """Whose tax the source leaves open: taxable lines, else all lines, else the rest; else who has tax already."""
    open_ = [base if tax is None else ZERO for tax, base in zip(known, bases, strict=True)]
    lines = len(account.lines)
    taxable = [base if line.taxable else ZERO for base, line in zip(open_, account.lines, strict=False)]
    for weights in (taxable, open_[:lines], open_):
        if any(weights):
            return weights + [ZERO] * (len(bases) - len(weights))
    return taxes if any(taxes) else bases


def _cover_tax(account: _Account, taxes: list[Decimal], note: Note) -> None:
    """Where a payment such as a gift card leaves less than the tax to pay, V2's total without tax would be negative."""
    over = account.tax - account.total
    if over <= 0:
        return
    note("tax-covered-by-payment", "total_ex_tax", -over, ZERO)
    if not account.inclusive:
        account.reductions -= over
    account.tax -= over
    taxes[:] = allocate(account.tax, taxes, account.unit)


def _body(account: _Account, bases: list[Decimal], taxes: list[Decimal], stated: Statement, note: Note) -> Body:
    sides = [
        (base - tax, base) if account.inclusive else (base, base + tax) for base, tax in zip(bases, taxes, strict=True)
    ]
    lines = len(account.lines)
    if any(ex < 0 or inc < 0 for ex, inc in sides):
        raise FieldError("negative-money", "a line has more tax than its amount; check what the mapping states as tax")
    for number, line in enumerate(account.lines):
        _price(line, *sides[number], account.unit, f"products[{number}]", note)
    body: Body = {}
    subtotal = sum((side[0] for side in sides[:lines]), ZERO), sum((side[1] for side in sides[:lines]), ZERO)
    _put_pair(body, "subtotal", subtotal)
    _put_pair(body, "shipping_cost", sides[lines])
    for name, side in (("handling_cost", sides[lines + 1]), ("wrapping_cost", sides[lines + 2])):
        if side[1]:
            _put_pair(body, name, side)
    body["discount_amount"] = four_places(account.reductions)
    _put_pair(body, "total", (account.total - account.tax, account.total))
    if stated.refunded:
        body["refunded_amount"] = four_places(abs(stated.refunded))
    if account.fees:
        body["fees"] = [_fee(fee, *side) for fee, side in zip(account.fees, sides[lines + 3 :], strict=True)]
    return body


def _put_pair(body: Body, name: str, side: tuple[Decimal, Decimal]) -> None:
    body[f"{name}_ex_tax"] = four_places(side[0])
    body[f"{name}_inc_tax"] = four_places(side[1])


def _fee(fee: Fee, ex: Decimal, inc: Decimal) -> Body:
    return {
        "type": "custom_fee",
        "display_name_customer": fee.name or "Fee",
        "cost_ex_tax": four_places(ex),
        "cost_inc_tax": four_places(inc),
    }


def _price(line: Line, ex: Decimal, inc: Decimal, unit: Decimal, path: str, note: Note) -> None:
    """Writes quantity and unit prices. V2 has whole quantities only: 1.5 of a thing becomes one line of quantity 1."""
    product, quantity = line.product, line.quantity
    whole = int(quantity)
    if whole != quantity:
        note("fractional-quantity", path, quantity, 1)
        product["name"] = f"{product.get('name', '')[:235]} × {quantity.normalize():f}"
        whole = 1
    product["quantity"] = whole
    product["price_ex_tax"] = _unit_price(ex, whole, unit, path, note)
    product["price_inc_tax"] = _unit_price(inc, whole, unit, path, note)


def _unit_price(amount: Decimal, quantity: int, unit: Decimal, path: str, note: Note) -> float:
    """The price that times `quantity` is the line's amount again, to the minor unit.

    A JSON number, the only type that V2 takes here: decimals of 15 digits and fewer survive it exactly.
    """
    if quantity == 1:
        return float(amount)
    price = (amount / quantity).quantize(FOUR_PLACES, ROUND_HALF_EVEN)
    if (price * quantity).quantize(unit, ROUND_HALF_EVEN) != amount:
        price = (amount / quantity).quantize(EIGHT_PLACES, ROUND_HALF_EVEN)
        note("unit-price-rounded", path, f"{amount} / {quantity}", price)
    return float(price)
