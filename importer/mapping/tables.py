"""Tables: what a value of the source is called in the store. Inline, or a CSV file beside the mapping; keys nest."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from importer.errors import Finding, MappingError, Undecided
from importer.mapping.linked import LinkedRows, is_linked, read_linked
from importer.mapping.yaml_file import Node

MAX_BYTES = 32_000_000
MAX_ROWS = 500_000

Rows = dict[str, Any]
"""Key -> value, or key -> Rows where keys nest. Keys are text, compared without regard to case."""


def read_table(name: str, node: Node, folder: Path) -> tuple[Rows, list[Finding]]:
    """The rows of one entry of `tables`, and what is wrong with it.

    `file:` names a CSV file beside the mapping, `snapshot:` a file that `importer snapshot` made.
    """
    if "file" in node.value and set(node.value) <= {"file", "key", "value"}:
        return _csv_table(name, node, folder)
    if is_linked(node):
        return read_linked(name, node, beside(folder, str(node.value["snapshot"].value)))
    return _rows(node), []


def _rows(node: Node) -> Rows:
    return {
        key.casefold(): _rows(child) if isinstance(child.value, dict) else child.plain()
        for key, child in node.value.items()
    }


def beside(folder: Path, name: str) -> Path | None:
    """The file of that plain name in `folder`; None for a name that leads anywhere else."""
    path = folder / name
    if name != Path(name).name or name.startswith(".") or path.is_symlink():
        return None
    return path


def _csv_table(name: str, node: Node, folder: Path) -> tuple[Rows, list[Finding]]:
    file = node.value["file"]
    path = beside(folder, str(file.value))
    if path is None or not path.is_file():
        return {}, [Finding(file.origin, f"'{file.value}' must be the plain name of a file beside the mapping")]
    if path.stat().st_size > MAX_BYTES or _lines(path) > MAX_ROWS + 1:
        limit = f"more than {MAX_ROWS:,} rows or {MAX_BYTES // 1_000_000} MB; is it a table of what the mapping reads?"
        return {}, [Finding(file.origin, f"table '{name}': '{file.value}' has {limit}")]
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            return _read_rows(node, csv.reader(lines, strict=True)), []
    except MappingError as error:
        return {}, error.findings
    except (OSError, ValueError, csv.Error) as error:
        return {}, [Finding(file.origin, f"table '{name}' cannot read '{file.value}': {error}")]


def _lines(path: Path) -> int:
    """How many lines a file has, without holding it: rows are only read where they are few enough."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _read_rows(node: Node, lines: Any) -> Rows:
    header: list[str] = next(lines, [])
    columns = [_column(node, header, "key", 0), _column(node, header, "value", 1)]
    rows: Rows = {}
    for row in lines:
        if len(row) > max(columns) and row[columns[0]].strip():
            value = row[columns[1]].strip()
            rows[row[columns[0]].strip().casefold()] = (
                int(value) if value.isdecimal() and str(int(value)) == value else value
            )
    return rows


def _column(node: Node, header: list[str], part: str, place: int) -> int:
    named = node.get(part)
    if named is None:
        return place
    if named.value not in header:
        listed = ", ".join(header)
        raise MappingError([Finding(named.origin, f"the table's file has no column '{named.value}'; it has {listed}")])
    return header.index(named.value)


def table_reader(tables: dict[str, Rows]) -> Callable[[Any, str], Any]:
    """The `table` filter: `key | table('status')`, or `[key, key] | table('status')` where keys nest.

    A row that is no nested table serves every further key. Errors: Undecided where no row fits.
    """

    def table(value: Any, name: str) -> Any:
        found: Any = tables[name]
        if isinstance(found, LinkedRows):
            return found.find(str(value)).value
        keys = value if isinstance(value, list | tuple) else [value]
        for key in keys:
            if not isinstance(found, dict):
                break
            found = found.get(str(key).casefold())
        if found is None or isinstance(found, dict):
            raise Undecided(name, tuple(str(key) for key in keys))
        return found

    return table


def row_origin(node: Node, name: str, keys: list[str]) -> str:
    """Where the row of a table stands to which the keys lead, and its name: `file:line:column status / paid`."""
    shown = " / ".join([name, *keys])
    if is_linked(node):
        return f"{node.value['snapshot'].value} {name}"
    if "file" in node.value and set(node.value) <= {"file", "key", "value"}:
        return f"{node.value['file'].value} {shown}"
    for key in keys:
        rows = {one.casefold(): child for one, child in node.value.items()} if isinstance(node.value, dict) else {}
        if key.casefold() not in rows:
            break
        node = rows[key.casefold()]
    return f"{node.origin} {shown}"


def csv_row_origin(node: Node, name: str, key: str, path: Path) -> str:
    """The same of a table that is a CSV file, with the row's line: for people, since the file is read for it."""
    line = 0
    with path.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.reader(lines, strict=True)
        column = _column(node, next(rows, []), "key", 0)
        for row in rows:
            if len(row) > column and row[column].strip().casefold() == key.casefold():
                line = rows.line_num
    return f"{path.name}:{line} {name} / {key}" if line else row_origin(node, name, [key])


class WatchedRows(dict[str, Any]):
    """Rows that remember in `used` which of them were looked up: for a report, never for a run."""

    def __init__(self, rows: Rows, path: tuple[str, ...], used: set[tuple[str, ...]]) -> None:
        nested = {
            key: WatchedRows(row, (*path, key), used) if isinstance(row, dict) else row for key, row in rows.items()
        }
        super().__init__(nested)
        self._path = path
        self._used = used

    def get(self, key: str, default: Any = None) -> Any:
        """The row, remembered."""
        self._used.add((*self._path, key))
        return super().get(key, default)
