"""A stretch of time by two clocks, of which each may go wrong by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from importer.store import Clock

NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "monotonic", "holds"),
    [(14.0, 14.0, True), (15.0, 15.0, False), (15.0, 0.0, False), (-3600.0, 15.0, False), (-3600.0, 14.0, True)],
    ids=["within", "over", "suspended", "set back and over", "set back"],
)
def test_either_clock_ends_it(wall: float, monotonic: float, holds: bool) -> None:
    """One stands still in suspend, the other may be set: whichever says that the time is over is believed."""
    passed = {"wall": 0.0, "monotonic": 0.0}
    clock = Clock(
        now=lambda: NOON + timedelta(seconds=passed["wall"]),
        monotonic=lambda: 100.0 + passed["monotonic"],
        sleep=lambda _: None,
        chance=lambda: 0.5,
    )
    within = clock.within(15.0, since=NOON)
    passed.update(wall=wall, monotonic=monotonic)
    assert within() is holds
