"""Writes the references that follow from the code: `python docs/generate.py`. A test holds them to what is written.

reference/mapping.md comes from schemas/mapping.schema.json, reference/filters.md from the filters' docstrings,
reference/verbs.md from the commands, reference/problems.md from the codes of the rooms, reference/substitutions.md from
those of the engine and of the mappings, reference/states.md from the ledger's moves, reference/exit-codes.md from the
errors, the README's table of mappings from the head of each mapping.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from making.exit_codes import EXIT_CODES, exit_codes_reference
from making.filter_list import filters_reference
from making.mapping_keys import mapping_reference
from making.mappings import ROOT, readme
from making.problems import OTHER_CODES, problems_reference
from making.states import STATES, states_reference
from making.substitutions import substitutions_reference
from making.verbs import verbs_reference

__all__ = ["EXIT_CODES", "OTHER_CODES", "REFERENCES", "STATES", "readme"]

FOLDER = Path(__file__).parent / "reference"

REFERENCES = {
    "mapping.md": mapping_reference,
    "filters.md": filters_reference,
    "verbs.md": verbs_reference,
    "problems.md": problems_reference,
    "substitutions.md": substitutions_reference,
    "states.md": states_reference,
    "exit-codes.md": exit_codes_reference,
}
"""File in docs/reference -> what makes its text."""


def main() -> None:
    """Writes every reference, and the README's table."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in REFERENCES.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")
    (ROOT / "README.md").write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main()
