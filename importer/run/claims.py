"""What a body claims of an order, and what the store shows of it, in one form in which the two can be compared.

A signature keeps such a form without its values: four characters a field, keyed by the order's own mark. Two signatures
tell which fields differ, and nothing else; so a ledger may hold them.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import orjson

from importer.model import Body

Claims = dict[str, str]
"""Path -> value, as one canonical text."""

_PAIRED = ("subtotal", "shipping_cost", "handling_cost", "wrapping_cost", "total")
MONEY = frozenset(
    [
        *(f"{name}_{side}_tax" for name in _PAIRED for side in ("ex", "inc")),
        *("discount_amount", "base_shipping_cost", "base_handling_cost", "base_wrapping_cost"),
    ]
)
ADDRESS = "first_name last_name company street_1 street_2 city state zip country country_iso2 phone email".split()
PARTS = ("products", "shipping_addresses", "fees", "consignments")
"""What belongs to an order and is a resource of its own in the store: compared line by line, see `parts.py`."""

PATHS = (
    *("external_source", "external_order_id", "external_merchant_id"),
    *("status_id", "date_created", "customer_id", "channel_id", "customer_locale", "default_currency_code"),
    *(f"{name}_{side}_tax" for name in _PAIRED for side in ("ex", "inc")),
    *("discount_amount", "base_shipping_cost", "base_handling_cost", "base_wrapping_cost", "items_total"),
    *("payment_method", "payment_provider_id", "customer_message", "staff_notes", "order_is_digital"),
    *("ip_address", "ip_address_v6", "geoip_country", "geoip_country_iso2"),
    *(f"billing_address.{name}" for name in ADDRESS),
    *PARTS,
    "date_modified",
)
"""Every path, in the order of a signature. Ledgers hold signatures: append, and change nothing.

`refunded_amount` is absent: the store always shows 0. Source: V2 `refunded_amount`.
"""

ABSENT = "----"
_WIDTH = len(ABSENT)
_PLACES = tuple((path, slice(number * _WIDTH, (number + 1) * _WIDTH)) for number, path in enumerate(PATHS))
_PARTS = frozenset(PARTS)
_FOUR_PLACES = re.compile(r"(0|[1-9]\d*)\.\d{4}", re.ASCII)


def claimed(body: Body) -> Claims:
    """What a body says, path by path; a field that it leaves out claims nothing."""
    claims = {path: rule(value) for path, value, rule in _values(body) if value is not None}
    quantities = [line.get("quantity") for line in _lines(body)]
    if quantities and all(isinstance(quantity, int) for quantity in quantities):
        claims["items_total"] = str(sum(quantities))
    return claims


def shown(order: Body) -> Claims:
    """What the store shows of an order, path by path; what belongs to it is elsewhere, and a blank is shown as ''."""
    return {path: rule(value) for path, value, rule in _values(order) if path not in _PARTS}


def unshown(order: Body) -> list[str]:
    """The fields without which nothing is proved of an order, and that an answer of the store leaves out."""
    addressed = isinstance(order.get("billing_address"), dict)
    missing = [path for path in _PROVING if order.get(path) in (None, "")]
    return missing if addressed else [*missing, "billing_address"]


_PROVING = (
    *("external_source", "external_order_id", "external_merchant_id"),
    *("status_id", "date_created", "total_ex_tax", "total_inc_tax"),
)


def unlike(claims: Claims, order: Claims) -> list[str]:
    """The paths that both sides have, and at which the second is not what the first claims."""
    return [path for path, value in claims.items() if path in order and order[path] != value]


def signature(claims: Mapping[str, str], mark: str) -> str:
    """The claims without their values; `mark` keys it, so that equal values of two orders do not look alike."""
    key = hashlib.blake2b(mark.encode(), digest_size=16).digest()
    return "".join(_digest(claims[path], key) if path in claims else ABSENT for path in PATHS)


def changed(before: str, after: str) -> list[str]:
    """The paths that two signatures of one order both have, and at which they differ."""
    return [path for path, one, other in _pairs(before, after) if one != other and ABSENT not in (one, other)]


def altered(before: str, after: str) -> list[str]:
    """The same, counting what only one of the two has: the difference between two bodies."""
    return [path for path, one, other in _pairs(before, after) if one != other]


def merged(before: str, after: str, kept: Iterable[str]) -> str:
    """The later signature, but with the paths of `kept` as they were before."""
    held = set(kept)
    return "".join(one if path in held else other for path, one, other in _pairs(before, after))


def _pairs(before: str, after: str) -> Iterable[tuple[str, str, str]]:
    """Path and both digests; a signature that an earlier importer wrote is shorter, its end is absent."""
    for path, place in _PLACES:
        yield path, before[place] or ABSENT, after[place] or ABSENT


def _digest(value: str, key: bytes) -> str:
    digest = hashlib.blake2b(value.encode(), digest_size=3, key=key).digest()
    return b2a_base64(digest, newline=False).decode()


def _values(body: Body) -> Iterator[tuple[str, Any, Callable[[Any], str]]]:
    """Each path that a body has, its value, and what makes one canonical text of it."""
    for path, outer, inner, rule in _FIELDS:
        if outer not in body:
            continue
        value = body[outer]
        if not inner:
            yield path, value, rule
        elif isinstance(value, dict) and inner in value:
            yield path, value[inner], rule


def _lines(body: Body) -> list[Any]:
    """The lines of the body, those of a pickup too."""
    pickups = body.get("consignments", {}).get("pickups", [])
    return [*body.get("products", []), *(line for pickup in pickups for line in pickup.get("line_items", []))]


def text(value: Any) -> str:
    """A text as the store may show it: without blanks at its ends, line ends of one kind; '' for null."""
    if value is None:
        return ""
    return str(value).replace("\r\n", "\n").strip()


def four_places(value: Any) -> str:
    """An amount at the four places that the store keeps: `5.9`, `"5.9000"` and 5.90001 are `5.9000`."""
    if isinstance(value, str) and _FOUR_PLACES.fullmatch(value):
        return value
    try:
        return format(Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_HALF_UP) + 0, "f")
    except InvalidOperation:
        return text(value)


def _money(value: Any) -> str:
    return "0.0000" if value in (None, "") else four_places(value)


def seconds(value: Any) -> int | None:
    """The instant of a date of the API in whole seconds since 1970; None for what is no date."""
    return _seconds(str(value))


@lru_cache(1024)
def _seconds(value: str) -> int | None:
    """The same of a text; an order shows the same instant under several names."""
    try:
        moment = parsedate_to_datetime(value)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp())
    except (TypeError, ValueError, OverflowError):  # no date, or one of the year 10000
        return None


def _instant(value: Any) -> str:
    instant = seconds(value)
    return text(value) if instant is None else str(instant)


def _number(value: Any) -> str:
    return "0" if value in (None, "") else text(value)


def _truth(value: Any) -> str:
    return "true" if value in (True, "true", 1) else "false"


def _whole(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


_RULES: dict[str, Callable[[Any], str]] = {
    "date_created": _instant,
    "date_modified": _instant,
    "status_id": _number,
    "customer_id": _number,
    "channel_id": _number,
    "items_total": _number,
    "order_is_digital": _truth,
    **dict.fromkeys(PARTS, _whole),
}

_FIELDS = tuple(
    (path, *path.partition(".")[::2], _money if path in MONEY else _RULES.get(path, text)) for path in PATHS
)
"""Path, field, field inside it, and what makes one canonical text of its value."""
