"""Writes the references that follow from the code: `python docs/generate.py`. A test holds them to what is written.

reference/mapping.md comes from schemas/mapping.schema.json, reference/filters.md from the filters' docstrings,
reference/verbs.md from the commands, reference/problems.md from the codes of the rooms, reference/states.md from the
ledger's moves, the README's table of mappings from the head of each mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from importer.cli import VERBS
from importer.ledger import MOVES, State
from importer.mapping.filter_list import Listed, listed_filters, listed_tests
from importer.mapping.rewrite import flow
from importer.orders import CODES
from importer.schema import load_schema

FOLDER = Path(__file__).parent / "reference"
MADE = "<!-- Made by docs/generate.py; change the schema or the docstring instead. -->"

FORMS = {
    "expression": "An expression",
    "fallback": "A fallback that is recorded",
    "use": "A use of a part",
    "template": "A template",
    "list": "A list, one item for each of a list of the source",
}
"""The forms that a value takes, by their definition in the schema."""

DETAILS = {
    "source": (("dates", "source.dates"), ("items", "source.items")),
    "money": (("lines", "money.lines"), ("amount", "An amount"), ("fees", "Fees and payments")),
}
"""Groups of keys that are explained below their section."""


def mapping_reference() -> str:
    """The reference of the mapping language."""
    schema = load_schema("mapping")
    return "\n".join(
        [
            "# Mapping reference",
            "",
            MADE,
            "",
            f"{schema['description']} The sections stand in any order; `source`, `money` and `body` are needed, unless"
            " `extends` names a mapping that has them.",
            "",
            *_table(schema),
            "",
            *_sections(schema),
            *_values(schema),
            *_body(schema),
        ]
    )


def _sections(schema: dict[str, Any]) -> Iterator[str]:
    for name, section in schema["properties"].items():
        group = _resolved(schema, section)
        if name == "body" or not (keyed := _keyed(schema, group)):
            continue
        yield f"## {name}"
        yield ""
        yield section["description"]
        yield ""
        yield from _table(keyed)
        yield ""
        for inner, title in DETAILS.get(name, ()):
            yield f"### {title}"
            yield ""
            yield from _table(schema["$defs"].get(inner) or group["properties"][inner])
            yield ""


def _keyed(schema: dict[str, Any], group: dict[str, Any]) -> dict[str, Any] | None:
    """The schema that has a section's keys: its own, or those of each of its items."""
    items = _resolved(schema, group.get("items", {}))
    table = _resolved(schema, group.get("additionalProperties", {}) or {}).get("then", {})
    return next((one for one in (group, items, table) if one.get("properties")), None)


def _values(schema: dict[str, Any]) -> Iterator[str]:
    yield "## Values"
    yield ""
    yield "What a name of `let`, a field of a part and a field of the body can be. Any other group of keys is one of"
    yield "fields, and a list that is written out is a list."
    yield ""
    for name, title in FORMS.items():
        definition = schema["$defs"][name]
        yield f"### {title}"
        yield ""
        if definition.get("properties"):
            yield from _table(definition)
        else:
            yield definition["description"] + " For example " + _examples(definition) + "."
        yield ""


def _body(schema: dict[str, Any]) -> Iterator[str]:
    yield "## body"
    yield ""
    yield schema["properties"]["body"]["description"]
    yield ""
    yield from _table(schema["$defs"]["body"])
    yield ""
    for name, title in (("shipping_fields", "An address"), ("products", "A line: `products`")):
        yield f"### {title}"
        yield ""
        yield from _table(schema["$defs"][name])
        yield ""


def _table(schema: dict[str, Any]) -> Iterator[str]:
    needed = set(schema.get("required", ()))
    yield "| key | what it is | for example |"
    yield "|---|---|---|"
    for name, key in schema["properties"].items():
        mark = " (needed)" if name in needed else ""
        yield f"| `{name}`{mark} | {_cell(key['description'])} | {_examples(key)} |"


