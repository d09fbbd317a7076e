"""The sections of a mapping file, read and checked for their shape; expressions stay as nodes for the compiler."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from importer.errors import FieldError, Finding, MappingError
from importer.mapping.dates import zone
from importer.mapping.expressions import did_you_mean
from importer.mapping.tables import Rows, beside, read_table
from importer.mapping.yaml_file import Node, read_yaml
from importer.model import SourceSpec

SECTIONS = (
    *("mapping", "title", "source", "money", "let", "tables", "parts", "skip", "refuse", "body"),
    *("budget", "ignore", "extends", "tests"),
)
SOURCE_KEYS = (
    *("format", "records", "detect", "order", "lines", "rename", "optional", "clean", "blank"),
    *("dates", "encoding", "delimiter", "quoting", "parent"),
)
MONEY_KEYS = (
    *("currency", "lines", "discount", "shipping", "handling", "wrapping", "fees", "paid_otherwise", "tax"),
    *("subtotal", "total", "refunded", "tax_mode", "on_unbalanced", "tolerance", "multi_currency"),
)
FORMATS = ("csv", "json")
CLEANINGS = ("trim", "leading-apostrophe", "quotes")
MAX_EXTENDS = 5

NO_NODE = Node({}, "")


@dataclass(frozen=True, slots=True)
class Spec:
    """One mapping as its file states it."""

    name: str
    title: str
    path: Path
    source: SourceSpec
    lines: str
    optional: frozenset[str]
    date_formats: tuple[str, ...]
    zone: tzinfo | None
    money: Node
    let: Node
    tables: ReadOnly[str, Rows]
    table_origins: ReadOnly[str, str]
    parts: Node
    skip: Node
    refuse: Node
    body: Node
    budget: ReadOnly[str, Decimal]
    ignore: ReadOnly[str, str]
    tests: Node
    files: ReadOnly[str, Path]
    """The mapping's own file and those it extends: name in messages -> file."""
    on_unbalanced: str = "reject"
    findings: list[Finding] = field(default_factory=list)

    def beside(self, node: Node, name: str) -> Path | None:
        """The file of that plain name beside the file that the node stands in; None for a name that leads elsewhere."""
        return beside(self.files[node.origin.rsplit(":", 2)[0]].parent, name)


def read_spec(path: Path, shipped: Path) -> Spec:
    """The mapping in the file, overlays resolved. `shipped` is where `extends` finds the platforms' mappings.

    Errors: MappingError where the file is no mapping at all; lesser mistakes are in `findings`.
    """
    files: dict[str, Path] = {}
    root = _extended(path, shipped, files)
    if not isinstance(root.value, dict):
        raise MappingError([Finding(root.origin, "a mapping is a list of sections: mapping, source, money, body, ...")])
    return _Sections(root, path, files).spec()


def _extended(path: Path, shipped: Path, files: dict[str, Path]) -> Node:
    name = f"mappings/{path.name}" if path.parent == shipped else str(path)
    files[name] = path
    root = read_yaml(path, name)
    parent = root.get("extends")
    if parent is None:
        return root
    if len(files) > MAX_EXTENDS:
        raise MappingError([Finding(parent.origin, f"`extends` nests deeper than {MAX_EXTENDS} files")])
    found = _parent_path(str(parent.value), path, shipped)
    if found is None:
        missing = f"`extends` finds no mapping '{parent.value}' beside this file, and none is shipped"
        raise MappingError([Finding(parent.origin, missing)])
    return _merged(_extended(found, shipped, files), root)


def _parent_path(name: str, path: Path, shipped: Path) -> Path | None:
    if name != Path(name).name:
        return None
    file = name if name.endswith((".yml", ".yaml")) else f"{name}.yml"
    for folder in (path.parent, shipped):
        if (folder / file).is_file() and (folder / file) != path:
            return folder / file
    return None


def _merged(below: Node, above: Node) -> Node:
    """The overlay's values over the platform's; lists and scalars replace, groups merge."""
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    value = dict(below.value)
    for key, child in above.value.items():
        value[key] = _merged(value[key], child) if key in value else child
    return Node(value, above.origin, {**below.keys, **above.keys})


