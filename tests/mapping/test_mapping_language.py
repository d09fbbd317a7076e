"""The mapping language, claim by claim: what each form of a value becomes in the body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mapping_lab import (
    CSV_COLUMNS,
    body_of,
    csv_field,
    csv_text,
    json_field,
    json_text,
    loaded,
    map_json,
    map_rows,
    problem,
    write,
)

from importer.mapping import load_mapping
from importer.model import Substitution

# Constants, expressions and texts with expressions


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5", 5),
        ("0", 0),
        ("'5'", "5"),
        ("true", True),
        ("NO", "NO"),
        ("'01234'", "01234"),
        ("plain text", "plain text"),
    ],
)
def test_a_constant_keeps_its_type(tmp_path: Path, value: str, expected: object) -> None:
    """A number stays a number, a text a text."""
    found = csv_field(tmp_path, value)
    assert (found, type(found)) == (expected, type(expected))


def test_a_decimal_constant_is_money(tmp_path: Path) -> None:
    """V2's amounts are text of four places."""
    assert csv_field(tmp_path, "10.1") == "10.1000"


@pytest.mark.parametrize("value", ["''", "null", "~", ""])
def test_a_blank_constant_is_left_out(tmp_path: Path, value: str) -> None:
    """A field that states nothing is no field."""
    assert csv_field(tmp_path, value) is None


@pytest.mark.parametrize("data", [7, True, "text", 0, "0"])
def test_a_sole_expression_keeps_the_type_of_its_value(tmp_path: Path, data: object) -> None:
    """A scalar that is exactly one `{{ }}` is that value, not its text."""
    found = json_field(tmp_path, '"{{ order.x }}"', {"x": data})
    assert (found, type(found)) == (data, type(data))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"{{ 5 }}"', 5),
        ("\"{{ '5' }}\"", "5"),
        ("\"{{ order['A'] | int }}\"", 7),
        ("\"{{ order['A'] | money }}\"", "7.0000"),
        ("\"{{ order['A'] }}\"", "7"),
        ("\"{{ order['A'] == '7' }}\"", True),
        ("\"{{ order['A'] | money + 1 }}\"", "8.0000"),
    ],
)
def test_a_filter_gives_its_type(tmp_path: Path, value: str, expected: object) -> None:
    """Numbers stay numbers, money becomes V2's text, comparisons are true or false."""
    found = csv_field(tmp_path, value, {"A": "7"})
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("\"{{ order['A'] }} and {{ order['B'] }}\"", "7 and x"),
        ("\"no. {{ order['A'] | int }}\"", "no. 7"),
        ("\"{{ order['A'] | money }} EUR\"", "7 EUR"),
        ("\"[{{ order['C'] }}]\"", "[]"),
        ("\"{{ order['A'] }}{{ order['B'] }}\"", "7x"),
        ('"a{# a remark #}b"', "a{# a remark #}b"),
    ],
)
def test_a_text_with_expressions_is_text(tmp_path: Path, value: str, expected: str) -> None:
    """Anything around `{{ }}` makes a text of it; a blank is nothing in it."""
    assert csv_field(tmp_path, value, {"A": "7", "B": "x"}) == expected


@pytest.mark.parametrize(("length", "cut"), [(3, "abc"), (2, "a…"), (1, "…"), (0, None)])
def test_a_text_is_never_longer_than_it_is_shortened_to(tmp_path: Path, length: int, cut: str | None) -> None:
    """The ellipsis counts."""
    assert csv_field(tmp_path, f"\"{{{{ order['A'] | shorten({length}) }}}}\"", {"A": "abc"}) == cut


def test_a_blank_expression_is_left_out(tmp_path: Path) -> None:
    """An empty cell is no field of the body."""
    assert csv_field(tmp_path, "\"{{ order['A'] }}\"") is None


@pytest.mark.parametrize("data", [None, "", [], {}])
def test_nothing_in_json_is_blank(tmp_path: Path, data: object) -> None:
    """null, an empty text, and a key that is not there are blank alike; so is an empty list where it is tested."""
    assert json_field(tmp_path, "\"{{ order.x or 'none' }}\"", {"x": data}) == "none"
    assert json_field(tmp_path, "\"{{ 'yes' if order.x is blank else 'no' }}\"", {"x": data}) == "yes"
    assert json_field(tmp_path, "\"{{ order.y.z or 'none' }}\"") == "none"


