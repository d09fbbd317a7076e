"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[object], likeness: float = 0.6) -> str:
    """ "; did you mean 'x'?" where a known name is so close, of 0 to 1; else the empty text."""
    close = closest(name, known, likeness)
    return f"; did you mean '{close[0]}'?" if close else ""


def closest(name: str, known: Iterable[object], likeness: float = 0.6) -> list[str]:
    """The known name that is closest, if one is so close; [] else."""
    return get_close_matches(name, [str(one) for one in known], 1, likeness)
