"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[object]) -> str:
    """ "; did you mean 'x'?" where a known name is close, else the empty text."""
    close = get_close_matches(name, [str(one) for one in known], 1, 0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