def test_a_group_of_values_in_one_field_is_that_fields_problem(tmp_path: Path) -> None:
    """A JSON object where a text belongs is told, not printed."""
    mapping = loaded(tmp_path, json_text('  customer_message: "{{ order.x }}"'))
    found = problem(map_json(mapping, {"x": {"a": 1}}))
    assert (found.code, found.path) == ("type", "customer_message")
    assert "name the value inside" in found.message


def test_an_index_looks_into_a_list(tmp_path: Path) -> None:
    """`order.x[0]` is the first; an index beyond the list is blank."""
    assert json_field(tmp_path, '"{{ order.x[0] }}{{ order.x[-1] }}{{ order.x[9] }}"', {"x": ["a", "b"]}) == "ab"


@pytest.mark.parametrize("name", ["keys", "items", "get", "values", "update"])
def test_a_look_up_finds_data_only(tmp_path: Path, name: str) -> None:
    """A key that is named like a method is data where it is, blank where it is not."""
    assert json_field(tmp_path, f'"{{{{ order.x.{name} }}}}"', {"x": {name: "data"}}) == "data"
    assert json_field(tmp_path, f'"{{{{ order.x.{name} }}}}"', {"x": {}}) is None


def test_let_names_are_computed_in_their_order(tmp_path: Path) -> None:
    """A name may use those above it."""
    let = '\n  one: "{{ order[\'A\'] | int }}"\n  two: "{{ one + 1 }}"'
    assert csv_field(tmp_path, '"{{ two }}"', {"A": "7"}, let=let) == 8


def test_let_may_be_a_constant(tmp_path: Path) -> None:
    """A constant's type is kept through a name."""
    assert csv_field(tmp_path, '"{{ home }}"', let="{home: 5}") == 5


# Fallbacks


def fallback(folder: Path, value: str, order: dict[str, Any]) -> tuple[Any, tuple[Substitution, ...]]:
    text = json_text(
        f"  customer_message: {{value: {value}, otherwise: none given, as: no-message}}", tables="{status: {paid: 10}}"
    )
    mapped = map_json(loaded(folder, text), order)
    return body_of(mapped).get("customer_message"), mapped.substitutions


def test_a_fallback_is_recorded(tmp_path: Path) -> None:
    """Where the value is blank the second is taken, and a Substitution says so, with the mapping's place."""
    found, notes = fallback(tmp_path, "\"{{ order.x or '' | table('status') if 0 else order.x }}\"", {"x": ""})
    assert found == "none given"
    assert notes == (Substitution("no-message", "customer_message", "", "none given", f"{tmp_path / 'shop.yml'}:8:21"),)


@pytest.mark.parametrize("data", ["text", 0, False])
def test_a_value_that_is_there_needs_no_fallback(tmp_path: Path, data: object) -> None:
    """0 and false are values; nothing is recorded."""
    found, notes = fallback(tmp_path, "\"{{ order.s | table('status') if 0 else order.x }}\"", {"x": data})
    assert (found, notes) == (data, ())


def test_a_table_without_the_row_falls_back(tmp_path: Path) -> None:
    """Inside a fallback an unknown value is no problem: the second is taken, and recorded."""
    assert fallback(tmp_path, "\"{{ order.x | table('status') }}\"", {"x": "paid"}) == (10, ())
    found, notes = fallback(tmp_path, "\"{{ order.x | table('status') }}\"", {"x": "odd"})
    assert (found, [note.code for note in notes]) == ("none given", ["no-message"])


def test_a_fallback_that_is_blank_as_well_records_nothing(tmp_path: Path) -> None:
    """Nothing was put in the place of nothing."""
    text = json_text('  customer_message: {value: "{{ order.x }}", otherwise: "{{ order.y }}", as: other}')
    mapped = map_json(loaded(tmp_path, text))
    assert ("customer_message" in body_of(mapped), mapped.substitutions) == (False, ())


