"""RFC-2822 in and out, and ISO-8601 where the documents take it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_RFC_2822 = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT|UT)"
)
_ISO_8601 = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")


def rfc_2822(seconds: float) -> str:
    """Store time as V2 shows it: always UTC.

    Source: V2 `date_created`: "This date time is always in UTC in the api response".
    """
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC))


def read_rfc_2822(text: str) -> float | None:
    """Seconds since 1970, or None where the text is no RFC-2822 date with English names and a zone.

    A weekday that is not the date's own is refused: PHP, which the store speaks, would silently move to that weekday.
    """
    match = _RFC_2822.fullmatch(text)
    if not match:
        return None
    try:
        found = parsedate_to_datetime(text)
        seconds = found.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    if match[1] and found.strftime("%a") != match[1]:
        return None
    return seconds


def read_iso_8601(text: str) -> float | None:
    """Seconds since 1970, or None where the text is no ISO-8601 date; without a zone it is taken as UTC."""
    if not _ISO_8601.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def read_any(text: str) -> float | None:
    """Seconds since 1970 of a date in a filter.

    Source: V2 `min_date_created`: "in RFC-2822 or ISO-8601".
    """
    return read_rfc_2822(text) if "," in text or " " in text[:6] else read_iso_8601(text)
