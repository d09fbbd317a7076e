"""Dates keep their instant: exact formats, a declared zone for times without one, English names only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from importer.errors import FieldError

DateReader = Callable[[str], datetime]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED_MONTHS = {name.casefold(): number for number, name in enumerate(_MONTHS, 1)}
_SHOPIFY = "%Y-%m-%d %H:%M:%S %z"


def rfc_2822(instant: datetime) -> str:
    """The instant as V2's `date_created` wants it: RFC 2822, UTC, English. Source: order_Shared.date_created.

    Errors: FieldError `date` for the first and last hours of the calendar, which UTC may not have.

    >>> rfc_2822(datetime(2021, 4, 8, 17, 24, 41, tzinfo=timezone(timedelta(hours=2))))
    'Thu, 08 Apr 2021 15:24:41 +0000'
    """
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        raise FieldError("date", f"'{instant}' is in UTC before the year 1 or after 9999; correct the export") from None
    return f"{_day(utc.date())} {str(utc.time())[:8]} +0000"


@lru_cache(maxsize=1024)
def _day(day: date) -> str:
    """`Thu, 08 Apr 2021`: English in every locale. Orders come day by day, so most are remembered."""
    words = day.ctime().split()
    return f"{words[0]}, {day.day:02d} {words[1]} {words[-1]}"


def zone(name: str) -> tzinfo:
    """The time zone of that IANA name (Europe/Berlin), UTC, or fixed offset (+02:00). Errors: FieldError `zone`."""
    offset = re.fullmatch(r"([+-])([01][0-9]|2[0-3]):?([0-5][0-9])", name)
    if offset:
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FieldError("zone", f"'{name}' is not an IANA time zone such as Europe/Berlin") from error


def known_form(form: str) -> None:
    """Nothing. Errors: FieldError `date` for what is neither `iso`, `rfc2822` nor a form of strptime with its signs."""
    try:
        if form not in _READERS:
            if "%" not in form:
                raise ValueError("no signs such as %Y, %m and %d")
            _by_format(form)("")
    except re.error:
        raise FieldError("date", f"'{form[:40]}' has a sign twice") from None
    except ValueError as error:
        if "does not match format" not in str(error):
            raise FieldError("date", f"'{form[:40]}' is no form of a date: {error}") from None


def clock_change(instant: datetime) -> str:
    """`dst-gap` for a local time that never was, `dst-fold` for one that was twice, "" for any other.

    Python takes the first of two, and for one that never was as much later as the clocks were put on.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> [clock_change(datetime(2020, month, day, 2, 30, tzinfo=berlin)) for month, day in ((3, 29), (10, 25), (6, 1))]
    ['dst-gap', 'dst-fold', '']
    """
    first, second = instant.utcoffset(), instant.replace(fold=1).utcoffset()
    if first is None or second is None or first == second:
        return ""
    return "dst-gap" if first < second else "dst-fold"


def assumed_zone(name: str) -> tzinfo:
    """The same zone as an object of its own, so that a time which was only put there is known. FieldError."""
    found = zone(name)
    if isinstance(found, ZoneInfo):
        return ZoneInfo.no_cache(name)
    return timezone(found.utcoffset(None) or timedelta(0), name)


def date_reader(formats: tuple[str, ...], home: tzinfo | None) -> DateReader:
    """A function from text to an aware datetime by the first of `formats` that fits: `iso`, `rfc2822`, strptime's.

    `home` is the zone of times that name none; without it such a time is an error, never a guess.
    Errors: FieldError `date`, with the formats that were tried.

    >>> date_reader(("rfc2822",), None)("Tue, 20 Nov 2012 01:30:00 -0500").isoformat()
    '2012-11-20T01:30:00-05:00'
    """
    readers = [_READERS.get(form) or _by_format(form) for form in formats]

    def read(text: str) -> datetime:
        for reader in readers:
            try:
                instant = reader(text.strip())
            except ValueError:
                continue
            return instant if instant.tzinfo else _placed(instant, text, home)
        raise FieldError(
            "date", f"'{text[:40]}' is not a date in the form {' or '.join(formats)}; source.dates takes more"
        )

    return read


def _placed(instant: datetime, text: str, home: tzinfo | None) -> datetime:
    if home is None:
        raise FieldError("date", f"'{text[:40]}' names no time zone; declare the shop's zone in source.dates.zone")
    return instant.replace(tzinfo=home)


def _iso(text: str) -> datetime:
    if len(text) < 10:
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _shopify(text: str) -> datetime:
    """`2021-04-08 17:24:41 +0200`: three times as fast as strptime, and as strict."""
    if len(text) != 25 or text[4:20:3] != "-- :: " or text[20] not in "+-":
        raise ValueError(text)
    return datetime.fromisoformat(f"{text[:19]}{text[20:]}")


def _rfc(text: str) -> datetime:
    """`Tue, 20 Nov 2012 00:00:00 +0000`, the weekday not needed. Source: RFC 2822 3.3."""
    if not _RFC.match(text):
        raise ValueError(text)
    return parsedate_to_datetime(text)


_RFC = re.compile(r"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\Z")

_READERS: dict[str, Callable[[str], datetime]] = {"iso": _iso, "rfc2822": _rfc, _SHOPIFY: _shopify}


def _by_format(form: str) -> Callable[[str], datetime]:
    """strptime, with English month names whatever the machine's locale is.

    A named month becomes `m09`, so that it fits only where the form has a name: 05-Sep-26 is no 9 May.
    """
    named = "%b" in form or "%B" in form
    numeric = form.replace("%B", "m%m").replace("%b", "m%m")

    def read(text: str) -> datetime:
        if named:
            text = re.sub(r"[A-Za-z]{3,9}", _month_number, text, count=1)
        return datetime.strptime(text, numeric)  # noqa: DTZ007 - the zone is the caller's, see _placed

    return read


def _month_number(found: re.Match[str]) -> str:
    number = _NAMED_MONTHS.get(found[0][:3].casefold())
    return f"m{number:02d}" if number else found[0]
