"""The parts of JSON: lists and objects stepped through in a text of any size, and dotted paths into read values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.sources.json_text import TOO_DEEP, JsonText
from importer.sources.text import ExportFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

OUTLINE_LIMIT = 1 << 20
MISSING = object()


def items(text: JsonText) -> Iterator[None]:
    """Step through a list: each time, the text stands at an item, which the caller reads."""
    text.expect("[")
    if text.pass_over("]"):
        return
    while True:
        yield
        if text.pass_over("]"):
            return
        text.expect(",")


def keys(text: JsonText) -> Iterator[str]:
    """Step through an object: each time, the text stands at a key's value, which the caller reads."""
    text.expect("{")
    if text.pass_over("}"):
        return
    while True:
        if text.next_char() != '"':
            text.fail("expected a key in double quotes")
        key = text.value()
        text.expect(":")
        yield key
        if text.pass_over("}"):
            return
        text.expect(",")


def skip(text: JsonText) -> None:
    """Pass a value without keeping it; a list may be of any length."""
    if text.next_char() != "[":
        text.value()
        return
    for _ in items(text):
        text.value()


def at_path(value: Any, path: str, default: Any = None) -> Any:
    """What lies at a dotted path of keys; `default` when it is not there.

    >>> at_path({"billing": {"city": "Ghent"}}, "billing.city")
    'Ghent'
    """
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value


def has(value: Any, path: str) -> bool:
    """Whether there is anything at a dotted path, null included."""
    return at_path(value, path, MISSING) is not MISSING


def renamed(value: Any, names: Iterable[tuple[str, str]]) -> Any:
    """An object whose keys have the mapping's names: the first of the other names of a key that is not there.

    >>> renamed({"vendorOrderNumber": "35", "orderNumber": 35}, [("vendorOrderNumber", "id"), ("orderNumber", "id")])
    {'orderNumber': 35, 'id': '35'}
    """
    if isinstance(value, dict):
        for other, name in names:
            if other in value and name not in value:
                value[name] = value.pop(other)
    return value


def outline_of(path: Path) -> dict[str, None]:
    """The dotted paths of all keys in the export's first document, in order; a list stands for its first item.

    Looks at about the first megabyte.
    """
    paths: dict[str, None] = {}
    with ExportFile(path) as file:
        text = JsonText(file, ("utf-8",))
        try:
            _outline(text, "", paths)
        except RecursionError:
            text.fail(TOO_DEEP)
    return paths


def _outline(text: JsonText, path: str, paths: dict[str, None]) -> bool:
    """Note the paths of a value; False when enough was read."""
    start = text.next_char()
    if start == "{":
        return _outline_object(text, path, paths)
    if start == "[":
        return _outline_list(text, path, paths)
    text.value()
    return text.passed < OUTLINE_LIMIT


def _outline_object(text: JsonText, path: str, paths: dict[str, None]) -> bool:
    for key in keys(text):
        within = f"{path}.{key}" if path else key
        paths[within] = None
        if not _outline(text, within, paths):
            return False
    return True


def _outline_list(text: JsonText, path: str, paths: dict[str, None]) -> bool:
    steps = items(text)
    for _ in steps:
        if not _outline(text, path, paths):
            return False
        break
    for _ in steps:
        text.value()
        if text.passed > OUTLINE_LIMIT:
            return False
    return True
