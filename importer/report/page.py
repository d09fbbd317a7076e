"""The report as one page: opens offline, asks nobody for anything, prints."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from importer.report.exact import json_in_html
from importer.report.examples import Example

CHARTS = 4
CHART_WIDTH = 720
CHART_HEIGHT = 110
MOST_GROUPS = 600
MOST_CAUSES = 100
MOST_UNDECIDED = 200
MOST_FIELDS = 400
LONGEST_MESSAGE = 240
"""A page stays below 1 MB, whatever an export holds; report.json and problems.csv have all of it."""


def page(figures: dict[str, Any], examples: list[Example], fields: dict[str, Any]) -> str:
    """The whole page. `figures` as `figures.figures` gives them, `fields` as the accounting does.

    `examples` can be looked up by order number.
    """
    style, script = _asset("page.css"), _asset("page.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["short"] = _short
    return environment.from_string(_asset("page.html.j2")).render(
        f=figures,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        totals=[(row["currency"], row["source"], row["bodies"], row["refused"]) for row in figures["money"]],
        groups=[_group(row) for row in figures["groups"][:MOST_GROUPS]],
        causes=figures["causes"][:MOST_CAUSES],
        undecided=[_undecided(row) for row in figures["undecided"][:MOST_UNDECIDED]],
        substitutions=[_substitution(row) for row in figures["substitutions"]],
        times=[(row["plan"], row["share"], _duration(row["seconds"])) for row in figures["time"]],
        charts=_charts(figures["groups"]),
        examples=examples,
        examples_json=json_in_html(examples),
        **_field_tables(fields),
    )


def _field_tables(fields: dict[str, Any]) -> dict[str, Any]:
    """Where the source's data goes, and where the body's comes from."""
    source = [row for row in fields["source"] if row["orders"]]
    lost = [row for row in source if row["nowhere"]]
    return {
        "lost": [(row["name"], _fill(row, fields), _examples(row)) for row in lost[:MOST_FIELDS]],
        "columns": [(row["name"], _fill(row, fields), _goes_to(row)) for row in source[:MOST_FIELDS]],
        "body_fields": [(row["field"], _fill(row, fields), row["origin"]) for row in fields["body"][:MOST_FIELDS]],
        "count": {
            "filled": len(source),
            "read": sum(bool(row["read_by"]) for row in source),
            "lost": len(lost),
            "body": len(fields["body"]),
        },
    }


def _fill(row: dict[str, Any], fields: dict[str, Any]) -> str:
    return f"{row['orders']:,} of {fields['orders']:,}"


def _examples(row: dict[str, Any]) -> str:
    return _short(", ".join(repr(text) for text in row["examples"]))


def _goes_to(row: dict[str, Any]) -> str:
    """The fields of the body that read a column, or why none does."""
    if row["nowhere"]:
        return "nothing"
    return _short(", ".join(row["read_by"]) or f"ignored: {row['ignored'] or 'by the mapping'}")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…"


def _asset(name: str) -> str:
    return files("importer.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What the page's Content-Security-Policy lets through: this very text, and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _group(row: dict[str, Any]) -> tuple[str, ...]:
    return row["month"], row["currency"], row["status"], f"{row['orders']:,}", row["total"], row["tax"]


def _undecided(row: dict[str, Any]) -> tuple[str, ...]:
    table, *keys = row["keys"]
    return table, _short(" / ".join(keys)), f"{row['orders']:,}", row["examples"][0]["order"]


def _substitution(row: dict[str, Any]) -> tuple[str, ...]:
    example = row["examples"][0]
    budget = row["budget"] or "none stated"
    over = " (over)" if row["over_budget"] else ""
    return (
        row["code"],
        f"{row['orders']:,}",
        row["share"],
        budget + over,
        _short(f"{example['order']}: {example['message']}"),
    )


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
