"""The benchmark of the report works; `make bench` has its figures."""

import pytest

from benchmarks.report import main


def test_benchmark_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """A quick look prints what the report adds and how large the page is."""
    assert main(quick=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "CPU time that the report adds to validate",
        "bytes of report.html",
    ]
