"""A delta and an update as text: what is new, changed or gone, and what became of it in the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SHOWN = 20

Named = Sequence[tuple[str, int, str]]
"""Source id, order id, and the fields or the reason."""


def delta_text(
    counts: tuple[int, int, int], reasons: Mapping[str, int], fields: Mapping[str, int], examples: Named, gone: Named
) -> str:
    """The comparison with the ledger: `counts` are new, unchanged and changed orders; `gone` has all that vanished."""
    new, unchanged, changed = counts
    lines = [f"Delta    new {new:,}   unchanged {unchanged:,}   changed {changed:,}   vanished {len(gone):,}"]
    if changed:
        causes = "   ".join(f"{_CAUSES[why]} {orders:,}" for why, orders in sorted(reasons.items()))
        lines.append(f"         changed by {causes}")
        lines += [f"         {orders:,} x {path}" for path, orders in _most(fields)]
    lines += list_named("changed", examples, changed)
    lines += list_named("vanished", gone, len(gone))
    return "\n".join(lines)


MOST_NAMED = 200


def delta_figures(
    counts: tuple[int, int, int], reasons: Mapping[str, int], fields: Mapping[str, int], examples: Named, gone: Named
) -> dict[str, Any]:
    """The same as report.json has it; of the orders that are named, the first."""
    new, unchanged, changed = counts
    return {
        "new": new,
        "unchanged": unchanged,
        "changed": changed,
        "vanished": len(gone),
        "changed_by": dict(sorted(reasons.items())),
        "fields": [{"field": path, "orders": orders} for path, orders in _most(fields)],
        "examples": [
            {"order": order, "order_id": order_id, "change": change, "detail": detail}
            for change, named in (("changed", examples), ("vanished", gone))
            for order, order_id, detail in named[:MOST_NAMED]
        ],
    }


_CAUSES = {"source": "the export:", "mapping": "the mapping:", "unknown": "either, the ledger does not know:"}


def _most(fields: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(fields.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]


def list_named(title: str, orders: Named, number: int) -> Iterator[str]:
    """The first of some orders by name, and how many more there are."""
    yield from (f"  {title} {source_id} -> order {order_id}: {why}" for source_id, order_id, why in orders[:SHOWN])
    if number > min(len(orders), SHOWN):
        yield f"  and {number - min(len(orders), SHOWN):,} more {title}"


def updates_text(puts: int, settled: int, statuses: int, kept: Named, failed: Named) -> str:
    """What an update did: orders written, orders that needed nothing, fields left to others, failures."""
    lines = [f"{'updated':<10} {puts:>9,}   by PUT, only the fields that changed"]
    if settled:
        lines.append(f"{'as wished':<10} {settled:>9,}   the store had it already, or all of it was left alone")
    if statuses:
        lines.append(
            f"{'':<10} {statuses:>9,}   of them changed status: a store whose notifications are on tells customers"
        )
    if kept:
        lines.append(
            f"{'left alone':<10} {len(kept):>9,}   changed in the store since; --overwrite FIELD takes it back"
        )
    lines += list_named("left alone", kept, len(kept))
    if failed:
        lines.append(f"{'failed':<10} {len(failed):>9,}   the store did not take the change")
    lines += list_named("failed", failed, len(failed))
    return "\n".join(lines)


def attached_text(created: Mapping[str, int], counts: Mapping[str, int], changed: Named, failed: Named) -> str:
    """What was sent after its orders: `created` by kind, `counts` by what became of the others."""
    lines = ["After the orders"]
    lines += [f"  {kind + 's':<12} {made:>7,}   made" for kind, made in created.items()]
    lines += [f"  {name:<12} {number:>7,}   {_OPEN[name]}" for name, number in counts.items() if number]
    for name, listed, meaning in (("changed", changed, "not sent again"), ("failed", failed, "not sent")):
        lines += [f"  {name:<12} {len(listed):>7,}   {meaning}"] if listed else []
        lines += list_named(name, listed, len(listed))
    return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing"])


_OPEN = {
    "skipped": "made before; nothing was sent",
    "held back": "by --no-notify; run again without it",
    "rejected": "by the store; importer status lists them",
    "in doubt": "run again to look them up",
    "conflict": "a person must decide; importer status lists them",
}
