"""The `money` section as code: what the source's figures are, as one Statement for `money.settle`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from importer.mapping.body import BodyWriter
from importer.mapping.paths import Path
from importer.mapping.terms import NOT_CONSTANT, Scope, Term, constant
from importer.mapping.yaml_file import Node

SIDES = {"amount": "one", "ex": "ex", "inc": "inc", "tax": "tax"}
"""A key of a stated amount -> the field of `money.Amount`."""

AMOUNTS = ("discount", "shipping", "handling", "wrapping")
LISTS = ("fees", "paid_otherwise")
FIGURES = {
    **dict.fromkeys(("tax", "refunded", "tolerance"), "amount"),
    "subtotal": "maybe_amount",
    "total": "total_amount",
}
"""Single figures of an order, and what reads each where its text is not known to be text."""

PRODUCT = Path("products[%d]", "len(products)")
TOTAL = Path("total_inc_tax")


class MoneyWriter:
    """Writes the code of the money section: one Line for each product, then the Statement."""

    def __init__(self, money: Node, body: BodyWriter, on_unbalanced: str) -> None:
        self.money = money
        self.body = body
        self.writer = body.writer
        self.on_unbalanced = on_unbalanced

    def line(self, product: str, scope: Scope) -> None:
        """States the line of one product: quantity, and the amount of the whole line."""
        node = self.money.get("lines")
        if node is None:  # told by the schema
            return
        with self.writer.field(PRODUCT.code, node.origin):
            counted = node.get("quantity") or node
            quantity = self.writer.assign(
                self._own(PRODUCT, counted, lambda: _amount(self._fact(node, "quantity", scope, "money.lines"))),
                "quantity",
            )
            unit = node.get("unit")
            stated = self._own(PRODUCT, unit or node, lambda: self._line_amount(node, unit, scope, quantity))
            taxable = self._fact(node, "taxable", scope, "money.lines").code if "taxable" in node.value else "True"
            self.writer.line(f"stated.append(Line({product}, {quantity}, {stated}, {taxable}))")

    def _line_amount(self, node: Node, unit: Node | None, scope: Scope, quantity: str) -> str:
        if unit is None:
            return self._stated(node, scope, "", "money.lines")
        return self._stated(unit, scope, f" * {quantity}", "money.lines.unit", node.get("tax"))

    def _own(self, path: Path, node: Node, code: Callable[[], str], default: str = "ZERO") -> str:
        """The code of one fact; in the trapping twin its variable, and what is wrong is told at its own line."""
        if not self.writer.trapping:
            return code()
        variable = self.writer.name("stated")
        self.writer.line(f"{variable} = {default}")
        with self.writer.field(path.code, node.origin):
            self.writer.line(f"{variable} = {code()}")
        return variable

    def statement(self, scope: Scope) -> None:
        """Settles the order's money into the body's fields."""
        if self.writer.trapping:
            self.writer.line("currency, total = '', None")
        with self.writer.field(TOTAL.code, (self.money.get("total") or self.money).origin):
            stated = self.money.get("currency") or self.money
            currency = self._own(
                Path("money.currency"), stated, lambda: self._fact(self.money, "currency", scope).code, "''"
            )
            self.writer.line(f"currency = {currency}")
            facts = {**self._facts(scope), **self._policy(scope)}
            self.writer.line(f"total = {facts.get('total', 'None')}")
            facts["total"] = "total"
            if self.writer.trapping:
                self.writer.line("trap.money(currency, total)")
            self.writer.line("statement = Statement(currency, stated)")
            for fact, code in facts.items():
                self.writer.line(f"statement.{fact} = {code}")
            guard = "if trap.adds_up(): " if self.writer.trapping else ""
            self.writer.line(f"{guard}body.update(settle(statement, note))")
        if (multi := self.money.get("multi_currency")) is not None and multi.value is True:
            self.writer.line("body['default_currency_code'] = currency")

    def _facts(self, scope: Scope) -> dict[str, str]:
        facts = {}
        for key, node in self.money.value.items():
            if key in (*AMOUNTS, *LISTS, *FIGURES):
                path = TOTAL if key == "total" else Path(f"money.{key}")
                facts[key] = self._own(path, node, partial(self._code, key, node, scope), "None")
        return facts

    def _code(self, key: str, node: Node, scope: Scope) -> str:
        if key in AMOUNTS:
            return self._stated(node, scope, "", f"money.{key}")
        if key in LISTS:
            return self._list(key, node, scope)
        return _figure(FIGURES[key], self._fact(self.money, key, scope))

    def _policy(self, scope: Scope) -> dict[str, str]:
        policy = {"on_unbalanced": repr(self.on_unbalanced)}
        if (mode := self.money.get("tax_mode")) is not None:
            term = self._term(mode, scope, "money.tax_mode")
            policy["tax_mode"] = f"tax_mode({term.code})" if term.constant is NOT_CONSTANT else term.code
        return policy

    def _term(self, node: Node, scope: Scope, path: str) -> Term:
        return self.body.expressions.value(node, scope, Path(path).place(node.origin))

    def _fact(self, node: Node, key: str, scope: Scope, path: str = "money") -> Term:
        fact = node.get(key)
        return constant("") if fact is None else self._term(fact, scope, f"{path}.{key}")

    def _stated(self, node: Node, scope: Scope, times: str, path: str, tax: Node | None = None) -> str:
        """The code of one stated amount: a figure in the order's tax mode, or an Amount of two of ex, inc, tax."""
        if isinstance(node.value, dict):
            sides = {SIDES[key]: self._fact(node, key, scope, path) for key in SIDES if key in node.value}
        else:
            sides = {"one": self._term(node, scope, path)}
        stated = {side: f"{_amount(term)}{times}" for side, term in sides.items()}
        if tax is not None:
            stated["tax"] = _amount(self._term(tax, scope, path))
        if stated.keys() == {"one"}:
            return stated["one"]
        return f"Amount({', '.join(code if side == 'one' else f'{side}={code}' for side, code in stated.items())})"

    def _list(self, key: str, node: Node, scope: Scope) -> str:
        """The variable of a list of fees, or of payments that the total is net of."""
        variable = self.writer.name(key)
        self.writer.line(f"{variable} = []")
        if isinstance(node.value, list):
            for fee in node.value:
                self._fee(key, fee, scope, variable)
        elif "each" in node.value:
            with self.body.loop(node, scope, Path(f"money.{key}")) as inner:
                self._fee(key, node, inner, variable)
        return variable

    def _fee(self, key: str, node: Node, scope: Scope, variable: str) -> None:
        name = self._fact(node, "name", scope, f"money.{key}")
        shown = name.code if name.gives == "text" else f"text({name.code})"
        stated = f"{variable}.append(Fee({shown}, {self._stated(node, scope, '', f'money.{key}')}))"
        if SIDES.keys() & node.value.keys() != {"amount"}:
            self.writer.line(stated)
            return
        amount = self.writer.assign(_amount(self._fact(node, "amount", scope, f"money.{key}")), "fee")
        self.writer.line(f"if {amount}:")  # a fee of nothing, such as most orders have, is none
        self.writer.line(f"    {variable}.append(Fee({shown}, {amount}))")


def _amount(term: Term) -> str:
    """The code of a figure; a blank is nothing. Of a text the parsed figure is remembered: prices repeat."""
    return f"(t_money({term.code}) or ZERO)" if term.gives == "text" else f"amount({term.code})"


def _figure(reader: str, term: Term) -> str:
    """The code of a single figure. Of a text the parsed figure is looked up first; its reader has the other cases."""
    if reader == "amount" or term.gives != "text":
        return _amount(term) if reader == "amount" else f"{reader}({term.code})"
    return f"(t_money({term.code}) or {reader}({term.code}))"
