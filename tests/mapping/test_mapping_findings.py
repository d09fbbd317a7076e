"""Mistakes of a mapping: each is told at its line and column, with what was probably meant, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from mapping_lab import CSV_COLUMNS, csv_text, finding, findings, json_text, loaded, write

from importer.errors import MappingError
from importer.mapping import load_mapping, read_mapping

EXPRESSIONS = {
    "unknown filter": ("order['A'] | mony", "unknown filter 'mony'; did you mean 'money'?"),
    "unknown name": ("ordr['A']", "unknown name 'ordr'; did you mean 'order'?"),
    "unknown test": ("order['A'] is blnk", "unknown test 'blnk'; did you mean 'blank'?"),
    "unknown table": ("order['A'] | table('state')", "unknown table 'state'; did you mean 'status'?"),
    "another language's filter": (
        "order['A'] | default('x')",
        "unknown filter 'default'; write `order['Note'] or 'none'`",
    ),
    "another language's test": ("order['A'] is defined", "unknown test 'defined'; write `is blank`"),
    "a line outside of its list": ("line['A']", "unknown name 'line'; `line` is known inside `each: line`"),
    "a table without quotes": ("order['A'] | table(status)", "a table is named in quotes: `| table('status')`"),
    "too few arguments": ("order['A'] | replace", "filter 'replace' takes 1 to 2 arguments, not 0"),
    "too many arguments": ("order['A'] | trim(1)", "filter 'trim' takes 0 arguments, not 1"),
    "one argument": ("order['A'] | shorten", "filter 'shorten' takes 1 argument, not 0"),
    "keyword arguments": ("order['A'] | shorten(length=5)", "filter 'shorten' takes its arguments by place"),
    "a slice": ("order['A'][:5]", "slices are not part of the language; use `shorten`, `before`, `after`"),
    "a call": ("order['A']()", "'call' is not part of the mapping language"),
    "a dict": ("{'a': 1}", "'dict' is not part of the mapping language"),
    "a power": ("2 ** 9", "'pow' is not part of the mapping language"),
    "a column that is computed": ("order[order['A']]", "a column's name must be known before the first row is read"),
    "cells of a value": ("order['A'] | cells('x')", "`cells` takes a CSV row and the beginning of column names"),
    "too deep": ("not " * 70 + "order['A']", "an expression of more than 60 levels"),
    "a name of Python's": ("order['A'].__class__", "'__class__' is a name of Python's, not of data"),
    "a row as a value": ("order | join", "a row of a CSV export is no value; name its column"),
    "a row in a list": ("[order, 1] | count", "a row of a CSV export is no value; name its column"),
    "a row in a text": ("'a' ~ order", "a row of a CSV export is no value; name its column"),
    "rows as a value": ("lines | keep('A') | count", "a row of a CSV export is no value; name its column"),
    "the first of the rows": ("(lines | first)['A']", "a row of a CSV export is no value; name its column"),
    "a row by its index": ("lines[0]['A']", "a row of a CSV export is no value; name its column"),
    "a row counted": ("order | count", "a row of a CSV export is no value; name its column"),
    "rows compared": ("lines == 'A'", "a row of a CSV export is no value; name its column"),
    "a sum with a text": ("order['A'] + 1", "a sum with a text; put the text through `| money` first"),
    "a text above a number": (
        "order['A'] > 1",
        "a text is compared with a number; put the text through `| money` first",
    ),
}


@pytest.mark.parametrize(("expression", "message"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_a_mistake_in_an_expression_is_told_at_its_place(tmp_path: Path, expression: str, message: str) -> None:
    """`line:column field: what is wrong; what was probably meant`."""
    text = csv_text(
        f"  customer_message: \"{{{{ {expression} }}}}\"\n  payment_method: \"{{{{ 'a' | table('status') }}}}\"",
        tables="{status: {a: paid}}",
    )
    found = finding(tmp_path, text)
    assert found.startswith(f"8:21 customer_message: {message}")


TYPES = {
    "a text for a number": (
        "customer_id: \"{{ order['A'] }}\"",
        "customer_id: this is text, and the field takes a whole",
    ),
    "a word for a number": (
        "status_id: ten",
        "status_id: 'ten' is text, and the field takes a whole number; write it so",
    ),
    "a number for a text": (
        "ip_address: 10",
        "ip_address: '10' is a whole number, and the field takes text; put it in qu",
    ),
    "a count for a text": ('customer_message: "{{ lines | count }}"', "customer_message: this is a whole number, and"),
    "a table's words for a number": ("status_id: \"{{ 'a' | table('t') }}\"", "status_id: this is text, and the field"),
    "a comparison for a text": (
        "customer_message: \"{{ order['A'] == 'b' }}\"",
        "customer_message: this is true or fa",
    ),
    "a text for a switch": (
        "order_is_digital: \"{{ order['A'] }}\"",
        "order_is_digital: this is text, and the field ta",
    ),
    "a list for a number": ("customer_id: [1]", "customer_id: this is a group of values, and the field takes a whole"),
    "a group for a text": ("payment_method: {name: cash}", "payment_method: this is a group of values, and the field"),
    "a status that is none": ("status_id: 15", "status_id: '15' is no value of this field (0 Incomplete, 1 Pending, "),
    "a country in small letters": (
        "billing_address: {country_iso2: us}",
        "billing_address.country_iso2: 'us' is no value of this field (ISO 3166-1 alpha-2, upper case",
    ),
    "a fallback of another type": (
        "staff_notes: {value: \"{{ order['A'] }}\", otherwise: 0, as: none}",
        "staff_notes: '0' is a whole number, and the field takes text; put it in quotes",
    ),
}


@pytest.mark.parametrize(("field", "message"), TYPES.values(), ids=TYPES)
def test_a_value_that_a_field_never_takes_is_told_before_the_first_row(
    tmp_path: Path, field: str, message: str
) -> None:
    """Else every order of the export would be refused for it."""
    used = "\n  payment_provider_id: \"{{ 'a' | table('t') }}\""
    assert f" {message}" in finding(tmp_path, csv_text(f"  {field}{used}", tables="{t: {a: b}}"))


def test_an_unbalanced_expression_is_told_at_its_place(tmp_path: Path) -> None:
    """Braces that do not close are a mistake of that field."""
    assert finding(tmp_path, csv_text("  customer_message: \"{{ order['A' }}\"")).startswith("7:21 customer_message: ")


def test_a_broken_expression_is_told_alone(tmp_path: Path) -> None:
    """What it mentions is not told to be unused as well: the one mistake is the one to mend."""
    let, tables = "{note: \"{{ order['A'] }}\"}", "{status: {a: paid}}"
    for broken in ("{{ note | table('status' }}", "{{ note | tabel('status') }}", "{{ note | table('statuses') }}"):
        assert "never used" not in finding(tmp_path, csv_text(f'  payment_method: "{broken}"', let=let, tables=tables))


def test_a_slip_in_a_tests_column_is_told(tmp_path: Path) -> None:
    """A row of `tests` whose column is nearly one that is read would be blank there; other columns are no matter."""
    tests = "[{it: maps, rows: [{Id: x, Itm: Mug, Price: '1', Quantity: '1', Total: '1', Colour: red}]}]"
    assert finding(tmp_path, csv_text(tests=tests)) == (
        "6:35 no field reads the test's column 'Itm'; did you mean 'Item'?"
    )
    slip = csv_text(products="{each: line, name: \"{{ line['Itm'] }}\"}", tests=tests.replace("Itm", "Item"))
    (told,) = read_mapping(write(tmp_path, slip)).compiled(CSV_COLUMNS).findings
    assert told.message.startswith("unknown column 'Itm'; did you mean 'Item'?")


def test_a_statement_belongs_into_a_template(tmp_path: Path) -> None:
    """`{% %}` in a field is told where it belongs."""
    found = finding(tmp_path, csv_text('  customer_message: "{% if 1 %}a{% endif %}"'))
    assert found == "7:21 customer_message: statements ({% %}) belong into a .j2 template"


def test_an_unknown_column_is_told_with_the_closest(tmp_path: Path) -> None:
    """With an export in hand, each column that it lacks, with all fields that read it."""
    text = csv_text("  customer_message: \"{{ order['Totl'] }}\"\n  payment_method: \"{{ order['Totl'] }}\"")
    found = finding(tmp_path, text, CSV_COLUMNS)
    assert found.startswith("7:21 unknown column 'Totl'; did you mean 'Total'?")
    assert "customer_message, payment_method" in found


@pytest.mark.parametrize("expression", ["lines | map('Totl') | join", "lines | sum('Totl')"])
def test_an_unknown_column_of_all_lines_is_told_as_well(tmp_path: Path, expression: str) -> None:
    """`map` and `sum` over the rows read columns like any other."""
    found = finding(tmp_path, csv_text(f'  customer_message: "{{{{ {expression} }}}}"'), CSV_COLUMNS)
    assert found.startswith("7:21 unknown column 'Totl'; did you mean 'Total'?")


def test_an_unknown_column_before_an_unknown_filter_is_told_as_well(tmp_path: Path) -> None:
    """Two mistakes in one expression are told at once."""
    path = write(tmp_path, csv_text("  customer_message: \"{{ order['Totl'] | mony }}\""))
    found = [str(one) for one in read_mapping(path).compiled(CSV_COLUMNS).findings]
    assert [any(name in one for one in found) for name in ("column 'Totl'", "filter 'mony'")] == [True, True]


def test_an_optional_column_may_be_absent(tmp_path: Path) -> None:
    """Declared optional, a column that the export lacks is blank."""
    text = csv_text(
        "  customer_message: \"{{ order['Note'] or 'none' }}\"", source="{format: csv, order: Id, optional: [Note]}"
    )
    assert loaded(tmp_path, text).bind(CSV_COLUMNS)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Sections, keys, filters, names, tables, columns: one look, in the file's order."""
    text = """\
source: {format: csv, order: Id, delimeter: ";"}
money:
  currency: USD
  lines: {unit: "{{ line['Price'] | mony }}", quantity: "{{ lin['Quantity'] }}"}
  totl: "{{ order['Total'] }}"
lett: {a: 1}
body:
  status_id: "{{ order['A'] | table('status') }}"
  customer_mesage: x
  products: {each: line, name: "{{ line['Itm'] }}"}
"""
    found = findings(tmp_path, text, None)
    places = [one.split(" ")[0] for one in found]
    assert places == sorted(places, key=lambda place: [int(part) for part in place.split(":")])
    told = "\n".join(found)
    for one in (
        "1:34 unknown key 'delimeter' in source; did you mean 'delimiter'?",
        "unknown filter 'mony'; did you mean 'money'?",
        "unknown name 'lin'; did you mean 'line'?",
        "5:3 unknown key 'totl' in money; did you mean 'total'?",
        "6:1 unknown section 'lett'; did you mean 'let'?",
        "unknown table 'status'",
        "9:3 unknown key 'customer_mesage' in body; did you mean 'customer_message'?",
    ):
        assert one in told


