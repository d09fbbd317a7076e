"""Writes the references that follow from the code: `python docs/generate.py`. A test holds them to what is written.

reference/mapping.md comes from schemas/mapping.schema.json, reference/filters.md from the filters' docstrings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from importer.mapping.filter_list import Listed, listed_filters, listed_tests
from importer.mapping.rewrite import flow
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


REFERENCES = {"mapping.md": mapping_reference, "filters.md": filters_reference}
"""File in docs/reference -> what makes its text."""


def main() -> None:
    """Writes every reference."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in REFERENCES.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
