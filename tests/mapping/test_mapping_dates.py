"""Dates keep their instant: formats, zones, and what is refused instead of guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapping_lab import csv_text, finding, loaded, map_rows, problem

from importer.errors import FieldError
from importer.mapping.dates import date_reader, rfc_2822, zone


def field(folder: Path, cell: str, dates: str, expression: str = "order['A'] | date") -> str | None:
    text = csv_text(f'  date_created: "{{{{ {expression} }}}}"', source=f"{{format: csv, order: Id, dates: {dates}}}")
    mapped = map_rows(loaded(folder, text), {"A": cell})
    assert mapped.body is not None, mapped.problems
    return mapped.body.get("date_created")


def refused(folder: Path, cell: str, dates: str) -> str:
    text = csv_text("  date_created: \"{{ order['A'] | date }}\"", source=f"{{format: csv, order: Id, dates: {dates}}}")
    found = problem(map_rows(loaded(folder, text), {"A": cell}))
    assert (found.code, found.path) == ("date", "date_created")
    return found.message


@pytest.mark.parametrize(
    ("cell", "dates", "instant"),
    [
        ("2021-04-08T17:24:41+02:00", "iso", "Thu, 08 Apr 2021 15:24:41 +0000"),
        ("2021-04-08T17:24:41Z", "iso", "Thu, 08 Apr 2021 17:24:41 +0000"),
        ("2021-04-08 17:24:41.123456+0200", "iso", "Thu, 08 Apr 2021 15:24:41 +0000"),
        ("2021-04-08 17:24:41 +0200", "'%Y-%m-%d %H:%M:%S %z'", "Thu, 08 Apr 2021 15:24:41 +0000"),
        ("2021-04-08 17:24:41", "{format: iso, zone: UTC}", "Thu, 08 Apr 2021 17:24:41 +0000"),
        ("08.04.2021 17:24", "{format: '%d.%m.%Y %H:%M', zone: Europe/Berlin}", "Thu, 08 Apr 2021 15:24:00 +0000"),
        ("08.12.2021 17:24", "{format: '%d.%m.%Y %H:%M', zone: Europe/Berlin}", "Wed, 08 Dec 2021 16:24:00 +0000"),
        ("Apr 8, 2021", "{format: '%b %d, %Y', zone: '+02:00'}", "Wed, 07 Apr 2021 22:00:00 +0000"),
        ("8 April 2021 1:05 PM", "{format: '%d %B %Y %I:%M %p', zone: UTC}", "Thu, 08 Apr 2021 13:05:00 +0000"),
        ("04/08/21", "{format: '%m/%d/%y', zone: America/New_York}", "Thu, 08 Apr 2021 04:00:00 +0000"),
        ("Thu, 08 Apr 2021 17:24:41 +0200", "rfc2822", "Thu, 08 Apr 2021 15:24:41 +0000"),
    ],
)
def test_a_date_is_the_instant_that_the_source_means(tmp_path: Path, cell: str, dates: str, instant: str) -> None:
    """Offset, zone and daylight saving as they were, written in UTC as V2 wants it."""
    assert field(tmp_path, cell, dates) == instant


@pytest.mark.parametrize(("cell", "code"), [("2020-03-29T02:30", "dst-gap"), ("2020-10-25T02:30", "dst-fold")])
def test_an_hour_that_the_clock_has_not_once_is_recorded(tmp_path: Path, cell: str, code: str) -> None:
    """Which instant a local time means is decided for two hours of a year, and never in silence."""
    text = csv_text(
        "  date_created: \"{{ order['A'] | date }}\"",
        source="{format: csv, order: Id, dates: {format: iso, zone: Europe/Berlin}}",
    )
    mapped = map_rows(loaded(tmp_path, text), {"A": cell})
    assert [(one.code, one.path) for one in mapped.substitutions] == [(code, "date_created")]
    assert map_rows(loaded(tmp_path, text), {"A": "2020-06-01T02:30"}).substitutions == ()


def test_formats_are_tried_in_their_order(tmp_path: Path) -> None:
    """An export with two notations."""
    dates = "{format: ['%d/%m/%Y', iso], zone: UTC}"
    assert field(tmp_path, "03/04/2021", dates) == "Sat, 03 Apr 2021 00:00:00 +0000"
    assert field(tmp_path, "2021-04-03", dates) == "Sat, 03 Apr 2021 00:00:00 +0000"


def test_a_blank_date_is_no_field(tmp_path: Path) -> None:
    """Nothing is nothing; the schema says that an order needs a date."""
    assert field(tmp_path, "", "iso") is None


def test_a_filter_may_name_the_zone(tmp_path: Path) -> None:
    """One column of an export may be in another zone than the rest, in the same notation."""
    found = field(tmp_path, "2021-04-08 17:24:41", "{format: iso, zone: UTC}", "order['A'] | date('Asia/Tokyo')")
    assert found == "Thu, 08 Apr 2021 08:24:41 +0000"
    german = field(tmp_path, "08.04.2021", "{format: '%d.%m.%Y', zone: UTC}", "order['A'] | date('Asia/Tokyo')")
    assert german == "Wed, 07 Apr 2021 15:00:00 +0000"


def test_a_zone_in_a_filter_that_is_none_is_told_before_the_first_row(tmp_path: Path) -> None:
    """A slip in a zone's name is the mapping's mistake, not each order's."""
    found = finding(tmp_path, csv_text("  date_created: \"{{ order['A'] | date('Asia/Tokio') }}\""))
    assert found.startswith("7:17 date_created: 'Asia/Tokio' is not an IANA time zone")


