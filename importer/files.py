"""Where the package's own mappings, schemas and samples lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_folder(kind: str) -> Path:
    """The folder of `mappings`, `schemas` or `samples`: inside an installed package, beside it in a checkout."""
    inside = _PACKAGE / kind
    return inside if inside.is_dir() else _PACKAGE.parent / kind
