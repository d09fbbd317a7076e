"""Reading JSON exports without the importer: fractions stay exact, blanks are nothing."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any


def load(file: Path) -> Any:
    """The whole document."""
    return json.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)


def decimal(value: Any) -> Decimal:
    """An amount that JSON has as text, as a number, or not at all."""
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def summed(things: list[dict[str, Any]] | None, key: str) -> Decimal:
    """The sum of one key over a list that may be missing."""
    return sum((decimal(thing.get(key)) for thing in things or []), Decimal(0))
