"""A whole mapping as one Python function: skip, let, body and money, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass

from importer.errors import Finding
from importer.mapping.body import BodyWriter
from importer.mapping.expressions import NOT_CONSTANT, Expressions, Scope, Term
from importer.mapping.paths import Path
from importer.mapping.spec import Spec
from importer.mapping.writer import Columns, Writer
from importer.mapping.yaml_file import Node
from importer.money import MODES

MONEY_FIELDS = frozenset(
    f"{name}_{side}"
    for name in ("subtotal", "shipping_cost", "handling_cost", "wrapping_cost", "total")
    for side in ("ex_tax", "inc_tax")
) | {"discount_amount", "refunded_amount", "fees"}
"""What `money` derives. A field of these in `body` overrides it, and is proved all the same."""

ENGINE_FIELDS = {
    "external_source": "is M-MIG in every order; it cannot be mapped",
    "external_merchant_id": "is set by the engine: the namespace and the source's order id",
    "default_currency_code": "follows from money.currency; state money.multi_currency: true for a multi-currency store",
}

HEAD = "def map_order(order, lines, note, trap):"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The generated text and what was found on the way.

    `read`: column -> the fields that read it (CSV only). `totals`: the columns of `money.total`, which tell the row
    with the order's totals from its other rows.
    """

    code: str
    findings: list[Finding]
    read: dict[str, set[str]]
    totals: tuple[str, ...]


def compile_mapping(spec: Spec, columns: Columns | None, *, trapping: bool = False) -> Compiled:
    """The mapping as Python text. `columns` is the export's header; None compiles for any, to check the mapping."""
    return _Compiler(spec, columns, trapping=trapping).compiled()