def test_fallbacks_nest(tmp_path: Path) -> None:
    """`otherwise` may be a fallback itself; the one that was taken is recorded."""
    inner = '{value: "{{ order.y }}", otherwise: last, as: the-last}'
    text = json_text(f'  customer_message: {{value: "{{{{ order.x }}}}", otherwise: {inner}, as: second}}')
    mapped = map_json(loaded(tmp_path, text))
    assert body_of(mapped)["customer_message"] == "last"
    assert {note.code for note in mapped.substitutions} == {"the-last", "second"}


# Tables


TABLES = """
  status:
    paid: {fulfilled: 10, partial: 3}
    refunded: 4"""


@pytest.mark.parametrize(
    ("payment", "fulfillment", "status"),
    [("paid", "fulfilled", 10), ("PAID", "Partial", 3), ("refunded", "anything", 4), ("refunded", "", 4)],
)
def test_tables_nest_and_a_bare_value_serves_all(tmp_path: Path, payment: str, fulfillment: str, status: int) -> None:
    """Keys follow one another, without regard to case; a bare value serves every further key."""
    text = json_text("  status_id: \"{{ [order.p, order.f] | table('status') }}\"", tables=TABLES)
    assert body_of(map_json(loaded(tmp_path, text), {"p": payment, "f": fulfillment}))["status_id"] == status


@pytest.mark.parametrize(("payment", "fulfillment"), [("odd", "fulfilled"), ("paid", "odd"), ("paid", ""), ("", "")])
def test_a_value_that_no_table_knows_is_undecided(tmp_path: Path, payment: str, fulfillment: str) -> None:
    """The problem names the table and the keys, for a person to decide."""
    text = json_text("  status_id: \"{{ [order.p, order.f] | table('status') }}\"", tables=TABLES)
    found = problem(map_json(loaded(tmp_path, text), {"p": payment, "f": fulfillment}))
    assert (found.code, found.path) == ("undecided", "status_id")
    assert found.undecided == ("status", payment, fulfillment)
    assert found.origin.endswith("shop.yml:11:14")


def test_a_table_may_be_a_csv_file(tmp_path: Path) -> None:
    """`file` names a CSV file beside the mapping; `key` and `value` its columns."""
    (tmp_path / "skus.csv").write_text("id,old,new\n1,A-1,17\n2,A-2,0018\n", encoding="utf-8")
    text = csv_text(
        "  customer_message: \"{{ order['A'] | table('skus') }}\"",
        tables="{skus: {file: skus.csv, key: old, value: new}}",
    )
    mapping = loaded(tmp_path, text)
    assert body_of(map_rows(mapping, {"A": "a-1"}))["customer_message"] == 17
    assert body_of(map_rows(mapping, {"A": "A-2"}))["customer_message"] == "0018"


def test_a_tables_value_keeps_its_type(tmp_path: Path) -> None:
    """A quoted number is text."""
    assert csv_field(tmp_path, "\"{{ 'a' | table('t') }}\"", tables="{t: {a: '5'}}") == "5"
    assert csv_field(tmp_path, "\"{{ 'a' | table('t') }}\"", tables="{t: {a: 5}}") == 5


# Lists


def test_each_goes_over_the_lines(tmp_path: Path) -> None:
    """One product for each row, with its own values and the order's."""
    products = "{each: line, name: \"{{ line['Item'] }} of {{ order['A'] }}\"}"
    mapping = loaded(tmp_path, csv_text(products=products))
    rows = ({"A": "x", "Total": "30.00"}, {"Item": "Tea", "Price": "20.00", "Quantity": "1"})
    names = [product["name"] for product in body_of(map_rows(mapping, *rows))["products"]]
    assert names == ["Mug of x", "Tea of x"]


def test_each_goes_over_a_named_list(tmp_path: Path) -> None:
    """`each: {name: list}` is a loop over any list of the data."""
    coupons = '\n    each: {parcel: "{{ order.parcels }}"}\n    city: "{{ parcel.city }}"'
    mapping = loaded(tmp_path, json_text(f"  shipping_addresses:{coupons}"))
    body = body_of(map_json(mapping, {"parcels": [{"city": "Ghent"}, {}, {"city": "Lyon"}]}))
    assert body["shipping_addresses"] == [{"city": "Ghent"}, {"city": "Lyon"}]
    assert "shipping_addresses" not in body_of(map_json(mapping, {"parcels": []}))


