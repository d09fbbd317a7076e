"""A whole mapping as one Python function: skip, let, body, money and after, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass

from importer.errors import Finding, MappingError
from importer.mapping.body import BodyWriter
from importer.mapping.expressions import Expressions, names_in
from importer.mapping.money_section import MoneyWriter
from importer.mapping.paths import Path
from importer.mapping.spec import Spec
from importer.mapping.suggest import did_you_mean
from importer.mapping.terms import NOT_CONSTANT, Scope, Term
from importer.mapping.writer import Columns, Reads, Writer
from importer.mapping.yaml_file import Node

MONEY_FIELDS = frozenset(
    f"{name}_{side}"
    for name in ("subtotal", "shipping_cost", "handling_cost", "wrapping_cost", "total")
    for side in ("ex_tax", "inc_tax")
) | {"discount_amount", "refunded_amount", "fees"}
"""What `money` derives. A field of these in `body` overrides it, and is proved all the same."""

SHOWN = 4
"""Fields that the message about a column names."""

HEAD = "def map_order(order, lines, note, trap):"


def lets(spec: Spec) -> tuple[list[tuple[str, Node]], list[tuple[str, Node]]]:
    """The values of `let` that come before `skip`, down to the last that a rule of it reads, and those after it.

    An order that is left out meets no more of the mapping than its rules need: what else it holds may be beyond it.
    """
    items, read = list(spec.let.value.items()), names_in(spec.skip)
    last = max((number for number, (name, _) in enumerate(items, 1) if name in read), default=0)
    return items[:last], items[last:]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The generated text and what was found on the way.

    `read`: column, or dotted path of a JSON order -> the fields that read it -> where the mapping says so. `fields`:
    field of the body -> where the mapping sets it. `totals`: the columns of `money.total`, which tell the row with the
    order's totals from its other rows. `marks`: where branches are watched, mark -> what it is called, and its place.
    `repeated`: column of `order` that a field of the lines reads, the same for each -> that field, and its place.
    """

    code: str
    findings: list[Finding]
    read: Reads
    fields: dict[str, str]
    totals: tuple[str, ...]
    marks: dict[str, tuple[str, str]]
    repeated: dict[str, tuple[str, str]]


def compile_mapping(
    spec: Spec, columns: Columns | None, lines: Columns | None = None, *, trapping: bool = False
) -> Compiled:
    """The mapping as Python text. `columns` is the export's header; None compiles for any, to check the mapping.

    `lines`: the header of the second file, where the mapping joins two; else the lines have the export's own.
    """
    try:
        return _Compiler(spec, columns, lines or columns, trapping=trapping).compiled()
    except (OverflowError, RecursionError) as error:
        said = f"this mapping is too large for what an order needs: {error}; does a part or a name repeat itself?"
        raise MappingError([Finding(str(spec.path), said)]) from None


