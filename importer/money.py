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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from importer.errors import FieldError
from importer.model import Body

ZERO, ONE = Decimal(0), Decimal(1)
FOUR_PLACES = Decimal("0.0001")
EIGHT_PLACES = Decimal("0.00000001")
MODES = ("by-arithmetic", "exclusive", "inclusive", "none")
POLICIES = ("reject", "trust-total")
LARGEST = Decimal(10) ** 11
LONGEST = 100

_DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_CODE = re.compile(r"[A-Z]{3}\Z")
_UNITS = {digits: (Decimal(1).scaleb(-digits), zeros) for digits, zeros in ((0, ".0000"), (2, "00"), (3, "0"))}
"""Digits -> the minor unit, and what makes an amount in whole minor units a text of four places."""

Note = Callable[[str, str, object, object], None]
"""Called as note(code, path, from, to) for each value that is not the source's own."""


@lru_cache(maxsize=256)
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
    if len(plain) > LONGEST or not _PLAIN.match(plain):
        raise FieldError("money", f"'{text[:40]}' is not an amount in plain decimal notation, such as 1234.50")
    amount = Decimal(plain)
    if not -LARGEST < amount < LARGEST:
        raise FieldError("money", f"'{text[:40]}' is larger than any order's money")
    return amount or ZERO  # -0.00 is nothing, and would be written with its sign


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
    nothing = ZERO.quantize(unit)
    parts = [
        (total * weight / whole).quantize(unit, ROUND_HALF_EVEN) if weight else nothing  # most of an order bear none
        for weight in weights
    ]
    missing = total - sum(parts, ZERO)
    if missing:
        shares = [total * weight / whole for weight in weights]
        step = unit if missing > 0 else -unit
        order = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i]) * step)
        for i in order[: int(missing / step)]:
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

    def negated(self) -> Amount:
        """The same with the other sign."""
        return Amount(*(None if part is None else -part for part in self))


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


class Statement(NamedTuple):
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
    """The statement on its way to the body.

    `parts` are the lines' amounts, then shipping, then the `extras` that there are of handling and wrapping, then the
    fees; `bases` the same on the side that the order is priced in. `lowering` are payments and negative fees,
    `reductions` all that comes off the sum of the bases: those and the discount.
    """

    stated: Statement
    note: Note
    unit: Decimal
    zeros: str
    lines: list[Line]
    extras: list[str]
    fees: list[Fee]
    discount: Amount
    lowering: list[Amount]
    parts: list[Amount]
    tax: Decimal
    total: Decimal = ZERO
    reductions: Decimal = ZERO
    inclusive: bool = False
    bases: list[Decimal] = field(default_factory=list)

    def on_side(self, inclusive: bool) -> list[Decimal]:
        """The parts' amounts as that side has them."""
        return [part.one if part.one is not None else part.base(inclusive) for part in self.parts]

    def lowered(self, discount: Amount, inclusive: bool) -> Decimal:
        """By how much the total lies below the sum of the parts."""
        taken = discount.base(inclusive)
        for amount in self.lowering:
            taken += amount.base(inclusive)
        return taken

    def path(self, number: int) -> str:
        """The body's name of a part."""
        names = [f"products[{place}]" for place in range(len(self.lines))]
        names += "shipping_cost", *self.extras
        names += [f"fees[{place}]" for place in range(len(self.fees))]
        return names[number]


def settle(stated: Statement, note: Note) -> Body:
    """The money fields of the body; writes `quantity` and both prices into each line's product.

    Where a line is left out, `products` as well: those that are sold.

    `note` hears of each rounding, split and conversion. Amounts are text with four places, line prices JSON numbers.
    Errors: FieldError `unbalanced` (with the gap), `negative-money`, `quantity`, `no-lines`, `currency`.
    Source: order_Shared (pairs of subtotal, total and shipping_cost; nothing negative), orderCustomProduct_Post.
    """
    account = _account(stated, note)
    _prove(account)
    _round(account)
    taxes = _taxes(account)
    _cover_tax(account, taxes)
    return _body(account, taxes)


def _account(stated: Statement, note: Note) -> _Account:
    """Sorts what V2 cannot take negative: negative fees to the reductions, a negative discount to the fees."""
    unit, zeros = _UNITS[minor_digits(stated.currency)]
    lines = [line for line in stated.lines if line.quantity > ZERO or _is_sold(line, note)]
    if not lines:
        raise FieldError("no-lines", "the order has no line item; V2 cannot create an order without lines")
    fees, lowering = _fees(stated, note)
    discount = stated.discount
    if discount.base(inclusive=False) < ZERO:
        note("negative-discount-as-fee", "fees", discount.base(inclusive=False), -discount.base(inclusive=False))
        fees.append(Fee("Surcharge", discount.negated()))
        discount = NOTHING
    parts = [line.amount for line in lines]
    parts.append(stated.shipping)
    extras = _extras(stated, parts)
    parts += [fee.amount for fee in fees]
    tax = stated.tax if stated.tax is not None else _known_tax(stated, parts, discount)
    if tax < ZERO:
        raise FieldError("negative-money", f"the order's tax is {tax}; V2 takes no negative money")
    return _Account(stated, note, unit, zeros, lines, extras, fees, discount, lowering, parts, tax)


