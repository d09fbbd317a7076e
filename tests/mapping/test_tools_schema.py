"""The mapping's schema: complete, and the one truth about the shape of a mapping."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tools_language import EVERY_KEY

from importer.mapping import load_mapping, shape
from importer.mapping.compiler import compile_mapping
from importer.mapping.spec import Spec, spec_of
from importer.mapping.yaml_file import Node, parse_yaml

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "schemas" / "mapping.schema.json").read_text(encoding="utf-8"))
ORDER = json.loads((ROOT / "schemas" / "order.schema.json").read_text(encoding="utf-8"))
MAPPINGS = sorted((ROOT / "mappings").glob("*.yml"))
FORMS = {"part", "template", "each", "otherwise"}
CONDITIONS = ("if", "then", "else")


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema."""
    if isinstance(schema, dict):
        yield schema
        for keyword, inner in schema.items():
            if keyword in ("properties", "patternProperties", "$defs"):
                for one in inner.values():
                    yield from parts_of(one)
            elif keyword in (*CONDITIONS, "items", "additionalProperties"):
                yield from parts_of(inner)


def test_schema_is_a_schema() -> None:
    """The file is a valid schema of draft 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_described() -> None:
    """Each key of the language has a title, a description and examples, for editors and for the reference."""
    lacking = [
        name
        for part in parts_of(SCHEMA)
        for name, key in part.get("properties", {}).items()
        if not (key.get("title") and key.get("description") and key.get("examples"))
    ]
    assert lacking == []


def test_every_rule_has_a_sentence() -> None:
    """Each keyword of the schema that can be broken has its sentence for the reader."""
    silent = {"title", "description", "examples", "default", "properties", "patternProperties", "items", "$ref"}
    silent |= {*CONDITIONS, "$defs", "$schema", "$id", "$comment", "x-because", "x-engine", "propertyNames"}
    broken = {keyword for part in parts_of(SCHEMA) for keyword in part} - silent
    assert broken <= set(shape._RULES)


def test_body_has_the_fields_of_an_order() -> None:
    """`body` takes the fields that the order's schema has, and not those that the engine sets."""
    fields, engine = set(SCHEMA["$defs"]["body"]["properties"]), set(SCHEMA["$defs"]["body"]["x-engine"])
    assert fields == set(ORDER["properties"]) - engine
    assert not fields & engine
    for name, target in (("billing_fields", "billing_address"), ("shipping_fields", "shipping_address")):
        assert set(SCHEMA["$defs"][name]["properties"]) == set(ORDER["$defs"][target]["properties"])
    products = {*ORDER["$defs"]["custom_product"]["properties"], *ORDER["$defs"]["catalogue_product"]["properties"]}
    assert set(SCHEMA["$defs"]["products"]["properties"]) - {"each", "when"} == products


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_shipped_mapping_keeps_the_schema(path: Path) -> None:
    """Every shipped mapping is valid, and its first line tells an editor where the schema is."""
    assert load_mapping(path).findings == []
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../schemas/mapping.schema.json")


class Looked(dict[str, Any]):
    """A group of keys that remembers what the code asked it for."""

    def __init__(self, pairs: dict[str, Any]) -> None:
        super().__init__(pairs)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


def watched(node: Node, path: tuple[str, ...], groups: dict[tuple[str, ...], Looked]) -> Node:
    """The tree with every group of keys watched; `groups` gets each by its path."""
    if isinstance(node.value, dict):
        groups[path] = Looked({key: watched(child, (*path, key), groups) for key, child in node.value.items()})
        return Node(groups[path], node.origin, node.keys)
    if isinstance(node.value, list):
        return Node([watched(child, (*path, "[]"), groups) for child in node.value], node.origin)
    return node


