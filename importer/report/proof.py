"""The read-back as values and as text: findings by kind, and the money of both sides cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from importer.report.figures import STATUS_NAMES, amount_text

KINDS = {
    "missing": "in the id map, but not in the store",
    "archived": "in the id map, but archived in the store",
    "doubled": "in the store besides the order of the id map that has the same mark",
    "changed": "in the store, but not as it was written",
    "foreign": "migrated into this store, but not by this ledger (--other NAMESPACE lets another migration be)",
    "unmapped": "in the store under a mark of this migration, but not in the id map; run again",
    "unsent": "valid in the export, but not in the id map",
    "unexported": "in the id map, but not among the valid orders of this export",
    "unproved": "the total of the body is not the one that the source states",
    "unequal": "a sum by month, currency and status that is not the same on every side, though no order is to blame",
}
"""What a read-back can find; anything found, and the proof does not hold."""

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One order that is not as it should be. `source_id` "": it has no mark of ours; `order_id` None: none is known."""

    kind: str
    source_id: str
    order_id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The money of one month (UTC), currency and status on each side; `source`: the totals that the export states."""

    month: str
    currency: str
    status: int
    orders: int
    orders_in_store: int
    source: Decimal
    bodies: Decimal
    store: Decimal
    tax: Decimal
    tax_in_store: Decimal

    @property
    def equal(self) -> bool:
        """Whether orders, totals and taxes are the same on every side."""
        sides = (self.orders, self.bodies, self.bodies, self.tax)
        return sides == (self.orders_in_store, self.source, self.store, self.tax_in_store)

    @property
    def name(self) -> str:
        """As people call it: `2024-03 EUR 10 Completed`."""
        known = 0 <= self.status < len(STATUS_NAMES)
        return f"{self.month} {self.currency} {self.status}{f' {STATUS_NAMES[self.status]}' if known else ''}"


@dataclass(frozen=True, slots=True)
class Share:
    """What one order adds to the difference of a cell: store less bodies, and bodies less source."""

    mark: str
    orders: int
    total: Decimal
    tax: Decimal
    unstated: Decimal


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of a read-back. `bodies` None: it was made without an export."""

    in_ledger: int
    in_store: int
    bodies: int | None
    strangers: int
    unsettled: int
    other_currency: int


MOST_CELLS = 500
MOST_FINDINGS = 50


def proof_figures(
    counts: Counts, cells: Iterable[Cell], found: dict[str, int], findings: Callable[[str], Iterable[Finding]]
) -> dict[str, Any]:
    """The read-back as report.json has it; `found` and `findings` by kind. Without an export there are no cells."""
    sums, compared, unequal = _sums(cells)
    return {
        "counts": asdict(counts),
        "money": [
            {"currency": currency, **{side: _exact(currency, amount) for side, amount in sides.items()}}
            for currency, sides in sorted(sums.items())
        ],
        "compared": compared,
        "unequal": len(unequal),
        "cells": [_cell_row(cell) for cell in unequal[:MOST_CELLS]],
        "found": [
            {"kind": kind, "meaning": KINDS[kind], "orders": orders, "examples": _examples(findings(kind))}
            for kind, orders in found.items()
        ],
    }


def differences(found: dict[str, int]) -> list[str]:
    """Why a proof does not hold; empty when it does."""
    return [f"{orders:,} {kind}: {KINDS[kind]}" for kind, orders in found.items()]


_SIDES = ("source", "bodies", "store", "tax", "tax_in_store")


def _sums(cells: Iterable[Cell]) -> tuple[dict[str, dict[str, Decimal]], int, list[Cell]]:
    """Currency -> the sums of each side, how many cells there are, and those that are not equal."""
    sums: dict[str, dict[str, Decimal]] = {}
    compared, unequal = 0, []
    for cell in cells:
        compared += 1
        sides = sums.setdefault(cell.currency, dict.fromkeys(_SIDES, Decimal(0)))
        for side in _SIDES:
            sides[side] += getattr(cell, side)
        unequal += [] if cell.equal else [cell]
    return sums, compared, unequal


