"""The slow twin: every bad field of one order, each with its exact path, the mapping's place and the value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mapping_lab import body_of, csv_text, json_text, loaded, map_json, map_rows, problem

from importer.model import MappedOrder

DATES = "{format: csv, order: Id, dates: iso}"


def told(mapped: MappedOrder) -> list[tuple[str, str]]:
    assert mapped.body is None
    return [(one.code, one.path) for one in mapped.problems]


def test_every_bad_field_of_one_order_is_told(tmp_path: Path) -> None:
    """A date, a country, a status, a line's name and its price: five problems, one reading."""
    text = csv_text(
        "  date_created: \"{{ order['A'] | date }}\"\n"
        "  billing_address: {country_iso2: \"{{ order['B'] | country }}\"}\n"
        "  status_id: \"{{ order['C'] | table('status') }}\"",
        products="{each: line, name: \"{{ line['Item'] | phone }}\"}",
        source=DATES,
        tables="{status: {paid: 10}}",
    )
    rows = (
        {"A": "yesterday", "B": "Atlantis", "C": "odd"},
        {"Item": "9.23E+11", "Price": "1.00", "Quantity": "1"},
        {"Item": "Tea", "Price": "1,00", "Quantity": "1"},
    )
    assert told(map_rows(loaded(tmp_path, text), *rows)) == [
        ("date", "date_created"),
        ("country", "billing_address.country_iso2"),
        ("undecided", "status_id"),
        ("rounded", "products[1].name"),
        ("money", "products[2]"),
    ]


def test_a_problem_has_its_place_and_its_value(tmp_path: Path) -> None:
    """Where in the mapping, and the one value that could not be used."""
    text = csv_text("  date_created: \"{{ order['A'] | date }}\"", source=DATES)
    found = problem(map_rows(loaded(tmp_path, text), {"A": "yesterday"}))
    assert found.origin == f"{tmp_path}/shop.yml:7:17"
    assert "'yesterday'" in found.message


def test_a_line_in_a_json_order_has_its_index(tmp_path: Path) -> None:
    """Indices count the products of the body, so lines that `when` passes over have none."""
    text = json_text(products='{each: line, when: "{{ line.name != \'out\' }}", name: "{{ line.name | phone }}"}')
    line = {"price": "1.00", "quantity": 1}
    items = [{"name": "Mug", **line}, {"name": "out", **line}, {"name": "1E+11", **line}]
    assert told(map_json(loaded(tmp_path, text), {"items": items, "total": "2.00"})) == [
        ("rounded", "products[1].name")
    ]


def test_a_deep_field_has_its_whole_path(tmp_path: Path) -> None:
    """A group in a list: index and key."""
    text = json_text('  shipping_addresses:\n    - {city: x}\n    - {city: "{{ order.x | phone }}"}')
    assert told(map_json(loaded(tmp_path, text), {"x": "1E+9"})) == [("rounded", "shipping_addresses[1].city")]


def test_a_percent_sign_in_a_key_is_a_sign_like_any_other(tmp_path: Path) -> None:
    """Paths are put together, not formatted."""
    text = json_text(
        '  shipping_addresses:\n    - {part: address, side: "{{ order.a }}"}',
        parts='{address: {"100%": "{{ side.c | phone }}"}}',
    )
    mapped = map_json(loaded(tmp_path, text), {"a": {"c": "1E+9"}})
    assert told(mapped) == [("rounded", "shipping_addresses[0].100%")]


def test_a_field_of_a_part_has_the_path_of_its_use(tmp_path: Path) -> None:
    """The part is one, its uses are told apart."""
    text = json_text(
        '  billing_address: {part: address, side: "{{ order.a }}"}\n'
        '  shipping_addresses:\n    - {part: address, side: "{{ order.b }}"}',
        parts='{address: {country_iso2: "{{ side.c | country }}"}}',
    )
    mapped = map_json(loaded(tmp_path, text), {"a": {"c": "Nowhere"}, "b": {"c": "Elsewhere"}})
    assert told(mapped) == [
        ("country", "billing_address.country_iso2"),
        ("country", "shipping_addresses[0].country_iso2"),
    ]


def test_a_name_in_let_is_told_once(tmp_path: Path) -> None:
    """What reads it is not to blame: it sees a blank."""
    text = json_text(
        '  customer_message: "{{ sum_ }}"\n  payment_method: "{{ sum_ }}"', let='{sum_: "{{ order.x | money }}"}'
    )
    assert told(map_json(loaded(tmp_path, text), {"x": "1,0"})) == [("money", "let.sum_")]


