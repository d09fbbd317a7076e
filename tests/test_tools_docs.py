"""The references in docs/ that follow from the code are up to date."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
REFERENCES = runpy.run_path(str(DOCS / "generate.py"))["REFERENCES"]


@pytest.mark.parametrize("name", REFERENCES)
def test_reference_is_up_to_date(name: str) -> None:
    """What stands in docs/reference is what the schema and the docstrings say; `python docs/generate.py` writes it."""
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == REFERENCES[name]()


def test_every_key_stands_in_the_reference() -> None:
    """No section and no key of source and money is missing from the reference."""
    text = (DOCS / "reference" / "mapping.md").read_text(encoding="utf-8")
    for line in (
        "## source",
        "## money",
        "## tables",
        "## skip",
        "## tests",
        "| `order` (needed) |",
        "| `otherwise` (needed) |",
    ):
        assert line in text
