"""Pacing: the whole of our share, no answer 429, and room for the store's other apps."""

from __future__ import annotations

import pytest
from simulated_store import QuotaServer, Sender, Simulation, neighbour

from importer.store.pacing import Pacer
from importer.store.quota import Quota, read_quota, read_wait

HOUR = 3600.0
PLANS = {"standard": (150, 30.0), "pro": (450, 30.0), "enterprise": (7000, 30.0)}


@pytest.mark.parametrize("sliding", [False, True], ids=["fixed window", "sliding window"])
@pytest.mark.parametrize("plan", ["standard", "pro"])
def test_alone_the_quota_is_used_without_one_429(plan: str, sliding: bool) -> None:
    """At least 95 % of the quota over an hour, and never a request too many."""
    quota, window = PLANS[plan]
    simulation = Simulation()
    sender = Sender(simulation, QuotaServer(simulation, quota, window, sliding=sliding), Pacer(clock=simulation.clock))
    simulation.run(HOUR)
    used = sender.answers[200] / (quota * HOUR / window)
    print(f"{plan}: {used:.1%} of the quota, {sender.answers[429]} answers 429")  # noqa: T201 - shown on failure
    assert used >= 0.95
    assert sender.answers[429] == 0


@pytest.mark.parametrize("burst", [1, 40], ids=["steady", "in bursts"])
def test_with_a_neighbour_that_takes_half(burst: int) -> None:
    """At least 90 % of the other half, and 429 in under 0.5 % of the answers."""
    simulation = Simulation()
    server = QuotaServer(simulation)
    sender = Sender(simulation, server, Pacer(clock=simulation.clock))
    neighbour(simulation, server, 7.5, burst=burst)
    simulation.run(HOUR)
    used = sender.answers[200] / (225 * HOUR / 30)
    print(f"{used:.1%} of half the quota, {sender.answers[429]} answers 429")  # noqa: T201 - shown on failure
    assert used >= 0.9
    assert sender.answers[429] < 0.005 * sender.answers[200]


def test_a_share_is_kept() -> None:
    """With 60 % allotted, between 95 and 100 % of that is used."""
    simulation = Simulation()
    sender = Sender(simulation, QuotaServer(simulation), Pacer(0.6, clock=simulation.clock))
    simulation.run(HOUR)
    assert 0.95 <= sender.answers[200] / (0.6 * 450 * HOUR / 30) <= 1.0


def test_quota_and_window_are_told_as_the_store_said_them() -> None:
    """The live line's figures: the whole quota, what is left of it, and the seconds until the next window."""
    simulation = Simulation()
    pacer = Pacer(clock=simulation.clock)
    assert (pacer.quota, pacer.left, pacer.window_left) == (None, None, None)
    said = {"X-Rate-Limit-Requests-Quota": "450", "X-Rate-Limit-Requests-Left": "31"}
    pacer.heard(201, {**said, "X-Rate-Limit-Time-Reset-Ms": "12000"})
    assert (pacer.quota, pacer.left, pacer.window_left) == (450, 31, 12.0)


def test_requests_are_spread_over_the_window() -> None:
    """No second of a settled window holds more than twice its even share."""
    simulation = Simulation()
    server = QuotaServer(simulation)
    Sender(simulation, server, Pacer(clock=simulation.clock))
    simulation.run(65)
    server.taken.clear()
    simulation.run(20)
    seconds = [int(at) for at in server.taken]
    assert max(seconds.count(second) for second in set(seconds)) <= 30


def taken_within(pacer: Pacer, most: int) -> int:
    """How many turns are granted at this very moment."""
    granted = 0
    while granted < most and not pacer.take():
        granted += 1
    return granted


def test_a_store_that_tells_nothing_is_not_held_back() -> None:
    """Without headers only the number of senders bounds the pace."""
    simulation = Simulation()
    pacer = Pacer(clock=simulation.clock)
    for _ in range(100):
        assert pacer.take() == 0.0
        pacer.heard(201, {})
    assert pacer.rate is None


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"X-Retry-After": "7"}, 7.0),
        ({"x-rate-limit-time-reset-ms": "15000", "X-Retry-After": "3"}, 15.0),
        ({"X-Rate-Limit-Time-Reset-Ms": "2500"}, 2.5),
        ({}, 3.0),
        ({"X-Retry-After": "soon"}, 3.0),
    ],
)
def test_a_429_is_waited_out(headers: dict[str, str], least: float) -> None:
    """As long as it says, the longer of its two words; three seconds and more where it says nothing."""
    pacer = Pacer(clock=Simulation().clock)
    pacer.take()
    pacer.heard(429, headers)
    assert least <= pacer.take() <= least * 1.5 + 0.1


