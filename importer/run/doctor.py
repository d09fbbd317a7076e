"""Go or no-go before a migration: what the store's settings mean for orders that are years old.

    for check in diagnose(preflight(client)): ...

Each check is a generator of one topic in CHECKS; a no-go must be mended, a warning known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from importer.errors import StoreRefused
from importer.run.reading import patiently
from importer.store import CallFailed, OrdersClient
from importer.store.preflight import Preflight


class Verdict(StrEnum):
    """What a check says."""

    GO = "go"
    WARN = "warn"
    NO_GO = "no-go"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One topic, what it says, and why; where something is to be done, the message says what."""

    topic: str
    verdict: Verdict
    message: str


_IN_USE = ("active", "connected", "prelaunch")


def diagnose(facts: Preflight) -> list[Check]:
    """Every check, in the order of CHECKS. It is a go when none is a no-go."""
    return [check for topic in CHECKS.values() for check in topic(facts)]


def credentials(facts: Preflight) -> Iterator[Check]:
    """Source: OAuth scopes store_v2_orders, store_v2_information_read_only."""
    if "orders" in facts.failures:
        yield Check("credentials", Verdict.NO_GO, f"orders cannot be read ({facts.failures['orders']})")
    elif facts.may_write is False:
        yield Check(
            "credentials", Verdict.NO_GO, "the token may read orders but not write them; give it Orders: modify"
        )
    elif facts.may_write is None:
        yield Check("credentials", Verdict.UNKNOWN, "the store did not say whether the token may write orders")
    else:
        yield Check("credentials", Verdict.GO, "the token may read and write orders")