class _Compiler:
    def __init__(self, spec: Spec, columns: Columns | None, lines: Columns | None, *, trapping: bool) -> None:
        self.spec = spec
        self.writer = Writer(columns, lines, spec.optional, trapping=trapping, watching=spec.taken is not None)
        self.in_data = spec.source.format == "json"
        self.expressions = Expressions(self.writer, spec.tables, looks_in_data=self.in_data)
        self.body = BodyWriter(spec, self.writer, self.expressions)
        self.money = MoneyWriter(spec.money, self.body, spec.on_unbalanced)

    def compiled(self) -> Compiled:
        scope = self._scope()
        before_skip, after_skip = lets(self.spec)
        scope = self._let(scope, before_skip)
        self._rules("skip", self.spec.skip, "return {}, '', None", scope)
        scope = self._let(scope, after_skip)
        self._rules("refuse", self.spec.refuse, "raise FieldError('refused', {})", scope)
        self.writer.line("body = {}")
        self._body(scope)
        self.money.statement(scope)
        self._overrides(scope)
        self._after(scope)
        self.writer.line("return body, currency, total")
        self._unused()
        self._lacking()
        self._tests()
        findings = [*self.spec.findings, *self.writer.findings]
        writer = self.writer
        return Compiled(
            writer.text(HEAD), findings, writer.read, writer.fields, self._totals, writer.marks, writer.repeated
        )

    def _scope(self) -> Scope:
        if self.in_data:
            lines = "" if self.spec.source.items else self.spec.lines
            if lines:
                self.writer.line(f"lines = items(look_path(order, {lines.split('.')!r}))")
            elif not self.spec.source.items:
                self.writer.line("lines = [order]")
            return {
                "order": Term("order", data=frozenset({""})),
                "lines": Term("lines", "list", data=frozenset({lines})),
            }
        row = self.writer.open_order()
        return {"order": Term("order", row=row), "lines": Term("lines", "rows")}

    def _rules(self, section: str, rules: Node, then: str, scope: Scope) -> None:
        """`skip` and `refuse`: which orders are left out, and which are problems, each with its reason."""
        for rule in rules.value:
            when, because = rule.get("when"), rule.get("because")
            if when is None or because is None:  # told by the schema
                continue
            path = Path(section)
            with self.writer.field(path.code, rule.origin):
                term = self.expressions.value(when, scope, path.place(when.origin))
                self.writer.line(f"if {term.code}:")
                if self.writer.watching and section == "skip":
                    self.writer.line(f"    {self.writer.mark(rule.origin, f'skip: {because.value}')}")
                self.writer.line(f"    {then.format(repr(str(because.value)))}")

    def _let(self, scope: Scope, items: list[tuple[str, Node]]) -> Scope:
        named = dict(scope)
        for name, node in items:
            if name in named:
                self.writer.find(node.origin, f"let.{name}: this name is taken")
                continue
            path = Path(f"let.{name}")
            variable = self.writer.name(name)
            with self.writer.field(path.code, node.origin, variable):
                term = self.body.value(node, named, path)
                if term.constant is NOT_CONSTANT:
                    self.writer.line(f"{variable} = {term.code}")
                    term = term._replace(code=variable)
            named[name] = term
        return named

    def _body(self, scope: Scope) -> None:
        for key, node in self.spec.body.value.items():
            path = Path(key)
            if key == "products":
                self._products(node, scope, path)
            elif key not in MONEY_FIELDS:
                self.body.field(key, node, scope, "body", path)

    def _products(self, node: Node, scope: Scope, path: Path) -> None:
        """One product a line; the same loop states each line's money, so that both see the same lines."""
        if "each" not in node.value:  # told by the schema
            return
        self.writer.line("products = []")
        self.writer.line("stated = []")
        with self.body.loop(node, scope, path) as inner:
            product = self.body.item(node, inner, path.item("len(products)"))
            if (
                "product_id" in node.value
            ):  # a product of the catalogue has its own SKU; V2 takes one of custom lines only
                self.writer.line(f"if 'product_id' in {product}:")
                self.writer.line(f"    {product}.pop('sku', None)")
            self.money.line(product, inner)
            self.writer.line(f"products.append({product})")
        self.writer.line("body['products'] = products")

    def _overrides(self, scope: Scope) -> None:
        for key, node in self.spec.body.value.items():
            if key in MONEY_FIELDS:
                self.body.field(key, node, scope, "body", Path(key))

    def _after(self, scope: Scope) -> None:
        """What hangs on the order; its slow twin asks for it only where the body holds."""
        section = self.spec.after
        if not section.value:
            return
        self.writer.line("after = {}")
        self.body.fields(section, scope, "after", Path("after"))
        with self.writer.field(repr("after"), section.origin):
            guard = "if not trap: " if self.writer.trapping else ""
            self.writer.line(f"{guard}note.after = hanging(after, body)")

    @property
    def _totals(self) -> tuple[str, ...]:
        return tuple(column for column, fields in self.writer.read.items() if "money.total" in fields)

    def _unused(self) -> None:
        """Tables, lets and parts that nothing reads are mistakes: something else was meant."""
        used = {
            "table": (self.spec.tables_section.keys, self.expressions.used_tables),
            "name in let": (self.spec.let.keys, self.expressions.used_names),
            "part": (self.spec.parts.keys, self.body.parts.used),
        }
        for kind, (origins, names) in used.items():
            for name, origin in origins.items():
                if name not in names:
                    self.writer.find(origin, f"the {kind} '{name}' is never used")

    def _tests(self) -> None:
        """Columns of a test's rows that are near to one which the mapping reads and the row lacks: a slip."""
        if self.in_data:
            return
        read = self.writer.read.keys() | {self.spec.source.order}
        there = (self.writer.columns or {}).keys() | (
            self.writer.line_columns or {}
        ).keys()  # the mapping's slip, if any
        rows = [row for test in self.spec.tests.value if "rows" in test.value for row in test.value["rows"].value]
        for row in rows:
            for name, origin in row.keys.items():
                if name not in read | there and (hint := did_you_mean(name, sorted(read - row.value.keys()), 0.85)):
                    self.writer.find(origin, f"no field reads the test's column '{name}'{hint}")

    def _lacking(self) -> None:
        """The columns that the export lacks, each once with all fields that read it."""
        for column, columns in self.writer.lacking.items():
            fields = self.writer.read[column]
            hint = did_you_mean(column, columns)
            shown = ", ".join(list(fields)[:SHOWN]) + (
                f" and {len(fields) - SHOWN} more" if len(fields) > SHOWN else ""
            )
            message = (
                f"unknown column '{column}'{hint} (read by {shown}; source.optional lists columns that may be absent)"
            )
            self.writer.find(next(iter(fields.values())), message)