def _extras(stated: Statement, parts: list[Amount]) -> list[str]:
    """The names of handling and wrapping, each where it is stated; their amounts join the parts."""
    extras = []
    for name, amount in (("handling_cost", stated.handling), ("wrapping_cost", stated.wrapping)):
        if amount is not NOTHING:
            extras.append(name)
            parts.append(amount)
    return extras


def _is_sold(line: Line, note: Note) -> bool:
    """Whether a line of quantity 0 or less can be sold: 0 of nothing is left out, anything else is a mistake."""
    amount = line.amount.base(inclusive=False)
    if line.quantity < 0:
        raise FieldError("negative-money", f"a line has the quantity {line.quantity}; returns are not orders")
    if amount:
        raise FieldError("quantity", f"a line of quantity 0 has the amount {amount}")
    note("zero-quantity-line", "products", line.product.get("name", ""), "left out")
    return False


def _fees(stated: Statement, note: Note) -> tuple[list[Fee], list[Amount]]:
    """The fees of the body, and the negative fees and payments that lower its total."""
    fees: list[Fee] = []
    lowering: list[Amount] = []
    for fee in stated.fees:
        amount = fee.amount.base(inclusive=False)
        if amount > ZERO:
            fees.append(fee)
        elif amount:
            lowering.append(fee.amount.negated())
            note("negative-fee-as-discount", "discount_amount", fee.name, -amount)
    for payment in stated.paid_otherwise:
        amount = payment.amount.base(inclusive=False)
        if amount < 0:
            raise FieldError("negative-money", f"the payment '{payment.name[:40]}' is {amount}; state it above 0")
        if amount:
            lowering.append(payment.amount)
            note("paid-otherwise-as-discount", "discount_amount", payment.name, amount)
    return fees, lowering


def _known_tax(stated: Statement, parts: Sequence[Amount], discount: Amount) -> Decimal:
    """The order's tax where only its parts state theirs; a negative fee's tax comes off."""
    negative = [fee.amount for fee in stated.fees if fee.amount.base(inclusive=False) < 0]
    known = sum((amount.known_tax() or ZERO for amount in (*parts, *negative)), ZERO)
    return known - (discount.known_tax() or ZERO)


def _prove(account: _Account) -> None:
    """Finds the tax mode and the discount under which the stated total is the sum of the parts; sets them."""
    stated = account.stated
    allowed = account.unit / 2 + stated.tolerance
    smallest: tuple[Decimal, bool, Amount] | None = None
    for discount in _discounts(account):
        for inclusive in _sides(stated.tax_mode, account.tax):
            bases, taken = account.on_side(inclusive), account.lowered(discount, inclusive)
            computed = sum(bases, ZERO) - taken
            if not inclusive:
                computed += account.tax
            gap = computed - stated.total if stated.total is not None else ZERO
            if abs(gap) <= allowed:
                _settle_on(account, discount, inclusive, bases, computed, taken)
                return
            if smallest is None or abs(gap) < abs(smallest[0]):
                smallest = gap, inclusive, discount
    assert smallest is not None  # noqa: S101 - both generators give at least one
    _unbalanced(account, *smallest)


def _sides(tax_mode: str, tax: Decimal) -> tuple[bool, ...]:
    if tax_mode == "by-arithmetic":
        return (False, True) if tax else (False,)
    return (tax_mode == "inclusive",)


def _discounts(account: _Account) -> Iterator[Amount]:
    """The stated discount; then the one that a stated subtotal implies (a free-shipping code is in the first only)."""
    yield account.discount
    subtotal = account.stated.subtotal
    if subtotal is None:
        return
    implied = sum(account.on_side(inclusive=False)[: len(account.lines)], ZERO) - subtotal
    if implied >= 0 and implied != account.discount.base(inclusive=False):
        yield Amount(implied)


def _settle_on(
    account: _Account, discount: Amount, inclusive: bool, bases: list[Decimal], computed: Decimal, taken: Decimal
) -> None:
    stated = account.stated
    if discount is not account.discount:
        replaced = account.discount.base(inclusive)
        account.note("discount-from-subtotal", "discount_amount", replaced, discount.base(inclusive))
    account.inclusive = inclusive
    account.bases = bases
    account.reductions = taken
    account.total = computed if stated.total is None else stated.total
    if stated.total is None:
        account.note("total-computed", "total_inc_tax", "", computed)


