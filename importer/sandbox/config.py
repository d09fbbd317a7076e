"""What one sandbox is: its store, its plan, and a switch for each behaviour that nobody documents."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from importer.errors import UsageError

PLANS = {"standard": 150, "plus": 150, "pro": 450, "enterprise": 1_500, "unlimited": 1_000_000}
"""Requests in 30 seconds for the whole store, all its apps together.

Source: the rate-limit guide for Standard, Plus and Pro. Enterprise differs from store to store; 1,500 is a guess.
"""

CHOICES = {
    "post_status": (200, 201),
    "match": ("exact", "prefix", "case-insensitive"),
    "iso_dates": ("refused", "accepted"),
    "errors": ("first", "all"),
    "quota_headers": ("documented", "lower", "random", "none"),
}


@dataclass(frozen=True, slots=True)
class Switches:
    """What the documents leave open; a client must survive every setting.

    `post_status`: POST /orders answers 200 (the reference) or 201 (the guide). `match`: how external_order_id is
    compared in lists. `list_lag`: seconds until a new order is seen in lists and counts. `archived_in_lists`.
    `iso_dates`: date_created in ISO-8601. `late_commit`: the longest time, in seconds, after which the store may still
    commit an order that it answered with an error. `errors`: name the first mistake, or all of one kind.
    `id_gaps`: the share of order ids left out. `latency`: seconds each answer takes. `quota_headers`: their spelling.
    `multi_currency`: default_currency_code may be written. `notifications`: e-mails on status changes and shipments.
    `novelties`: unknown members in answers. `plan_limit`: 507 after so many orders, 0 for none.
    """

    post_status: int = 200
    match: str = "exact"
    list_lag: float = 0.0
    archived_in_lists: bool = False
    iso_dates: str = "refused"
    late_commit: float = 0.0
    errors: str = "first"
    id_gaps: float = 0.02
    latency: float = 0.0
    quota_headers: str = "documented"
    multi_currency: bool = False
    notifications: bool = True
    novelties: bool = False
    plan_limit: int = 0


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a sandbox is started with.

    `token` opens everything; more tokens with fewer scopes come through `/_admin/tokens`. `state`: the SQLite file,
    "" for none. `quota`: requests in `window` seconds, 0 for the plan's. `neighbour`: the share of the quota that the
    store's other apps use, `bursts` for all at once in place of evenly. `speed`: how fast store time runs.
    `seed`: a YAML or JSON file of customers, products, channels; `customers` and `products`: how many to invent.
    `dice`: the seed of everything random.
    """

    token: str
    store: str = "sandbox"
    port: int = 0
    state: str = ""
    plan: str = "pro"
    quota: int = 0
    window: float = 30.0
    neighbour: float = 0.0
    bursts: bool = False
    speed: float = 1.0
    seed: str = ""
    customers: int = 0
    products: int = 0
    dice: int = 1
    switches: dict[str, Any] = field(default_factory=dict)
    faults: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if self.plan not in PLANS:
            raise UsageError(f"no plan '{self.plan}'; there are {', '.join(PLANS)}")
        if self.speed <= 0 or self.window <= 0 or not 0 <= self.neighbour < 1:
            raise UsageError("speed and window must be above 0, neighbour from 0 to below 1")
        if not self.store.isalnum():
            raise UsageError(f"the store's hash is letters and digits only, not '{self.store}'")


def switched(switches: Switches, changes: dict[str, Any]) -> Switches:
    """The switches with some of them set; numbers and yes/no may come as text. Raises UsageError."""
    known = {one.name: one for one in fields(Switches)}
    for name in changes:
        if name not in known:
            raise UsageError(f"no switch '{name}'; there are {', '.join(sorted(known))}")
    return replace(switches, **{name: _value(name, value) for name, value in changes.items()})


def _value(name: str, value: Any) -> Any:
    kind = type(getattr(Switches(), name))
    try:
        given = _truth(value) if kind is bool else kind(value)
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"switch '{name}' takes {kind.__name__}, not {value!r}") from error
    allowed = CHOICES.get(name)
    if allowed and given not in allowed:
        raise UsageError(f"switch '{name}' is one of {', '.join(map(str, allowed))}, not {value!r}")
    return given


def _truth(value: Any) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]
