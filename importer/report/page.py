"""The report as one page: opens offline, asks nobody for anything, prints. A stage has the sections that it knows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from importer.report.charts import HEIGHT, charts, shares
from importer.report.exact import json_in_html
from importer.report.examples import Example
from importer.report.figures import amount_text
from importer.report.standing import ADVICE
from importer.report.text import duration

MOST_SUMS = 3
MOST_GROUPS = 600
MOST_CAUSES = 100
MOST_UNDECIDED = 200
MOST_FIELDS = 400
LONGEST_MESSAGE = 240
"""A page stays below 1 MB, whatever an export holds; report.json and problems.csv have all of it."""

STAGES = {
    "validate": "Dry run: nothing was sent",
    "run": "After the run",
    "verify": "Read back from the store",
    "ledger": "From the ledger",
}
VERDICTS = {
    "go": ("GO", "Every order can be sent."),
    "no-go": ("NO-GO", "Nothing is sent until this is settled:"),
    "done": ("DONE", "Every order that was sent is in the store, once."),
    "unfinished": ("UNFINISHED", "Not every order has its place yet:"),
    "holds": ("PROOF HOLDS", "Every order is in the store once, to the cent."),
    "differs": ("PROOF DOES NOT HOLD", "The store is not what it should be:"),
}
"""Verdict -> its heading, and the sentence below it."""

PARTS = ("export", "mapping", "orders", "undecided", "delta", "time", "ledger", "sending", "proof")
"""What a stage may not know: a page has no section for it."""

GOOD = ("go", "done", "holds")


def page(told: dict[str, Any], examples: list[Example] | None = None, fields: dict[str, Any] | None = None) -> str:
    """The whole page. `told` is what report.json holds, `fields` what fields.json does.

    `examples` can be looked up by order number.
    """
    style, script = asset("page.css"), asset("theme.js") + (asset("look.js") if examples is not None else "")
    known: dict[str, Callable[..., dict[str, Any]]] = {"orders": _export, "ledger": _ledger, "proof": _proof}
    parts = {key: value for name, make in known.items() if name in told for key, value in make(told).items()}
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            f={**dict.fromkeys(PARTS), **told},
            stage=STAGES[told["stage"]],
            verdict=VERDICTS[told["verdict"]],
            good=told["verdict"] in GOOD,
            style=style,
            script=script,
            style_hash=digest(style),
            script_hash=digest(script),
            examples=examples,
            examples_json=json_in_html(examples or []),
            fields=None if fields is None else _field_tables(fields),
            **parts,
        )
    )


def environment() -> Environment:
    """Jinja over the templates beside this module: all text is escaped, and a name that is not there is an error."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(asset),
    )
    made.filters |= {"short": _short, "grouped": _grouped}
    return made


def digest(text: str) -> str:
    """What a page's Content-Security-Policy lets through: this very text, and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def asset(name: str) -> str:
    """The text of a file beside this module."""
    return files("importer.report").joinpath(name).read_text(encoding="utf-8")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…"


def _grouped(number: int | str | Decimal) -> str:
    """A count or an amount with its thousands parted: `9648547.48` as `9,648,547.48`."""
    return f"{Decimal(number):,}"


# -- what an export holds ----------------------------------------------------------------------------------------------


def _export(told: dict[str, Any]) -> dict[str, Any]:
    """The sections of an export: orders, money, causes."""
    orders = told["orders"]
    totals = sorted((_total(row, told["groups"]) for row in told["money"]), key=lambda one: -one["orders"])
    return {
        "deltas": _deltas(told.get("delta", {}).get("examples", [])),
        "delta_fields": [(row["field"], _grouped(row["orders"])) for row in told.get("delta", {}).get("fields", [])],
        "order_bars": shares({name: orders[name] for name in ("valid", "refused", "skipped")}),
        "totals": [one["cells"] for one in totals],
        "largest": [(one["currency"], one["bodies"]) for one in totals if one["orders"]][:MOST_SUMS],
        "currencies": sum(bool(one["orders"]) for one in totals),
        "statuses": _statuses(told["groups"]),
        "groups": [_group(row) for row in told["groups"][:MOST_GROUPS]],
        "charts": charts(told["groups"]),
        "chart_height": HEIGHT,
        "causes": [_cause(row, orders["refused"]) for row in told["causes"][:MOST_CAUSES]],
        "undecided": [_undecided(row) for row in told["undecided"][:MOST_UNDECIDED]],
        "substitutions": [_substitution(row) for row in told["substitutions"]],
        "times": _times(told.get("time", [])),
    }


def _deltas(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The orders that a newer export changes or lacks."""
    return [(row["order"], str(row["order_id"]), row["change"], _short(row["detail"])) for row in rows]