def test_when_passes_lines_over(tmp_path: Path) -> None:
    """A row for which `when` is not true is no product, and costs nothing."""
    products = "{each: line, when: \"{{ line['Item'] }}\", name: \"{{ line['Item'] }}\"}"
    mapping = loaded(tmp_path, csv_text(products=products))
    body = body_of(map_rows(mapping, {}, {"Item": "", "Price": "99.00", "Quantity": "1"}))
    assert [product["name"] for product in body["products"]] == ["Mug"]


def test_a_line_of_quantity_zero_is_no_product(tmp_path: Path) -> None:
    """What money leaves out is left out of the body as well, and noted."""
    mapped = map_rows(loaded(tmp_path, csv_text()), {}, {"Item": "Card", "Price": "0", "Quantity": "0"})
    assert [product["name"] for product in body_of(mapped)["products"]] == ["Mug"]
    assert "zero-quantity-line" in {note.code for note in mapped.substitutions}


def test_an_empty_item_of_a_list_is_dropped(tmp_path: Path) -> None:
    """A part that reads nothing is no address; a list without items is no field."""
    text = json_text(
        '  shipping_addresses:\n    - {part: address, side: "{{ order.shipping }}"}',
        parts='{address: {city: "{{ side.city }}", country_iso2: US}}',
    )
    mapping = loaded(tmp_path, text)
    assert "shipping_addresses" not in body_of(map_json(mapping))
    body = body_of(map_json(mapping, {"shipping": {"city": "Ghent"}}))
    assert body["shipping_addresses"] == [{"city": "Ghent", "country_iso2": "US"}]


def test_json_lines_are_the_path_that_the_mapping_names(tmp_path: Path) -> None:
    """`source.lines` may lead through several keys."""
    text = json_text(source="{format: json, order: number, lines: data.goods}")
    order = {"data": {"goods": [{"name": "Tea", "price": "10.00", "quantity": 1}]}}
    assert body_of(map_json(loaded(tmp_path, text), order))["products"][0]["name"] == "Tea"


def test_without_lines_the_order_itself_is_its_one_line(tmp_path: Path) -> None:
    """An export with a line an object needs no `lines`."""
    text = json_text(source="{format: json, order: number}")
    order = {"name": "Tea", "price": "10.00", "quantity": 1}
    assert body_of(map_json(loaded(tmp_path, text), order))["products"][0]["name"] == "Tea"


# Parts


PARTS = """
  address:
    city: "{{ order[side ~ ' City'] }}"
    company: "{{ note }}"
    country_iso2: US"""
COLUMNS = (*CSV_COLUMNS, "Billing City", "Shipping City")


def part_body(folder: Path, billing: str, **cells: str) -> tuple[Any, set[str]]:
    mapping = loaded(folder, csv_text(f"  billing_address: {billing}", parts=PARTS, let="{note: from the shop}"))
    mapped = map_rows(mapping, {f"{side} City": city for side, city in cells.items()}, columns=COLUMNS)
    return body_of(mapped)["billing_address"], {note.code for note in mapped.substitutions}


def test_a_part_takes_a_constant_and_names_columns_with_it(tmp_path: Path) -> None:
    """`side: Billing` makes the column 'Billing City'."""
    found, _ = part_body(tmp_path, "{part: address, side: Billing}", Billing="Ghent")
    assert found == {"city": "Ghent", "company": "from the shop", "country_iso2": "US"}


def test_a_key_that_the_part_does_not_read_is_a_further_field(tmp_path: Path) -> None:
    """A use of a part may add fields of its own."""
    found, _ = part_body(tmp_path, "{part: address, side: Billing, zip: '0123'}", Billing="Ghent")
    assert found["zip"] == "0123"


def test_an_empty_part_gives_way_and_the_use_is_recorded(tmp_path: Path) -> None:
    """Where all that reads the parameter is blank, `when_empty` takes over under its code."""
    billing = "{part: address, side: Billing, when_empty: {part: address, side: Shipping, as: billing-from-shipping}}"
    assert part_body(tmp_path, billing, Billing="Ghent", Shipping="Lyon")[0]["city"] == "Ghent"
    found, codes = part_body(tmp_path, billing, Shipping="Lyon")
    assert (found["city"], codes) == ("Lyon", {"billing-from-shipping"})


