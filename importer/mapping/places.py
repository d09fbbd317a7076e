"""Countries and states by any of the names that exports use."""

from __future__ import annotations

import re
from functools import lru_cache

import pycountry

from importer.errors import FieldError

_ALIASES = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "united states of america": "US",
    "the united states": "US",
    "holland": "NL",
    "the netherlands": "NL",
    "ivory coast": "CI",
    "cote d'ivoire": "CI",
    "south korea": "KR",
    "korea": "KR",
    "north korea": "KP",
    "russia": "RU",
    "vietnam": "VN",
    "czech republic": "CZ",
    "macedonia": "MK",
    "swaziland": "SZ",
    "cape verde": "CV",
    "burma": "MM",
    "turkey": "TR",
    "hong kong sar": "HK",
    "hong kong sar china": "HK",
    "macau": "MO",
    "macao sar china": "MO",
    "palestine": "PS",
    "palestinian territories": "PS",
    "kosovo": "XK",
    "vatican city": "VA",
    "the bahamas": "BS",
    "the gambia": "GM",
    "democratic republic of the congo": "CD",
    "republic of the congo": "CG",
    "congo - kinshasa": "CD",
    "congo - brazzaville": "CG",
    "east timor": "TL",
    "brunei": "BN",
    "micronesia": "FM",
    "saint martin": "MF",
    "st. lucia": "LC",
    "st. kitts & nevis": "KN",
    "st. vincent & grenadines": "VC",
    "trinidad & tobago": "TT",
    "bosnia & herzegovina": "BA",
    "antigua & barbuda": "AG",
    "u.s. virgin islands": "VI",
    "british virgin islands": "VG",
    "deutschland": "DE",
    "österreich": "AT",
    "españa": "ES",
    "italia": "IT",
    "schweiz": "CH",
    "suisse": "CH",
    "belgique": "BE",
    "belgië": "BE",
    "nederland": "NL",
    "brasil": "BR",
    "méxico": "MX",
}
_OWN_CODES = {"UK": "GB", "EL": "GR", "XK": "XK"}


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country given as alpha-2, alpha-3 or an English name, "" for a blank.

    Errors: FieldError `country` for a name nobody knows.

    >>> country_code("The Netherlands"), country_code("DEU"), country_code("uk"), country_code("")
    ('NL', 'DE', 'GB', '')
    """
    wanted = text.strip()
    if not wanted:
        return ""
    code = wanted.upper()
    if code in _OWN_CODES:
        return _OWN_CODES[code]
    if len(code) in (2, 3):
        found = pycountry.countries.get(alpha_2=code) or pycountry.countries.get(alpha_3=code)
        if found:
            return str(found.alpha_2)
    alias = _ALIASES.get(wanted.casefold())
    if alias:
        return alias
    try:
        return str(pycountry.countries.lookup(wanted).alpha_2)
    except LookupError:
        raise FieldError("country", f"'{text[:60]}' is not a country's ISO code or English name") from None


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
