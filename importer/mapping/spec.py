"""The sections of a mapping file, read and checked for their shape; expressions stay as nodes for the compiler."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path

from importer.errors import FieldError, Finding, MappingError
from importer.mapping.codes import SUBSTITUTIONS, codes_of
from importer.mapping.dates import assumed_zone, known_form, zone
from importer.mapping.overlays import extended
from importer.mapping.shape import mend
from importer.mapping.suggest import did_you_mean
from importer.mapping.tables import Rows, beside, read_table
from importer.mapping.yaml_file import Node
from importer.model import SourceSpec, Substitution

NO_ENCODINGS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")

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
    zone_assumed: Substitution | None
    """What is noted of each order whose mapping only assumes its zone."""
    money: Node
    let: Node
    tables: ReadOnly[str, Rows]
    tables_section: Node
    parts: Node
    skip: Node
    refuse: Node
    body: Node
    after: Node
    budget: ReadOnly[str, Decimal]
    ignore: ReadOnly[str, str]
    tests: Node
    files: ReadOnly[str, Path]
    """The mapping's own file and those it extends: name in messages -> file."""
    on_unbalanced: str = "reject"
    taken: dict[str, int] | None = None
    """Where a report watches the mapping: the branches that its orders took, by their mark. A run keeps none."""
    findings: list[Finding] = field(default_factory=list)

    def beside(self, node: Node, name: str) -> Path | None:
        """The file of that plain name beside the file that the node stands in; None for a name that leads elsewhere."""
        return beside(self.files[node.origin.rsplit(":", 2)[0]].parent, name)

    def all_files(self) -> list[Path]:
        """What the mapping is made of: its own file, those it extends, its templates, its tables, its snapshots."""
        sections = (
            self.money,
            self.let,
            self.tables_section,
            self.parts,
            self.skip,
            self.refuse,
            self.body,
            self.after,
        )
        named = [node for section in sections for node in _named(section)]
        lying = [found for node in named if (found := self.beside(node, str(node.value))) is not None]
        return [*self.files.values(), *lying]


def _named(node: Node) -> Iterator[Node]:
    """The names of files in a part of a mapping."""
    children = node.value.values() if isinstance(node.value, dict) else node.value
    if isinstance(node.value, dict):
        keys = ("template", "file", "snapshot")
        yield from (child for key in keys if isinstance((child := node.value.get(key)), Node))
    if isinstance(node.value, dict | list):
        for child in children:
            yield from _named(child)


def read_spec(path: Path, shipped: Path) -> Spec:
    """The mapping in the file, overlays resolved. `shipped` is where `extends` finds the platforms' mappings.

    Errors: MappingError where the file is no mapping at all; lesser mistakes are in `findings`.
    """
    files: dict[str, Path] = {}
    root = extended(path, shipped, files)
    if not isinstance(root.value, dict):
        raise MappingError([Finding(root.origin, "a mapping is a list of sections: mapping, source, money, body, ...")])
    return spec_of(root, path, files)


def spec_of(root: Node, path: Path, files: dict[str, Path]) -> Spec:
    """The mapping that a tree of nodes states; the tree is mended where its shape is broken."""
    return _Sections(root, path, files, mend(root)).spec()