@pytest.mark.parametrize("section", ["source", "money", "body"])
def test_a_section_that_is_missing_is_told(tmp_path: Path, section: str) -> None:
    """What a mapping cannot do without."""
    lines = csv_text().split("\nbody:")
    text = {"source": csv_text().split("\n", 1)[1], "money": f"source: {{format: csv, order: Id}}\nbody:{lines[1]}"}
    found = findings(tmp_path, text.get(section, lines[0] + "\n"))
    assert any(f"'{section}'" in one for one in found)


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"tables": "{unused: {a: 1}}"}, "the table 'unused' is never used"),
        ({"let": "{unused: 1}"}, "the name in let 'unused' is never used"),
        ({"parts": "{unused: {city: x}}"}, "the part 'unused' is never used"),
    ],
)
def test_what_nothing_reads_is_a_mistake(tmp_path: Path, sections: dict[str, str], told: str) -> None:
    """Something else was meant."""
    assert finding(tmp_path, csv_text(**sections)).endswith(told)


def test_a_name_that_is_taken_is_told(tmp_path: Path) -> None:
    """`let: {order: ...}` would hide the order."""
    assert finding(tmp_path, csv_text(let="{order: 1}")).endswith("let.order: this name is taken")


def test_an_unknown_part_is_told_with_the_closest(tmp_path: Path) -> None:
    """Parts are names like any other."""
    text = csv_text("  billing_address: {part: adress}", parts="{address: {city: x}}")
    assert any(one.endswith("unknown part 'adress'; did you mean 'address'?") for one in findings(tmp_path, text))


