"""Strict YAML: YAML 1.2 scalars, and every refusal at file:line:column."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping.yaml_file import MAX_BYTES, MAX_DEPTH, MAX_NODES, parse_yaml, read_yaml


def plain(text: str | bytes) -> Any:
    return parse_yaml(text, "m.yml").plain()


def refusal(text: str | bytes) -> str:
    with pytest.raises(MappingError) as caught:
        parse_yaml(text, "m.yml")
    assert len(caught.value.findings) == 1
    return str(caught.value)


@pytest.mark.parametrize("text", ["NO", "no", "yes", "on", "Off", "y", "Norway", "n"])
def test_words_of_yaml_1_1_stay_text(text: str) -> None:
    """NO is Norway, not False."""
    assert plain(f"v: {text}") == {"v": text}


@pytest.mark.parametrize(
    "text", ["01234", "0x1F", "0o17", "1e5", "1E10", "12_000", "12:30", "+5", ".5", "5.", ".inf", ".nan", "2021-04-08"]
)
def test_what_yaml_1_1_would_turn_into_another_number_stays_text(text: str) -> None:
    """Leading zeros, exponents, underscores, sexagesimals and dates come out as they went in."""
    assert plain(f"v: {text}") == {"v": text}


@pytest.mark.parametrize("text", ["12345678901234567890", "0.1234567890123456789"])
def test_a_number_too_long_for_a_number_stays_text(text: str) -> None:
    """An id of 20 digits is text."""
    assert plain(f"v: {text}") == {"v": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0", 0),
        ("10.10", Decimal("10.10")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_the_core_scalars_have_their_type(text: str, value: object) -> None:
    """Whole numbers, exact decimals, booleans and null are YAML 1.2's."""
    found = plain(f"v: {text}")["v"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("quoted", ['"5"', "'5'", '"true"', "'null'", '""', "|\n  5", ">\n  10.10"])
def test_what_is_quoted_is_text(quoted: str) -> None:
    """Quotes and blocks make text of anything."""
    assert isinstance(plain(f"v: {quoted}")["v"], str)


def test_every_node_knows_its_place() -> None:
    """Values, list items and keys have file:line:column, from 1."""
    root = parse_yaml("a: 1\nb:\n  - x\n  -  {c: y}\n", "m.yml")
    listed = root.value["b"].value
    assert [root.value["a"].origin, listed[0].origin, listed[1].value["c"].origin] == [
        "m.yml:1:4",
        "m.yml:3:5",
        "m.yml:4:10",
    ]
    assert root.keys == {"a": "m.yml:1:1", "b": "m.yml:2:1"}


def test_a_key_that_stands_twice_is_refused_at_the_second() -> None:
    """Neither of two values is dropped in silence; the message shows the first place too."""
    assert refusal("a: 1\nb: 2\na: 3\n") == "m.yml:3:1 the key 'a' stands twice (first at m.yml:1:1)"


def test_a_key_that_stands_twice_deep_inside_is_refused() -> None:
    """Also in a group of a group."""
    assert refusal("a:\n  b: {c: 1, c: 2}\n").startswith("m.yml:2:13 the key 'c' stands twice")


def test_keys_of_different_scalars_are_the_same_text() -> None:
    """1 and '1' are one key: the language compares keys as text."""
    assert "stands twice" in refusal("1: a\n'1': b\n")


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system", "!!str", "!own", "!!binary", "!<tag:yaml.org,2002:int>"]
)
def test_a_tag_is_refused(tag: str) -> None:
    """No tag is part of the language, harmless ones included."""
    message = refusal(f"a:\n  b: {tag} x\n")
    assert message.startswith("m.yml:2:6 YAML tags (")


def test_an_anchor_is_refused() -> None:
    """`&name` is where a bomb begins."""
    assert refusal("a: &x 1\n").startswith("m.yml:1:4 YAML anchors (&name)")


def test_an_alias_is_refused() -> None:
    """`*name` is refused, and the message says what to use."""
    message = refusal("a: *x\n")
    assert message.startswith("m.yml:1:4 YAML aliases (*name)")
    assert "`let` or `parts`" in message


