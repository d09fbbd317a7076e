"""`extends`: a mapping laid over another, as one tree of nodes."""

from __future__ import annotations

from pathlib import Path

from importer.errors import Finding, MappingError
from importer.mapping.suggest import did_you_mean
from importer.mapping.tables import beside
from importer.mapping.yaml_file import Node, read_yaml

MAX_EXTENDS = 5


def extended(path: Path, shipped: Path, files: dict[str, Path]) -> Node:
    """The tree of the mapping in that file, over those that it extends; `files` gets them all, by their names.

    Errors: MappingError where a file is no YAML, or what is extended is not there, or goes in a circle.
    """
    name = f"mappings/{path.name}" if path.parent == shipped else str(path)
    files[name] = path
    root = read_yaml(path, name)
    parent = root.get("extends")
    if parent is None or not isinstance(parent.value, str):
        return root
    found = _parent_path(parent.value, path, shipped)
    if found is None:
        hint = did_you_mean(parent.value, [file.stem for file in sorted(shipped.glob("*.yml"))])
        missing = f"`extends` finds no mapping '{parent.value}' beside this file, and none is shipped{hint}"
        raise MappingError([Finding(parent.origin, missing)])
    if len(files) > MAX_EXTENDS or found in files.values():
        raise MappingError([Finding(parent.origin, f"`extends` goes in a circle, or over {MAX_EXTENDS} files")])
    merged = _merged(extended(found, shipped, files), root)
    merged.value.pop("extends")
    return merged


def _parent_path(name: str, path: Path, shipped: Path) -> Path | None:
    if name != Path(name).name:
        return None
    file = name if name.endswith((".yml", ".yaml")) else f"{name}.yml"
    near = beside(path.parent, file)
    for found in (near, shipped / file):
        if found is not None and found != path and found.is_file():
            return found
    return None


def _merged(below: Node, above: Node) -> Node:
    """The overlay's values over the platform's; lists and scalars replace, groups merge."""
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    value = dict(below.value)
    for key, child in above.value.items():
        value[key] = _merged(value[key], child) if key in value else child
    return Node(value, above.origin, {**below.keys, **above.keys})
