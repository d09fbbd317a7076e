"""Tables from a snapshot of the store: who is linked, and what becomes of those that the store does not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importer.crosswalk import growing_crosswalk
from importer.errors import MappingError
from importer.mapping import load_mapping
from importer.model import MappedOrder, SourceOrder, SourceRow

MAPPING = """\
mapping: shop
source: {{format: csv, order: id, dates: iso}}
money:
  currency: USD
  lines: {{unit: "{{{{ line.price }}}}", quantity: 1}}
  total: "{{{{ order.price }}}}"
tables:
  customers: {{snapshot: shop.snapshot, of: customers{customers}}}
  catalogue: {{snapshot: shop.snapshot, of: variants{variants}}}
body:
  date_created: "{{{{ '2020-01-01T00:00:00Z' | date }}}}"
  customer_id: "{{{{ order.email | table('customers') }}}}"
  billing_address: {{zip: "78751", email: "{{{{ order.email }}}}"}}
  products:
    each: line
    name: "{{{{ line.sku }}}} thing"
    sku: "{{{{ line.sku }}}}"
    product_id: "{{{{ (line.sku | table('catalogue')).product_id }}}}"
    variant_id: "{{{{ (line.sku | table('catalogue')).variant_id }}}}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a snapshot: Ada once, Bob twice; a cup, a shirt that asks for a print, two with one SKU."""
    with growing_crosswalk(tmp_path / "shop.snapshot", "host/stores/shop") as growing:
        growing.take_customers([(7, "ada@example.com"), (8, "bob@example.com"), (9, "Bob@example.com")], 1, True)
        growing.take_products([(1, "CUP", "Cup", False), (2, "SHIRT", "Shirt", True), (3, "", "Pot", False)], 1, True)
        growing.take_variants([(11, 1, "CUP"), (12, 2, "SHIRT-S"), (13, 3, "POT"), (14, 1, "pot")], 1, True)
    return tmp_path


def order(folder: Path, email: str = "", sku: str = "", customers: str = "", variants: str = "") -> MappedOrder:
    """One order of that e-mail with one line of that SKU, under policies."""
    path = folder / "shop.yml"
    path.write_text(MAPPING.format(customers=customers, variants=variants), encoding="utf-8")
    program = load_mapping(path).bind(["id", "email", "sku", "price"])
    return program.map(SourceOrder("1", (SourceRow("o.csv", 2, ["1", email, sku, "5.00"]),)))


def line(mapped: MappedOrder) -> dict[str, Any]:
    """The order's only line, without its money."""
    assert mapped.body is not None, mapped.problems
    return {key: value for key, value in mapped.body["products"][0].items() if "price" not in key and key != "quantity"}


def test_an_order_is_linked_with_its_customer_and_its_variants(folder: Path) -> None:
    """A known e-mail, in any case, gives the customer; a known SKU the product and variant, whose SKU is its own."""
    mapped = order(folder, " ADA@example.com", "cup")
    assert mapped.body is not None
    assert mapped.body["customer_id"] == 7
    assert line(mapped) == {"name": "cup thing", "product_id": 1, "variant_id": 11}
    assert mapped.substitutions == ()


def test_blanks_are_guests_and_custom_lines_without_a_word(folder: Path) -> None:
    """An order without e-mail has no customer to link, a line without SKU no product."""
    mapped = order(folder)
    assert mapped.body is not None
    assert (mapped.body["customer_id"], "product_id" in line(mapped), mapped.substitutions) == (0, False, ())


def test_an_unknown_customer_is_undecided_unless_the_mapping_says_more(folder: Path) -> None:
    """By default a person decides; nothing of the e-mail is in the message."""
    mapped = order(folder, "eve@example.com")
    assert [problem.code for problem in mapped.problems] == ["undecided"]
    assert "eve" not in str(mapped.problems)


def test_an_unknown_customer_may_become_a_guest_which_is_noted(folder: Path) -> None:
    """`unknown: guest` gives customer 0 and a substitution that does not tell the e-mail."""
    mapped = order(folder, "eve@example.com", customers=", unknown: guest")
    assert mapped.body is not None
    assert mapped.body["customer_id"] == 0
    assert [(one.code, one.path) for one in mapped.substitutions] == [("customer-unknown", "customer_id")]
    assert "eve" not in str(mapped.substitutions)


@pytest.mark.parametrize("field", ["customers", "variants"])
def test_an_order_may_be_parked(folder: Path, field: str) -> None:
    """`unknown: parked` makes the order wait: it has a problem of its own code, and no body."""
    mapped = order(folder, "eve@example.com", "NEW", customers=", unknown: guest", variants=", unknown: custom-line")
    assert mapped.problems == ()
    policies = {"customers": ", unknown: guest", "variants": ", unknown: custom-line", field: ", unknown: parked"}
    mapped = order(folder, "eve@example.com", "NEW", **policies)
    assert {problem.code for problem in mapped.problems} == {"parked"}


def test_an_unknown_product_may_become_a_custom_line_which_is_noted(folder: Path) -> None:
    """`unknown: custom-line` keeps the line's own name and SKU, and says so."""
    mapped = order(folder, "", "NEW", variants=", unknown: custom-line")
    assert line(mapped) == {"name": "NEW thing", "sku": "NEW"}
    assert {(one.code, one.from_) for one in mapped.substitutions} == {("product-unknown", "NEW")}


def test_a_product_with_required_options_becomes_a_custom_line(folder: Path) -> None:
    """The source cannot say what the product asks for, so the line stands on its own, noted."""
    mapped = order(folder, "", "SHIRT-S")
    assert line(mapped) == {"name": "SHIRT-S thing", "sku": "SHIRT-S"}
    assert {one.code for one in mapped.substitutions} == {"options-required"}


def test_several_hits_are_a_conflict(folder: Path) -> None:
    """Two customers of one e-mail, or two variants of one SKU, are for a person, whatever the policy."""
    both = order(folder, "bob@example.com", "POT", customers=", unknown: guest", variants=", unknown: custom-line")
    assert {problem.code for problem in both.problems} == {"several-hits"}
    assert "bob" not in str(both.problems)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("{snapshot: none.snapshot, of: customers}", "importer snapshot"),
        ("{snapshot: shop.yml, of: customers}", "cannot be used as a snapshot"),
        ("{snapshot: ../shop.snapshot, of: customers}", "beside the mapping"),
        ("{snapshot: shop.snapshot, of: customers, unknown: custom-line}", "undecided, guest, parked"),
    ],
)
def test_a_wrong_table_is_told_before_the_first_row(folder: Path, wrong: str, told: str) -> None:
    """What cannot be used as a snapshot is a finding of the mapping."""
    text = MAPPING.format(customers="", variants="")
    path = folder / "shop.yml"
    path.write_text(text.replace("{snapshot: shop.snapshot, of: customers}", wrong), encoding="utf-8")
    with pytest.raises(MappingError, match=told):
        load_mapping(path)