@pytest.mark.parametrize("key", ["? [a, b]\n: 1\n", "? {a: b}\n: 1\n", "{{ x }}: 1\n"])
def test_a_key_that_is_no_text_is_refused(key: str) -> None:
    """A value that begins with {{ unquoted is read as a group: the message says so."""
    assert refusal(key).startswith("m.yml:1:")


def test_an_unquoted_expression_is_told_to_take_quotes() -> None:
    """`a: {{ x }}` is the commonest slip of all."""
    message = refusal("a: {{ order.x }}\n")
    assert message.startswith("m.yml:1:")
    assert "needs quotes" in message


def test_a_merge_key_is_a_key_like_any_other() -> None:
    """`<<` merges nothing."""
    assert plain("<<: {a: 1}\n") == {"<<": {"a": 1}}


def test_depth_is_capped() -> None:
    """One level more than the cap is refused at its place; the cap itself passes."""
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "m.yml")
    message = refusal("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2))
    assert message == f"m.yml:1:{MAX_DEPTH + 2} nests deeper than {MAX_DEPTH} levels"


def test_the_number_of_values_is_capped() -> None:
    """A mapping of a hundred thousand values is a table in the wrong place."""
    message = refusal("- 1\n" * (MAX_NODES + 1))
    assert message.startswith(f"m.yml:{MAX_NODES}:3 has more than")
    assert "CSV files" in message


def test_the_size_of_the_file_is_capped(tmp_path: Path) -> None:
    """A file over the cap is not even parsed."""
    path = tmp_path / "big.yml"
    path.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(MappingError, match=r"big.yml is larger than 1,000,000 bytes"):
        read_yaml(path, "big.yml")


def test_a_second_document_is_refused_where_it_begins() -> None:
    """One mapping, one file."""
    assert refusal("a: 1\n---\nb: 2\n").startswith("m.yml:2:1 has more than one document")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    """An empty mapping is a mistake, not a mapping of nothing."""
    assert refusal(text) == "m.yml is empty"


def test_bytes_that_are_no_utf_8_are_refused_at_their_place() -> None:
    """A mapping saved as Latin-1 is told the line and column of the first byte that is none."""
    assert refusal("a: 1\nb: Köln\n".encode("latin-1")).startswith("m.yml:2:5 not YAML: ")


def test_characters_that_yaml_forbids_are_refused_at_their_place() -> None:
    """A control character inside a text is told with its place."""
    assert refusal("a: 1\nb: x\x07y\n").startswith("m.yml:2:5 not YAML: ")


@pytest.mark.parametrize(
    "text", ["a: [1, 2\n", "a: 'x\n", "a: b: c\n", "a\n  b\n: c", "\ta: 1\n", "a: }\n", "%YAML 9\n"]
)
def test_what_is_no_yaml_is_refused_at_its_place(text: str) -> None:
    """The parser's complaint comes with file:line:column."""
    assert refusal(text).startswith("m.yml:")
    assert refusal(text).split(" ")[0].count(":") == 2


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    """A file that Windows saved reads like any other."""
    assert plain("a: 1\n".encode("utf-8-sig")) == {"a": 1}


def test_a_file_that_is_missing_says_so(tmp_path: Path) -> None:
    """Not a traceback: the name and the reason."""
    with pytest.raises(MappingError, match=r"^x.yml cannot be read: No such file"):
        read_yaml(tmp_path / "x.yml", "x.yml")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\x85\u2028\u2029"))
)
def test_a_quoted_text_comes_out_as_it_went_in(text: str) -> None:
    """Any text in single quotes is that text."""
    quoted = text.replace("'", "''")
    assert plain(f"v: '{quoted}'") == {"v": text}


def nodes_or_refusal(text: str | bytes) -> str:
    try:
        return parse_yaml(text, "m.yml").origin
    except MappingError as error:
        return str(error)


@given(st.binary(max_size=200))
def test_any_bytes_give_nodes_or_a_refusal(data: bytes) -> None:
    """No input ends in another error than a MappingError."""
    assert nodes_or_refusal(data).startswith("m.yml")


@given(st.text("ab:-[]{}&*!|>'\"%@`#,?\n \t", max_size=60))
def test_any_signs_of_yaml_give_nodes_or_a_refusal(text: str) -> None:
    """Nor do the signs that YAML gives a meaning."""
    assert nodes_or_refusal(text).startswith("m.yml")