def test_money_that_does_not_add_up_is_the_totals_problem(tmp_path: Path) -> None:
    """With the gap."""
    found = problem(map_rows(loaded(tmp_path, csv_text()), {"Total": "11.00"}))
    assert (found.code, found.path) == ("unbalanced", "total_inc_tax")
    assert "gap 1.00 USD" in found.message


def test_money_is_not_proved_where_a_line_is_lost(tmp_path: Path) -> None:
    """A price that cannot be read is one problem, not two."""
    assert told(map_rows(loaded(tmp_path, csv_text()), {"Price": "ten"})) == [("money", "products[0]")]


def test_each_figure_that_is_no_amount_is_told_at_its_own_line(tmp_path: Path) -> None:
    """Three bad figures of one order are three problems, and nothing is said of a sum that could not be made."""
    money = """
  currency: USD
  lines:
    unit: "{{ line['Price'] }}"
    quantity: "{{ line['Quantity'] }}"
  discount: "{{ order['A'] }}"
  total: "{{ order['Total'] }}\""""
    mapped = map_rows(loaded(tmp_path, csv_text(money=money)), {"Price": "ten", "A": "five", "Total": "all"})
    found = [(one.path, one.origin.rsplit(":", 2)[1], one.message.split()[0]) for one in mapped.problems]
    assert found == [("products[0]", "5", "'ten'"), ("money.discount", "7", "'five'"), ("total_inc_tax", "8", "'all'")]


def test_a_mistake_in_a_template_is_told_at_the_templates_line(tmp_path: Path) -> None:
    """Each expression that fails, by itself, in the .j2 file."""
    (tmp_path / "notes.j2").write_text("{{ order['A'] | money }}\n\nOn {{ order['B'] | date }}", encoding="utf-8")
    mapping = loaded(tmp_path, csv_text("  staff_notes: {template: notes.j2}"))
    mapped = map_rows(mapping, {"A": "five", "B": "noon"})
    assert [(one.path, one.origin) for one in mapped.problems] == [
        ("staff_notes", "notes.j2:1:1"),
        ("staff_notes", "notes.j2:3:4"),
    ]


def test_a_blank_total_is_told(tmp_path: Path) -> None:
    """Nothing can be proved against it."""
    assert told(map_rows(loaded(tmp_path, csv_text()), {"Total": ""})) == [("no-total", "total_inc_tax")]


def test_an_order_without_lines_is_told(tmp_path: Path) -> None:
    """V2 cannot create an order without lines."""
    assert told(map_json(loaded(tmp_path, json_text()), {"items": []})) == [("no-lines", "total_inc_tax")]


@pytest.mark.parametrize("items", [5, "text", None, {"name": "Mug"}, [None], [5], [[]], [["x"]]])
def test_data_of_another_shape_is_a_problem_never_an_error(tmp_path: Path, items: Any) -> None:
    """Whatever stands where the lines should: the order is told about, the run goes on."""
    mapped = map_json(loaded(tmp_path, json_text()), {"items": items})
    assert mapped.problems or body_of(mapped)["products"]


def test_a_value_of_another_type_is_told_as_such(tmp_path: Path) -> None:
    """A list that is compared with a number."""
    mapping = loaded(tmp_path, json_text('  order_is_digital: "{{ order.x > 5 }}"'))
    found = problem(map_json(mapping, {"x": [1]}))
    assert (found.code, found.path) == ("type", "order_is_digital")
    assert "does not fit the value" in found.message


def test_problems_found_while_reading_come_through(tmp_path: Path) -> None:
    """An order that could not be trusted when it was read is not mapped."""
    from importer.model import Problem, SourceOrder, SourceRow

    bad = Problem("row-width", "", "a row of 3 cells")
    source = SourceOrder("1001", (SourceRow("orders.csv", 2, ["1001"]),), (bad,))
    mapped = loaded(tmp_path, csv_text()).bind(("Id", "Item", "Price", "Quantity", "Total")).map(source)
    assert (mapped.body, mapped.problems) == (None, (bad,))


def test_the_twins_agree_on_a_good_order(tmp_path: Path) -> None:
    """What the fast twin maps, the slow one has no problem with: the same text of code, but for its traps."""
    mapping = loaded(tmp_path, csv_text("  customer_message: \"{{ order['A'] }}\""))
    program = mapping.bind(("Id", "Item", "Price", "Quantity", "Total", "A"))
    assert "trap(" not in program.code
    assert body_of(map_rows(mapping, {"A": "x"}))["customer_message"] == "x"