def _examples(key: dict[str, Any]) -> str:
    return ", ".join(f"`{_cell(flow(example))}`" for example in key["examples"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _resolved(schema: dict[str, Any], part: Any) -> dict[str, Any]:
    if isinstance(part, dict) and "$ref" in part:
        target: dict[str, Any] = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
        return target
    return part if isinstance(part, dict) else {}


def filters_reference() -> str:
    """The reference of filters and tests."""
    intro = "What an expression can do to a value: `importer filters` prints the same. A blank stays blank."
    lines = ["# Filters", "", MADE, "", intro, ""]
    for one in listed_filters():
        lines += _listed(one)
    lines += ["# Tests", "", "What stands behind `is`.", ""]
    for one in listed_tests():
        lines += _listed(one)
    return "\n".join(lines).rstrip() + "\n"


def _listed(one: Listed) -> list[str]:
    examples = [f"{expression}  ->  {value}" for expression, value in one.examples]
    fenced = ["```", *examples, "```", ""] if examples else []
    return [f"## `{one.written}`", "", one.text, "", *fenced]


def verbs_reference() -> str:
    """The reference of the command line."""
    intro = "`importer VERB --help` prints the same. stdout is data, stderr is progress and messages."
    lines = ["# Verbs", "", MADE, "", f"{intro} Exit codes: [exit-codes.md](exit-codes.md).", ""]
    for verb, short in VERBS.items():
        command = import_module(f"importer.cli.{verb}").command
        lines += [f"## importer {verb}", "", f"{short[0].upper()}{short[1:]}.", "", *_usage(verb, command)]
    return "\n".join(lines).rstrip() + "\n"


def _usage(verb: str, command: click.Command) -> Iterator[str]:
    arguments = [str(one.metavar) for one in command.params if isinstance(one, click.Argument)]
    yield from ("```", " ".join(["importer", verb, *arguments, "[OPTIONS]"]), "```", "")
    yield " ".join((command.help or "").split())
    yield ""
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield from ("| option | what it does |", "|---|---|", *map(_option, options), "")


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag else f" {option.metavar or 'VALUE'}"
    default = f" Default: {option.default}." if option.show_default is True else ""
    needed = " Needed." if option.required else ""
    return f"| {names}{_cell(value)} | {_cell(option.help or '')}{needed}{default} |"


OTHER_CODES = {
    "duplicate-order": "another file of the export has this order with other contents",
    "headless": "none of the order's rows has its totals: the export begins or ends in the middle of an order",
    "no-order-id": "the row has no order number",
    "orphan": "an object belongs to a parent that is not in the file: the file was cut off",
    "cut-off": "a list of the order is longer in the shop than in the file: the query asked for too few",
    "rounded-id": "the order number was rounded by a spreadsheet, such as 1.00E+12",
    "row-width": "the row has more or fewer cells than the header: columns are shifted",
    "split-order": "the rows of one order are not adjacent; no part of it is sent",
    "no-lines": "the order has no line; the store takes none without",
    "undecided": "a table has no row for this value: a person decides, `validate --overlay` writes the rows to fill in",
    "parked": "a customer or a product that the snapshot lacks; the order waits in the ledger for a newer snapshot",
    "several-hits": "the snapshot has the customer or the product more than once; a person makes them one",
    "refused": "a rule of the mapping's `refuse` section",
    "unbalanced": "the source's total is not the sum of its parts; the message has the gap",
    "negative-money": "an amount is below 0, or a tax is more than the price can hold",
    "no-total": "the source's total is blank",
    "tax-mode": "the mapping's tax mode is none of those that `money.mode` knows",
    "money": "the text is no amount",
    "currency": "the text is no ISO 4217 currency",
    "quantity": "a line of quantity 0 has an amount",
    "number": "the text is no number",
    "rounded": "a spreadsheet rounded the value, such as a phone of 4.47E+11",
    "date": "the text is no date in a form that the mapping declares, or that local time never was",
    "zone": "the date has no zone, and the mapping declares none",
    "country": "the text is no country",
    "type": "the value has a type that the filter or the field cannot take, such as a list",
    "size": "the value is longer than any that an order has",
}
"""Code of a problem that no check of `orders/` finds -> what it means."""


def problems_reference() -> str:
    """The reference of problem codes."""
    intro = "Why an order is refused: the `code` in reports, in problems.csv and in the lines of `importer map`."
    return "\n".join(
        [
            *("# Problem codes", "", MADE, "", intro, ""),
            *("## The export, or a value of it", "", *_codes(OTHER_CODES), ""),
            *(
                "## The body",
                "",
                "Found by `schemas/order.schema.json` and by the checks after it.",
                "",
                *_codes(CODES),
                "",
            ),
        ]
    )


def _codes(codes: dict[str, str]) -> Iterator[str]:
    yield from ("| code | what it means |", "|---|---|")
    for code, text in codes.items():
        yield f"| `{code}` | {_cell(text[0].lower() + text[1:])} |"


STATES = {
    State.PLANNED: "known not to be in the store, and to be sent",
    State.SENDING: "the intent is on disk, the answer is not: under way, or its process died",
    State.CREATED: "in the store, under an order id",
    State.REJECTED: "the store refused it; mend it, then run with `--retry rejected`",
    State.IN_DOUBT: "the answer was lost; a look-up decides, no earlier than the settle time after the send",
    State.CONFLICT: "the look-up found the number twice, or without our mark; a person decides",
    State.ARCHIVED: "undone; the next run sends it again",
    State.PARKED: "waits for a customer or a product that the snapshot lacks",
}


def states_reference() -> str:
    """The reference of the ledger's states."""
    intro = "Where an order stands in the ledger; `importer status` counts them. A ledger refuses every other move."
    lines = ["# Ledger states", "", MADE, "", intro, "", "| state | what it means | may become |", "|---|---|---|"]
    for state, meaning in STATES.items():
        after = ", ".join(sorted(f"`{one.value}`" for one in MOVES[state]))
        lines.append(f"| `{state.value}` | {meaning} | {after} |")
    return "\n".join([*lines, "", "Why: [exactly once](../explanation/exactly-once.md).", ""])


ROOT = FOLDER.parent.parent
BEGIN, END = "<!-- mappings: made by docs/generate.py -->", "<!-- end of mappings -->"


def readme() -> str:
    """README.md with its table of shipped mappings."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(mappings_table())}\n{END}{after}"


def mappings_table() -> Iterator[str]:
    """A row for each shipped mapping: its name, and the first line of its head, where to get the export."""
    yield from ("| mapping | where the export comes from |", "|---|---|")
    for path in sorted((ROOT / "mappings").glob("*.yml")):
        head = path.read_text(encoding="utf-8").splitlines()[1].removeprefix("#").strip()
        yield f"| [`{path.stem}`](mappings/{path.name}) | {_cell(head)} |"


REFERENCES = {
    "mapping.md": mapping_reference,
    "filters.md": filters_reference,
    "verbs.md": verbs_reference,
    "problems.md": problems_reference,
    "states.md": states_reference,
}
"""File in docs/reference -> what makes its text."""


def main() -> None:
    """Writes every reference, and the README's table."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in REFERENCES.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")
    (ROOT / "README.md").write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main()
