"""A mapping whose orders are nobody's: for rehearsals and samples."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import replace
from pathlib import Path

from importer.errors import UsageError
from importer.mapping import Mapping
from importer.mapping.yaml_file import Node
from importer.orders.pseudonyms import Pseudonyms

VARIABLE = "IMPORTER_PSEUDONYM_KEY"
FREE_TEXTS = ("staff_notes", "customer_message")


def pseudonymised(mapping: Mapping, environ: ReadOnly[str, str], key_file: Path | None) -> Mapping:
    """The mapping, which gives pseudonyms from now on. The key is the file's, else the environment's.

    Raises UsageError where there is no key, or a short one.
    """
    return replace(mapping, disguise=Pseudonyms(_key(environ, key_file), _labels(mapping)))


def _key(environ: ReadOnly[str, str], key_file: Path | None) -> bytes:
    if key_file is None:
        if not environ.get(VARIABLE):
            raise UsageError(f"pseudonyms need a key: set {VARIABLE}, or name a file with --key-file")
        return environ[VARIABLE].encode()
    try:
        return key_file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{key_file}: cannot be read: {error.strerror}; name the key's file with --key-file"
        ) from error


def _labels(mapping: Mapping) -> Iterator[str]:
    """What the mapping itself writes into free texts, such as the labels of its notes."""
    for name in FREE_TEXTS:
        node = mapping.spec.body.get(name)
        yield from _texts(mapping, node) if node else ()


def _texts(mapping: Mapping, node: Node) -> Iterator[str]:
    children = node.value.values() if isinstance(node.value, dict) else node.value
    template = node.get("template") if isinstance(node.value, dict) else None
    if template is not None and (file := mapping.spec.beside(template, str(template.value))):
        yield file.read_text(encoding="utf-8")
    elif isinstance(node.value, dict | list):
        for child in children:
            yield from _texts(mapping, child)
    else:
        yield str(node.value)
