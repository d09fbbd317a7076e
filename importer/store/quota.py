"""What the store says about its quota, read from an answer's headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WINDOW = 30.0


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
    """Seconds to wait after a 429: the longer of the window's end and X-Retry-After; None where unsaid."""
    said = {name.lower(): value for name, value in headers.items()}
    reset = _milliseconds(said.get("x-rate-limit-time-reset-ms"))
    after = _whole(said.get("x-retry-after", said.get("retry-after")))
    waits = [float(wait) for wait in (reset, after) if wait is not None]
    return max(waits, default=None)


def _milliseconds(text: str | None) -> float | None:
    number = _whole(text)
    return None if number is None else number / 1000


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
