"""Countries and states as the store lists them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.sandbox.checks import Body, invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from importer.sandbox.wire import Finding


@cache
def countries() -> list[dict[str, Any]]:
    """Every country, as GET /v2/countries has it."""
    rows = [line.split("\t") for line in _data("countries.tsv")]
    return [
        {"id": index, "country": name, "country_iso2": iso2, "country_iso3": iso3}
        for index, (iso2, iso3, name) in enumerate(rows, 1)
    ]


@cache
def states() -> list[dict[str, Any]]:
    """The states of the countries whose states the sandbox knows, as GET /v2/countries/{id}/states has them."""
    ids = {one["country_iso2"]: one["id"] for one in countries()}
    rows = [line.split("\t") for line in _data("states.tsv")]
    return [
        {"id": index, "state": name, "state_abbreviation": short, "country_id": ids[iso2]}
        for index, (iso2, short, name) in enumerate(rows, 1)
    ]


def _data(name: str) -> list[str]:
    return (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()


@cache
def _by_code() -> dict[str, dict[str, Any]]:
    return {one["country_iso2"]: one for one in countries()}


@cache
def _by_name() -> dict[str, dict[str, Any]]:
    return {one["country"].lower(): one for one in countries()}


def _found(address: Body) -> dict[str, Any] | None:
    code = address.get("country_iso2")
    return _by_code().get(code.upper()) if code else _by_name().get(address.get("country", "").lower())


def country(address: Body) -> Body:
    """The `country` and `country_iso2` that an address comes to have, where it names either.

    Source: orders guide: `country_iso2` overrides `country`, either suffices.
    """
    found = _found(address)
    return {name: found[name] for name in ("country", "country_iso2")} if found else {}


def check_country(name: str, address: Body) -> Iterator[Finding]:
    """An address in a country that does not exist; `name` is the address's own, as the message has it.

    Source: message seen in production, "The field 'billing_address' is invalid.".
    """
    if (address.get("country_iso2") or address.get("country")) and not _found(address):
        yield invalid(name)
