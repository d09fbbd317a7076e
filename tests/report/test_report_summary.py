"""The counts of a pass: orders, money, causes."""

from decimal import Decimal

from report_orders import refused, skipped, summary_of, undecided, valid

from importer.model import MappedOrder, Problem
from importer.report.summary import EXAMPLES, MOST_CAUSES


def test_every_order_is_counted_once() -> None:
    """What was read is what is valid, refused or skipped."""
    summary = summary_of(valid(1), valid(2), refused(3), skipped(4), undecided(5, "odd"))
    assert (summary.read, summary.valid, summary.refused, sum(summary.skipped.values())) == (5, 2, 2, 1)


def test_source_and_bodies_are_summed_apart() -> None:
    """A body whose total is not the source's shows in the sums."""
    summary = summary_of(valid(1), valid(2, total="12.00", stated="12.10"))
    assert (summary.stated["EUR"], summary.money["EUR"]) == (Decimal("24.20"), Decimal("24.10"))


def test_source_without_a_total_is_told() -> None:
    """An order whose source states no total counts with its computed one, and as computed."""
    summary = summary_of(valid(1, stated=None))
    assert (summary.stated["EUR"], summary.unstated) == (Decimal("12.10"), 1)


def test_lines_of_an_order_are_one_cause() -> None:
    """The same problem on three lines is one order under one cause, and its money is at stake once."""
    lines = [Problem("price", f"products[{number}].price_ex_tax", "too long") for number in range(3)]
    (cause,) = summary_of(refused(1, *lines)).problems.values()
    assert (cause.path, cause.orders, cause.at_stake) == ("products[].price_ex_tax", 1, {"EUR": Decimal("12.10")})


def test_lines_within_lines_are_one_cause() -> None:
    """Both indices of a nested path are left out of its cause."""
    told = [Problem("name", f"products[{number}].product_options[{number}].value", "x") for number in range(2)]
    assert [cause.path for cause in summary_of(refused(1, *told)).problems.values()] == [
        "products[].product_options[].value"
    ]


def test_mapping_lines_part_causes_and_export_lines_do_not() -> None:
    """One code at two lines of the mapping is two causes; at two lines of the export it is one."""
    by_mapping = [refused(n, Problem("date", "date_created", "x", f"m.yml:{n}:1")) for n in (1, 2)]
    by_export = [refused(n, Problem("width", "", "x", f"orders.csv:{n}")) for n in (3, 4)]
    assert [cause.orders for cause in summary_of(*by_mapping, *by_export).problems.values()] == [1, 1, 2]


def test_messages_that_differ_only_in_values_are_one_cause() -> None:
    """Two gaps are one cause, two different complaints at one line of the mapping are two; the message tells which."""
    told = ("gap 1.50 EUR", "gap -12 CHF", "'x' is no date", "'it's' is no date", "local time never was '02:30'")
    found = summary_of(*(refused(n, Problem("c", "p", one, "m.yml:1:1")) for n, one in enumerate(told)))
    assert {cause.message: cause.orders for cause in found.problems.values()} == {
        "gap …": 2,
        "… is no date": 2,
        "local time never was …": 1,
    }


def test_order_with_two_undecided_values_waits_once() -> None:
    """Two values of one order are two decisions and one order."""
    summary = summary_of(undecided(1, "odd", "strange"))
    assert (list(summary.undecided), summary.waiting) == ([("status", "odd"), ("status", "strange")], 1)


def test_total_that_is_no_number_is_not_at_stake() -> None:
    """A refused body whose total is a word is counted without money."""
    broken = MappedOrder(valid(1).source, {"total_inc_tax": "a lot"}, (Problem("pattern", "total_inc_tax", "x"),))
    assert summary_of(broken).at_stake == {}


def test_examples_of_a_cause_are_few() -> None:
    """A cause keeps its first orders and counts the others."""
    (cause,) = summary_of(*map(refused, range(EXAMPLES + 10))).problems.values()
    assert (cause.orders, len(cause.examples)) == (EXAMPLES + 10, EXAMPLES)


def test_causes_are_bounded() -> None:
    """Beyond the most causes, further ones are counted together as `other`."""
    orders = [refused(n, Problem(f"code-{n}", "", "x")) for n in range(MOST_CAUSES + 5)]
    problems = summary_of(*orders).problems
    assert (len(problems), problems["other", "", "", ""].orders) == (MOST_CAUSES + 1, 5)


def test_valid_orders_are_grouped_by_month_currency_and_status() -> None:
    """The group of an order has its money and its tax."""
    (group,) = summary_of(valid(1), valid(2)).groups.items()
    assert (tuple(group[0]), group[1].orders, group[1].tax) == (("2024-03", "EUR", 10), 2, Decimal("4.20"))
