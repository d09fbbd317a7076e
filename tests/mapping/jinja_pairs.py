"""Generated expressions: each twice, as a mapping writes it and as Jinja's own sandbox evaluates the same.

The two differ only where the language's meaning does: a blank is '', a decimal is exact, `~` joins as `text` does, and
no list holds another. The rest is left to Jinja: what is evaluated, in which order, what is true, what a chain of
comparisons says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from importer.errors import FieldError
from importer.mapping.dates import date_reader
from importer.mapping.filters import FILTERS, TESTS
from importer.mapping.filters.amounts import add, divide, multiply, negate, subtract
from importer.mapping.tables import table_reader

TABLE = {"a": 1, "paid": {"x": 10, "": 11}, "7": "seven"}


class Pair(NamedTuple):
    """One expression: in a mapping, and for the reference."""

    ours: str
    reference: str


def _same(code: str) -> Pair:
    return Pair(code, code)


def look(value: Any, key: Any) -> Any:
    """A look-up in data, written from design.md: nothing but data is ever found, and nothing is blank."""
    if isinstance(value, dict):
        found = value.get(key)
    elif isinstance(value, list) and isinstance(key, int):
        found = dict(zip([*range(len(value)), *range(-len(value), 0)], value * 2, strict=True)).get(int(key))
    else:
        found = None
    return "" if found is None else found


class Reference(SandboxedEnvironment):
    """Jinja's sandbox with data-only look-ups and the language's arithmetic."""

    intercepted_binops = frozenset("+-*/")
    intercepted_unops = frozenset("-")

    def __init__(self) -> None:
        super().__init__()
        self.filters = {name: known.function for name, known in FILTERS.items()}
        self.filters["date"] = lambda value: value if value == "" else _dated(value)
        self.filters["table"] = table_reader({"t": TABLE})
        self.filters["joined"] = "".join
        self.filters["flat"] = _flat
        self.tests = dict(TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As data."""
        return look(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As data."""
        return look(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 - Jinja's signature
        """The language's sums: a blank is 0, a text is an error."""
        return {"+": add, "-": subtract, "*": multiply, "/": divide}[operator](left, right)

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:  # noqa: ARG002 - Jinja's signature
        """The number with the other sign."""
        return negate(arg)


def _flat(values: list[Any]) -> list[Any]:
    if any(isinstance(value, list) for value in values):
        raise FieldError("type", "a list inside a list")
    return values


def _dated(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise FieldError("date", "no date")
    return date_reader(("iso",), UTC)(value)


REFERENCE = Reference()

TEXTS = [
    "",
    "a",
    "A",
    "paid",
    "7",
    "7.50",
    "-3",
    "1,5",
    "US",
    "a b",
    "a-b",
    "x: 1|y: 2",
    "2021-04-08",
    "ana@example.com",
]
KEYS = ["t", "u", "n", "b", "d", "l", "o", "g", "missing", "x"]
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=5),
    st.integers(-20, 20),
    st.booleans(),
    st.none(),
    st.decimals(-100, 100, places=2).map(lambda value: value + 0),
)
GROUPS = st.dictionaries(st.sampled_from(["x", "y", "t"]), VALUES, max_size=3)
DATA = st.fixed_dictionaries(
    {
        "t": st.sampled_from(TEXTS),
        "u": st.one_of(st.sampled_from(TEXTS), st.text(max_size=5)),
        "n": st.integers(-20, 20),
        "b": st.booleans(),
        "d": st.decimals(-100, 100, places=2).map(lambda value: value + 0),
        "l": st.lists(VALUES, max_size=4),
        "o": st.lists(GROUPS, max_size=3),
        "g": GROUPS,
        "x": VALUES,
    }
)
"""A JSON order."""

CELLS = st.fixed_dictionaries({name: st.one_of(st.sampled_from(TEXTS), st.text(max_size=5)) for name in "ABC"})
"""A CSV row."""

DECIMALS = {"1.5": "dec_1", "0.1": "dec_2", "-2.25": "dec_3"}
NAMES = {name: Decimal(number) for number, name in DECIMALS.items()}
"""What the reference calls the exact decimals, which Jinja would read as floats."""

