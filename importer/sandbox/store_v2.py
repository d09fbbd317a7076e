"""The store itself in V2: information, time, statuses, countries, currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sandbox import lists
from importer.sandbox.geography import countries, states
from importer.sandbox.statuses import STATUSES
from importer.sandbox.wire import json_answer, not_found, nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from importer.sandbox.calls import Call
    from importer.sandbox.wire import Answer

_DATE_FORMAT = {"display": "M jS Y", "export": "M jS Y", "extended_display": "M jS Y @ g:i A"}


_STORE: dict[str, Any] = {
    "account_uuid": "00000000-0000-4000-8000-000000000000",
    "status": "live",
    "first_name": "",
    "last_name": "",
    "address": "",
    "address_type": "Home / Office",
    "phone": "",
    "admin_email": "admin@example.com",
    "order_email": "orders@example.com",
    "language": "en",
    "decimal_separator": ".",
    "thousands_separator": ",",
    "currency_symbol_location": "left",
    "weight_units": "LBS",
    "dimension_units": "Inches",
    "dimension_decimal_places": 2,
    "dimension_decimal_token": ".",
    "dimension_thousands_token": ",",
    "plan_is_trial": False,
    "industry": "",
    "logo": [],
    "active_comparison_modules": [],
    "features": {"stencil_enabled": True, "sitewidehttps_enabled": True, "checkout_type": "optimized"},
    "default_site_id": 1000,
    "default_channel_id": 1,
}
"""What of a store no migration looks at. Source: a recorded GET /v2/store."""

_PRIVATE = frozenset(["hooks", "inventory", "automatic_tax"])


def show_store(call: Call) -> Answer:
    """What the store is. Source: V2 `GET /store`."""
    settings, store = call.shop.settings, call.shop.config.store
    plan = call.shop.config.plan.capitalize()
    own = {
        "id": store,
        "domain": f"{store}.example.com",
        "secure_url": f"https://{store}.example.com",
        "control_panel_base_url": f"https://store-{store}.example.com",
        "plan_name": plan,
        "plan_level": plan,
    }
    shown = {name: value for name, value in settings.items() if name not in _PRIVATE}
    return json_answer({**_STORE, **own, **shown, "timezone": {**settings["timezone"], "date_format": _DATE_FORMAT}})


def show_time(call: Call) -> Answer:
    """The store's time in seconds since 1970. Source: V2 `GET /time`."""
    return json_answer({"time": int(call.shop.clock.now())})


def list_statuses(_call: Call) -> Answer:
    """All order statuses. Source: V2 `GET /order_statuses`."""
    return json_answer(sorted(STATUSES, key=lambda status: int(status["id"])))


def show_status(call: Call) -> Answer:
    """One order status."""
    return json_answer(_by_id(STATUSES, call.ids[0]))


def _by_id(rows: list[dict[str, Any]], wanted: int) -> dict[str, Any]:
    found = next((row for row in rows if row["id"] == wanted), None)
    if found is None:
        raise not_found()
    return found


def _country(own: dict[str, Any], call: Call) -> dict[str, Any]:
    resource = f"/countries/{own['id']}/states"
    return {**own, "states": {"url": call.shop.links + resource, "resource": resource}}


def list_countries(call: Call) -> Answer:
    """The countries, a page of them. Source: V2 `GET /countries`."""
    lists.known_only(call.query, "country", "country_iso2", "country_iso3", "page", "limit")
    wanted = {name: value for name, value in call.query.items() if name.startswith("country")}
    rows = [one for one in countries() if all(one[name] == value for name, value in wanted.items())]
    shown = [_country(one, call) for one in lists.some(rows, call.query)]
    return json_answer(shown) if shown else nothing()


def show_country(call: Call) -> Answer:
    """One country."""
    return json_answer(_country(_by_id(countries(), call.ids[0]), call))


def list_states(call: Call) -> Answer:
    """The states of a country, 204 where the sandbox knows none. Source: V2 `GET /countries/{id}/states`."""
    lists.known_only(call.query, "state", "state_abbreviation", "page", "limit")
    country = _by_id(countries(), call.ids[0])
    wanted = {name: value for name, value in call.query.items() if name.startswith("state")}
    rows = [one for one in states() if one["country_id"] == country["id"]]
    rows = [one for one in rows if all(one[name] == value for name, value in wanted.items())]
    shown = lists.some(rows, call.query)
    return json_answer(shown) if shown else nothing()


def list_currencies(call: Call) -> Answer:
    """The store's one currency. Source: V2 `GET /currencies`."""
    settings = call.shop.settings
    return json_answer(
        [
            {
                "id": 1,
                "is_default": True,
                "currency_code": settings["currency"],
                "currency_exchange_rate": "1.0000000000",
                "name": settings["currency"],
                "token": settings["currency_symbol"],
                "token_location": "left",
                "decimal_token": ".",
                "thousands_token": ",",
                "decimal_places": settings["decimal_places"],
                "enabled": True,
                "is_transactional": True,
            }
        ]
    )


ROUTES: dict[tuple[str, str], Callable[[Call], Answer]] = {
    ("GET", "/v2/store"): show_store,
    ("GET", "/v2/time"): show_time,
    ("GET", "/v2/order_statuses"): list_statuses,
    ("GET", "/v2/order_statuses/{}"): show_status,
    ("GET", "/v2/countries"): list_countries,
    ("GET", "/v2/countries/{}"): show_country,
    ("GET", "/v2/countries/{}/states"): list_states,
    ("GET", "/v2/currencies"): list_currencies,
}