def test_silent_429s_are_waited_out_ever_longer() -> None:
    """Each further one doubles the wait; a good answer ends it; the answers of one moment count once."""
    simulation = Simulation()
    pacer = Pacer(clock=simulation.clock)
    waits = []
    for _ in range(4):
        pacer.heard(429, {})
        pacer.heard(429, {})
        waits.append(pacer.take())
        simulation.now += waits[-1]
    assert [lowest <= wait <= lowest * 1.5 for lowest, wait in zip((3, 6, 12, 24), waits, strict=True)] == [True] * 4
    pacer.heard(201, {})
    pacer.heard(429, {})
    assert pacer.take() <= 4.5


def test_a_few_failures_do_not_slow_the_run() -> None:
    """Three in a row are borne; the fourth makes everyone wait, a little first."""
    pacer = Pacer(clock=Simulation().clock)
    for status in (500, 0, 502):
        pacer.heard(status, {})
        assert pacer.take() == 0.0
    pacer.heard(503, {})
    assert 0.5 <= pacer.take() <= 0.75


def test_left_is_not_taken_at_its_word() -> None:
    """A 429 that says 35 requests are left is waited out all the same."""
    simulation = Simulation()
    pacer = Pacer(clock=simulation.clock)
    said = {
        "X-Rate-Limit-Requests-Left": "35",
        "X-Rate-Limit-Requests-Quota": "150",
        "X-Rate-Limit-Time-Reset-Ms": "9000",
    }
    pacer.heard(429, said)
    assert pacer.take() >= 9.0


def test_nothing_left_waits_for_the_next_window_only() -> None:
    """With none left the pacer waits until the window ends, and then goes on without being told."""
    simulation = Simulation()
    pacer = Pacer(clock=simulation.clock)
    pacer.take()
    pacer.heard(
        200,
        {"X-Rate-Limit-Requests-Left": "0", "X-Rate-Limit-Requests-Quota": "150", "X-Rate-Limit-Time-Reset-Ms": "4000"},
    )
    begun = simulation.now
    pacer.turn()
    assert 3.9 <= simulation.now - begun <= 4.1


def test_headers_are_read_in_any_case_and_any_of_them_may_be_missing() -> None:
    """What is there is used; a window is 30 s where it is not said; nonsense is no figure."""
    assert read_quota({"X-RATE-LIMIT-REQUESTS-LEFT": "12"}) == Quota(30.0, None, None, 12)
    assert read_quota({"x-rate-limit-requests-quota": "450", "x-rate-limit-time-window-ms": "60000"}) == Quota(
        60.0, None, 450, None
    )
    assert read_quota({"X-Rate-Limit-Requests-Left": "many"}) is None
    assert read_wait({"Retry-After": "5"}) == 5.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "Sun, 22 Nov 2026 10:00:07 GMT", "DATE": "Sun, 22 Nov 2026 10:00:00 GMT"}, 7.0),
        ({"Retry-After": "Sun, 22 Nov 2026 09:00:00 GMT", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sun, 22 Nov 2026 10:00:07 GMT"}, None),
        ({"Retry-After": "soon", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, None),
        ({"X-Retry-After": "99999999999"}, 3600.0),
    ],
)
def test_a_gateway_says_when_by_a_date(headers: dict[str, str], seconds: float | None) -> None:
    """Later than the answer's own date; without one, or without sense, nothing is said; an hour is the most."""
    assert read_wait(headers) == seconds


@pytest.mark.parametrize("headers", [{"X-Rate-Limit-Requests-Left": "90"}, {"X-Rate-Limit-Requests-Quota": "90"}])
def test_half_the_headers_still_pace(headers: dict[str, str]) -> None:
    """The quota alone, or what is left alone, spreads the requests."""
    simulation = Simulation()
    pacer = Pacer(clock=simulation.clock)
    pacer.take()
    pacer.heard(200, headers)
    assert taken_within(pacer, 90) < 10


def test_a_share_is_a_part() -> None:
    """A quota share of nothing or of more than all is refused."""
    for share in (0, 1.5, -1):
        with pytest.raises(ValueError, match="between 0 and 1"):
            Pacer(share)