@pytest.mark.parametrize("parts", ["{p: {a: {part: p}}}", "{p: {a: {part: q}}, q: {b: {part: p}}}"])
def test_a_part_that_uses_itself_is_told(tmp_path: Path, parts: str) -> None:
    """At the use that closes the circle, by name."""
    found = finding(tmp_path, csv_text("  billing_address: {part: p}", parts=parts))
    assert found.startswith("6:")
    assert found.endswith("the part 'p' uses itself")


@pytest.mark.parametrize("field", ["external_source", "external_merchant_id", "default_currency_code"])
def test_the_engines_fields_cannot_be_mapped(tmp_path: Path, field: str) -> None:
    """M-MIG, the namespaced id and the currency are invariants, not options of a mapping."""
    found = finding(tmp_path, csv_text(f"  {field}: x"))
    assert found.startswith(f"7:3 body.{field} ")


def test_a_mode_that_is_none_is_told(tmp_path: Path) -> None:
    """`tax_mode: exclusiv` is one letter short; the message lists the modes."""
    money = '{currency: USD, lines: {unit: "1", quantity: 1}, tax_mode: exclusiv}'
    found = finding(tmp_path, csv_text(money=money))
    assert found.startswith("2:67 money.tax_mode: is by-arithmetic, exclusive, inclusive or none")


