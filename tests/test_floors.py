"""Which room may import which: the floors, as data."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "importer"

FLOORS = [
    {"__main__"},
    {"cli"},
    {"run"},
    {"mapping", "sources", "orders", "store", "ledger", "report", "engine"},
    {"money", "crosswalk"},
    {"model", "errors", "files", "schema", "currencies", "temporary", "cleaning"},
]
"""Top to bottom. A room imports from floors below it only; rooms of one floor do not import each other."""

SANDBOX_MAY_IMPORT = {"errors"}
"""The sandbox is the other side of the wire: a wrong belief must not be held on both sides."""

MAY_IMPORT_SANDBOX = {"cli"}

SAME_FLOOR = {
    ("model", "errors"),
    ("files", "errors"),
    ("schema", "files"),
    ("temporary", "errors"),
    ("cleaning", "model"),
}

HOMES = {
    "yaml": {"mapping", "sandbox"},
    "jinja2": {"mapping", "report"},
    "pycountry": {"mapping"},
    "jsonschema": {"schema"},
    "jsonschema_rs": {"schema"},
    "requests": {"store"},
    "urllib3": {"store"},
    "psycopg": {"ledger"},
    "distributed": {"engine"},
    "werkzeug": {"sandbox"},
    "click": {"cli"},
    "rich": {"cli"},
}
"""Each third-party library is at home in one room; the sandbox is a program of its own."""


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports_of(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return names + [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def allowed(room: str, target: str) -> bool:
    if room == target:
        return True
    if room == "sandbox":
        return target in SANDBOX_MAY_IMPORT
    if target == "sandbox":
        return room in MAY_IMPORT_SANDBOX
    return floor_of(room) < floor_of(target) or (room, target) in SAME_FLOOR


FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if file.name != "__init__.py" or file.parent != PACKAGE]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_down_only(file: Path) -> None:
    """A module imports from its own room and from the floors below."""
    room = room_of(file)
    targets = {name.split(".")[1] for name in imports_of(file) if name.startswith("importer.")}
    wrong = sorted(target for target in targets if not allowed(room, target))
    assert not wrong, f"{file.relative_to(PACKAGE)} imports {wrong}: they are on its floor or above it"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_each_library_is_at_home_in_one_room(file: Path) -> None:
    """A third-party library is imported only where it is at home."""
    room = room_of(file)
    strangers = sorted(
        library for name in imports_of(file) if (library := name.split(".")[0]) in HOMES and room not in HOMES[library]
    )
    assert not strangers, f"{file.relative_to(PACKAGE)} imports {strangers}, which are at home elsewhere"


def test_every_room_has_a_floor() -> None:
    """A new room must be given its floor here before it can be used."""
    rooms = {room_of(file) for file in FILES} - {"sandbox"}
    known = set().union(*FLOORS)
    assert rooms <= known, f"rooms without a floor: {sorted(rooms - known)}"
