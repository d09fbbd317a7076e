"""An export that changes while it is read is told: two of its versions are no export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sources import ExportFiles, unchanged


def _grows(path: Path) -> None:
    with path.open("a") as file:
        file.write("3,c\n")


def _is_replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_text(path.read_text())
    other.replace(path)


@pytest.mark.parametrize("happens", [_grows, _is_replaced, Path.unlink])
@pytest.mark.parametrize("which", ["orders.csv", "lines.csv"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, which: str, happens: Callable[[Path], None]) -> None:
    """Written, replaced or removed, the orders or their lines: an error with the file's name."""
    orders, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    for file in (orders, lines):
        file.write_text("id,name\n1,a\n")
    with unchanged(ExportFiles((orders,), (lines,))):
        pass
    with (
        pytest.raises(SourceError, match=f"{which}: the file changed while it was read"),
        unchanged(ExportFiles((orders,), (lines,))),
    ):
        happens(tmp_path / which)
