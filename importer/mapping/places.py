"""States by any of the codes that exports use."""

from __future__ import annotations

import re
from functools import lru_cache

import pycountry

from importer.errors import FieldError
from importer.mapping.countries import country_code

_SUBDIVISION = re.compile(r"[A-Za-z]{2}-[A-Za-z0-9]{1,3}\Z")


@lru_cache(maxsize=8192)
def state_name(text: str, country: str) -> str:
    """The full name of a state given by its code within `country`; any other text unchanged.

    Source: guide `prepare-data`: abbreviated state names make tax submission fail; API takes any text.

    >>> state_name("CA", "US"), state_name("DE-HB", "DE"), state_name("Louisiana", "US"), state_name("X9", "BB")
    ('California', 'Bremen', 'Louisiana', 'X9')

    WooCommerce has codes without the hyphen:

    >>> state_name("JP13", "JP")
    'Tokyo'
    """
    code = text.strip().upper()
    if not code or len(code) > 6:
        return text
    if not _SUBDIVISION.match(code):
        nation = _quiet_country(country)
        if nation and code.startswith(nation) and code[2:].isdecimal():
            code = code[2:]
        if not nation or len(code) > 3:
            return text
        code = f"{nation}-{code}"
    found = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]  # pycountry is half typed
    return str(found.name) if found else text


def _quiet_country(text: str) -> str:
    try:
        return country_code(text)
    except FieldError:
        return ""
