"""Statements of money for the tests: written short, settled, and proved again without the code of `money`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from importer.errors import FieldError
from importer.model import Problem
from importer.money import Amount, Fee, Line, Stated, Statement, minor_digits, settle
from importer.orders import problems_of

HEAD = {
    "external_source": "M-MIG",
    "external_order_id": "1001",
    "external_merchant_id": "old-shop:1001",
    "date_created": "Tue, 20 Nov 2012 00:00:00 +0000",
    "status_id": 10,
    "billing_address": {"first_name": "Jane", "last_name": "Doe", "street_1": "1 Main Street", "city": "Austin"}
    | {"state": "Texas", "zip": "78751", "country_iso2": "US"},
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
COSTS = ("shipping_cost", "handling_cost", "wrapping_cost")
SIDES = ("ex_tax", "inc_tax")


def pair(ex: str = "", tax: str = "", inc: str = "") -> Amount:
    """An amount stated by two of without tax, tax, with tax."""
    return Amount(ex=Decimal(ex) if ex else None, tax=Decimal(tax) if tax else None, inc=Decimal(inc) if inc else None)


def line(amount: Stated | str, quantity: str = "1", name: str = "Mug", *, taxable: bool = True) -> Line:
    """A line of the order; its amount is that of the whole line."""
    return Line({"name": name}, Decimal(quantity), read(amount), taxable)


def read(fact: Stated | str) -> Stated:
    """A figure, which may be written as text."""
    return Decimal(fact) if isinstance(fact, str) else fact


def statement(*lines: Line, currency: str = "USD", **facts: Any) -> Statement:
    """A statement whose amounts may be written as text: `tax="2.00"`, `shipping="5"`, `fees={"Gift wrap": "3"}`."""
    stated: dict[str, Any] = {}
    for name, fact in facts.items():
        if name in ("fees", "paid_otherwise"):
            stated[name] = [Fee(key, read(value)) for key, value in fact.items()]
        elif name in ("tax_mode", "on_unbalanced"):
            stated[name] = fact
        else:
            stated[name] = read(fact)
    return Statement(currency=currency, lines=list(lines), **stated)


@dataclass(frozen=True)
class Settled:
    """What `settle` gave: the money fields, the products that it priced, and the notes it took."""

    body: dict[str, Any]
    products: list[dict[str, Any]]
    notes: list[tuple[str, str, str, str]]

    @property
    def codes(self) -> set[str]:
        """The codes of the notes."""
        return {note[0] for note in self.notes}

    def pair(self, name: str) -> tuple[str, str]:
        """An amount without and with tax, as two decimals."""
        return tuple(f"{Decimal(self.body[f'{name}_{side}']):.2f}" for side in SIDES)  # type: ignore[return-value]  # two sides

    def prices(self, number: int = 0) -> tuple[float, float]:
        """A line's unit prices without and with tax."""
        return self.products[number]["price_ex_tax"], self.products[number]["price_inc_tax"]

    def problems(self, currency: str = "USD") -> tuple[Problem, ...]:
        """What the checks of `orders` find in a whole body with this money."""
        whole = {**HEAD, **self.body, "products": self.products, "default_currency_code": currency}
        return problems_of(whole, NOW)


def settled(stated: Statement) -> Settled:
    """The statement, settled."""
    notes: list[tuple[str, str, str, str]] = []
    body = settle(stated, lambda code, path, from_, to: notes.append((code, path, str(from_), str(to))))
    return Settled(body, [line.product for line in stated.lines if "quantity" in line.product], notes)


def refusal(stated: Statement) -> FieldError:
    """Why the statement cannot be settled."""
    with pytest.raises(FieldError) as caught:
        settled(stated)
    return caught.value


def gap(found: Settled, side: str, currency: str = "USD") -> Decimal:
    """Lines, costs and fees less the discount, less the total: 0 when the body closes on that side."""
    unit = Decimal(1).scaleb(-minor_digits(currency))
    total = -Decimal(found.body["discount_amount"]) - Decimal(found.body[f"total_{side}"])
    for product in found.products:
        whole = Decimal(str(product[f"price_{side}"])) * product["quantity"]
        total += whole.quantize(unit, ROUND_HALF_EVEN)
    total += sum((Decimal(found.body.get(f"{cost}_{side}", "0")) for cost in COSTS), Decimal(0))
    return total + sum((Decimal(fee[f"cost_{side}"]) for fee in found.body.get("fees", ())), Decimal(0))


def amounts_of(found: Settled) -> list[Decimal]:
    """Every amount of the body: money fields, fees and prices."""
    texts = [value for name, value in found.body.items() if name not in ("fees", "products")]
    texts += [fee[f"cost_{side}"] for fee in found.body.get("fees", ()) for side in SIDES]
    texts += [product[f"price_{side}"] for product in found.products for side in SIDES]
    return [Decimal(str(text)) for text in texts]
