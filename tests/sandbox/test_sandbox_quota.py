"""The quota: windows, neighbours, headers, 429."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sandbox_caller import TOKEN, ManualClock

from importer.sandbox.clock import Clock
from importer.sandbox.config import Config
from importer.sandbox.quota import Quota, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox_caller import Caller


def granted(quota: Quota, count: int) -> int:
    """How many of so many requests are let through."""
    return sum(quota.take().granted for _ in range(count))


@pytest.mark.parametrize(("plan", "most"), [("standard", 150), ("plus", 150), ("pro", 450)])
def test_a_plan_lets_its_quota_through(plan: str, most: int) -> None:
    """A window lets the plan's requests through and no more; the next window as many again."""
    clock = ManualClock()
    quota = Quota(Config(TOKEN, plan=plan), clock)
    assert granted(quota, 500) == most
    clock.sleep(30)
    assert granted(quota, 500) == most


def test_neighbours_use_their_share_evenly() -> None:
    """Half of the quota is gone by the end of the window, a quarter by its middle."""
    clock = ManualClock()
    quota = Quota(Config(TOKEN, quota=100, neighbour=0.5), clock)
    quota.take()
    clock.sleep(15)
    assert granted(quota, 100) == 74
    clock.sleep(14.9)
    assert granted(quota, 100) == 0


def test_neighbours_in_bursts() -> None:
    """With bursts the neighbours take their whole share at one moment of the window."""
    clock = ManualClock()
    quota = Quota(Config(TOKEN, quota=100, neighbour=0.6, bursts=True), clock)
    left = []
    for _ in range(30):
        left.append(quota.take().left)
        clock.sleep(0.99)
    drops = [before - after for before, after in pairwise(left)]
    assert sorted(set(drops)) == [1, 61]


def test_every_answer_tells_the_quota(start: Callable[..., Caller]) -> None:
    """Good answers, refusals and 401 carry the four headers; above the quota 429 comes with X-Retry-After."""
    store = start(quota=3)
    answers = [
        store.get("/v2/time"),
        store.get("/v2/nothing"),
        store.call("GET", "/v2/time", headers={"X-Auth-Token": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 401]
    assert [answer.headers["X-Rate-Limit-Requests-Left"] for answer in answers] == ["2", "1", "0"]
    store.clock.sleep(10)
    refused = store.get("/v2/time")
    assert refused.status_code == 429
    assert refused.json()["status"] == 429
    told = {
        name: refused.headers[f"X-Rate-Limit-{name}"] for name in ("Time-Window-Ms", "Time-Reset-Ms", "Requests-Quota")
    }
    assert told == {"Time-Window-Ms": "30000", "Time-Reset-Ms": "20000", "Requests-Quota": "3"}
    assert refused.headers["X-Retry-After"] == "20"


@pytest.mark.parametrize("spelling", ["lower", "random", "none"])
def test_headers_may_be_spelled_otherwise(start: Callable[..., Caller], spelling: str) -> None:
    """Lower case, random case and no headers at all are settings that a client must survive."""
    names = list(start(switches={"quota_headers": spelling}).get("/v2/time").headers)
    found = [name for name in names if name.lower().startswith("x-rate-limit")]
    assert len(found) == (0 if spelling == "none" else 4)
    assert spelling != "lower" or all(name.islower() for name in found)


def test_a_fast_store_counts_in_the_clients_time() -> None:
    """At speed 100 a window of 30 s lasts 0.3 s, and headers say so; X-Retry-After cannot say less than 1 s."""
    clock = Clock(speed=100)
    allowance = Quota(Config(TOKEN), clock).take()
    assert clock.on_the_wire(allowance.window) == pytest.approx(0.3)
    assert retry_after(allowance, clock) == ("X-Retry-After", "1")


def test_the_plan_can_change(start: Callable[..., Caller]) -> None:
    """PUT /_admin/plan changes the quota from the next request on."""
    store = start()
    store.put("/_admin/plan", {"plan": "standard", "quota": 0})
    assert store.get("/v2/time").headers["X-Rate-Limit-Requests-Quota"] == "150"
    assert store.put("/_admin/plan", {"plan": "gold"}).status_code == 400