def _unbalanced(account: _Account, gap: Decimal, inclusive: bool, discount: Amount) -> None:
    """Refuses the order, or trusts its total and carries the gap as a fee or a reduction that says so."""
    stated = account.stated
    total = stated.total or ZERO
    if stated.on_unbalanced != "trust-total":
        raise FieldError(
            "unbalanced",
            f"the source's total {total} is not the sum of its parts {total + gap}: gap {-gap} {stated.currency}"
            " (an edited or partly exported order?); correct the export, or state on_unbalanced: trust-total",
        )
    account.note("unbalanced", "total_inc_tax", total + gap, total)
    if gap > ZERO:
        account.lowering.append(Amount(gap))
    else:
        account.fees.append(Fee("Difference to the total of the source", Amount(-gap, tax=ZERO)))
        account.parts.append(account.fees[-1].amount)
    taken = account.lowered(discount, inclusive)
    _settle_on(account, discount, inclusive, account.on_side(inclusive), total, taken)


def _round(account: _Account) -> None:
    """Everything in whole minor units; what rounding leaves over lies on the lines, by largest remainder."""
    unit, exact = account.unit, account.bases
    rounded = [base.quantize(unit) for base in exact]
    if min(rounded) < ZERO:
        path = account.path(rounded.index(min(rounded)))
        raise FieldError("negative-money", f"{path} has the amount {min(rounded)}; V2 takes no negative money")
    if rounded != exact:
        _note_rounding(account, exact, rounded)
        rounded = [abs(amount) for amount in rounded]  # a tenth of a cent below 0 is not -0.00
    account.total = account.total.quantize(unit) + ZERO
    if account.total < ZERO:
        raise FieldError("negative-money", f"the order's total is {account.total}; V2 takes no negative money")
    account.tax = account.tax.quantize(unit)
    account.reductions = account.reductions.quantize(unit)
    net = account.total if account.inclusive else account.total - account.tax
    missing = net + account.reductions - sum(rounded, ZERO)
    if missing:
        _lay_off(account, exact, rounded, missing)
    account.bases = rounded


def _lay_off(account: _Account, exact: list[Decimal], rounded: list[Decimal], missing: Decimal) -> None:
    """What rounding leaves over goes to the lines, or to every part where the lines cost too little to bear it."""
    lines = len(account.lines)
    goods = sum(rounded[:lines], ZERO)
    account.note("rounding", "subtotal", sum(exact[:lines], ZERO), goods + missing)
    bearing = lines if goods and goods + missing >= 0 else len(rounded)
    rounded[:bearing] = allocate(sum(rounded[:bearing], ZERO) + missing, exact[:bearing], account.unit)


def _note_rounding(account: _Account, exact: list[Decimal], rounded: list[Decimal]) -> None:
    for number, (base, amount) in enumerate(zip(exact, rounded, strict=True)):
        if base != amount:
            account.note("rounding", account.path(number), base, amount)


def _taxes(account: _Account) -> list[Decimal]:
    """The tax that was charged on each part; together they are the order's tax exactly."""
    if not account.tax:
        return [ZERO] * len(account.bases)
    known = [None if part.tax is None and part.inc is None else part.known_tax() for part in account.parts]
    taxes = [ZERO if tax is None else tax.quantize(account.unit) for tax in known]
    missing = account.tax - sum(taxes, ZERO)
    return _spread(account, known, taxes, missing) if missing else taxes


def _spread(account: _Account, known: list[Decimal | None], taxes: list[Decimal], missing: Decimal) -> list[Decimal]:
    """The taxes with what is missing of the order's tax."""
    carriers = 0
    for weights in _tax_weights(account, known, taxes, missing):
        held = sum(weights, ZERO)
        share = held if account.inclusive and held < missing else missing
        if share and held:
            missing -= share
            carriers += len(weights) - weights.count(ZERO)
            for number, part in enumerate(allocate(share, weights, account.unit)):
                taxes[number] += part
        if not missing:
            break
    else:
        raise FieldError("negative-money", f"the order's tax {account.tax} is more than its prices with tax can hold")
    if carriers > 1:
        account.note("tax-allocated", "", f"{account.tax!s} on the order", f"in proportion over {carriers} parts")
    return taxes


def _tax_weights(
    account: _Account, known: list[Decimal | None], taxes: list[Decimal], missing: Decimal
) -> Iterator[list[Decimal]]:
    """Who bears the tax that the source leaves open: taxable lines, then other lines, then the rest, then all.

    Weights of the first parts; the parts behind them bear none. The next bear what the ones before cannot: no amount
    with tax in it has more tax than itself. Where the source knows of more tax on the parts than on the order, it comes
    off each of them.
    """
    lines, bases = account.lines, account.bases
    if missing < ZERO:
        yield taxes
        return
    open_ = [base if tax is None else ZERO for tax, base in zip(known, bases, strict=True)]
    yield [base if line.taxable else ZERO for base, line in zip(open_, lines, strict=False)]
    yield [ZERO if line.taxable else base for base, line in zip(open_, lines, strict=False)]
    yield [ZERO] * len(lines) + open_[len(lines) :]
    if account.inclusive:
        yield [base - tax for base, tax in zip(bases, taxes, strict=True)]
    else:
        yield taxes if any(taxes) else bases
        yield [Decimal(1)] * len(lines)


