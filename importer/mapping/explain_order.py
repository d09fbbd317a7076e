"""A whole mapping over one order, as `explain` shows it: skip, let, refuse, body, money, after."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from importer.errors import FieldError
from importer.mapping.compiler import MONEY_FIELDS, lets
from importer.mapping.explain import Walk, item_fields, rows_of
from importer.mapping.explanation import DERIVED, Explanation, Traced
from importer.mapping.money_section import AMOUNTS, FIGURES, LISTS, SIDES
from importer.mapping.runtime import names_of
from importer.mapping.spec import Spec
from importer.mapping.trace import Found, Scope
from importer.mapping.yaml_file import Node
from importer.model import SourceOrder
from importer.money import Amount, Fee, Line, Stated, Statement, settle

Header = tuple[str, ...] | None
"""The columns of a CSV file, None for JSON."""


def explain(spec: Spec, columns: Header, lines: Header, source: SourceOrder, head: Any) -> Explanation:
    """Every value of the order's body, and how it came about. `head`: the cells of the row with the order's totals."""
    walk = Walk(spec, names_of(spec))
    _Mapped(spec, walk).run(_scope(spec, walk, columns, lines, source, head))
    return walk.explanation


def _scope(spec: Spec, walk: Walk, columns: Header, lines: Header, source: SourceOrder, head: Any) -> Scope:
    first = source.rows[0]
    if columns is not None:
        rows = rows_of(source.rows, columns, walk.names["clean"])
        number = next(number for number, row in enumerate(source.rows) if row.cells is head)
        items = rows_of(source.lines, lines or columns, walk.names["clean"]) if source.lines else rows
        return {"order": Found(rows[number]), "lines": Found(items)}
    order = Found(first.cells, f"{first.file}:{first.line} $")
    if source.lines:
        at = source.lines[0]
        return {"order": order, "lines": Found([row.cells for row in source.lines], f"{at.file}:{at.line} $")}
    if not spec.lines:
        return {"order": order, "lines": Found([order.value], order.where)}
    listed = walk.names["items"](walk.names["look_path"](order.value, spec.lines.split(".")))
    return {"order": order, "lines": Found(listed, f"{order.where}.{spec.lines}")}


class _Mapped:
    """One order, section by section, in the sequence of the compiled function."""

    def __init__(self, spec: Spec, walk: Walk) -> None:
        self.spec = spec
        self.walk = walk
        self.body = walk.explanation.body
        self.stated: list[Line] = []

    def run(self, scope: Scope) -> None:
        before_skip, after_skip = lets(self.spec)
        scope = self._let(scope, before_skip)
        if (because := self._rule("skip", self.spec.skip, scope)) is not None:
            self.walk.explanation.skipped = because
            return
        scope = self._let(scope, after_skip)
        if (because := self._rule("refuse", self.spec.refuse, scope)) is not None:
            self.walk.explanation.traced.append(Traced("refuse", "refused", self.spec.refuse.origin, "", error=because))
        for key, node in self.spec.body.value.items():
            if key == "products":
                self._products(node, scope)
            elif key not in MONEY_FIELDS:
                self.walk.field(key, node, scope, self.body, key)
        self._money(scope)
        for key, node in self.spec.body.value.items():
            if key in MONEY_FIELDS:
                self.walk.field(key, node, scope, self.body, key)
        self.walk.fields(self.spec.after.value.items(), scope, {}, "after")

    def _rule(self, section: str, rules: Node, scope: Scope) -> str | None:
        for number, rule in enumerate(rules.value):
            with self.walk.failing():
                if self.walk.scalar(rule.value["when"], scope, f"{section}[{number}]").value:
                    return str(rule.value["because"].value)
        return None

    def _let(self, scope: Scope, items: list[tuple[str, Node]]) -> Scope:
        named = dict(scope)
        for name, node in items:
            found = Found("")
            with self.walk.failing():
                found = self.walk.value(node, named, f"let.{name}")
            is_data = isinstance(found.value, dict | list)
            named[name] = found if is_data else found._replace(where=node.origin)
        return named

    def _products(self, node: Node, scope: Scope) -> None:
        products: list[Any] = []
        for inner in self.walk.loop(node, scope, "products"):
            product: dict[str, Any] = {}
            path = f"products[{len(products)}]"
            self.walk.fields(item_fields(node), inner, product, path)
            with self.walk.failing():
                self._line(product, inner, path)
            products.append(product)
        self.body["products"] = products

    def _line(self, product: dict[str, Any], scope: Scope, path: str) -> None:
        node = self.spec.money.value["lines"]
        amount = self.walk.names["amount"]
        quantity = amount(self._fact(node, "quantity", scope, path))
        if "unit" in node.value:
            stated = self._amount(node.value["unit"], scope, f"{path} money.lines.unit")
            if isinstance(stated, Decimal):
                stated *= quantity
            else:
                stated = Amount(*(None if figure is None else figure * quantity for figure in stated))
            if (tax := node.get("tax")) is not None:
                known = amount(self.walk.scalar(tax, scope, f"{path} money.lines.tax").value)
                stated = Amount(stated, tax=known) if isinstance(stated, Decimal) else stated._replace(tax=known)
        else:
            stated = self._amount(node, scope, f"{path} money.lines")
        taxable = self._fact(node, "taxable", scope, path) if "taxable" in node.value else True
        self.stated.append(Line(product, quantity, stated, taxable))

    def _fact(self, node: Node, key: str, scope: Scope, path: str = "") -> Any:
        shown = f"{path} money.lines.{key}" if path else f"money.{key}"
        return self.walk.scalar(node.value[key], scope, shown).value

    def _amount(self, node: Node, scope: Scope, path: str) -> Stated:
        amount = self.walk.names["amount"]
        if not isinstance(node.value, dict):
            figure: Decimal = amount(self.walk.scalar(node, scope, path).value)
            return figure
        sides = {
            SIDES[key]: amount(self.walk.scalar(node.value[key], scope, f"{path}.{key}").value)
            for key in SIDES
            if key in node.value
        }
        return sides["one"] if sides.keys() == {"one"} else Amount(**sides)

    def _money(self, scope: Scope) -> None:
        """Settles the stated money into the body; its fields are kept as following from the section."""
        money = self.spec.money
        try:
            settled = settle(self._statement(scope), lambda *_: None)
        except FieldError as error:
            self._derived("total_inc_tax", "", str(error))
            return
        except Exception:  # noqa: BLE001 - told where it arose
            return
        self.body.update(settled)
        for key, value in settled.items():
            self._derived(key, value)
        for number, product in enumerate(self.body.get("products", ())):
            for key in ("quantity", "price_ex_tax", "price_inc_tax"):
                self._derived(f"products[{number}].{key}", product.get(key, ""))
        if (multi := money.get("multi_currency")) is not None and multi.value is True:
            self.body["default_currency_code"] = self.walk.scalar(
                money.value["currency"], scope, "money.currency"
            ).value

    def _derived(self, path: str, value: Any, error: str = "") -> None:
        origin = ((error and self.spec.money.get("total")) or self.spec.money).origin
        self.walk.explanation.traced.append(Traced(path, DERIVED, origin, value, error=error))

    def _statement(self, scope: Scope) -> Statement:
        money = self.spec.money
        facts: dict[str, Any] = {"currency": self._fact(money, "currency", scope), "lines": self.stated}
        for key, node in money.value.items():
            if key in AMOUNTS:
                facts[key] = self._amount(node, scope, f"money.{key}")
            elif key in LISTS:
                facts[key] = self._fees(key, node, scope)
            elif key in FIGURES:
                facts[key] = self.walk.names[FIGURES[key]](self._fact(money, key, scope))
        if (mode := money.get("tax_mode")) is not None:
            facts["tax_mode"] = self.walk.names["tax_mode"](self.walk.scalar(mode, scope, "money.tax_mode").value)
        return Statement(on_unbalanced=self.spec.on_unbalanced, **facts)

    def _fees(self, key: str, node: Node, scope: Scope) -> list[Fee]:
        if isinstance(node.value, list):
            return [self._fee(fee, scope, f"money.{key}[{number}]") for number, fee in enumerate(node.value)]
        loop = self.walk.loop(node, scope, f"money.{key}")
        return [self._fee(node, inner, f"money.{key}[{number}]") for number, inner in enumerate(loop)]

    def _fee(self, node: Node, scope: Scope, path: str) -> Fee:
        name = self.walk.names["text"](self.walk.scalar(node.value["name"], scope, f"{path}.name").value)
        return Fee(name, self._amount(node, scope, path))