def store(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v2/store `status`, `plan_name`, `plan_is_trial`."""
    if "store" in facts.failures:
        yield _unread("store", facts.failures["store"])
        return
    about = facts.readings["store"]
    name = f"{about.get('name') or '(no name)'}, plan {about.get('plan_name') or 'unknown'}"
    status = about.get("status") or "unknown"
    yield Check("store", Verdict.GO if status == "live" else Verdict.WARN, f"{name}, status {status}")


def quota(facts: Preflight) -> Iterator[Check]:
    """Source: X-Rate-Limit headers; an order is one request."""
    if facts.rate is None:
        yield Check("quota", Verdict.UNKNOWN, "no answer tells of a quota; the run paces itself by its answers")
    else:
        hourly = facts.rate * 3600
        yield Check("quota", Verdict.GO, f"about {hourly:,.0f} requests an hour, an order takes one; apps share them")


def time_and_money(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v2/store `timezone`, `currency`, `is_price_entered_with_tax`."""
    about = facts.readings.get("store")
    if not about:
        return
    said = about.get("timezone")
    zone = said if isinstance(said, dict) else {}
    offset = zone.get("raw_offset")
    shown = f" (UTC{offset / 3600:+g} h)" if isinstance(offset, int | float) else ""
    yield Check(
        "time zone", Verdict.GO, f"the control panel shows times in {zone.get('name') or 'an unknown zone'}{shown}"
    )
    tax = "with" if about.get("is_price_entered_with_tax") else "without"
    currency = about.get("currency") or "unknown"
    yield Check(
        "currency", Verdict.GO, f"default {currency}, prices entered {tax} tax; orders in others need it enabled"
    )


def taken_for_its_own(client: OrdersClient, currencies: Collection[str]) -> str:
    """What a store of another currency makes of bodies that name none, as a sentence; "" where it is the same.

    A store that does not say is not asked twice. Source: GET /v2/store `currency`; V2 `default_currency_code`.
    """
    try:
        about = patiently(partial(client.read, "/v2/store"), tries=3)
    except (CallFailed, StoreRefused):
        return ""
    own = about.get("currency") if isinstance(about, dict) else None
    others = sorted(set(currencies) - {own}) if own else []
    if not others:
        return ""
    told = f"the store's currency is {own}: it takes amounts in {', '.join(others)} for {own}, they are not converted"
    return f"{told}; where it has these currencies too, let the mapping's body give default_currency_code"


def statuses(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v2/order_statuses; ids 0..14 are fixed, labels are not."""
    if "statuses" in facts.failures:
        yield _unread("statuses", facts.failures["statuses"])
        return
    listed = {entry.get("id"): entry for entry in facts.readings["statuses"] or [] if isinstance(entry, dict)}
    missing = sorted(set(range(15)) - set(listed))
    renamed = [
        f"{number} is shown as '{entry['custom_label']}'"
        for number, entry in listed.items()
        if entry.get("custom_label") not in (None, "", entry.get("system_label"), entry.get("name"))
    ]
    if missing:
        yield Check("statuses", Verdict.WARN, f"the store lists no status {', '.join(map(str, missing))}")
    else:
        yield Check("statuses", Verdict.GO, "; ".join(["all fifteen are there", *renamed]))


def channels(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v3/channels; POST /v2/orders `channel_id` is 1 where it is left out."""
    if "channels" in facts.failures:
        yield _unread("channels", facts.failures["channels"])
        return
    listed = facts.readings["channels"] or []
    shown = ", ".join(f"{entry.get('id')} {entry.get('name')} ({entry.get('status')})" for entry in listed)
    usable = any(
        entry.get("id") == 1 and entry.get("status") in ("active", "connected", "prelaunch") for entry in listed
    )
    hint = "" if usable else "; channel 1 is not in use: set channel_id in the mapping"
    yield Check("channels", Verdict.GO if usable else Verdict.WARN, f"{shown or 'none'}{hint}")


def inventory(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v3/settings/inventory `update_stock_behavior`."""
    if "inventory" in facts.failures:
        yield _unread("inventory", facts.failures["inventory"])
        return
    behaviour = facts.readings["inventory"].get("update_stock_behavior") or "unknown"
    message = f"stock moves at {behaviour}; custom lines move none, catalogue lines do and can be refused for stock"
    yield Check("inventory", Verdict.GO, message)


def tax(facts: Preflight) -> Iterator[Check]:
    """Source: `tax_provider_id` of the newest order; the guide on automatic tax. No setting tells it."""
    provider = facts.last_order.get("tax_provider_id")
    if not facts.last_order:
        yield Check(
            "automatic tax", Verdict.UNKNOWN, "no order to tell by; switch Avalara and the like off for the run"
        )
    elif provider in (None, "", "BasicTaxProvider"):
        yield Check("automatic tax", Verdict.GO, "the newest order was taxed by the store's own rates")
    else:
        message = (
            f"the newest order was taxed by {provider}: paid history would be filed as tax documents; switch it off"
        )
        yield Check("automatic tax", Verdict.WARN, message)


def webhooks(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v3/hooks, which lists those of this token's own account only; scope store/order/*."""
    if "hooks" in facts.failures:
        yield _unread("webhooks", facts.failures["hooks"])
        return
    active = [hook for hook in facts.readings["hooks"] or [] if hook.get("is_active") and _fires(hook.get("scope"))]
    for hook in active:
        host = urlsplit(str(hook.get("destination"))).hostname or "an unknown host"
        message = f"{hook['scope']} would call {host} for every order sent; deactivate it for the run"
        yield Check("webhooks", Verdict.WARN, message)
    if not active:
        message = "none of this account's fires; other apps' cannot be seen: switch off ERP, mail and review apps"
        yield Check("webhooks", Verdict.GO, message)


def notifications(facts: Preflight) -> Iterator[Check]:
    """Source: GET /v3/settings/email-statuses. An order made sends no e-mail; status and shipments do."""
    advice = (
        "creating orders sends none, but status changes and shipments do; switch order notifications off for the run"
    )
    if "emails" in facts.failures:
        yield Check("notifications", Verdict.UNKNOWN, f"the e-mail settings cannot be read; {advice}")
        return
    switched = facts.readings["emails"]
    on = [name for name in ("combined_order_status_email", "invoice_email") if switched.get(name)]
    if on:
        yield Check("notifications", Verdict.WARN, f"{' and '.join(on)} on: {advice}")
    else:
        yield Check("notifications", Verdict.GO, "order status and invoice e-mails are off")


CHECKS: dict[str, Callable[[Preflight], Iterator[Check]]] = {
    "credentials": credentials,
    "store": store,
    "quota": quota,
    "time and money": time_and_money,
    "statuses": statuses,
    "channels": channels,
    "inventory": inventory,
    "automatic tax": tax,
    "webhooks": webhooks,
    "notifications": notifications,
}
"""What is looked at, in the order in which it is told."""


def _fires(scope: Any) -> bool:
    return str(scope) in ("store/order/*", "store/order/created", "store/order/updated", "store/order/statusUpdated")


def _unread(topic: str, failure: str) -> Check:
    return Check(topic, Verdict.UNKNOWN, f"cannot be read ({failure})")
