"""What the references have in common."""

from __future__ import annotations

MADE = "<!-- Made by docs/generate.py; change what it is made from instead. -->"


def cell(text: str) -> str:
    """A text as a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")