class _Sections:
    """Reads one mapping's sections, collecting every finding."""

    def __init__(self, root: Node, path: Path, files: dict[str, Path]) -> None:
        self.root = root
        self.path = path
        self.files = files
        self.findings: list[Finding] = []

    def spec(self) -> Spec:
        self._known_keys(self.root, SECTIONS, "section")
        for needed in ("source", "money", "body"):
            if needed not in self.root.value:
                self.findings.append(Finding(self.root.origin, f"the section '{needed}' is missing"))
        source, money = self._section("source"), self._section("money")
        self._known_keys(source, SOURCE_KEYS, "key of source")
        self._known_keys(money, MONEY_KEYS, "key of money")
        formats, home = self._dates(source.get("dates"))
        tables = self._tables()
        return Spec(
            name=self._text(self.root.get("mapping"), self.path.stem),
            title=self._text(self.root.get("title"), ""),
            path=self.path,
            source=self._source(source),
            lines=self._text(source.get("lines"), ""),
            optional=frozenset(self._texts(source.get("optional"))),
            date_formats=formats,
            zone=home,
            money=money,
            let=self._section("let"),
            tables=tables,
            table_origins=self._section("tables").keys,
            parts=self._section("parts"),
            skip=self.root.get("skip") or Node([], ""),
            refuse=self.root.get("refuse") or Node([], ""),
            body=self._section("body"),
            budget=self._budget(),
            ignore={key: self._text(node, "") for key, node in self._section("ignore").value.items()},
            tests=self.root.get("tests") or Node([], ""),
            files=self.files,
            on_unbalanced=self._one_of(money.get("on_unbalanced"), ("reject", "trust-total"), "reject"),
            findings=self.findings,
        )

    def _section(self, name: str) -> Node:
        node = self.root.get(name)
        if node is None or node.value is None:
            return NO_NODE
        if not isinstance(node.value, dict):
            self.findings.append(Finding(node.origin, f"the section '{name}' must be a group of `key: value`"))
            return NO_NODE
        return node

    def _known_keys(self, node: Node, known: tuple[str, ...], kind: str) -> None:
        for key, origin in node.keys.items():
            if key not in known:
                self.findings.append(Finding(origin, f"unknown {kind} '{key}'{did_you_mean(key, known)}"))

    def _source(self, node: Node) -> SourceSpec:
        form = self._one_of(node.get("format"), FORMATS, "csv")
        if node.value and "order" not in node.value:
            self.findings.append(
                Finding(node.origin, "source.order is missing: the column or key that identifies an order")
            )
        rename = node.get("rename")
        quoting = node.get("quoting")
        return SourceSpec(
            format=form,
            order=self._text(node.get("order"), ""),
            detect=self._texts(node.get("detect")),
            records=self._texts(node.get("records")) or ("$",),
            rename=tuple((old, self._text(new, "")) for old, new in rename.value.items()) if rename else (),
            clean=self._many_of(node.get("clean"), CLEANINGS),
            blank=self._texts(node.get("blank")) or ("",),
            encoding=self._texts(node.get("encoding")) or ("utf-8-sig",),
            delimiter=self._text(node.get("delimiter"), ""),
            quoting=quoting is None or quoting.value is not False,
            parent=self._text(node.get("parent"), ""),
            lines=self._text(node.get("lines"), ""),
        )

    def _dates(self, node: Node | None) -> tuple[tuple[str, ...], tzinfo | None]:
        if node is None:
            return ("iso",), None
        if not isinstance(node.value, dict):
            return self._texts(node), None
        self._known_keys(node, ("format", "zone"), "key of dates")
        formats = self._texts(node.get("format")) or ("iso",)
        named = node.get("zone")
        if named is None:
            return formats, None
        try:
            return formats, zone(str(named.value))
        except FieldError as error:
            self.findings.append(Finding(named.origin, f"source.dates.zone: {error}"))
            return formats, None

    def _tables(self) -> dict[str, Rows]:
        tables: dict[str, Rows] = {}
        for name, node in self._section("tables").value.items():
            tables[name], findings = read_table(name, node, self.files[node.origin.rsplit(":", 2)[0]].parent)
            self.findings.extend(findings)
        return tables

    def _budget(self) -> dict[str, Decimal]:
        budget: dict[str, Decimal] = {}
        for code, node in self._section("budget").value.items():
            share = str(node.value).removesuffix("%")
            if not str(node.value).endswith("%") or not share.replace(".", "", 1).isdecimal():
                self.findings.append(Finding(node.origin, f"budget.{code} must be a share of the orders such as 0.5%"))
                continue
            budget[code] = Decimal(share) / 100
        return budget

    def _text(self, node: Node | None, default: str) -> str:
        if node is None or node.value is None:
            return default
        if isinstance(node.value, dict | list):
            self.findings.append(Finding(node.origin, "must be one text"))
            return default
        return str(node.value)

    def _texts(self, node: Node | None) -> tuple[str, ...]:
        if node is None or node.value is None:
            return ()
        if isinstance(node.value, list):
            return tuple(self._text(item, "") for item in node.value)
        return (self._text(node, ""),)

    def _one_of(self, node: Node | None, allowed: tuple[str, ...], default: str) -> str:
        text = self._text(node, default)
        if text not in allowed and node is not None:
            listed = ", ".join(allowed)
            self.findings.append(Finding(node.origin, f"'{text}' is none of {listed}{did_you_mean(text, allowed)}"))
            return default
        return text

    def _many_of(self, node: Node | None, allowed: tuple[str, ...]) -> tuple[str, ...]:
        items: list[Any] = node.value if node is not None and isinstance(node.value, list) else [node] if node else []
        return tuple(self._one_of(item, allowed, allowed[0]) for item in items)
