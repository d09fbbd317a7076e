"""What the store says about its quota, read from an answer's headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

WINDOW = 30.0
LONGEST_WAIT = 3_600.0
"""Seconds. Whatever a store says, it is asked again after an hour."""


@dataclass(frozen=True, slots=True)
class Quota:
    """One answer's view: seconds of the window and until it ends, requests in it and left of it; None where unsaid.

    Source: X-Rate-Limit-Time-Window-Ms, -Time-Reset-Ms, -Requests-Quota, -Requests-Left (GUIDE rate limits).
    """

    window: float
    reset: float | None
    quota: int | None
    left: int | None


def read_quota(headers: Mapping[str, str]) -> Quota | None:
    """The quota in an answer's headers, in any letter case; None where there is none."""
    said = {name.lower(): value for name, value in headers.items()}
    window = _milliseconds(said.get("x-rate-limit-time-window-ms"))
    reset = _milliseconds(said.get("x-rate-limit-time-reset-ms"))
    quota = _whole(said.get("x-rate-limit-requests-quota"))
    left = _whole(said.get("x-rate-limit-requests-left"))
    if quota is None and left is None:
        return None
    return Quota(window or WINDOW, reset, quota or None, left)


def read_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait after a 429: the longer of the window's end and X-Retry-After; None where unsaid.

    Retry-After, which a gateway may say instead, has seconds or a date; the answer's own Date is what it is later than.
    """
    said = {name.lower(): value for name, value in headers.items()}
    reset = _milliseconds(said.get("x-rate-limit-time-reset-ms"))
    told = said.get("x-retry-after", said.get("retry-after"))
    after = _later(told, said.get("date")) if _whole(told) is None else _whole(told)
    waits = [float(wait) for wait in (reset, after) if wait is not None]
    return min(max(waits), LONGEST_WAIT) if waits else None


def _later(text: str | None, date: str | None) -> float | None:
    """Seconds from one HTTP date to another; None where either is none."""
    try:
        return max((parsedate_to_datetime(text or "") - parsedate_to_datetime(date or "")).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _milliseconds(text: str | None) -> float | None:
    number = _whole(text)
    return None if number is None else number / 1000


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
