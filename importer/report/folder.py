"""The folder that `validate --report` writes: page, data, problems, rejects, JUnit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from importer.errors import UsageError
from importer.report.exact import ESCAPED
from importer.report.examples import Example
from importer.report.junit import junit_xml
from importer.report.page import page
from importer.report.rejects import NAMES

FILES = ("report.html", "report.json", "junit.xml", "fields.json", "problems.csv", "answers.csv", *NAMES)
"""Every file that a report may have."""


def make_folder(folder: Path) -> Path:
    """The folder, made if need be. Errors: UsageError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror}; choose another --report") from error
    return folder


def write_report(
    folder: Path, told: dict[str, Any], examples: list[Example] | None = None, fields: dict[str, Any] | None = None
) -> None:
    """Writes report.html, report.json, junit.xml, and fields.json where there are fields; `told` and `fields` are data.

    Without an export there are no examples of its orders, and no fields.
    """
    (folder / "report.html").write_text(page(told, examples, fields), encoding="utf-8", errors=ESCAPED)
    (folder / "report.json").write_bytes(as_json(told))
    (folder / "junit.xml").write_bytes(junit_xml(told))
    if fields is not None:
        (folder / "fields.json").write_bytes(as_json(fields))


def as_json(told: dict[str, Any]) -> bytes:
    """The figures as report.json has them."""
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8", ESCAPED)
