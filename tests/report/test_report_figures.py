"""The report as data."""

from report_orders import refused, replaced, skipped, told_of, undecided, valid

from importer.model import MappedOrder


def test_money_is_text_in_the_minor_unit() -> None:
    """Amounts have their currency's decimals: two of a euro, none of a yen."""
    yen = MappedOrder(valid(2).source, {**(valid(2).body or {}), "total_inc_tax": "1200.0000"}, currency="JPY")
    rows = told_of(valid(1), yen, refused(3))["money"]
    assert [(row["currency"], row["bodies"], row["refused"]) for row in rows] == [
        ("EUR", "12.10", "12.10"),
        ("JPY", "1200", "0"),
    ]


def test_verdict_follows_from_the_reasons() -> None:
    """Any reason is a no-go."""
    assert [told_of(valid(1), reasons=reasons)["verdict"] for reasons in ([], ["why"])] == ["go", "no-go"]


def test_most_frequent_cause_comes_first() -> None:
    """Causes are sorted by their orders."""
    told = told_of(undecided(1, "odd"), refused(2), refused(3))
    assert [(cause["code"], cause["orders"]) for cause in told["causes"]] == [("date", 2), ("undecided", 1)]


def test_substitution_is_held_against_its_budget() -> None:
    """Each code has its share of the orders read, its budget, and whether that is exceeded."""
    told = told_of(replaced(1, "a-b"), replaced(2, "a-b", "c"), valid(3), valid(4), a_b="0.10")
    rows = {row["code"]: (row["share"], row["budget"], row["over_budget"]) for row in told["substitutions"]}
    assert rows == {"a-b": ("50.00%", "10.00%", True), "c": ("25.00%", None, False)}


def test_time_counts_a_request_for_each_valid_order() -> None:
    """150 valid orders take one window of 30 seconds on a Standard plan, and twice that with half of the quota."""
    told = told_of(*map(valid, range(150)), refused(200), skipped(201))
    assert [row["seconds"] for row in told["time"] if row["plan"] == "Standard and Plus"] == [30, 60]