def _total(row: dict[str, Any], groups: list[dict[str, Any]]) -> dict[str, Any]:
    """One currency, and its cells: orders, source, bodies, their difference, the tax in them, what stays behind."""
    currency = row["currency"]
    own = [group for group in groups if group["currency"] == currency]
    orders, tax = sum(group["orders"] for group in own), sum((Decimal(group["tax"]) for group in own), Decimal(0))
    gap = Decimal(row["bodies"]) - Decimal(row["source"])
    amounts = (row["source"], row["bodies"], amount_text(currency, gap), amount_text(currency, tax), row["refused"])
    cells = (currency, f"{orders:,}", *map(_grouped, amounts))
    return {"currency": currency, "orders": orders, "bodies": _grouped(row["bodies"]), "cells": cells}


def _statuses(groups: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Orders and money by status and currency, over all months."""
    sums: dict[tuple[int, str, str], list[Decimal]] = {}
    for group in groups:
        key = (group["status_id"], group["status"], group["currency"])
        added = (Decimal(group["orders"]), Decimal(group["total"]), Decimal(group["tax"]))
        sums[key] = [one + more for one, more in zip(sums.get(key, [Decimal(0)] * 3), added, strict=True)]
    return [
        (f"{status} ({number})", currency, *map(_grouped, sides))
        for (number, status, currency), sides in sorted(sums.items())
    ]


def _group(row: dict[str, Any]) -> tuple[str, ...]:
    return row["month"], row["currency"], row["status"], *(_grouped(row[name]) for name in ("orders", "total", "tax"))


def _cause(row: dict[str, Any], refused: int) -> dict[str, Any]:
    """A cause with its headline, what to do, and its part of the refused orders in percent."""
    what, _, todo = row["message"].partition("; ")
    headline = what or "many kinds of problems, counted together"
    return {**row, "what": _short(headline), "todo": _short(todo), "part": round(100 * row["orders"] / refused, 2)}


def _undecided(row: dict[str, Any]) -> tuple[str, ...]:
    table, *keys = row["keys"]
    return table, _short(" / ".join(keys)), f"{row['orders']:,}", row["examples"][0]["order"]


def _substitution(row: dict[str, Any]) -> tuple[str, ...]:
    example = row["examples"][0]
    budget = (row["budget"] or "none stated") + (" (over)" if row["over_budget"] else "")
    such_as = _short(f"{example['order']}: {example['message']}")
    return row["code"], f"{row['orders']:,}", row["share"], budget, such_as


def _times(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Plan -> the time with each share of the quota."""
    plans: dict[str, list[str]] = {}
    for row in rows:
        plans.setdefault(row["plan"], []).append(duration(row["seconds"]))
    return [(plan, *times) for plan, times in plans.items()]


# -- what the ledger and the store hold --------------------------------------------------------------------------------


def _ledger(told: dict[str, Any]) -> dict[str, Any]:
    ledger = told["ledger"]
    unsettled = sum(row["orders"] for row in ledger["answers"])
    return {
        "state_bars": shares(ledger["states"]),
        "states": [
            (state, f"{orders:,}", ADVICE.get(state, "")) for state, orders in ledger["states"].items() if orders
        ],
        "answers": [_cause(row, unsettled) for row in ledger["answers"][:MOST_CAUSES]],
        "attached": [(f"{row['kind']}s", row["state"], f"{row['number']:,}") for row in ledger["attached"]],
        "runs": [(str(row["number"]), row["name"], f"{row['orders']:,}") for row in ledger["runs"]],
    }


def _proof(told: dict[str, Any]) -> dict[str, Any]:
    proof = told["proof"]
    sides = ("source", "bodies", "store", "tax", "tax_in_store")
    return {
        "proved": [(row["currency"], *(_grouped(row[side]) for side in sides)) for row in proof["money"]],
        "cells": [
            (
                f"{row['month']} {row['currency']} {row['status_id']}",
                f"{row['orders']:,} / {row['orders_in_store']:,}",
                *(_grouped(row[side]) for side in sides),
            )
            for row in proof["cells"]
        ],
        "found": proof["found"],
    }


# -- fields ------------------------------------------------------------------------------------------------------------


def _field_tables(fields: dict[str, Any]) -> dict[str, Any]:
    """Where the source's data goes, and where the body's comes from."""
    source = [row for row in fields["source"] if row["orders"]]
    lost = [row for row in source if row["nowhere"]]
    read = sum(bool(row["read_by"]) for row in source)
    return {
        "lost": [(row["name"], _fill(row, fields), _examples(row)) for row in lost[:MOST_FIELDS]],
        "columns": [(row["name"], _fill(row, fields), _goes_to(row)) for row in source[:MOST_FIELDS]],
        "body": [(row["field"], _fill(row, fields), row["origin"]) for row in fields["body"][:MOST_FIELDS]],
        "filled": len(source),
        "read": read,
        "ignored": len(source) - read - len(lost),
        "nowhere": len(lost),
        "in_bodies": len(fields["body"]),
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
