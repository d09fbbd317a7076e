"""The proof that an order adds up: the tax mode and discount under which the stated total is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from importer.errors import FieldError
from importer.money.account import Account
from importer.money.exact import ZERO
from importer.money.statement import Amount, Fee, Stated, on_side


def prove(account: Account) -> None:
    """Finds the account's side, and with it the bases, reductions and total.

    Errors: FieldError `unbalanced`, with the smallest gap, unless the statement trusts its total.
    """
    stated = account.stated
    allowed = account.minor.half + stated.tolerance
    gaps = []
    for discount in _discounts(account):
        for inclusive in _sides(stated.tax_mode, account.tax):
            account.add_up(discount, inclusive)
            gap = account.computed - stated.total if stated.total is not None else ZERO
            if abs(gap) <= allowed:
                _settle_on(account, discount)
                return
            gaps.append((gap, inclusive, discount))
    _unbalanced(account, *min(gaps, key=lambda found: abs(found[0])))


def _sides(tax_mode: str, tax: Decimal) -> tuple[bool, ...]:
    if tax_mode == "by-arithmetic":
        return (False, True) if tax else (False,)
    return (tax_mode == "inclusive",)


def _discounts(account: Account) -> Iterator[Stated]:
    """The stated discount; then the one that a stated subtotal implies (a free-shipping code is in the first only)."""
    yield account.discount
    subtotal = account.stated.subtotal
    if subtotal is None:
        return
    implied = sum(account.on_side(inclusive=False)[: len(account.lines)], ZERO) - subtotal
    if implied >= 0 and implied != on_side(account.discount, inclusive=False):
        yield implied


def _settle_on(account: Account, discount: Stated) -> None:
    if discount is not account.discount:
        replaced, by = on_side(account.discount, account.inclusive), on_side(discount, account.inclusive)
        account.note("discount-from-subtotal", "discount_amount", replaced, by)
    if account.stated.total is None:
        account.note("total-computed", "total_inc_tax", "", account.computed)
        account.total = account.computed
    else:
        account.total = account.stated.total


def _unbalanced(account: Account, gap: Decimal, inclusive: bool, discount: Stated) -> None:
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
        account.lowering.append(gap)
    else:
        difference = Amount(-gap, tax=ZERO)
        account.fees.append(Fee("Difference to the total of the source", difference))
        account.parts.append(difference)
        account.mixed = True
    account.add_up(discount, inclusive)
    _settle_on(account, discount)