def _cover_tax(account: _Account, taxes: list[Decimal]) -> None:
    """Where a payment such as a gift card leaves less than the tax to pay, V2's total without tax would be negative."""
    over = account.tax - account.total
    if over <= 0:
        return
    account.note("tax-covered-by-payment", "total_ex_tax", -over, ZERO)
    if not account.inclusive:
        account.reductions -= over
    account.tax -= over
    taxes[:] = allocate(account.tax, taxes, account.unit)


def _body(account: _Account, taxes: list[Decimal]) -> Body:
    zeros, count = account.zeros, len(account.lines)
    exes, incs = _both_sides(account, taxes)
    for number, line in enumerate(account.lines):
        _price(account, number, line, exes[number], incs[number])
    goods = sum(exes[:count], ZERO)
    body: Body = {
        "subtotal_ex_tax": f"{goods!s}{zeros}",
        "subtotal_inc_tax": f"{goods if incs is exes else sum(incs[:count], ZERO)!s}{zeros}",
        "shipping_cost_ex_tax": f"{exes[count]!s}{zeros}",
        "shipping_cost_inc_tax": f"{incs[count]!s}{zeros}",
        "discount_amount": f"{account.reductions!s}{zeros}",
        "total_ex_tax": f"{account.total - account.tax!s}{zeros}",
        "total_inc_tax": f"{account.total!s}{zeros}",
    }
    for number, name in enumerate(account.extras, count + 1):
        if incs[number]:
            body[f"{name}_ex_tax"], body[f"{name}_inc_tax"] = f"{exes[number]}{zeros}", f"{incs[number]}{zeros}"
    if account.stated.refunded:
        body["refunded_amount"] = four_places(abs(account.stated.refunded))
    if count < len(account.stated.lines):
        body["products"] = [line.product for line in account.lines]
    if account.fees:
        first = count + 1 + len(account.extras)
        sides = zip(account.fees, exes[first:], incs[first:], strict=True)
        body["fees"] = [_fee(fee, f"{ex}{zeros}", f"{inc}{zeros}") for fee, ex, inc in sides]
    return body


def _both_sides(account: _Account, taxes: list[Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    """Every part's amount without tax and with it; the same list where there is no tax."""
    bases = account.bases
    if not account.tax:
        return bases, bases
    if not account.inclusive:
        return bases, [base + tax for base, tax in zip(bases, taxes, strict=True)]
    exes = [base - tax for base, tax in zip(bases, taxes, strict=True)]
    if min(exes) < ZERO:
        raise FieldError("negative-money", "an amount has more tax than it holds; check what the mapping states as tax")
    return exes, bases


def _fee(fee: Fee, ex: str, inc: str) -> Body:
    name = fee.name or "Fee"
    return {"type": "custom_fee", "display_name_customer": name, "cost_ex_tax": ex, "cost_inc_tax": inc}


def _price(account: _Account, number: int, line: Line, ex: Decimal, inc: Decimal) -> None:
    """Writes quantity and unit prices. V2 has whole quantities only: 1.5 of a thing becomes one line of quantity 1."""
    product, quantity = line.product, line.quantity
    if quantity != ONE and quantity == quantity.to_integral_value():
        product["quantity"] = int(quantity)
        product["price_ex_tax"] = _unit_price(account, number, ex, quantity)
        product["price_inc_tax"] = _unit_price(account, number, inc, quantity)
        return
    if quantity != ONE:
        account.note("fractional-quantity", account.path(number), quantity, 1)
        product["name"] = f"{product.get('name', '')[:235]} × {quantity.normalize():f}"
    product["quantity"] = 1
    product["price_ex_tax"], product["price_inc_tax"] = float(ex), float(inc)


def _unit_price(account: _Account, number: int, amount: Decimal, quantity: Decimal) -> float:
    """The price that times `quantity` is the line's amount again, to the minor unit.

    A JSON number, the only type that V2 takes here: decimals of 15 digits and fewer survive it exactly.
    """
    price = (amount / quantity).quantize(FOUR_PLACES)
    if (price * quantity).quantize(account.unit) != amount:
        price = (amount / quantity).quantize(EIGHT_PLACES)
        account.note("unit-price-rounded", account.path(number), f"{amount} / {quantity}", price)
    return float(price)
