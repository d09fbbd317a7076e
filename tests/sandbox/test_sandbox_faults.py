"""Faults before and after the commit, as a client meets them on the wire."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sandbox_caller import TOKEN, Caller, body_of

from importer.errors import UsageError
from importer.sandbox.breakages import AFTER, BEFORE, BREAKAGES, EVER, LATE
from importer.sandbox.faults import Faults, rule_of

if TYPE_CHECKING:
    from collections.abc import Callable

LOST = "no answer"


def outcome(store: Caller, **more: Any) -> str:
    """The status and kind of what a POST gets, or that it gets nothing that can be read."""
    try:
        answer = store.post("/v2/orders", body_of(**more))
    except requests.RequestException:
        return LOST
    return f"{answer.status_code} {answer.headers.get('Content-Type', 'nothing').partition(';')[0]}"


def made(store: Caller) -> int:
    """How many orders the store has."""
    return len(store.get("/_admin/orders").json())


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("401", "401 application/json"),
        ("429", "429 application/json"),
        ("429-bare", "429 text/plain"),
        ("500", "500 application/json"),
        ("502", "502 text/html"),
        ("503", "503 text/plain"),
        ("503-json", "503 application/json"),
        ("suspended", "503 application/json"),
        ("504", "504 nothing"),
        ("html", "200 text/html"),
        ("close", LOST),
        ("reset", LOST),
        ("hang", LOST),
    ],
)
def test_before_the_commit_nothing_is_made(store: Caller, do: str, expected: str) -> None:
    """A fault before the commit: the client hears of it, or nothing, and there is no order."""
    store.post("/_admin/faults", {"do": do, "nth": 1, "seconds": 2})
    assert outcome(store) == expected
    assert made(store) == 0
    assert outcome(store) == "200 application/json"


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("500", "500 application/json"),
        ("502", "502 text/html"),
        ("503", "503 text/plain"),
        ("504", "504 nothing"),
        ("html", "200 text/html"),
        ("close", LOST),
        ("reset", LOST),
        ("hang", LOST),
        ("truncate", LOST),
        ("gzip", LOST),
        ("no-id", "200 application/json"),
        ("drip", "200 application/json"),
    ],
)
def test_after_the_commit_the_order_is_there(store: Caller, do: str, expected: str) -> None:
    """A fault after the commit: the client is not told, and there is one order."""
    store.post("/_admin/faults", {"do": do, "when": "after", "times": 1})
    assert outcome(store) == expected
    assert made(store) == 1


def test_a_reset_is_a_reset(store: Caller) -> None:
    """`reset` reaches the client as RST, `close` as an end without an answer."""
    store.post("/_admin/faults", [{"do": "reset", "nth": 1}, {"do": "close", "nth": 2}])
    for expected in ("reset by peer", "without response"):
        with pytest.raises(requests.ConnectionError, match=expected):
            store.post("/v2/orders", body_of())


def test_an_answer_without_id(store: Caller) -> None:
    """`no-id` gives the whole order but its id."""
    store.post("/_admin/faults", {"do": "no-id"})
    answer = store.post("/v2/orders", body_of()).json()
    assert "id" not in answer
    assert answer["status"] == "Pending"


def test_a_replayed_post_makes_two_orders(store: Caller) -> None:
    """`replay` delivers the POST twice; the journal's `doubled` names the order."""
    store.post("/_admin/faults", {"do": "replay"})
    store.order(external_order_id="7", external_merchant_id="old:7")
    assert store.get("/_admin/journal").json()["doubled"] == [
        {"external_order_id": "7", "external_merchant_id": "old:7", "order_ids": [100, 101]}
    ]


def test_a_late_commit_comes_after_the_error(store: Caller) -> None:
    """With `late` the client hears 504 and the order appears when its time has come."""
    store.post("/_admin/faults", {"do": "504", "when": "late", "seconds": 90, "nth": 1})
    before = store.clock.now()
    assert outcome(store, external_order_id="9") == "504 nothing"
    for thread in [one for one in threading.enumerate() if one.name.endswith("(_late)")]:
        thread.join()
    assert store.get("/v2/orders", external_order_id="9").status_code == 200
    assert store.clock.now() - before >= 90
    [late] = store.get("/_admin/journal", kind="late").json()["entries"]
    assert late["order_id"] == 100


