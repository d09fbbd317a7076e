"""The header of a CSV export: found below what spreadsheets and reports write above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.model import SourceSpec
from importer.sources import columns_of, detect, open_export

SPEC = SourceSpec("csv", "Name", detect=("Name", "Total"))


def write(folder: Path, content: str) -> Path:
    path = folder / "orders.csv"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        "SEP=;\n\n",
        "Orders\n",
        "Orders, January, 2024, all of them\n",
        '"Orders; ""all"""\n\n;;\nMade on 5 May\n',
        "a;b;c;d\n1;2;3;4\n",
    ],
)
def test_rows_above_the_header_are_passed_over(tmp_path: Path, above: str) -> None:
    """A title or a spreadsheet's note of its delimiter is neither header nor order; lines still count them."""
    path = write(tmp_path, f"{above}Name;Total\n#1;2,50\n")
    assert columns_of(path, SPEC) == ("Name", "Total")
    with open_export(path, SPEC) as export:
        assert export.columns == ("Name", "Total")
        assert [(row.line, row.cells) for row in export.rows()] == [(above.count("\n") + 2, ["#1", "2,50"])]


def test_a_title_does_not_hide_the_platform(tmp_path: Path) -> None:
    """An export with a title identifies itself as one without."""
    assert detect(write(tmp_path, "Orders of 2024\nName\tTotal\tNote\n"), {"shop": SPEC}) == "shop"


def test_a_header_deeper_down_is_not_sought(tmp_path: Path) -> None:
    """A file whose first rows are something else is refused with what its first row holds."""
    with pytest.raises(SourceError, match="lacks the columns 'Name', 'Total'; it has 'first'"):
        open_export(write(tmp_path, "first\n" * 6 + "Name,Total\n#1,2\n"), SPEC)


def test_a_declared_delimiter_holds_for_the_title_too(tmp_path: Path) -> None:
    """Where the mapping names the delimiter, no other is tried."""
    with pytest.raises(SourceError, match="lacks the columns"):
        open_export(write(tmp_path, "Orders\nName,Total\n"), SourceSpec("csv", "Name", delimiter=";"))
