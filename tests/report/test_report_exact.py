"""JSON that loses nothing."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from importer.report.exact import ESCAPED, exact_json, json_in_html

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from(["", "  "]))
def test_value_comes_back_as_it_was(value: object, indent: str) -> None:
    """Any JSON value, half characters too, is read back the same: every digit of a decimal, every digit of an id."""
    text = exact_json(value, indent).encode("utf-8", ESCAPED).decode()
    assert repr(json.loads(text, parse_float=Decimal)) == repr(without_whole_decimals(value))


def without_whole_decimals(value: object) -> object:
    """The value as JSON has it: a decimal without fraction and exponent is an integer there."""
    if isinstance(value, Decimal):
        return int(value) if str(value).lstrip("-").isdigit() and str(value) != "-0" else whole_zero(value)
    if isinstance(value, list):
        return [without_whole_decimals(one) for one in value]
    return {key: without_whole_decimals(one) for key, one in value.items()} if isinstance(value, dict) else value


def whole_zero(value: Decimal) -> object:
    return 0 if str(value) == "-0" else value


@given(st.text(st.characters()))
def test_text_in_a_page_cannot_end_its_script(text: str) -> None:
    """JSON inside a script element holds no `<` and no line separator, and reads as the same text."""
    shown = json_in_html([text])
    assert not {"<", "\u2028", "\u2029"} & set(shown)
    assert json.loads(shown) == [text]
