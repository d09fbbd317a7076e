"""Made-up orders: their money is computed here first, then written as each platform would export it.

Nothing of the importer is used. An order is priced with the tax on top (`exclusive`), inside (`inclusive`), or not
at all (`none`); its total is the sum of what is stated here, to the currency's minor unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from random import Random

ZERO = Decimal(0)
UNITS = {"USD": "0.01", "EUR": "0.01", "GBP": "0.01", "ZAR": "0.01", "JPY": "1", "KRW": "1", "KWD": "0.001"}
NAMES = (
    "Ana María López",
    "Prince",
    "Jean-Luc d'Arc",
    "李 小龙",
    "Ólafur Björnsson",
    "O'Neil",
    "Ng",
    "Zoë van der Berg III",
)
PLACES = (
    ("US", "Austin", "TX", "Texas", "78751", "+1 512 555 0100"),
    ("CA", "Montréal", "QC", "Quebec", "H2X 1Y4", "514-555-0199"),
    ("GB", "London", "", "", "SW1A 1AA", ""),
    ("DE", "Bremen", "HB", "Bremen", "28195", "0421 555"),
    ("HK", "Kowloon", "", "", "", "+852 5555 0100"),
    ("BE", "Gent", "", "", "9000", "'+32 9 555"),
    ("ZA", "Durban", "NL", "KwaZulu-Natal", "4001", "031 555 0100"),
    ("JP", "港区", "JP-13", "Tokyo", "105-0011", "03-5555-0100"),
    ("IE", "Cork", "", "", "", ""),
)
RATES = (
    (Decimal("0.2"),),
    (Decimal("0.055"),),
    (Decimal("0.21"),),
    (Decimal("0.05"), Decimal("0.09975")),
    (Decimal("0.0825"),),
)
ADDRESSES = ("203.0.113.9", "2001:db8::1", "::ffff:203.0.113.9", "203.0.113.4, 10.0.0.1", "unknown", "", "fe80::1%eth0")
THINGS = (
    "Mug, blue",
    'Shelf 24"',
    "Tea | 100 g: green",
    "Café — crème brûlée 🍮",
    "T-Shirt - L / red",
    "x" * 300,
    "<b>Bold</b> & more",
    "Line one\nline two",
    "'Quoted'",
)


@dataclass(frozen=True, slots=True)
class Place:
    """An address as a shop knows it; every part but the country may be blank."""

    name: str
    street: str
    street_2: str
    city: str
    code: str
    state: str
    zip: str
    country: str
    phone: str
    company: str


@dataclass(frozen=True, slots=True)
class Line:
    """Goods of one kind: `price` of one in the order's mode; `off` and `tax` of all, the tax after discounts."""

    name: str
    sku: str
    price: Decimal
    quantity: Decimal
    off: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """What all of them cost before discounts."""
        return self.price * self.quantity

    @property
    def net(self) -> Decimal:
        """What all of them cost after discounts."""
        return self.gross - self.off


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `refunded` of `total`, dates aware."""

    number: int
    instant: datetime
    currency: str
    unit: Decimal
    mode: str
    lines: tuple[Line, ...]
    shipping: Decimal
    shipping_tax: Decimal
    tip: Decimal
    refunded: Decimal
    paid: bool
    shipped: bool
    cancelled: bool
    email: str
    note: str
    billing: Place | None
    delivery: Place | None
    rates: tuple[Decimal, ...]

    @property
    def goods(self) -> Decimal:
        """The lines before discounts."""
        return sum((line.gross for line in self.lines), ZERO)

    @property
    def off(self) -> Decimal:
        """All discounts on lines."""
        return sum((line.off for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """The order's tax, shipping's included."""
        return sum((line.tax for line in self.lines), self.shipping_tax)

    @property
    def total(self) -> Decimal:
        """What the customer owed."""
        return self.goods - self.off + self.shipping + self.tip + (self.tax if self.mode == "exclusive" else ZERO)

    def with_tip_as_line(self) -> Order:
        """The same, its tip among the lines."""
        tip = (Line("Tip", "", self.tip, Decimal(1), ZERO, ZERO),) if self.tip else ()
        return replace(self, lines=self.lines + tip, tip=ZERO)

    def text(self, amount: Decimal) -> str:
        """The amount as shops write it, in the currency's digits."""
        return str(amount.quantize(self.unit))

    @property
    def quantities(self) -> list[Decimal]:
        """How many of each line."""
        return [line.quantity for line in self.lines]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a platform can hold, so that no order is invented which it could not have exported."""

    modes: tuple[str, ...] = ("exclusive", "inclusive", "none")
    currencies: tuple[str, ...] = tuple(UNITS)
    fractions: bool = False
    discounts: bool = True
    shipping_taxed: bool = True
    tips: bool = False
    zones: bool = True


def invent(chance: Random, count: int, kind: Kind) -> list[Order]:
    """So many orders of one shop: one currency, numbers that grow."""
    currency = chance.choice(kind.currencies)
    first = chance.choice([1001, 1, 990_000_123])
    return [_order(chance, first + place, currency, kind) for place in range(count)]


def _order(chance: Random, number: int, currency: str, kind: Kind) -> Order:
    unit = Decimal(UNITS[currency])
    mode = chance.choice(kind.modes)
    rates = () if mode == "none" else chance.choice(RATES)
    lines = tuple(_line(chance, unit, mode, rates, kind) for _ in range(chance.choice([1, 1, 1, 2, 3, 7])))
    shipping = chance.choice([ZERO, _amount(chance, unit, 2000)])
    taxed = kind.shipping_taxed and chance.random() < 0.5
    shipping_tax = _tax(shipping, mode, rates, unit) if taxed else ZERO
    delivery = chance.choice([None, _place(chance)]) if chance.random() < 0.2 else _place(chance)
    billing = delivery if chance.random() < 0.5 else chance.choice([None, _place(chance), _place(chance)])
    order = Order(
        number=number,
        instant=_instant(chance, kind),
        currency=currency,
        unit=unit,
        mode=mode,
        lines=lines,
        shipping=shipping,
        shipping_tax=shipping_tax,
        tip=_amount(chance, unit, 900) if kind.tips and chance.random() < 0.2 else ZERO,
        refunded=ZERO,
        paid=chance.random() < 0.85,
        shipped=chance.random() < 0.6,
        cancelled=chance.random() < 0.1,
        email=chance.choice(["ana@example.com", "", "no e-mail", "o'neil+x@sub.example.co.uk", "ANA@EXAMPLE.COM "]),
        note=chance.choice(["", "", "ring twice\r\nor call", 'say "hi"; thanks', "ÄÖ漢字🎁" * 50]),
        billing=billing,
        delivery=delivery,
        rates=rates,
    )
    return _with_refund(chance, order)


def _with_refund(chance: Random, order: Order) -> Order:
    if not order.paid or not order.total or chance.random() < 0.75:
        return order
    part = (order.total / 3).quantize(order.unit) or order.total
    return replace(order, refunded=chance.choice([order.total, part]))


def _line(chance: Random, unit: Decimal, mode: str, rates: tuple[Decimal, ...], kind: Kind) -> Line:
    price = chance.choice([ZERO, *(_amount(chance, unit, 20_000) for _ in range(6))])
    whole = Decimal(chance.choice([1, 1, 1, 2, 3, 12, 144]))
    quantity = Decimal("1.5") if kind.fractions and price % (2 * unit) == 0 and chance.random() < 0.2 else whole
    gross = price * quantity
    off = ZERO
    if kind.discounts and chance.random() < 0.3:
        off = chance.choice([gross, (gross / 10).quantize(unit, ROUND_HALF_UP), (gross / 3).quantize(unit)])
    tax = _tax(gross - off, mode, rates, unit) if chance.random() < 0.9 else ZERO
    return Line(chance.choice(THINGS), chance.choice(["", "SKU-1", "00123", "1E10"]), price, quantity, off, tax)


def _amount(chance: Random, unit: Decimal, most: int) -> Decimal:
    return chance.randint(1, most) * unit


def _tax(net: Decimal, mode: str, rates: tuple[Decimal, ...], unit: Decimal) -> Decimal:
    rate = sum(rates, ZERO)
    base = net / (1 + rate) if mode == "inclusive" else net
    return (base * rate).quantize(unit, ROUND_HALF_UP)


def _place(chance: Random) -> Place:
    country, city, code, state, zipped, phone = chance.choice(PLACES)
    street = chance.choice(["1 Main St", "P.O. Box 12", "Straße 5/3\nHinterhaus", "Calle 7, 2º B", ""])
    company = chance.choice(["", "", "Ünïcode & Söhne GmbH"])
    return Place(
        chance.choice(NAMES), street, chance.choice(["", "Apt 4"]), city, code, state, zipped, country, phone, company
    )


def _instant(chance: Random, kind: Kind) -> datetime:
    """Between 2012 and 2025; also in the hour that a clock shows twice."""
    seconds = chance.choice([chance.randint(0, 410_000_000), 0, 310_000_000])
    zone = timezone(timedelta(hours=chance.choice([-8, -3, 0, 1, 5.5, 9]))) if kind.zones else UTC
    return (datetime(2012, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone)
