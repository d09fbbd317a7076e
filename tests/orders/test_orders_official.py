"""Our schema and bodies against BigCommerce's own document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orders_official
import pytest
from orders_bodies import BODIES, changed
from orders_official import OfficialDocument

from importer.orders import SCHEMA

SAMPLES = Path(__file__).parents[2] / "samples"


def golden_bodies() -> list[Any]:
    """The order of each line of each sample's expected.jsonl."""
    found = []
    for path in sorted(SAMPLES.glob("*/expected.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        found += [(f"{path.parent.name} {row['source_id']}", row["order"]) for row in rows if row.get("order")]
    return [pytest.param(order, id=name) for name, order in found]


@pytest.mark.parametrize("body", golden_bodies())
def test_samples_keep_the_official_document(body: dict[str, Any], official_document: OfficialDocument) -> None:
    """Every body that a sample is mapped to is one that BigCommerce's document takes."""
    assert official_document.complaints(body) == []


def test_valid_bodies_keep_the_official_document(any_body: dict[str, Any], official_document: OfficialDocument) -> None:
    """What our gate takes, the official document takes."""
    assert official_document.complaints(any_body) == []


@pytest.mark.parametrize(
    "changes", [{"billing_address": {}}, {"total_inc_tax": 134}, {"external_id": "1"}, {"staff_notes": None}]
)
def test_the_official_document_can_complain(changes: dict[str, Any], official_document: OfficialDocument) -> None:
    """The judge refuses what it should: its silence means something."""
    assert official_document.complaints(changed(BODIES["two lines"], changes))


def our_fields(schema: dict[str, Any], at: str = "") -> set[str]:
    """Every field of our schema, dotted: `products[].product_options[].id`."""
    found: set[str] = set()
    if "$ref" in schema:
        found |= our_fields(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], at)
    for name, field in schema.get("properties", {}).items():
        path = f"{at}.{name}".lstrip(".")
        found |= {path} | our_fields(field, path)
    if schema.get("title") == "product":
        found |= our_fields(schema["then"], at) | our_fields(schema["else"], at)
    return found | (our_fields(schema["items"], f"{at}[]") if "items" in schema else set())


def test_the_schema_has_no_field_of_its_own(official_document: OfficialDocument) -> None:
    """Each field of our schema, at its place, is one of the official document."""
    assert our_fields(SCHEMA) - official_document.writable_fields() == set()


def test_every_official_field_is_sent_or_left_out_for_a_reason(official_document: OfficialDocument) -> None:
    """A field of the official document is in our schema, or among those that are never sent."""
    missing = official_document.writable_fields() - our_fields(SCHEMA)
    left_out = {*SCHEMA["x-never-send"]["fields"], "external_id", "tax_provider_id"}
    assert missing == left_out
    assert {"external_id", "tax_provider_id"} <= set(SCHEMA["x-read-only"]["fields"])


def test_the_store_sets_the_fields_we_call_read_only(official_document: OfficialDocument) -> None:
    """Each read-only field is of answers only, or called read-only where it is described."""
    schemas = official_document.content["components"]["schemas"]
    shared, answers = schemas["order_Shared"]["properties"], schemas["order_RespOnly"]["properties"]
    for name in SCHEMA["x-read-only"]["fields"]:
        described = str(shared.get(name, "readOnly")).lower().replace("-", "").replace(" ", "")
        assert name in {*answers, *shared, "custom_status"}, name
        assert "readonly" in described, name


def test_without_the_document_ci_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In CI an absent document is a failure; elsewhere the tests are skipped and say why."""
    monkeypatch.setattr(orders_official, "DOCUMENT", tmp_path / "absent.yml")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="is absent"):
        orders_official.official_document_or_skip()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="not here"):
        orders_official.official_document_or_skip()