def test_when_empty_may_go_on(tmp_path: Path) -> None:
    """The last of the chain is what there is."""
    chain = (
        "{part: address, side: Billing, when_empty: {part: address, side: Shipping, as: billing-from-shipping,"
        " when_empty: {city: nowhere}}}"
    )
    assert part_body(tmp_path, chain)[0] == {"city": "nowhere"}


def test_a_part_takes_an_expression(tmp_path: Path) -> None:
    """`side: "{{ order.billing }}"` hands a group of the data over."""
    text = json_text(
        '  billing_address: {part: address, side: "{{ order.billing }}"}', parts='{address: {city: "{{ side.city }}"}}'
    )
    body = body_of(map_json(loaded(tmp_path, text), {"billing": {"city": "Ghent"}}))
    assert body["billing_address"] == {"city": "Ghent"}


# Templates


def template(folder: Path, content: str, order: dict[str, Any] | None = None) -> str | None:
    (folder / "notes.j2").write_text(content, encoding="utf-8")
    mapping = loaded(folder, json_text("  staff_notes: {template: notes.j2}"))
    return body_of(map_json(mapping, order)).get("staff_notes")


def test_a_template_has_conditions_and_loops(tmp_path: Path) -> None:
    """`if`, `elif`, `else` and `for` with a condition, line by line."""
    content = (
        "{% if order.a %}\nA {{ order.a }}\n{% elif order.b %}\nB {{ order.b }}\n{% else %}\nneither\n{% endif %}\n"
        "{% for c in order.cs if c.n %}\n- {{ c.n }}\n{% endfor %}\n"
    )
    coupons = [{"n": "x"}, {}, {"n": "y"}]
    assert template(tmp_path, content, {"a": "1", "cs": coupons}) == "A 1\n- x\n- y"
    assert template(tmp_path, content, {"b": "2"}) == "B 2"
    assert template(tmp_path, content) == "neither"


def test_a_template_that_says_nothing_is_no_field(tmp_path: Path) -> None:
    """Blank lines are nothing."""
    assert template(tmp_path, "\n{% if order.a %}\nA\n{% endif %}\n\n") is None


def test_a_template_never_has_two_blank_lines_in_a_row(tmp_path: Path) -> None:
    """What an `if` left out leaves no hole."""
    assert template(tmp_path, "a\n\n{% if order.a %}\nA\n{% endif %}\n\nb\n") == "a\n\nb"


def test_a_template_too_long_for_the_field_is_cut_and_recorded(tmp_path: Path) -> None:
    """staff_notes takes 65,535 characters; more is cut, and a Substitution says so."""
    (tmp_path / "notes.j2").write_text("{% for x in order.xs %}{{ x }}{% endfor %}", encoding="utf-8")
    mapping = loaded(tmp_path, json_text("  staff_notes: {template: notes.j2}"))
    mapped = map_json(mapping, {"xs": ["x" * 70_000]})
    assert len(body_of(mapped)["staff_notes"]) == 65_535
    assert [note.code for note in mapped.substitutions] == ["shortened"]


# Which orders


def test_a_skipped_order_has_its_reason(tmp_path: Path) -> None:
    """No body, no problem: left out as the mapping says."""
    text = csv_text(skip="[{when: \"{{ order['A'] == 'draft' }}\", because: never became an order}]")
    mapping = loaded(tmp_path, text)
    mapped = map_rows(mapping, {"A": "draft"})
    assert (mapped.skipped, mapped.body, mapped.problems) == ("never became an order", None, ())
    assert map_rows(mapping, {"A": "paid"}).skipped == ""


def test_a_skip_rule_may_use_a_name_of_let(tmp_path: Path) -> None:
    """What a rule reads comes before it; a later value, which an order that is left out cannot give, does not."""
    text = csv_text(
        '  customer_message: "{{ price }}"',
        let="{state: \"{{ order['A'] | lower }}\", price: \"{{ order['B'] | money }}\"}",
        skip="[{when: \"{{ state == 'draft' }}\", because: never became an order}]",
    )
    mapping = loaded(tmp_path, text)
    mapped = map_rows(mapping, {"A": "DRAFT", "B": "no amount"})
    assert (mapped.skipped, mapped.body, mapped.problems) == ("never became an order", None, ())
    assert map_rows(mapping, {"A": "PAID", "B": "1"}).body["customer_message"] == "1.0000"  # type: ignore[index]