def test_a_time_zone_that_is_none_is_told(tmp_path: Path) -> None:
    """A zone is an IANA name."""
    found = finding(tmp_path, csv_text(source="{format: csv, order: Id, dates: {format: iso, zone: Europe/Berln}}"))
    assert "source.dates.zone: 'Europe/Berln' is not an IANA time zone" in found


@pytest.mark.parametrize(
    "encoding", ["zlib", "bz2", "rot13", "hex", "idna", "undefined", "unicode_escape", "utf8-sig-x"]
)
def test_what_is_no_encoding_of_text_is_told(tmp_path: Path, encoding: str) -> None:
    """Python has codecs that unpack or translate; an export is read by none of them."""
    found = finding(tmp_path, csv_text(source=f"{{format: csv, order: Id, encoding: {encoding}}}"))
    assert found.startswith(f"1:44 source.encoding: there is no encoding '{encoding}' of text")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le", "[utf-8-sig, latin-1]", "shift_jis", "utf-7"])
def test_encodings_of_text_are_taken(tmp_path: Path, encoding: str) -> None:
    """Those that shops write."""
    assert loaded(tmp_path, csv_text(source=f"{{format: csv, order: Id, encoding: {encoding}}}"))


@pytest.mark.parametrize("delimiter", ["ab", '"\\n"', "'\"'", '"\\0"'])
def test_what_cannot_delimit_is_told(tmp_path: Path, delimiter: str) -> None:
    """One character, neither a quote nor the end of a line."""
    found = finding(tmp_path, csv_text(source=f"{{format: csv, order: Id, delimiter: {delimiter}}}"))
    assert found == "1:45 source.delimiter: one character that separates cells"