CONSTANTS = st.one_of(
    st.sampled_from(TEXTS).map(lambda value: _same(repr(value))),
    st.integers(0, 12).map(lambda value: _same(str(value))),
    st.sampled_from(sorted(DECIMALS)).map(lambda value: Pair(f"({value})", DECIMALS[value])),
    st.sampled_from([_same("true"), _same("false"), Pair("none", "''")]),
)
LOOK_UPS = st.one_of(
    st.sampled_from(KEYS).map(lambda key: _same(f"order.{key}")),
    st.sampled_from(KEYS).map(lambda key: _same(f"order['{key}']")),
    st.sampled_from(["order.g.x", "order.g['t']", "order.l[0]", "order.l[-1]", "order.o[0].x", "order[order.t]"]).map(
        _same
    ),
)
ROW_CELLS = st.one_of(
    st.sampled_from("ABC").map(lambda name: _same(f"order['{name}']")),
    st.sampled_from(["lines | map('A')", "lines | count", "lines | map('B') | join", "lines | sum('C')"]).map(
        lambda code: _same(f"({code})")
    ),
)
NUMBERS = st.one_of(
    st.integers(0, 12).map(lambda value: _same(str(value))),
    st.sampled_from(sorted(DECIMALS)).map(lambda value: Pair(f"({value})", DECIMALS[value])),
    st.sampled_from(["('7.50' | money)", "('' | money)", "([1, 2] | count)", "('3' | int)"]).map(_same),
)
COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
PLAIN_FILTERS = [name for name, known in FILTERS.items() if known.arguments[0] == 0]
FILTER_CALLS = [
    *("replace('a', 'b')", "replace('a')", "shorten(3)", "without_prefix('a')", "without_suffix('0')", "before('-')"),
    *("after('-')", "state('US')", "split(',')", "split('-')", "pairs('|')", "unpack('|')", "map('x')", "map('g.x')"),
    *("keep('x')", "keep('x', 'a')", "join('-')", "join", "sum('x')", "sum('x', 'y')", "round(1)", "minor_units(3)"),
    *("table('t')", "date", "formatted_money('.', ',')"),
]


def expressions(leaves: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """Expressions over those leaves, of every kind that the language has."""
    return st.recursive(st.one_of(CONSTANTS, leaves, leaves), _larger, max_leaves=10)


def _larger(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    two, number = st.tuples(inner, inner), st.one_of(NUMBERS, NUMBERS, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from([*PLAIN_FILTERS, *FILTER_CALLS])).map(lambda one: _each("({} | {})", one)),
        st.tuples(inner, st.sampled_from(["replace", "before", "split", "map", "keep"]), inner).map(
            lambda one: _each("({} | {}({}))", one)
        ),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda one: _each("({} {} {})", one)),
        st.tuples(inner, st.sampled_from(COMPARISONS), inner).map(lambda one: _each("({} {} {})", one)),
        st.tuples(inner, st.sampled_from(["<", "==", "!="]), inner, st.sampled_from(["<", ">=", "=="]), inner).map(
            lambda one: _each("({} {} {} {} {})", one)
        ),
        st.tuples(number, st.sampled_from("+-*/"), number).map(lambda one: _each("({} {} {})", one)),
        number.map(lambda one: _each("(-{})", (one,))),
        inner.map(lambda one: _each("(not {})", (one,))),
        st.tuples(inner, st.sampled_from(["is blank", "is not blank"])).map(lambda one: _each("({} {})", one)),
        st.tuples(inner, inner, inner).map(lambda one: _each("({} if {} else {})", one)),
        two.map(
            lambda one: Pair(f"({one[0].ours} if {one[1].ours})", f"({one[0].reference} if {one[1].reference} else '')")
        ),
        two.map(
            lambda one: Pair(
                f"({one[0].ours} ~ {one[1].ours})",
                f"([({one[0].reference} | text), ({one[1].reference} | text)] | joined)",
            )
        ),
        two.map(lambda one: Pair(_each("[{}, {}]", one).ours, _each("([{}, {}] | flat)", one).reference)),
        st.tuples(inner, st.sampled_from(["x", "t"])).map(lambda one: _each("({}).{}", one)),
    )


def _each(form: str, parts: tuple[Any, ...]) -> Pair:
    ours = [part.ours if isinstance(part, Pair) else part for part in parts]
    reference = [part.reference if isinstance(part, Pair) else part for part in parts]
    return Pair(form.format(*ours), form.format(*reference))


def evaluated(reference: str, order: Any, lines: Any) -> Any:
    """What Jinja makes of it."""
    value = REFERENCE.compile_expression(reference, undefined_to_none=False)
    return value(order=order, lines=lines, **NAMES)
