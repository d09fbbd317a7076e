"""The live line of a run: what a person who waits wants to know, and nothing where nobody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from importer.cli.words import Waits, Words, closing_table, facts_of
from importer.report.summary import Summary
from importer.run.settings import Progress, RunResult

MOMENT = Progress(
    done=1_200,
    total=5_000,
    created=1_190,
    rejected=7,
    created_before=3,
    in_doubt=2,
    rate=4.96,
    quota=150,
    quota_left=31,
    window_left=12.4,
    seconds_left=766.0,
)


def test_live_line_has_pace_trouble_quota_and_time() -> None:
    """Rate, rejected, in doubt, the quota used and left, the next window, the time left, on one line."""
    assert facts_of(MOMENT) == (
        "5.0/s  rejected 7  in doubt 2  quota used 119, left 31  next window in 12 s  about 13 minutes left"
    )


def test_live_line_leaves_out_what_the_store_does_not_tell() -> None:
    """A store without quota headers has no quota on the line."""
    silent = Progress(1, 2, 1, 0, 0, 0, 0.5, None, None, None, None)
    assert facts_of(silent) == "0.5/s  rejected 0  in doubt 0"


def test_live_line_says_what_it_waits_for() -> None:
    """While nothing goes on, that is what a person wants to know."""
    waiting = replace(MOMENT, waiting="429 too many requests", wait_left=12.4)
    assert facts_of(waiting) == "waiting: 429 too many requests; on in 12 s"


def test_orders_that_were_found_with_another_date_or_total_are_named() -> None:
    """A person compares them: the store shows something else than was sent."""
    result = RunResult(created=30, adopted=25, adopted_with_differences=[str(number) for number in range(25)])
    table = closing_table(result, Summary())
    assert "look at: 0, 1, 2" in table
    assert "19 and 5 more: found by a look-up with another date or total than was sent" in table


def test_no_live_line_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stderr is a file or a pipe, nothing is shown while the run goes on."""
    with Words().sending(5) as show:
        show(MOMENT)
    assert capsys.readouterr().err == ""


def test_a_wait_is_told_once_a_minute_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Why and until when, when it begins or its reason changes, and again each minute."""
    seconds = iter([0.0, 10.0, 20.0, 90.0, 90.0])
    waits = Waits(lambda: datetime(2026, 4, 1, 10, tzinfo=UTC), lambda: next(seconds))
    for why in ("no connection", "no connection", "answer 503", "answer 503"):
        waits(replace(MOMENT, waiting=why, wait_left=30.0))
    told = capsys.readouterr().err.splitlines()
    assert [line.split("; ")[0] for line in told] == [
        "importer: waiting: no connection",
        "importer: waiting: answer 503",
        "importer: waiting: answer 503",
    ]
    assert told[0].endswith(":00:30")
