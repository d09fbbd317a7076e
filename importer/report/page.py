"""The report as one page: opens offline, asks nobody for anything, prints."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from importlib.resources import files
from typing import Any

import orjson
from jinja2 import Environment, StrictUndefined

from importer.report.examples import Example

CHARTS = 4
CHART_WIDTH = 720
CHART_HEIGHT = 110
LONGEST_GROUPS = 1_000


def page(figures: dict[str, Any], examples: list[Example]) -> str:
    """The whole page. `figures` as `figures.figures` gives them; `examples` can be looked up by order number."""
    style, script = _asset("page.css"), _asset("page.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_asset("page.html.j2")).render(
        f=figures,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        totals=[(row["currency"], row["source"], row["bodies"], row["refused"]) for row in figures["money"]],
        groups=[_group(row) for row in figures["groups"][:LONGEST_GROUPS]],
        undecided=[_undecided(row) for row in figures["undecided"]],
        substitutions=[_substitution(row) for row in figures["substitutions"]],
        times=[(row["plan"], row["share"], _duration(row["seconds"])) for row in figures["time"]],
        charts=_charts(figures["groups"]),
        examples=examples,
        examples_json=_json_in_html(examples),
    )


def _asset(name: str) -> str:
    return files("importer.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What the page's Content-Security-Policy lets through: this very text, and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json_in_html(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return (
        orjson.dumps(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def _group(row: dict[str, Any]) -> tuple[str, ...]:
    return row["month"], row["currency"], row["status"], f"{row['orders']:,}", row["total"], row["tax"]


def _undecided(row: dict[str, Any]) -> tuple[str, ...]:
    table, *keys = row["keys"]
    return table, " / ".join(keys), f"{row['orders']:,}", row["examples"][0]["order"]


def _substitution(row: dict[str, Any]) -> tuple[str, ...]:
    example = row["examples"][0]
    budget = row["budget"] or "none stated"
    over = " (over)" if row["over_budget"] else ""
    return row["code"], f"{row['orders']:,}", row["share"], budget + over, f"{example['order']}: {example['message']}"


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7_200 else f"{seconds / 3600:.1f} hours"


def _charts(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A bar a month for the currencies with most orders."""
    orders: dict[str, int] = {}
    for row in groups:
        orders[row["currency"]] = orders.get(row["currency"], 0) + row["orders"]
    most = sorted(orders, key=lambda currency: -orders[currency])[:CHARTS]
    return [_chart(currency, [row for row in groups if row["currency"] == currency]) for currency in most]


def _chart(currency: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    months = dict.fromkeys(_every_month(rows[0]["month"], rows[-1]["month"]), Decimal(0))
    for row in rows:
        months[row["month"]] += Decimal(row["total"])
    highest = max(months.values()) or Decimal(1)
    step = CHART_WIDTH / len(months)
    bars = [
        _bar(number, step, month, total, highest, currency)
        for number, (month, total) in enumerate(sorted(months.items()))
    ]
    return {"currency": currency, "width": CHART_WIDTH, "bars": bars, "first": min(months), "last": max(months)}


def _every_month(first: str, last: str) -> list[str]:
    """Each month from `2023-11` to `2024-02`; months without an order have their place in a chart as well."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(begin, end + 1)]


def _bar(number: int, step: float, month: str, total: Decimal, highest: Decimal, currency: str) -> dict[str, Any]:
    height = round(CHART_HEIGHT * float(total / highest), 1)
    width = round(min(step * 0.8, 40), 1)
    title = f"{month}: {currency} {total:,}"
    return {"x": round(number * step, 1), "y": CHART_HEIGHT - height, "width": width, "height": height, "title": title}
