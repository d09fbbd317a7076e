"""Countries by any of the names that exports use: ISO codes, English names, and those of the shops' own languages."""

from __future__ import annotations

import gettext
import re
import unicodedata
from functools import cache, lru_cache

import pycountry

from importer.errors import FieldError

ALIASES = {
    "america": "US",
    "antilles": "CW",
    "bahamas": "BS",
    "bonaire": "BQ",
    "britain": "GB",
    "british virgin islands": "VG",
    "burma": "MM",
    "canary islands": "ES",
    "cape verde": "CV",
    "caribbean netherlands": "BQ",
    "channel islands": "JE",
    "congo brazzaville": "CG",
    "congo kinshasa": "CD",
    "democratic republic of congo": "CD",
    "dr congo": "CD",
    "drc": "CD",
    "east timor": "TL",
    "england": "GB",
    "falkland islands": "FK",
    "gambia": "GM",
    "great britain": "GB",
    "heard and mcdonald islands": "HM",
    "holland": "NL",
    "holy see": "VA",
    "hong kong sar china": "HK",
    "hong kong sar": "HK",
    "hongkong": "HK",
    "ireland republic of": "IE",
    "ivory coast": "CI",
    "korea republic of": "KR",
    "korea": "KR",
    "kosovo": "XK",
    "la reunion": "RE",
    "macao sar china": "MO",
    "macau sar china": "MO",
    "macau": "MO",
    "macedonia": "MK",
    "micronesia": "FM",
    "north korea": "KP",
    "northern ireland": "GB",
    "palestine": "PS",
    "palestinian territories": "PS",
    "pitcairn islands": "PN",
    "republic of congo": "CG",
    "republic of ireland": "IE",
    "republic of korea": "KR",
    "rusia": "RU",
    "russia": "RU",
    "saba": "BQ",
    "saint barthelemy": "BL",
    "saint helena": "SH",
    "saint martin": "MF",
    "saint pierre and miquelon": "PM",
    "schweiz suisse svizzera": "CH",
    "scotland": "GB",
    "sint eustatius": "BQ",
    "sint maarten": "SX",
    "slovak republic": "SK",
    "south korea": "KR",
    "svalbard and jan mayen": "SJ",
    "swaziland": "SZ",
    "tahiti": "PF",
    "turkey": "TR",
    "u s outlying islands": "UM",
    "u s virgin islands": "VI",
    "uae": "AE",
    "united states minor outlying islands": "UM",
    "united states of america usa": "US",
    "us virgin islands": "VI",
    "vatican city": "VA",
    "vatican": "VA",
    "wales": "GB",
}
"""Names in no list of ISO 3166's, as `_plain` writes them."""

OWN_CODES = {"UK": "GB", "EL": "GR", "XK": "XK", "AN": "CW", "USA": "US", "U.S.A.": "US", "U.S.": "US", "U.K.": "GB"}
LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pt_BR", "sv", "da", "nb", "fi", "pl", "cs", "tr", "ja", "zh_CN", "ko")
_IN_BRACKETS = re.compile(r"(.+?)\s*\((.+)\)\Z")


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country given as alpha-2, alpha-3 or a name, "" for a blank.

    Names are English, or in a language that many shops speak; accents, `&`, `St.` and a `The` make no difference.
    Errors: FieldError `country` for a name nobody knows.

    >>> country_code("The Netherlands"), country_code("DEU"), country_code("uk"), country_code("")
    ('NL', 'DE', 'GB', '')
    >>> country_code("Deutschland"), country_code("United States (US)"), country_code("St. Kitts & Nevis")
    ('DE', 'US', 'KN')
    """
    wanted = text.strip()
    if not wanted:
        return ""
    found = _by_code(wanted) or _by_name(wanted)
    if found:
        return found
    raise FieldError(
        "country", f"'{text[:60]}' is not a country's ISO code or a name of it; a table may say which it is"
    )


def _by_code(text: str) -> str:
    code = text.upper()
    if code in OWN_CODES:
        return OWN_CODES[code]
    if len(code) not in (2, 3):
        return ""
    found = pycountry.countries.get(alpha_2=code) or pycountry.countries.get(alpha_3=code)
    return str(found.alpha_2) if found else ""


def _by_name(text: str) -> str:
    name = _plain(text)
    found = _english().get(name) or _translated().get(name)
    bracketed = _IN_BRACKETS.match(text)
    if found or bracketed is None:
        return found or ""
    return _by_code(bracketed[2].strip()) or _by_name(bracketed[1])


def _plain(name: str) -> str:
    """The name without accents, points, capitals and articles.

    >>> _plain("St. Vincent & the Grenadines"), _plain("Côte d’Ivoire")
    ('saint vincent and grenadines', 'cote d ivoire')
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = re.sub(r"[\W_]+", " ", bare.casefold().replace("&", " and ")).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


@cache
def _english() -> dict[str, str]:
    """ISO's names and the ones that people use -> alpha-2. `Bolivia, Plurinational State of` is Bolivia as well."""
    names = dict(ALIASES)
    for country in pycountry.countries:
        for key in ("name", "official_name", "common_name"):
            if name := getattr(country, key, ""):
                names[_plain(name)] = country.alpha_2
    for country in pycountry.countries:
        names.setdefault(_plain(country.name.partition(",")[0]), country.alpha_2)
    return names


@cache
def _translated() -> dict[str, str]:
    """The names in other languages -> alpha-2, less those that mean two countries. Source: pycountry's iso3166-1."""
    names: dict[str, str] = {}
    doubtful = set()
    for language in LANGUAGES:
        known = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
        for country in pycountry.countries:
            for english in (country.name, getattr(country, "common_name", country.name)):
                for name in {_plain(known.gettext(english)), _plain(known.gettext(english).partition(",")[0])}:
                    if names.setdefault(name, country.alpha_2) != country.alpha_2:
                        doubtful.add(name)
    return {name: code for name, code in names.items() if name not in doubtful}