def test_a_refused_order_is_a_problem_with_its_reason(tmp_path: Path) -> None:
    """`refuse` says what a person must mend in the export."""
    text = csv_text(refuse="[{when: \"{{ '/' in order['A'] }}\", because: resaved by a spreadsheet}]")
    found = problem(map_rows(loaded(tmp_path, text), {"A": "1/2/21"}))
    assert (found.code, found.message) == ("refused", "resaved by a spreadsheet")
    assert found.origin.endswith("shop.yml:6:10")


def test_an_order_without_the_row_of_its_totals_is_refused(tmp_path: Path) -> None:
    """Rows of an order whose first row is missing: told as such, not as a blank total."""
    rows = ({"Total": ""}, {"Item": "Tea", "Price": "1", "Quantity": "1"})
    assert problem(map_rows(loaded(tmp_path, csv_text()), *rows)).code == "headless"


def test_the_row_of_the_totals_is_order(tmp_path: Path) -> None:
    """`order` is the row that has the total, wherever it stands."""
    mapping = loaded(tmp_path, csv_text("  customer_message: \"{{ order['A'] }}\""))
    rows = (
        {"Total": "", "A": "no", "Price": "4.00"},
        {"Total": "10.00", "A": "yes", "Item": "T", "Price": "6", "Quantity": "1"},
    )
    assert body_of(map_rows(mapping, *rows))["customer_message"] == "yes"


# Money


def test_money_gives_the_bodys_fields(tmp_path: Path) -> None:
    """The author states facts; the pairs follow."""
    body = body_of(map_rows(loaded(tmp_path, csv_text())))
    assert (body["total_ex_tax"], body["total_inc_tax"], body["subtotal_ex_tax"]) == ("10.0000",) * 3


def test_a_money_field_in_the_body_overrides(tmp_path: Path) -> None:
    """What `body` states of money replaces what follows from the statement; the checks prove it all the same."""
    text = csv_text("  refunded_amount: \"{{ order['A'] | money }}\"\n  total_ex_tax: '9.0000'")
    body = body_of(map_rows(loaded(tmp_path, text), {"A": "3"}))
    assert (body["refunded_amount"], body["total_ex_tax"], body["total_inc_tax"]) == ("3.0000", "9.0000", "10.0000")


def test_the_currency_is_in_the_body_of_a_multi_currency_store_only(tmp_path: Path) -> None:
    """V2 takes default_currency_code only there; the order has its currency either way."""
    mapped = map_rows(loaded(tmp_path, csv_text()))
    assert (mapped.currency, "default_currency_code" in body_of(mapped)) == ("USD", False)
    multi = "{currency: EUR, multi_currency: true, lines: {unit: \"{{ line['Price'] }}\", quantity: 1}}"
    assert body_of(map_rows(loaded(tmp_path, csv_text(money=multi))))["default_currency_code"] == "EUR"


def test_the_engine_sets_who_the_order_is(tmp_path: Path) -> None:
    """M-MIG and the namespaced id are in every body; the order's number is the source's unless the mapping says."""
    body = body_of(map_rows(loaded(tmp_path, csv_text())))
    assert body["external_source"] == "M-MIG"
    assert body["external_merchant_id"] == "shop:1001"
    assert body["external_order_id"] == "1001"
    own = body_of(map_rows(loaded(tmp_path, csv_text("  external_order_id: \"W{{ order['Id'] }}\""))))
    assert own["external_order_id"] == "W1001"


def test_mapping_is_pure(tmp_path: Path) -> None:
    """The same order twice gives equal bodies that share nothing."""
    program = load_mapping(write(tmp_path, json_text()))
    one, other = body_of(map_json(program)), body_of(map_json(program))
    assert one == other
    one["products"][0]["name"] = "changed"
    assert other["products"][0]["name"] == "Mug"
