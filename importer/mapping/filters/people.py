"""Filters of what tells a person: names, addresses, phone numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from importer.errors import FieldError
from importer.mapping.countries import country_code
from importer.mapping.filters.texts import text
from importer.mapping.places import state_name

LONGEST_ADDRESS = 320
"""Source: RFC 3696 errata 1690: 64 characters before the @, 255 behind it."""


def first_name(value: Any) -> str:
    """All but the last word of a name; a single word is the first name.

    >>> first_name("Ana María López"), first_name("Prince"), first_name("")
    ('Ana María', 'Prince', '')
    """
    words = text(value).split()
    return " ".join(words[:-1] or words)


def last_name(value: Any) -> str:
    """The last word of a name of two words or more.

    >>> last_name("Ana María López"), last_name("Prince")
    ('López', '')
    """
    words = text(value).split()
    return words[-1] if len(words) > 1 else ""


def country(value: Any) -> str:
    """The ISO 3166-1 alpha-2 code of a country by code, alpha-3 or name, in English or a language that shops speak.

    >>> country("United Kingdom"), country("DEU"), country("Holland")
    ('GB', 'DE', 'NL')
    """
    return country_code(text(value))


def state(value: Any, country: Any = "") -> str:
    """A state's full name from its code in that country; other text unchanged.

    >>> state("NY", "US"), state("Bavaria", "DE"), state("", "BE")
    ('New York', 'Bavaria', '')
    """
    return state_name(text(value), text(country))


_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+\Z")


def email(value: Any) -> str:
    """An e-mail address as it is; blank where the text is none.

    >>> email(" ana@example.com "), email("no e-mail")
    ('ana@example.com', '')
    """
    return email_of_text(text(value))


def email_of_text(text: str) -> str:
    address = text.strip()
    return address if len(address) <= LONGEST_ADDRESS and _EMAIL.match(address) else ""


_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,3}\Z", re.IGNORECASE)


def phone(value: Any) -> str:
    """A phone number as it is. A number that a spreadsheet rounded (9.23E+11) is an error: its digits are gone.

    >>> phone("+27 82 555 0100")
    '+27 82 555 0100'
    """
    number = text(value).strip()
    if _ROUNDED.match(number):
        raise FieldError("rounded", f"'{number}' lost its digits in a spreadsheet; export again, do not resave")
    return number


def zip_code(value: Any) -> str:
    """A post code as it is; blank where it is shorter than the two characters that V2 wants. In mappings: `zip`.

    >>> zip_code("01234"), zip_code("."), zip_code("")
    ('01234', '', '')
    """
    return zip_of_text(text(value))


def zip_of_text(text: str) -> str:
    code = text.strip()
    return code if len(code) > 1 else ""


def ip_v4(value: Any) -> str:
    """The first IPv4 address of a text, such as a list of proxies; blank where there is none.

    >>> ip_v4("203.0.113.9, 10.0.0.1"), ip_v4("::ffff:203.0.113.9"), ip_v4("2001:db8::1"), ip_v4("unknown")
    ('203.0.113.9', '203.0.113.9', '', '')
    """
    address = _first_address(text(value))
    return str(address) if isinstance(address, IPv4Address) else ""


def ip_v6(value: Any) -> str:
    """The first IPv6 address of a text; blank where it is none, which is recorded as `ip-dropped`.

    >>> ip_v6("2001:DB8::1"), ip_v6("203.0.113.9")
    ('2001:db8::1', '')
    """
    address = _first_address(text(value))
    return str(address) if isinstance(address, IPv6Address) else ""


@lru_cache(maxsize=512)
def _first_address(text: str) -> IPv4Address | IPv6Address | None:
    first = text.split(",", 1)[0].strip()
    if "." in first and first.count(":") == 1:  # with its port
        first = first.partition(":")[0]
    try:
        address = ip_address(first.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
