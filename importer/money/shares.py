"""Amounts in whole minor units: rounding, and what it leaves over, on those that bear it; never a cent lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from importer.errors import FieldError
from importer.money.account import Account
from importer.money.exact import ONE, ZERO


def allocate(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """`total` split over `weights` in whole `unit`s by largest remainder: the parts add up to `total` exactly.

    `total` is a multiple of `unit`. Weights that are all zero share evenly.

    >>> allocate(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)], Decimal("0.01"))
    [Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
    """
    whole = sum(weights, ZERO)
    if not whole:
        return in_shares(total, [ONE] * len(weights), Decimal(len(weights)), unit)
    return in_shares(total, weights, whole, unit)


def in_shares(total: Decimal, weights: Sequence[Decimal], whole: Decimal, unit: Decimal) -> list[Decimal]:
    """As `allocate`, of weights whose sum is known to be `whole` and not 0."""
    if len(weights) == 1:
        return [total]
    shares = [total * weight / whole if weight else ZERO for weight in weights]
    parts = [share.quantize(unit, ROUND_HALF_EVEN) for share in shares]
    missing = total - sum(parts, ZERO)
    if missing:
        step = unit if missing > 0 else -unit
        behind = [(part - share) * step for part, share in zip(parts, shares, strict=True)]
        for i in sorted(range(len(parts)), key=behind.__getitem__)[: int(missing / step)]:
            parts[i] += step
    return parts


def round_off(account: Account) -> None:
    """Everything in whole minor units; what rounding leaves over lies on the lines, by largest remainder.

    Errors: FieldError `negative-money`.
    """
    unit, _, nothing, _ = account.minor
    if _is_whole(account):
        account.total = account.computed + nothing
        account.tax += nothing
        account.reductions += nothing
        return
    exact = account.bases
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


def _is_whole(account: Account) -> bool:
    """Whether there is nothing to round: the total is the exact sum, and no amount in it has too many decimals.

    A sum has as many decimals as that of its amounts which has most.
    """
    computed = account.computed
    if computed != account.total or not (computed + account.tax).same_quantum(account.minor.unit):
        return False
    return min(account.bases) >= ZERO <= computed


def _lay_off(account: Account, exact: list[Decimal], rounded: list[Decimal], missing: Decimal) -> None:
    """What rounding leaves over goes to the lines, or to every part where the lines cost too little to bear it."""
    lines = len(account.lines)
    goods = sum(rounded[:lines], ZERO)
    account.note("rounding", "subtotal", sum(exact[:lines], ZERO), goods + missing)
    bearing = lines if goods and goods + missing >= 0 else len(rounded)
    borne = sum(rounded[:bearing], ZERO) + missing
    if borne < ZERO:
        raise FieldError(
            "negative-money", f"the order's parts would be {borne}; check its tax, and the tolerance stated"
        )
    rounded[:bearing] = allocate(borne, exact[:bearing], account.minor.unit)


def _note_rounding(account: Account, exact: list[Decimal], rounded: list[Decimal]) -> None:
    for number, (base, amount) in enumerate(zip(exact, rounded, strict=True)):
        if base != amount:
            account.note("rounding", account.path(number), base, amount)