def test_a_time_without_a_zone_is_refused_where_none_is_declared(tmp_path: Path) -> None:
    """A guess would move every order by hours; the message says where to declare it."""
    assert "declare the shop's zone in source.dates.zone" in refused(tmp_path, "2021-04-08 17:24:41", "iso")


@pytest.mark.parametrize(
    "cell",
    ["08/04/2021", "2021-13-01", "2021-02-30", "20210408", "1617895481", "5.27E+12", "2021-04", "0000-00-00 00:00:00"],
)
def test_what_is_no_date_is_refused_with_the_forms_tried(tmp_path: Path, cell: str) -> None:
    """The value and the declared forms, never a nearest date."""
    message = refused(tmp_path, cell, "{format: iso, zone: UTC}")
    assert f"'{cell}'" in message
    assert "iso" in message


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("'%Y-%q-%d'", "bad directive"),
        ("'%d.%d.%Y'", "has a sign twice"),
        ("'%Y-%m-%'", "stray %"),
        ("ISO", "no signs such as %Y, %m and %d"),
        ("yyyy-mm-dd", "no signs such as %Y, %m and %d"),
        ("[iso, dd.mm.yyyy]", "no signs such as %Y, %m and %d"),
    ],
)
def test_a_form_that_is_none_is_told_before_the_first_row(tmp_path: Path, form: str, told: str) -> None:
    """A slip in a form would refuse every order."""
    found = finding(tmp_path, csv_text(source=f"{{format: csv, order: Id, dates: {form}}}"))
    assert found.startswith("1:41 source.dates: ")
    assert told in found


def test_days_and_months_are_not_swapped(tmp_path: Path) -> None:
    """A format is kept exactly."""
    assert "13/25/2021" in refused(tmp_path, "13/25/2021", "{format: '%d/%m/%Y', zone: UTC}")


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "+02:00", "-0530", "+0000"])
def test_zones_have_names_or_offsets(name: str) -> None:
    """IANA names, UTC, fixed offsets."""
    assert datetime(2021, 1, 1, tzinfo=zone(name)).utcoffset() is not None


@pytest.mark.parametrize(
    "name", ["", "Berlin", "+25:00", "+10:60", "../../etc/passwd", "/etc/localtime", "Europe", "CET+1", "\0", "x" * 500]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    """No file outside the zone database is ever read."""
    with pytest.raises(FieldError) as caught:
        zone(name)
    assert caught.value.code == "zone"


@given(st.integers(0, 4_000_000_000))
def test_any_instant_is_written_and_read_again(seconds: int) -> None:
    """What V2 is sent says the same instant."""
    instant = datetime.fromtimestamp(seconds, UTC)
    assert date_reader(("rfc2822",), None)(rfc_2822(instant)) == instant


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_refusal(text: str) -> None:
    """No text ends in another error."""
    read = date_reader(("iso", "%d.%m.%Y %H:%M", "%b %d, %Y", "rfc2822"), UTC)
    try:
        assert read(text).tzinfo is not None
    except FieldError as error:
        assert error.code == "date"  # noqa: PT017 - both endings are right


@pytest.mark.parametrize(("day", "offset"), [("0001-01-01", "+14:00"), ("9999-12-31", "-12:00")])
def test_a_day_that_utc_does_not_have_is_told_as_a_date(tmp_path: Path, day: str, offset: str) -> None:
    """At the ends of the calendar an instant may have no date in UTC: a problem in words, no error of Python's."""
    source = "{format: csv, order: Id, dates: iso}"
    mapping = loaded(tmp_path, csv_text("  date_created: \"{{ order['A'] | date }}\"", source=source))
    found = problem(map_rows(mapping, {"A": f"{day}T{'00' if day < '1' else '23'}:30:00{offset}"}))
    assert (found.code, found.path) == ("date", "date_created")
    assert "before the year 1 or after 9999" in found.message
