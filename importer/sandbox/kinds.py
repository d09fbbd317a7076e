"""What each kind of field accepts: `KINDS[kind](value, longest text, switches)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from importer.sandbox.amounts import ZERO, amount
from importer.sandbox.dates import read_iso_8601, read_rfc_2822

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.config import Switches

LARGEST_ID = 2**31 - 1

PROVIDERS = ("", *"auspost canadapost endicia usps fedex ups upsready upsonline shipperhq royalmail".split())

_LOCALE = re.compile(r"[a-z]{2}|[a-z]{3}|[a-z]{2}-[A-Z]{2}|[a-z]{2}-\d{3}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_IP_V4 = re.compile(r"[0-9.]*", re.ASCII)
_IP_V6 = re.compile(r"[0-9A-Fa-f:.]*", re.ASCII)


def _text(value: Any, limit: int, _: Switches) -> bool:
    return isinstance(value, str) and (not limit or len(value) <= limit)


def _name(value: Any, limit: int, switches: Switches) -> bool:
    return _text(value, limit, switches) and value.strip() != ""


def _integer(value: Any, _limit: int = 0, _switches: Switches | None = None) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID


def _money(value: Any, _limit: int, _switches: Switches) -> bool:
    found = amount(value)
    return found is not None and found >= ZERO


def _date(value: Any, _limit: int, switches: Switches) -> bool:
    if not isinstance(value, str):
        return False
    iso = switches.iso_dates == "accepted" and read_iso_8601(value) is not None
    return iso or read_rfc_2822(value) is not None


def _like(pattern: re.Pattern[str]) -> Callable[[Any, int, Switches], bool]:
    def check(value: Any, limit: int, switches: Switches) -> bool:
        return _text(value, limit, switches) and bool(pattern.fullmatch(value))

    return check


def _form_value(value: Any, _limit: int, _switches: Switches) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) or amount(one) is not None for one in values)


def _provider(value: Any, _limit: int, _switches: Switches) -> bool:
    return isinstance(value, str) and (value in PROVIDERS or value.startswith("carrier_"))


KINDS: dict[str, Callable[[Any, int, Switches], bool]] = {
    "text": _text,
    "name": _name,
    "integer": _integer,
    "money": _money,
    "date": _date,
    "locale": _like(_LOCALE),
    "currency": _like(_CURRENCY),
    "ip_v4": _like(_IP_V4),
    "ip_v6": _like(_IP_V6),
    "provider": _provider,
    "fee_type": lambda value, _limit, _switches: value == "custom_fee",
    "boolean": lambda value, _limit, _switches: isinstance(value, bool),
    "object": lambda value, _limit, _switches: isinstance(value, dict),
    "list": lambda value, _limit, _switches: isinstance(value, list) and all(isinstance(one, dict) for one in value),
    "text_or_number": lambda value, limit, switches: _text(value, limit, switches) or amount(value) is not None,
    "form_value": _form_value,
}
"""Source: V2 reference; the spec's own example of ip_address ("12.345.678.910") is no IPv4 address, so only its
characters are looked at."""
