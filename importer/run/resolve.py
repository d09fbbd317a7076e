"""Orders in doubt: when they may be looked up, the look-up, and what an adopted order is compared by."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count

from importer.errors import StoreRefused
from importer.model import Body
from importer.run.claims import claimed, shown
from importer.run.parcel import Parcel
from importer.store import CallFailed, Clock, OrdersClient

_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look-up gave: every order of that number, or None where it failed and decides nothing."""

    parcel: Parcel
    found: list[Body] | None
    failure: str = ""
    refused: bool = False
    bug: str = ""


def look_up(client: OrdersClient, parcel: Parcel) -> LookedUp:
    """Ask the store which orders carry this order's number. Source: GET /v2/orders `external_order_id`."""
    try:
        return LookedUp(parcel, client.find(parcel.entry.external_order_id))
    except CallFailed as failed:
        return LookedUp(parcel, None, str(failed))
    except StoreRefused as refused:
        return LookedUp(parcel, None, str(refused), refused=True)
    except Exception as error:  # noqa: BLE001 - a thread must not end the run without a word
        return LookedUp(parcel, None, f"this program failed: {error!r}", bug=repr(error))


class Doubts:
    """The orders in doubt, each with the moment from which a look-up may decide it."""

    def __init__(self, clock: Clock, settle: float) -> None:
        self._clock = clock
        self._settle = settle
        self._waiting: list[tuple[float, int, Parcel]] = []
        self._number = count()
        self._failures: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, parcel: Parcel) -> None:
        """Hold an order until it has settled. A wall clock that was set back costs one settle time, not more."""
        not_before = parcel.entry.not_before
        wait = (not_before - self._clock.now()).total_seconds() if not_before else self._settle
        self._hold(parcel, min(max(wait, 0.0), self._settle))

    def again(self, parcel: Parcel) -> None:
        """Hold an order whose look-up failed, longer each time."""
        failures = self._failures.get(parcel.entry.source_id, 0)
        self._failures[parcel.entry.source_id] = failures + 1
        self._hold(parcel, min(2.0**failures, _LONGEST_WAIT) * (1 + 0.5 * self._clock.chance()))

    def due(self) -> Parcel | None:
        """An order that may be looked up now."""
        return heapq.heappop(self._waiting)[2] if self._waiting and self.wait() <= 0 else None

    def wait(self) -> float:
        """Seconds until the next order may be looked up; infinite when there is none."""
        return self._waiting[0][0] - self._clock.monotonic() if self._waiting else float("inf")

    def _hold(self, parcel: Parcel, seconds: float) -> None:
        heapq.heappush(self._waiting, (self._clock.monotonic() + seconds, next(self._number), parcel))


def differences(body: Body, order: Body) -> list[str]:
    """The fields in which an adopted order is not what was sent: its date and its total."""
    claims, now = claimed(body), shown(order)
    return [path for path in ("date_created", "total_inc_tax") if path in claims and now.get(path) != claims[path]]