def _cell_row(cell: Cell) -> dict[str, Any]:
    amounts = {side: _exact(cell.currency, getattr(cell, side)) for side in _SIDES}
    place = {"month": cell.month, "currency": cell.currency, "status_id": cell.status}
    return {**place, "orders": cell.orders, "orders_in_store": cell.orders_in_store, **amounts}


def _exact(currency: str, amount: Decimal) -> str:
    """In the currency's minor unit, unless that would hide a part of it."""
    text = amount_text(currency, amount)
    return text if Decimal(text) == amount else f"{amount:f}"


def _examples(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {"order": one.source_id, "order_id": one.order_id, "detail": one.detail}
        for one in islice(findings, MOST_FINDINGS)
    ]


def counts_text(counts: Counts) -> str:
    """The first lines: how many orders there are on each side."""
    bodies = "" if counts.bodies is None else f"export {counts.bodies:,}   "
    lines = [f"Orders   {bodies}id map {counts.in_ledger:,}   store {counts.in_store:,}"]
    if counts.strangers:
        lines.append(f"         {counts.strangers:,} more in the store are its own, no migrated ones")
    if counts.unsettled:
        lines.append(f"         {counts.unsettled:,} of the ledger are still open; importer status tells why")
    if counts.other_currency:
        lines.append(
            f"         {counts.other_currency:,} stand in the store's own currency, which is not the export's: amounts"
            " are compared, not converted"
        )
    return "\n".join(lines)


def findings_text(kind: str, number: int, findings: Iterable[Finding]) -> str:
    """The findings of one kind: how many, the first of them by name."""
    lines = [f"{kind} {number:,}: {KINDS[kind]}"]
    for place, finding in enumerate(findings):
        if place == SHOWN:
            lines.append(f"  and {number - SHOWN:,} more; --list FILE writes them all")
            break
        lines.append(_finding_line(finding))
    return "\n".join(lines)


def _finding_line(finding: Finding) -> str:
    order = "" if finding.order_id is None else f"order {finding.order_id}"
    named = " -> ".join(filter(None, [finding.source_id, order]))
    return f"  {named}{': ' if finding.detail else ''}{finding.detail}"


def money_lines(cells: Iterable[Cell]) -> Iterator[str]:
    """One line a currency, then one for each cell that differs."""
    sums, compared, unequal = _sums(cells)
    for currency, sides in sorted(sums.items()):
        source, bodies, store, tax, tax_in_store = sides.values()
        totals = f"source {_money(source)}   bodies {_money(bodies)}   store {_money(store)}"
        yield f"Money    {currency}   {totals}   tax in them: bodies {_money(tax)}   store {_money(tax_in_store)}"
    verdict = "all equal" if not unequal else f"{len(unequal):,} are not equal:"
    yield f"         {compared:,} sums by month, currency and status: {verdict}"
    yield from map(cell_line, unequal[:SHOWN])


def cell_line(cell: Cell) -> str:
    """One cell on one line: month, currency, status, orders, totals and taxes of both sides."""
    orders = f"orders {cell.orders:,} / {cell.orders_in_store:,}"
    totals = f"total {_money(cell.source)} / {_money(cell.bodies)} / {_money(cell.store)}"
    tax = f"tax {_money(cell.tax)} / {_money(cell.tax_in_store)}"
    return f"  {cell.name:<36} {orders}   {totals}   {tax}"


def share_line(share: Share) -> str:
    """What one order adds to a difference."""
    unstated = f"   body against source {_signed(share.unstated)}" if share.unstated else ""
    moved = f"orders {share.orders:+d}   total {_signed(share.total)}   tax {_signed(share.tax)}"
    return f"    {share.mark}: {moved}{unstated}"


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount >= 0 else ''}{_money(amount)}"


def _money(amount: Decimal) -> str:
    text = f"{amount:,.4f}"
    return text[:-2] if text.endswith("00") else text
