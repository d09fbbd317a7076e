"""The exit code of a run: 0 only where every order was sent."""

import pytest

from importer.cli.run import exit_code
from importer.report.summary import Summary
from importer.run.settings import RunResult, Stop


@pytest.mark.parametrize(
    ("left", "code"),
    [({}, 0), ({"planned": 1}, 3), ({"in_doubt": 1}, 3), ({"conflict": 1}, 3), ({"rejected": 1}, 1)],
    ids=str,
)
def test_what_a_run_leaves_behind_is_in_its_exit_code(left: dict[str, int], code: int) -> None:
    """Unsent orders are no success, whatever kept them from being sent."""
    result = RunResult()
    for name, count in left.items():
        setattr(result, name, count)
    assert exit_code(result, Summary()) == code


def test_a_refusal_of_the_store_comes_before_what_it_left_unsent() -> None:
    """As docs/reference/exit-codes.md orders them."""
    result = RunResult(stop=Stop.REFUSED)
    result.planned = 5
    assert exit_code(result, Summary()) == 4
