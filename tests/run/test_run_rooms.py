"""The room of the run says where everything in it is, and who may enter the rooms inside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import importer.run
import importer.run.after
import importer.run.authoring

ROOM = Path(importer.run.__file__).parent

USERS = {"after": {"apply"}, "authoring": set[str]()}
"""A room inside the run -> the modules of the run that use it. The others are for the command line."""


@pytest.mark.parametrize(
    "room", [importer.run, importer.run.after, importer.run.authoring], ids=lambda one: one.__name__
)
def test_every_module_is_named_in_the_rooms_docstring(room: object) -> None:
    """Whoever opens the room finds each of its modules under what it is for."""
    folder = Path(str(room.__file__)).parent  # type: ignore[attr-defined]  # a module, as pytest hands it on
    modules = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert sorted(name for name in modules - {"__init__"} if f"`{name}`" not in (room.__doc__ or "")) == []


@pytest.mark.parametrize("inner", USERS)
def test_a_room_inside_is_entered_through_its_door(inner: str) -> None:
    """The rest of the run does not lean on what is inside, but where it is named here."""
    users = set()
    for file in ROOM.glob("*.py"):
        nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
        users |= {file.stem for node in nodes if (node.module or "").startswith(f"importer.run.{inner}")}
    assert users == USERS[inner]
