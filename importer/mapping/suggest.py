"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_NOTHING = "write '' for no value, or `is blank`"
_ONE_OF = "`keep('key', 'wanted')` chooses from a list"
ELSEWHERE: dict[str, dict[str, str]] = {
    "name": {
        "line": "`line` is known inside `each: line`; of all lines: `lines | map('Item') | join(', ')`",
        "loop": "there is no counter of a loop",
        **dict.fromkeys(("none", "null"), _NOTHING),
    },
    "filter": {
        **dict.fromkeys(("default", "d"), "write `order['Note'] or 'none'`"),
        **dict.fromkeys(("length", "size"), "`count` counts a list"),
        **dict.fromkeys(("selectattr", "select", "where"), _ONE_OF),
        **dict.fromkeys(("float", "decimal", "number"), "`money` makes an exact amount, `int` a whole number"),
        **dict.fromkeys(("string", "str"), "`text` makes a text"),
        "truncate": "`shorten` cuts a text, and records it",
        "strip": "`trim` takes the blanks off",
        "strftime": "`date` reads a date; the body's form is written by itself",
    },
    "test": dict.fromkeys(("defined", "undefined", "none", "empty"), "write `is blank`"),
}
"""Kind -> words of other template languages -> what this one has in their place."""


def did_you_mean(name: str, known: Iterable[object], likeness: float = 0.6) -> str:
    """ "; did you mean 'x'?" where a known name is so close, of 0 to 1; else the empty text."""
    close = closest(name, known, likeness)
    return f"; did you mean '{close[0]}'?" if close else ""


def closest(name: str, known: Iterable[object], likeness: float = 0.6) -> list[str]:
    """The known name that is closest, if one is so close; [] else."""
    return get_close_matches(name, [str(one) for one in known], 1, likeness)
