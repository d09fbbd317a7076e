"""The reference of substitution codes: what the engine puts in the place of a source's value, and what mappings do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from importer.mapping.codes import SUBSTITUTIONS
from making.table import MADE, cell

MAPPINGS = Path(__file__).parent.parent.parent / "mappings"


def substitutions_reference() -> str:
    """The reference of substitution codes."""
    intro = (
        "A value of a body that is not the source's own has a code: counted and shown in reports, in the lines of"
        " `importer map`, and held to the mapping's `budget`."
    )
    return "\n".join(
        [
            *("# Substitution codes", "", MADE, "", intro, ""),
            *("## By the engine", "", "| code | what it means |", "|---|---|"),
            *(f"| `{code}` | {cell(meaning)} |" for code, meaning in SUBSTITUTIONS.items()),
            *(
                "",
                "## By the shipped mappings",
                "",
                "Each is an `as:` beside an `otherwise:`; read it where it stands.",
            ),
            *("", "| code | in |", "|---|---|", *_of_mappings(), ""),
        ]
    )


def _of_mappings() -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for path in sorted(MAPPINGS.glob("*.yml")):
        for code in sorted(set(re.findall(r"\bas: ([a-z][a-z0-9-]*)", path.read_text(encoding="utf-8")))):
            found.setdefault(code, []).append(path.stem)
    for code, names in sorted(found.items()):
        yield f"| `{code}` | {', '.join(f'[{name}](../../mappings/{name}.yml)' for name in names)} |"