class _Sections:
    """Reads one mapping's sections, whose shape holds, collecting what a shape cannot say."""

    def __init__(self, root: Node, path: Path, files: dict[str, Path], findings: list[Finding]) -> None:
        self.root = root
        self.path = path
        self.files = files
        self.findings = findings
        self.zone_assumed: Substitution | None = None

    def spec(self) -> Spec:
        source, money = self._section("source"), self._section("money")
        self._readable(source)
        formats, home = self._dates(source.get("dates"))
        return Spec(
            name=_text(self.root.get("mapping"), self.path.stem),
            title=_text(self.root.get("title")),
            path=self.path,
            source=_source(source),
            lines=_text(source.get("lines")),
            optional=frozenset(_texts(source.get("optional"))),
            date_formats=formats,
            zone=home,
            zone_assumed=self.zone_assumed,
            money=money,
            let=self._section("let"),
            tables=self._tables(),
            tables_section=self._section("tables"),
            parts=self._section("parts"),
            skip=self._list("skip"),
            refuse=self._list("refuse"),
            body=self._section("body"),
            after=self._section("after"),
            budget={code: _share(node) for code, node in self._budget().value.items()},
            ignore={name: _text(node) for name, node in self._section("ignore").value.items()},
            tests=self._list("tests"),
            files=self.files,
            on_unbalanced=_text(money.get("on_unbalanced"), "reject"),
            findings=self.findings,
        )

    def _budget(self) -> Node:
        """The budgets; one of a code that nothing records would never hold anything back.

        An overlay may replace what records a code of the mapping below: that one's budgets are not held against it.
        """
        sections = [self._section(name) for name in ("let", "parts", "body")]
        known = {*SUBSTITUTIONS, *(code for section in sections for code, _ in codes_of(section))}
        known |= {self.zone_assumed.code} if self.zone_assumed else set()
        budget, whole = self._section("budget"), not self.findings
        own = f"{self.root.origin.rsplit(':', 2)[0]}:"
        for code, origin in budget.keys.items():
            if whole and origin.startswith(own) and code not in known:  # what is broken may be what records it
                self.findings.append(Finding(origin, f"budget: nothing records '{code}'{did_you_mean(code, known)}"))
        return budget

    def _section(self, name: str) -> Node:
        node = self.root.get(name)
        return NO_NODE if node is None or node.value is None else node

    def _list(self, name: str) -> Node:
        node = self.root.get(name)
        return Node([], "") if node is None or node.value is None else node

    def _dates(self, node: Node | None) -> tuple[tuple[str, ...], tzinfo | None]:
        if node is None or not isinstance(node.value, dict):
            return self._forms(node), None
        formats, named = self._forms(node.get("format")), node.get("zone")
        if named is None:
            return formats, None
        if isinstance(named.value, dict):
            otherwise = named.get("otherwise") or named
            code, assumed = _text(named.get("as")), str(otherwise.value)
            self.zone_assumed = Substitution(code, "date_created", "", assumed, named.origin)
            named = otherwise
        try:
            name = str(named.value)
            return formats, assumed_zone(name) if self.zone_assumed else zone(name)
        except FieldError as error:
            self.findings.append(Finding(named.origin, f"source.dates.zone: {error}"))
            return formats, None

    def _readable(self, source: Node) -> None:
        """The encodings are encodings of text, and the delimiter can be one."""
        for name in _texts(encoding := source.get("encoding")):
            if encoding is not None and not _is_encoding(name):
                said = f"source.encoding: there is no encoding '{name}' of text; use utf-8, cp1252 or another"
                self.findings.append(Finding(encoding.origin, said))
        delimiter = source.get("delimiter")
        told = [found.origin for found in self.findings]
        if delimiter is None or delimiter.origin in told:
            return
        if len(_text(delimiter)) != 1 or _text(delimiter) in '"\r\n\0':
            self.findings.append(Finding(delimiter.origin, "source.delimiter: one character that separates cells"))

    def _forms(self, node: Node | None) -> tuple[str, ...]:
        forms = _texts(node)
        for form in forms:
            try:
                known_form(form)
            except FieldError as error:
                self.findings.append(Finding(node.origin if node else "", f"source.dates: {error}"))
        return forms or ("iso",)

    def _tables(self) -> dict[str, Rows]:
        tables: dict[str, Rows] = {}
        for name, node in self._section("tables").value.items():
            tables[name], findings = read_table(name, node, self.files[node.origin.rsplit(":", 2)[0]].parent)
            self.findings.extend(findings)
        return tables


def _is_encoding(name: str) -> bool:
    """Whether Python decodes texts by that name; its codecs of other things (zlib, rot13, idna) are none."""
    try:
        known = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return known._is_text_encoding and known.name not in NO_ENCODINGS


def _source(node: Node) -> SourceSpec:
    """How the export is read."""
    rename, quoting, adjacent = node.get("rename"), node.get("quoting"), node.get("adjacent")
    return SourceSpec(
        format=_text(node.get("format"), "csv"),
        order=_text(node.get("order")),
        detect=_texts(node.get("detect")),
        records=_texts(node.get("records")) or ("$",),
        rename=tuple((old, _text(new)) for old, new in rename.value.items()) if rename else (),
        clean=_texts(node.get("clean")),
        blank=_texts(node.get("blank")) or ("",),
        encoding=_texts(node.get("encoding")) or ("utf-8-sig",),
        delimiter=_text(node.get("delimiter")),
        quoting=quoting is None or quoting.value is not False,
        footer=_texts(node.get("footer")),
        parent=_text(node.get("parent")),
        lines=_text(node.get("lines")),
        items=_items(node),
        adjacent=adjacent is None or adjacent.value is not False,
    )


def _items(node: Node) -> SourceSpec | None:
    """How the second file is read, where the mapping joins two: as the first, but for what `items` says."""
    items = node.get("items")
    if items is None or not isinstance(items.value, dict):
        return None
    shared = {key: child for key, child in node.value.items() if key not in ("items", "detect", "rename")}
    return replace(_source(Node({**shared, **items.value}, items.origin)), called=_text(items.get("called")))


def _share(node: Node) -> Decimal:
    return Decimal(str(node.value).removesuffix("%")) / 100


def _text(node: Node | None, default: str = "") -> str:
    return default if node is None or node.value is None else str(node.value)


def _texts(node: Node | None) -> tuple[str, ...]:
    if node is None or node.value is None:
        return ()
    return tuple(_text(item) for item in node.value) if isinstance(node.value, list) else (_text(node),)
