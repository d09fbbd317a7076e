"""The room of the run says where everything in it is."""

from __future__ import annotations

from pathlib import Path

import importer.run


def test_every_module_is_named_in_the_rooms_docstring() -> None:
    """Whoever opens the room finds each of its modules under what it is for."""
    modules = {path.stem for path in Path(importer.run.__file__).parent.glob("*.py")} - {"__init__"}
    assert sorted(name for name in modules if f"`{name}`" not in (importer.run.__doc__ or "")) == []
