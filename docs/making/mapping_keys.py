"""The reference of the mapping language, from schemas/mapping.schema.json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from importer.mapping.rewrite import flow
from importer.schema import load_schema
from making.table import MADE, cell

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
    "tables": (("linked_table", "A table of a snapshot"),),
    "after": (
        ("shipments", "after.shipments"),
        ("parcel_items", "after.shipments.items"),
        ("metafields", "after.metafields"),
    ),
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
        yield f"| `{name}`{mark} | {cell(key['description'])} | {_examples(key)} |"


def _examples(key: dict[str, Any]) -> str:
    return ", ".join(f"`{cell(flow(example))}`" for example in key["examples"])


def _resolved(schema: dict[str, Any], part: Any) -> dict[str, Any]:
    if isinstance(part, dict) and "$ref" in part:
        target: dict[str, Any] = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
        return target
    return part if isinstance(part, dict) else {}