@pytest.mark.parametrize("budget", ["{code: 5}", "{code: half}", "{code: '%'}"])
def test_a_budget_is_a_share(tmp_path: Path, budget: str) -> None:
    """0.5%, not 5 and not a word."""
    assert finding(tmp_path, csv_text(budget=budget)).startswith("6:")


def test_a_budget_of_a_code_that_nothing_records_is_told(tmp_path: Path) -> None:
    """It would never hold anything back; the engine's own codes are known."""
    body = "  payment_method: {value: \"{{ order['A'] }}\", otherwise: cash, as: paid-in-cash}"
    budget = "{tax-allocated: 1%, paid-in-cash: 1%, paid-cash: 1%}"
    found = finding(tmp_path, csv_text(body, budget=budget))
    assert found == "6:47 budget: nothing records 'paid-cash'; did you mean 'paid-in-cash'?"


def test_an_overlay_may_replace_what_a_budget_below_counts(tmp_path: Path) -> None:
    """Its own budgets are held to what is recorded, those of the mapping below are not."""
    body = "  payment_method: {value: \"{{ order['A'] }}\", otherwise: cash, as: paid-in-cash}"
    (tmp_path / "below.yml").write_text(csv_text(body, budget="{paid-in-cash: 1%}"))
    overlay = tmp_path / "shop.yml"
    overlay.write_text("extends: below.yml\nbody: {payment_method: Card}\n")
    assert load_mapping(str(overlay)).spec.budget
    overlay.write_text("extends: below.yml\nbody: {payment_method: Card}\nbudget: {paid: 1%}\n")
    with pytest.raises(MappingError, match=r"3:10 budget: nothing records 'paid'"):
        load_mapping(str(overlay))


def test_a_template_that_is_missing_is_told(tmp_path: Path) -> None:
    """At the mapping's place."""
    found = finding(tmp_path, csv_text("  staff_notes: {template: nothing.j2}"))
    assert found == "7:27 staff_notes: 'nothing.j2' must be a template (.j2) beside the mapping"


def test_a_mistake_in_a_template_is_told_at_the_templates_line(tmp_path: Path) -> None:
    """Not at the mapping's line that names the template."""
    (tmp_path / "notes.j2").write_text(
        "one\ntwo {{ order['A'] | mony }}\n{% for a in b %}\n{% endfor %}\n", encoding="utf-8"
    )
    found = findings(tmp_path, csv_text("  staff_notes: {template: notes.j2}"))
    assert found[0] == "notes.j2:2:5 staff_notes: unknown filter 'mony'; did you mean 'money'?"
    assert found[1] == "notes.j2:3:1 staff_notes: unknown name 'b'"


def test_a_tables_file_that_lacks_a_column_is_told(tmp_path: Path) -> None:
    """With the columns that there are."""
    (tmp_path / "skus.csv").write_text("old,new\na,1\n", encoding="utf-8")
    text = csv_text(
        "  customer_message: \"{{ order['A'] | table('skus') }}\"", tables="{skus: {file: skus.csv, key: odl}}"
    )
    assert finding(tmp_path, text) == "6:38 the table's file has no column 'odl'; it has old, new"


def test_an_unknown_mapping_is_told_with_the_closest(tmp_path: Path) -> None:
    """A shipped mapping is known by its name."""
    with pytest.raises(MappingError, match=r"did you mean 'shopify-csv'\?"):
        load_mapping("shopify-cvs")
    with pytest.raises(MappingError, match=r"cannot be read: No such file"):
        load_mapping(tmp_path / "mine.yml")


def test_a_mapping_that_is_a_list_is_told(tmp_path: Path) -> None:
    """A mapping is a group of sections."""
    with pytest.raises(MappingError, match=r":1:1 "):
        load_mapping(write(tmp_path, "- a\n- b\n"))


# Overlays


def overlay(folder: Path, text: str, below: str = "") -> Path:
    write(folder, below or csv_text("  customer_message: below\n  payment_method: cash"), "platform.yml")
    return write(folder, f"extends: platform\n{text}", "shop.yml")


