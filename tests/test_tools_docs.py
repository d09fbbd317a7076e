"""The references in docs/ that follow from the code are up to date."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from importer.mapping.codes import SUBSTITUTIONS

DOCS = Path(__file__).parent.parent / "docs"
REFERENCES = runpy.run_path(str(DOCS / "generate.py"))["REFERENCES"]


@pytest.mark.parametrize("name", REFERENCES)
def test_reference_is_up_to_date(name: str) -> None:
    """What stands in docs/reference is what the schema and the docstrings say; `python docs/generate.py` writes it."""
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == REFERENCES[name]()


def test_every_key_stands_in_the_reference() -> None:
    """No key of a mapping, nor of its sections source and money, is missing from the reference."""
    text = (DOCS / "reference" / "mapping.md").read_text(encoding="utf-8")
    schema = json.loads((DOCS.parent / "schemas" / "mapping.schema.json").read_text(encoding="utf-8"))
    groups = [schema, schema["$defs"]["source"], schema["$defs"]["money"]]
    keys = [key for group in groups for key in group["properties"]]
    assert [key for key in keys if f"\n| `{key}`" not in text] == []


def test_every_substitution_of_the_engine_has_its_meaning() -> None:
    """Whoever sets a budget finds each code that the engine can record; none is listed that it cannot."""
    files = [path for path in (DOCS.parent / "importer").rglob("*.py") if path.name != "codes.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    assert [name for name in SUBSTITUTIONS if f'"{name}"' not in code] == []
    recorded = re.findall(r'\bnote\("([a-z-]+)"|_noted\("[a-z_0-9]+", "([a-z-]+)"|Link\([^"]*"([a-z-]+)"', code)
    sandbox = {"stock", "email", "webhook", "late", "request"}
    assert {name for names in recorded for name in names if name} - sandbox - set(SUBSTITUTIONS) == set()