class _Compiler:
    def __init__(self, spec: Spec, columns: Columns | None, *, trapping: bool) -> None:
        self.spec = spec
        self.writer = Writer(columns, spec.optional, trapping=trapping)
        self.in_data = spec.source.format == "json"
        self.expressions = Expressions(self.writer, spec.tables, looks_in_data=self.in_data)
        self.body = BodyWriter(spec, self.writer, self.expressions)

    def compiled(self) -> Compiled:
        scope = self._scope()
        self._rules("skip", self.spec.skip, "return {}, ''", scope)
        scope = self._let(scope)
        self._rules("refuse", self.spec.refuse, "raise FieldError('refused', {})", scope)
        self.writer.line("body = {}")
        self._body(scope)
        self._money(scope)
        self._overrides(scope)
        self.writer.line("return body, currency")
        self._unused()
        findings = [*self.spec.findings, *self.writer.findings]
        return Compiled(self.writer.text(HEAD), findings, self.writer.read, self._totals)

    def _scope(self) -> Scope:
        if self.in_data:
            lines = self.spec.lines
            self.writer.line(f"lines = items(look_path(order, {lines.split('.')!r}))" if lines else "lines = [order]")
            return {"order": Term("order"), "lines": Term("lines", "list")}
        row = self.writer.open_row("order")
        return {"order": Term("order", row=row), "lines": Term("lines", "rows")}

    def _rules(self, section: str, rules: Node, then: str, scope: Scope) -> None:
        """`skip` and `refuse`: which orders are left out, and which are problems, each with its reason."""
        for rule in rules.value:
            when, because = rule.get("when"), rule.get("because")
            if when is None or because is None:
                self.writer.find(rule.origin, f"{section}: a rule has two keys: when, because")
                continue
            path = Path(section)
            with self.writer.field(path.code, rule.origin):
                term = self.expressions.value(when, scope, path.place(when.origin))
                self.writer.line(f"if {term.code}:")
                self.writer.line(f"    {then.format(repr(str(because.value)))}")

    def _let(self, scope: Scope) -> Scope:
        named = dict(scope)
        for name, node in self.spec.let.value.items():
            if name in named:
                self.writer.find(node.origin, f"let.{name}: this name is taken")
                continue
            path = Path(f"let.{name}")
            variable = self.writer.name(name)
            with self.writer.field(path.code, node.origin, variable):
                term = self.body.value(node, named, path)
                if term.constant is NOT_CONSTANT:
                    self.writer.line(f"{variable} = {term.code}")
                    term = Term(variable, term.gives)
            named[name] = term
        return named

    def _body(self, scope: Scope) -> None:
        for key, node in self.spec.body.value.items():
            path = Path(key)
            if key in ENGINE_FIELDS:
                self.writer.find(node.origin, f"body.{key} {ENGINE_FIELDS[key]}")
            elif key == "products":
                self._products(node, scope, path)
            elif key not in MONEY_FIELDS:
                self.body.field(key, node, scope, "body", path)

    def _products(self, node: Node, scope: Scope, path: Path) -> None:
        """One product a line; the same loop states each line's money, so that both see the same lines."""
        if not isinstance(node.value, dict) or "each" not in node.value:
            self.writer.find(node.origin, "body.products: the lines of an order are stated as `each: line`")
            return
        self.writer.line("products = []")
        self.writer.line("stated = []")
        with self.body.loop(node, scope, path) as inner:
            product = self.body.item(node, inner, path.item("len(products)"))
            self._line_money(product, inner)
            self.writer.line(f"products.append({product})")
        self.writer.line("body['products'] = products")

    def _line_money(self, product: str, scope: Scope) -> None:
        node = self.spec.money.get("lines")
        if node is None or not isinstance(node.value, dict):
            self.writer.find(self.spec.money.origin, "money.lines is missing: what a line costs, and its quantity")
            return
        path = Path("products[%d]", "len(products)")
        with self.writer.field(path.code, node.origin):
            quantity = self.writer.assign(f"amount({self._fact(node, 'quantity', scope)})", "quantity")
            if "unit" in node.value:
                stated = self._amount(node.value["unit"], scope, f" * {quantity}", "money.lines.unit", node.get("tax"))
            else:
                stated = self._amount(node, scope, "", "money.lines")
            taxable = self._fact(node, "taxable", scope) if "taxable" in node.value else "True"
            self.writer.line(f"stated.append(Line({product}, {quantity}, {stated}, {taxable}))")

    def _fact(self, node: Node, key: str, scope: Scope) -> str:
        fact = node.get(key)
        if fact is None:
            self.writer.find(node.origin, f"money: '{key}' is missing")
            return "''"
        return self.expressions.value(fact, scope, Path(f"money.{key}").place(fact.origin)).code

    def _amount(self, node: Node, scope: Scope, times: str, path: str, tax: Node | None = None) -> str:
        """The code of one Amount: one text in the order's tax mode, or two of ex, inc, tax."""
        if not isinstance(node.value, dict):
            code = self.expressions.value(node, scope, Path(path).place(node.origin)).code
            stated = {"one": f"amount({code}){times}"}
        else:
            names = {"amount": "one", "ex": "ex", "inc": "inc", "tax": "tax"}
            stated = {
                names[key]: f"amount({self._fact(node, key, scope)}){times}" for key in names if key in node.value
            }
            if not stated:
                self.writer.find(node.origin, f"{path}: state one amount, or two of ex, inc, tax")
        if tax is not None:
            stated["tax"] = f"amount({self.expressions.value(tax, scope, Path(path).place(tax.origin)).code})"
        return f"Amount({', '.join(f'{key}={code}' for key, code in stated.items())})"

    def _money(self, scope: Scope) -> None:
        """The statement of the order's money, settled into the body's fields."""
        money = self.spec.money
        facts = {"lines": "stated"}
        path = Path("total_inc_tax")
        self.writer.line("currency = ''")
        with self.writer.field(path.code, money.origin):
            self.writer.line(f"currency = {self._fact(money, 'currency', scope)}")
            for key in ("discount", "shipping", "handling", "wrapping"):
                if (node := money.get(key)) is not None:
                    facts[key] = self._amount(node, scope, "", f"money.{key}")
            for key in ("fees", "paid_otherwise"):
                if (node := money.get(key)) is not None:
                    facts[key] = self._fees(key, node, scope)
            for key, reader in (
                ("tax", "amount"),
                ("refunded", "amount"),
                ("subtotal", "maybe_amount"),
                ("total", "total_amount"),
            ):
                if money.get(key) is not None:
                    facts[key] = f"{reader}({self._fact(money, key, scope)})"
            facts |= self._policy(scope)
            stated = ", ".join(f"{key}={code}" for key, code in facts.items())
            guard = "if trap.adds_up(): " if self.writer.trapping else ""
            self.writer.line(f"{guard}body.update(settle(Statement(currency=currency, {stated}), note))")
        if (multi := money.get("multi_currency")) is not None and multi.value is True:
            self.writer.line("body['default_currency_code'] = currency")

    def _policy(self, scope: Scope) -> dict[str, str]:
        money = self.spec.money
        policy = {"on_unbalanced": repr(self.spec.on_unbalanced)}
        if (tolerance := money.get("tolerance")) is not None:
            policy["tolerance"] = f"Decimal({str(tolerance.value)!r})"
        if (mode := money.get("tax_mode")) is not None:
            term = self.expressions.value(mode, scope, Path("money.tax_mode").place(mode.origin))
            if term.constant is not NOT_CONSTANT and term.constant not in MODES:
                self.writer.find(mode.origin, f"money.tax_mode: '{term.constant}' is none of {', '.join(MODES)}")
            policy["tax_mode"] = f"tax_mode({term.code})" if term.constant is NOT_CONSTANT else term.code
        return policy

    def _fees(self, key: str, node: Node, scope: Scope) -> str:
        """The variable of a list of fees, or of payments that the total is net of."""
        variable = self.writer.name(key)
        self.writer.line(f"{variable} = []")
        if isinstance(node.value, list):
            for fee in node.value:
                self._fee(key, fee, scope, variable)
            return variable
        with self.body.loop(node, scope, Path(f"money.{key}")) as inner:
            self._fee(key, node, inner, variable)
        return variable

    def _fee(self, key: str, node: Node, scope: Scope, variable: str) -> None:
        name = self._fact(node, "name", scope)
        self.writer.line(f"{variable}.append(Fee(text({name}), {self._amount(node, scope, '', f'money.{key}')}))")

    def _overrides(self, scope: Scope) -> None:
        for key, node in self.spec.body.value.items():
            if key in MONEY_FIELDS:
                self.body.field(key, node, scope, "body", Path(key))

    @property
    def _totals(self) -> tuple[str, ...]:
        return tuple(column for column, fields in self.writer.read.items() if "money.total" in fields)

    def _unused(self) -> None:
        """Tables, lets and parts that nothing reads are mistakes: something else was meant."""
        used = {
            "table": (self.spec.table_origins, self.expressions.used_tables),
            "name in let": (self.spec.let.keys, self.expressions.used_names),
            "part": (self.spec.parts.keys, self.body.used_parts),
        }
        for kind, (origins, names) in used.items():
            for name, origin in origins.items():
                if name not in names:
                    self.writer.find(origin, f"the {kind} '{name}' is never used")