def test_lookups_lie_fail_and_lag(store: Caller) -> None:
    """A look-up can find nothing, fail, or miss a new order for some seconds."""
    look_up = "GET /v2/orders"
    store.post("/_admin/faults", [{"do": "empty", "request": look_up, "nth": 1}])
    store.post("/_admin/faults", [{"do": "500", "request": look_up, "nth": 2}, {"do": "unseen", "seconds": 30}])
    store.order(external_order_id="1")
    seen = [store.get("/v2/orders", external_order_id="1").status_code for _ in range(3)]
    assert seen == [204, 500, 204]
    store.clock.sleep(30)
    assert store.get("/v2/orders", external_order_id="1").status_code == 200


def test_the_store_can_be_shut(store: Caller) -> None:
    """`shut` answers everything with 503 until its seconds are over; so does /_admin/shut."""
    store.post("/_admin/faults", {"do": "shut", "seconds": 60, "nth": 1})
    assert outcome(store) == "503 application/json"
    assert store.get("/v2/time").status_code == 503
    store.clock.sleep(60)
    assert store.get("/v2/time").status_code == 200
    store.put("/_admin/shut", {"seconds": 5})
    assert store.get("/v3/customers").status_code == 503


def test_a_rule_can_be_about_one_order(store: Caller) -> None:
    """A rule with external_order_id strikes that order's requests alone, its look-ups too."""
    store.post("/_admin/faults", {"do": "502", "request": "* *", "external_order_id": "B"})
    assert [outcome(store, external_order_id=name) for name in "AB"] == ["200 application/json", "502 text/html"]
    assert store.get("/v2/orders", external_order_id="B").status_code == 502


def test_chance_is_repeatable() -> None:
    """The same seed strikes the same requests; another one strikes others; about as many as the probability says."""

    def struck(seed: int) -> list[int]:
        faults = Faults([{"do": "500", "probability": 0.3, "seed": seed}])
        return [number for number in range(200) if faults.strike("POST", "/v2/orders", None)]

    assert struck(1) == struck(1) != struck(2)
    assert 30 < len(struck(1)) < 90


def test_the_script_tells_what_it_did(store: Caller) -> None:
    """GET /_admin/faults shows how many requests each rule saw and struck; DELETE ends it all."""
    store.post("/_admin/faults", {"do": "500", "nth": [2, 3]})
    for _ in range(4):
        outcome(store)
    [rule] = store.get("/_admin/faults").json()
    assert (rule["seen"], rule["played"]) == (4, 2)
    store.delete("/_admin/faults")
    assert store.get("/_admin/faults").json() == []


@pytest.mark.parametrize(
    "given",
    [{"do": "nonsense"}, {"do": "429", "when": "after"}, {"do": "500", "extra": 1}, {"do": "gzip", "when": "late"}],
)
def test_what_cannot_be_played_is_refused(store: Caller, given: dict[str, Any]) -> None:
    """An unknown fault, or one at a moment when it cannot happen, is refused with the choices."""
    with pytest.raises(UsageError):
        rule_of(given)
    assert store.post("/_admin/faults", given).status_code == 400


def test_each_fault_happens_at_some_moment() -> None:
    """Every fault names moments that there are, and a rule without one takes a moment that fits."""
    for do, (moments, _) in BREAKAGES.items():
        assert moments <= EVER
        assert rule_of({"do": do}).when in moments & {BEFORE, AFTER, LATE}


def test_the_journal_has_each_post(start: Callable[..., Caller]) -> None:
    """Each POST is in the journal with its order, its fault and the order it made, also when the client saw nothing."""
    store = start(faults=({"do": "close", "when": "after", "nth": (1,)},))
    assert outcome(store, external_order_id="1") == LOST
    assert outcome(store, external_order_id="2") == "200 application/json"
    entries = store.get("/_admin/journal", kind="request").json()["entries"]
    told = [(one["external_order_id"], one["order_ids"], one.get("fault")) for one in entries]
    assert told == [("1", [100], "close after"), ("2", [101], None)]
    assert TOKEN not in str(entries)