def test_an_overlay_changes_what_it_states_and_keeps_the_rest(tmp_path: Path) -> None:
    """Groups merge, however deep; scalars replace."""
    spec = load_mapping(overlay(tmp_path, "body: {customer_message: above}\n")).spec
    assert spec.body.value["customer_message"].value == "above"
    assert spec.body.value["payment_method"].value == "cash"


def test_an_overlays_list_replaces(tmp_path: Path) -> None:
    """Two lists are never mixed."""
    below = csv_text(source="{format: csv, order: Id, optional: [One, Two]}")
    spec = load_mapping(overlay(tmp_path, "source: {optional: [Three]}\n", below)).spec
    assert spec.optional == {"Three"}
    assert spec.source.order == "Id"


def test_an_overlay_adds_rows_to_a_table(tmp_path: Path) -> None:
    """A store's own status words join the platform's."""
    below = csv_text("  status_id: \"{{ order['A'] | table('status') }}\"", tables="{status: {paid: 10, odd: 1}}")
    spec = load_mapping(overlay(tmp_path, "tables: {status: {odd: 7, custom: 11}}\n", below)).spec
    assert spec.tables["status"] == {"paid": 10, "odd": 7, "custom": 11}


def test_a_mistake_in_an_overlay_is_told_in_the_overlay(tmp_path: Path) -> None:
    """The file that holds the mistake is the one that is named."""
    with pytest.raises(MappingError) as caught:
        load_mapping(overlay(tmp_path, 'body: {customer_message: "{{ ordr }}"}\n'))
    assert str(caught.value).startswith(f"{tmp_path}/shop.yml:2:26 ")


def test_a_mistake_below_is_told_below(tmp_path: Path) -> None:
    """Also when the overlay is the one that was asked for."""
    with pytest.raises(MappingError) as caught:
        load_mapping(overlay(tmp_path, "body: {payment_method: x}\n", csv_text('  customer_message: "{{ ordr }}"')))
    assert str(caught.value).startswith(f"{tmp_path}/platform.yml:7:21 ")


def test_a_platform_that_is_not_there_is_told_with_the_closest(tmp_path: Path) -> None:
    """`extends` takes a file beside the overlay, or a shipped name."""
    path = write(tmp_path, "extends: shopify-cvs\n")
    with pytest.raises(MappingError, match=r"shop.yml:1:10 .*'shopify-cvs'.*did you mean 'shopify-csv'\?"):
        load_mapping(path)


def test_a_shipped_mapping_is_extended_by_name(tmp_path: Path) -> None:
    """A store's overlay over a platform, as the README shows it."""
    spec = load_mapping(write(tmp_path, "extends: shopify-csv\nmapping: my-shop\nlet: {home: DE}\n")).spec
    assert (spec.name, spec.let.value["home"].value) == ("my-shop", "DE")


def test_overlays_do_not_go_in_circles(tmp_path: Path) -> None:
    """Two mappings that extend one another are refused."""
    write(tmp_path, "extends: one\n", "two.yml")
    with pytest.raises(MappingError, match=r"two.yml:1:10 `extends` goes in a circle"):
        load_mapping(write(tmp_path, "extends: two\n", "one.yml"))


def test_overlays_go_over_five_files_at_most(tmp_path: Path) -> None:
    """A chain of seven is refused where it becomes too long."""
    for number in range(7):
        write(tmp_path, f"extends: m{number + 1}\n", f"m{number}.yml")
    with pytest.raises(MappingError, match=r"m5.yml:1:10 .* over 5 files"):
        load_mapping(tmp_path / "m0.yml")


def test_json_paths_are_not_columns(tmp_path: Path) -> None:
    """A key that a JSON export may have is not known before it is read: no mistake."""
    assert loaded(tmp_path, json_text('  customer_message: "{{ order.anything.at.all }}"')).bind(None)
