"""The read-back as values and as text: findings by kind, and the money of both sides cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

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
    sums: dict[str, list[Decimal]] = {}
    number, unequal = 0, []
    for cell in cells:
        number += 1
        total = sums.setdefault(cell.currency, [Decimal(0)] * 5)
        sides = (cell.source, cell.bodies, cell.store, cell.tax, cell.tax_in_store)
        sums[cell.currency] = [one + other for one, other in zip(total, sides, strict=True)]
        unequal += [] if cell.equal else [cell]
    for currency, (source, bodies, store, tax, tax_in_store) in sorted(sums.items()):
        totals = f"source {_money(source)}   bodies {_money(bodies)}   store {_money(store)}"
        yield f"Money    {currency}   {totals}   tax in them: bodies {_money(tax)}   store {_money(tax_in_store)}"
    verdict = "all equal" if not unequal else f"{len(unequal):,} are not equal:"
    yield f"         {number:,} sums by month, currency and status: {verdict}"
    yield from map(cell_line, unequal[:SHOWN])


def cell_line(cell: Cell) -> str:
    """One cell on one line: month, currency, status, orders, totals and taxes of both sides."""
    orders = f"orders {cell.orders:,} / {cell.orders_in_store:,}"
    totals = f"total {_money(cell.source)} / {_money(cell.bodies)} / {_money(cell.store)}"
    tax = f"tax {_money(cell.tax)} / {_money(cell.tax_in_store)}"
    return f"  {cell.month} {cell.currency} status {cell.status:<2}   {orders}   {totals}   {tax}"


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
