"""What the report costs: `importer validate --report` against `importer validate`, on an export of 100,000 orders.

    python -m benchmarks.report [--quick]

One order in a hundred is refused, so that the folder has rejects and problems. Prints the CPU time that the report
adds, as a part of validate's own, and the size of the page; exits with 1 when one is above what is allowed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.export import write_export
from benchmarks.measure import in_turns, program

ORDERS, REPEATS = 100_000, 3
ALLOWED = 0.10
LARGEST = 1_000_000
"""Bytes of the page."""


def main(quick: bool) -> int:
    """Prints both figures; the exit code is 1 when one is missed."""
    with tempfile.TemporaryDirectory() as folder:
        export, report = Path(folder) / "orders.csv", Path(folder) / "report"
        write_export(export, 300 if quick else ORDERS, spoilt=100)
        arguments = ("-m", "importer", "validate", str(export))
        without, with_report = in_turns(
            1 if quick else REPEATS,
            lambda: program(*arguments, code=1).cpu,
            lambda: program(*arguments, "--report", str(report), code=1).cpu,
        )
        size = (report / "report.html").stat().st_size
    added = with_report / without - 1
    print(f"{'CPU time that the report adds to validate':52} {added:9.3f} {ALLOWED:9.2f}")
    print(f"{'bytes of report.html':52} {size:9,} {LARGEST:9,}")
    return int(not quick and (added > ALLOWED or size > LARGEST))


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv[1:]))
