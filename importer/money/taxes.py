"""The tax that was charged on each part of an order; together they are the order's tax exactly."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import add

from importer.errors import FieldError
from importer.money.account import Account
from importer.money.exact import ONE, ZERO
from importer.money.shares import allocate, in_shares
from importer.money.statement import known_tax


def taxes_of(account: Account) -> list[Decimal]:
    """The tax of each part. Errors: FieldError `negative-money` where the prices cannot hold the order's tax."""
    taxes, missing = [ZERO] * len(account.parts), account.tax
    if not missing:
        return taxes
    known: list[Decimal | None] = [None] * len(taxes)
    if account.mixed:
        known = [known_tax(part) for part in account.parts]
        taxes = [ZERO if tax is None else tax.quantize(account.minor.unit) for tax in known]
        missing -= sum(taxes, ZERO)
    if missing:
        _spread(account, known, taxes, missing)
    if account.tax > account.total:
        _cover(account, taxes)
    return taxes


def _spread(account: Account, known: list[Decimal | None], taxes: list[Decimal], missing: Decimal) -> None:
    """Adds to the taxes what is missing of the order's tax."""
    carriers = 0
    for weights in _weights(account, known, taxes, missing):
        held = sum(weights, ZERO)
        share = held if account.inclusive and held < missing else missing
        if share and held:
            missing -= share
            parts = in_shares(share, weights, held, account.minor.unit)
            taxes[: len(weights)] = map(add, taxes, parts) if any(taxes) else parts  # most often there is none yet
            carriers += len(weights) - weights.count(ZERO)
        if not missing:
            break
    else:
        raise FieldError("negative-money", f"the order's tax {account.tax} is more than its prices with tax can hold")
    if carriers > 1:
        account.note("tax-allocated", "", f"{account.tax!s} on the order", f"in proportion over {carriers} parts")


def _weights(
    account: Account, known: list[Decimal | None], taxes: list[Decimal], missing: Decimal
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
    yield [base if line.taxable and tax is None else ZERO for line, base, tax in zip(lines, bases, known, strict=False)]
    open_ = [base if tax is None else ZERO for base, tax in zip(bases, known, strict=True)]
    yield [ZERO if line.taxable else base for base, line in zip(open_, lines, strict=False)]
    yield [ZERO] * len(lines) + open_[len(lines) :]
    if account.inclusive:
        yield [base - tax for base, tax in zip(bases, taxes, strict=True)]
    else:
        yield taxes if any(taxes) else bases
        yield [ONE] * len(lines)


def _cover(account: Account, taxes: list[Decimal]) -> None:
    """Where a payment such as a gift card leaves less than the tax to pay, V2's total without tax would be negative."""
    over = account.tax - account.total
    account.note("tax-covered-by-payment", "total_ex_tax", -over, ZERO)
    if not account.inclusive:
        account.reductions -= over
    account.tax -= over
    taxes[:] = allocate(account.tax, taxes, account.minor.unit)
