"""Which files an export is made of: named one by one, as a folder, or by a pattern."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.errors import SourceError

FORMATS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "CSV"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "JSON"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".numbers"), "spreadsheet"),
    **dict.fromkeys((".zip", ".rar", ".7z"), "packed"),
}
"""How a file's name ends -> what it holds. In a folder, files that end otherwise are no part of the export."""


@dataclass(frozen=True, slots=True)
class ExportFiles:
    """The files of one export, in the order in which their rows follow each other.

    `items`: where a mapping joins two exports, the files whose rows are the lines of these orders.
    """

    orders: tuple[Path, ...]
    items: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """The export in a message: its first file, and how many more there are."""
        return name_of(self.orders)


def name_of(files: Sequence[Path]) -> str:
    """Several files in a message."""
    return files[0].name + (f" and {len(files) - 1:,} more" if len(files) > 1 else "")


def export_files(export: Path | ExportFiles) -> ExportFiles:
    """The files of an export that is named by one path: a file, a folder or a pattern. Errors: as `named_files`."""
    return export if isinstance(export, ExportFiles) else ExportFiles(named_files([export]))


def named_files(names: Iterable[Path]) -> tuple[Path, ...]:
    """The files that are meant, each once: those in a folder, and those of a pattern, in the natural order of names.

    Several names keep their order, unless it is alphabetical: a shell that expands a pattern puts page10 before page2.
    Errors: SourceError for a pattern that fits no file, and for a folder with no export in it or more than one kind.
    """
    given = list(names)
    if given == sorted(given):
        given.sort(key=natural)
    found: dict[Path, Path] = {}
    for file in (file for name in given for file in _meant(name)):
        found.setdefault(file.resolve(), file)
    return tuple(found.values())


def natural(path: Path) -> list[str | int]:
    """What sorts names as people do: page2 before page10.

    >>> [path.name for path in sorted(map(Path, ["page10", "Page2", "page1"]), key=natural)]
    ['page1', 'Page2', 'page10']
    """
    parts = re.split(r"([0-9]+)", str(path).casefold())
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]


def shown_names(files: Sequence[Path]) -> list[str]:
    """What each file is called in messages and reports: its plain name, or its path where two have one name."""
    names = [file.name for file in files]
    return names if len(set(names)) == len(names) else [str(file) for file in files]


def _meant(name: Path) -> list[Path]:
    if name.is_dir():
        return _inside(name)
    if name.exists() or not glob.has_magic(str(name)):
        return [name]  # what is missing is told where it is opened
    fitting = map(Path, glob.glob(str(name), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = sorted(filter(Path.is_file, fitting), key=natural)
    if not found:
        raise SourceError(f"no file fits the pattern {name}; check the folder, and put the pattern in quotes")
    return found


def _inside(folder: Path) -> list[Path]:
    kinds: dict[str, list[Path]] = {}
    for file in folder.iterdir():
        kind = FORMATS.get(Path(file.name.removesuffix(".gz")).suffix.lower())
        if kind and file.is_file() and not file.name.startswith("."):
            kinds.setdefault(kind, []).append(file)
    if not kinds:
        raise SourceError(f"the folder {folder} holds no export: no file ends in {', '.join(list(FORMATS)[:6])}")
    if len(kinds) > 1:
        found = " and ".join(f"{kind} files ({min(files).name})" for kind, files in sorted(kinds.items()))
        raise SourceError(f"the folder {folder} holds {found}: name those of the export by a pattern, '{folder}/*.csv'")
    return sorted(*kinds.values(), key=natural)
