"""Charts as figures of an SVG: widths in percent, heights in pixels, so that text keeps its size on any screen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

CHARTS = 4
HEIGHT = 120
MOST_LABELS = 8


def charts(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A bar a month for the currencies with most orders; a single month needs no chart."""
    orders: dict[str, int] = {}
    for row in groups:
        orders[row["currency"]] = orders.get(row["currency"], 0) + row["orders"]
    most = sorted(orders, key=lambda currency: -orders[currency])[:CHARTS]
    own = [[row for row in groups if row["currency"] == currency] for currency in most]
    return [_chart(rows) for rows in own if rows[0]["month"] != rows[-1]["month"]]


def shares(parts: dict[str, int]) -> list[dict[str, Any]]:
    """One bar in parts: name -> orders. A part of any orders is wide enough to be seen."""
    whole = sum(parts.values()) or 1
    wide = {name: max(100 * orders / whole, 0.4) for name, orders in parts.items() if orders}
    scale, begin, bars = 100 / (sum(wide.values()) or 1), 0.0, []
    for name, width in wide.items():
        bars.append({"name": name, "orders": parts[name], "x": round(begin, 3), "width": round(width * scale, 3)})
        begin += width * scale
    return bars


def _chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
    months = dict.fromkeys(_every_month(rows[0]["month"], rows[-1]["month"]), Decimal(0))
    for row in rows:
        months[row["month"]] += Decimal(row["total"])
    highest = max(months, key=lambda month: months[month])
    step = 100 / len(months)
    bars = [_bar(place * step, step, months[month], months[highest]) for place, month in enumerate(months)]
    return {
        "currency": rows[0]["currency"],
        "bars": [{**bar, "title": f"{month}: {months[month]:,}"} for bar, month in zip(bars, months, strict=True)],
        "labels": _labels(list(months), step),
        "first": rows[0]["month"],
        "last": rows[-1]["month"],
        "highest": highest,
        "most": f"{months[highest]:,}",
        "total": f"{sum(months.values()):,}",
    }


def _every_month(first: str, last: str) -> list[str]:
    """Each month from `2023-11` to `2024-02`; months without an order have their place in a chart as well."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(begin, end + 1)]


def _bar(x: float, step: float, total: Decimal, highest: Decimal) -> dict[str, Any]:
    height = round(HEIGHT * float(max(total, Decimal(0)) / (highest or 1)), 1)
    return {"x": round(x, 3), "width": round(min(step * 0.8, 8), 3), "y": round(HEIGHT - height, 1), "height": height}


def _labels(months: list[str], step: float) -> list[tuple[float, str]]:
    """Where years begin, a few of them; of less than two years the months."""
    places = list(enumerate(months))
    if len(months) > 24:
        places = [(place, month) for place, month in places if month.endswith("-01")]
    every = -(-len(places) // MOST_LABELS)
    return [(round(place * step, 3), month[:4] if len(months) > 24 else month) for place, month in places[::every]]