def resolved(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas that may hold for one value: references and both sides of conditions followed."""
    yield schema
    if "$ref" in schema:
        yield from resolved(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    for side in ("then", "else"):
        if side in schema:
            yield from resolved(schema[side])


def schemas_at(path: tuple[str, ...]) -> list[dict[str, Any]]:
    """The schemas that may hold at a path of keys."""
    found = list(resolved(SCHEMA))
    for key in path:
        inner = [step for schema in found for step in steps(schema, key)]
        found = [one for schema in inner for one in resolved(schema)]
    return found


def steps(schema: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    if key == "[]":
        yield from (schema["items"],) if "items" in schema else ()
    elif key in schema.get("properties", {}):
        yield schema["properties"][key]
    else:
        yield from schema.get("patternProperties", {}).values()
        if isinstance(schema.get("additionalProperties"), dict):
            yield schema["additionalProperties"]


def tree() -> Node:
    return parse_yaml(EVERY_KEY, "every.yml")


def spec_from(root: Node) -> Spec:
    return spec_of(root, Path("every.yml"), {"every.yml": Path("every.yml")})


def test_the_language_knows_no_key_beside_the_schema() -> None:
    """Whatever key the code asks a group for, the schema has it there."""
    groups: dict[tuple[str, ...], Looked] = {}
    compiled = compile_mapping(spec_from(watched(tree(), (), groups)), None)
    assert compiled.findings == []
    for path, group in groups.items():
        known = {name for schema in schemas_at(path) for name in schema.get("properties", {})}
        closed = any(schema.get("additionalProperties") is False for schema in schemas_at(path))
        assert not closed or group.asked - known - FORMS - {"file"} - set(group) == set(), path


def keys_of(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all keys in a tree."""
    if isinstance(node.value, dict | list):
        for key, child in node.value.items() if isinstance(node.value, dict) else enumerate(node.value):
            yield (*path, key)
            yield from keys_of(child, (*path, key))


def without(node: Node, path: tuple[Any, ...]) -> Node:
    key, *rest = path
    items = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
    kept = {one: without(child, tuple(rest)) if one == key else child for one, child in items if one != key or rest}
    value = kept if isinstance(node.value, dict) else list(kept.values())
    return Node(value, node.origin, {one: place for one, place in node.keys.items() if one in kept})


def effect(root: Node) -> tuple[Any, ...]:
    """All that a mapping does."""
    spec = spec_from(root)
    plain = (spec.name, spec.title, spec.source, spec.lines, spec.optional, spec.date_formats, spec.zone)
    findings = [finding for finding in spec.findings if "lacks" in finding.message]
    return (*plain, spec.tables, spec.budget, spec.ignore, findings, compile_mapping(spec, None).code)


def test_every_key_does_something() -> None:
    """Each key of the mapping that uses all of them changes what the mapping does: the schema has none for show."""
    whole = effect(tree())
    idle = [path for path in keys_of(tree()) if effect(without(tree(), path)) == whole]
    assert idle == []


def test_the_example_uses_every_key() -> None:
    """No key of the schema is left out of the mapping that the two tests before this one judge by."""
    used = {key for path in keys_of(tree()) for key in path if isinstance(key, str)}
    fields = {"body", "billing_fields", "shipping_fields", "shipping_addresses", "products"}
    known = {
        name
        for title, definition in [("", {**SCHEMA, "$defs": {}}), *SCHEMA["$defs"].items()]
        if title not in fields
        for part in parts_of(definition)
        for name in part.get("properties", {})
    }
    elsewhere = {"extends", "template", "file", "key", "value", "tests", "snapshot", "of", "unknown"} | set(
        SCHEMA["$defs"]["test"]["properties"]
    )  # read from files, or by `importer test`: each has tests of its own
    assert known - used - elsewhere == set()


@pytest.mark.parametrize("wrong", ["text", [Node(1, "every.yml:9:9")], {}, None])
def test_no_broken_shape_ends_in_a_crash(wrong: Any) -> None:
    """Any value of any key may be missing, or of a wrong kind: the rest of the mapping is checked all the same."""
    for path in keys_of(tree()):
        root = tree() if wrong is not None else without(tree(), path)
        if wrong is not None:
            place = root
            for key in path[:-1]:
                place = place.value[key]
            place.value[path[-1]] = Node(wrong, "every.yml:9:9")
        compile_mapping(spec_from(root), None)


BROKEN = {
    "key": (
        "  tax_mode: exclusive",
        "  taxmode: exclusive",
        "unknown key 'taxmode' in money; did you mean 'tax_mode'?",
    ),
    "section": ("budget:", "bugdet:", "unknown section 'bugdet'; did you mean 'budget'?"),
    "field": ("  external_order_id:", "  external_id:", "unknown key 'external_id' in body"),
    "address": (', city: "{{ p', ', cty: "{{ p', "unknown key 'cty' in shipping addresses; did you mean 'city'?"),
    "engine": ("  status_id:", "  external_source: M\n  status_id:", "body.external_source is M-MIG in every order"),
    "list": ("  currency: EUR", "  currency: [EUR]", "money.currency is a list; it takes text or a number or true"),
    "choice": ("trust-total", "trust-totals", "'trust-totals' is none of reject, trust-total; did you mean"),
    "missing": (", because: a draft", "", "rule lacks 'because': The reason, as the report shows it"),
    "share": ("1%", "0.01", "budget.town-guessed is 0.01; it takes text"),
    "percent": ("1%", "1 %", "budget.town-guessed: '1 %' is not a share of the orders; write 0.5%"),
    "fallback": (", as: town-guessed", "", "fallback lacks 'as': The code under which each use is recorded"),
    "each": ("each: line", "each: lines", "body.products.each: 'lines' is not each; write line or"),
    "name": ("  town: {", "  to-wn: {", "unknown key 'to-wn' in let: a name in `let` is made of letters, digits and _"),
    "quoting": ("quoting: false", "quoting: nein", "source.quoting is the text 'nein'; it takes true or false"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_breach_is_told_at_its_line(case: str, tmp_path: Path) -> None:
    """A breach of the shape is one finding at its own line, with what to do."""
    old, new, message = BROKEN[case]
    assert EVERY_KEY.count(old) == 1
    text = EVERY_KEY.replace(old, new)
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    found = spec_of(parse_yaml(text, str(path)), path, {str(path): path}).findings
    assert len(found) == 1, found
    assert message in found[0].message
    before = text[: next(place for place, letter in enumerate(EVERY_KEY) if text[place : place + 1] != letter)]
    assert found[0].origin.startswith(f"{path}:{before.count(chr(10)) + 1}:")


def test_all_breaches_are_told_at_once(tmp_path: Path) -> None:
    """Several breaches, and mistakes in expressions beside them, come in one list, in the file's order."""
    text = EVERY_KEY.replace("taxable: ", "taxible: ").replace("order.town }}", "ordr.town }}").replace("1%", "many")
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match="taxible") as caught:
        load_mapping(path)
    findings = caught.value.findings  # type: ignore[attr-defined]
    assert [finding.message.partition("'")[0] for finding in findings] == [
        "unknown key ",
        "let.town: unknown name ",
        "budget.town-guessed: ",
    ]


def test_good_mapping_loads_without_jsonschema() -> None:
    """The slow validator is imported for mappings that are broken, never for good ones."""
    code = "import sys, importer.mapping as m; m.load_mapping('shopify-csv'); assert 'jsonschema' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
