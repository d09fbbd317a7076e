"""Files of an export: named, found in a folder, or found by a pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sources.files import ExportFiles, export_files, named_files, shown_names


def make(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("x")
    return [folder / name for name in names]


def names(folder: Path, *given: str) -> list[str]:
    return [str(file.relative_to(folder)) for file in named_files(folder / name for name in given)]


def test_a_folder_is_its_files_in_natural_order(tmp_path: Path) -> None:
    """page2 comes before page10; hidden files, folders and what is no export are no part of it; zipped ones are."""
    make(tmp_path, "page10.json", "page2.json.gz", "Page1.JSONL", ".page0.json", "README.md", "ledger.db", "old/x.json")
    assert names(tmp_path, ".") == ["Page1.JSONL", "page2.json.gz", "page10.json"]


def test_a_pattern_is_expanded_in_natural_order(tmp_path: Path) -> None:
    """A quoted pattern finds the same files that a shell would, in the order in which they were numbered."""
    make(tmp_path, "o-10.csv", "o-9.csv", "items-9.csv", "2023/o-1.csv")
    assert names(tmp_path, "o-*.csv") == ["o-9.csv", "o-10.csv"]
    assert names(tmp_path, "**/o-[0-9].csv") == ["2023/o-1.csv", "o-9.csv"]


def test_several_names_keep_their_order(tmp_path: Path) -> None:
    """An order of their own is meant; the alphabetical one is a shell's, and becomes natural; none is doubled."""
    make(tmp_path, "o-10.csv", "o-2.csv", "o-3.csv")
    assert names(tmp_path, "o-2.csv", "o-10.csv", "o-3.csv") == ["o-2.csv", "o-10.csv", "o-3.csv"]
    assert names(tmp_path, "o-10.csv", "o-2.csv", "o-3.csv") == ["o-2.csv", "o-3.csv", "o-10.csv"]
    (tmp_path / "again.csv").symlink_to(tmp_path / "o-3.csv")
    assert names(tmp_path, "o-3.csv", "o-2.csv", "again.csv") == ["o-3.csv", "o-2.csv"]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    """Browsers write `orders[1].csv`, and that is no pattern where the file is there."""
    make(tmp_path, "orders[1].csv", "orders1.csv")
    assert names(tmp_path, "orders[1].csv") == ["orders[1].csv"]


@pytest.mark.parametrize(
    ("files", "given", "said"),
    [
        (["notes.md"], ".", "holds no export: no file ends in .csv"),
        (["b.csv", "a.csv", "a.json"], ".", r"holds CSV files \(a.csv\) and JSON files \(a.json\)"),
        (["a.csv", "b.xlsx"], ".", r"holds CSV files \(a.csv\) and spreadsheet files \(b.xlsx\)"),
        (["a.csv"], "*.json", "no file fits the pattern"),
    ],
)
def test_a_guess_is_never_made(tmp_path: Path, files: list[str], given: str, said: str) -> None:
    """A folder of two kinds of files, an empty one and a pattern without files are refused with the way out."""
    make(tmp_path, *files)
    with pytest.raises(SourceError, match=said):
        named_files([tmp_path / given])


def test_files_of_one_name_are_shown_with_their_folders() -> None:
    """A place in a message leads to one file."""
    assert shown_names([Path("2023/orders.csv"), Path("2024/items.csv")]) == ["orders.csv", "items.csv"]
    assert shown_names([Path("2023/o.csv"), Path("2024/o.csv")]) == ["2023/o.csv", "2024/o.csv"]


def test_one_path_is_an_export(tmp_path: Path) -> None:
    """Callers that have one path may pass it as it is; the export's name says how many files there are."""
    files = make(tmp_path, "o-1.csv", "o-2.csv", "o-3.csv")
    assert export_files(files[0]).name == "o-1.csv"
    assert export_files(tmp_path) == ExportFiles(tuple(files))
    assert export_files(tmp_path).name == "o-1.csv and 2 more"
