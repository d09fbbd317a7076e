"""How the cells of a row and the fields of JSON data are reached."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

Cells = tuple[str, ...]


def picker(*indices: int) -> Callable[[list[str]], Cells]:
    """The function that takes those cells of a row."""
    if len(indices) == 1:
        return lambda row: (row[indices[0]],)
    return itemgetter(*indices)


def field_reader(clean: Callable[[str], str]) -> Callable[[Any, Any], Any]:
    """The look-up in JSON data: what stands under a key or at an index; blank where there is nothing."""

    def look(value: Any, key: Any) -> Any:
        if isinstance(value, dict):
            found = value.get(key, "")
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            found = value[key]
        else:
            return ""
        if isinstance(found, str):
            return clean(found)
        return "" if found is None else found

    return look
