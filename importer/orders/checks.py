"""What a schema cannot say: CHECKS has one generator for each code, run over every body that the schema takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from importer.model import Body, Problem
from importer.orders.amounts import amount, has_four_places, line_amount, minor_digits_of, shown
from importer.orders.totals import SIDES, fee_cost, line_path, lines, subtotals, totals, wrapped_lines

Check = Callable[[Body, datetime], Iterator[Problem]]
"""Takes a body that keeps the schema and the present instant; yields what is wrong under one code."""

_PAIRS = tuple(
    (f"{name}_ex_tax", f"{name}_inc_tax")
    for name in ("subtotal", "total", "shipping_cost", "handling_cost", "wrapping_cost")
)
_LINE_PAIRS = (("price_ex_tax", "price_inc_tax"), ("wrapping_cost_ex_tax", "wrapping_cost_inc_tax"))
_LINE_MONEY = tuple(name for pair in _LINE_PAIRS for name in pair)
_OVERRIDES = ("subtotal_ex_tax", "subtotal_inc_tax", "total_ex_tax", "total_inc_tax")
_ALIASES = (("name", "name_customer"),)
_OPTION_ALIASES = (("display_name", "display_name_customer"), ("display_value", "display_value_customer"))
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FIRST_YEAR = "1990"
_REFUNDED, _PARTIALLY_REFUNDED = 4, 14
_EIGHT_PLACES = Decimal("0.00000001")
_EXACT_DIGITS = 15


def _reversed_pairs(body: Body, _: datetime) -> Iterator[Problem]:
    """An amount without tax is above the same amount with tax.

    Source: Orders V2 order_Shared, pairs; bigcommerce/docs PR 741: pairs prevent negative tax values.
    """
    for ex, inc in _PAIRS:
        if ex in body and (len(body[ex]), body[ex]) > (len(body[inc]), body[inc]):
            yield _reversed_pair("", ex, inc, body[ex], body[inc])
    for number, line in enumerate(lines(body)):
        for ex, inc in _LINE_PAIRS:
            if ex in line and line[ex] > line[inc]:
                yield _reversed_pair(f"{line_path(body, number)}.", ex, inc, line[ex], line[inc])
    for number, fee in enumerate(body.get("fees", ())):
        without, with_ = fee_cost(fee, "cost_ex_tax"), fee_cost(fee, "cost_inc_tax")
        if without > with_:
            yield _reversed_pair(f"fees[{number}].", "cost_ex_tax", "cost_inc_tax", shown(without), shown(with_))


def _reversed_pair(at: str, ex: str, inc: str, without: object, with_: object) -> Problem:
    message = f"{at}{ex} is {without}, above {inc} {with_}: a tax below 0; correct what the mapping states as tax"
    return Problem("negative-tax", f"{at}{ex}", message)


def _no_such_date(body: Body, _: datetime) -> Iterator[Problem]:
    """The date is in no calendar, or its weekday is another.

    Source: Orders V2 order_Shared.date_created: RFC-2822, whose day of the week must be the date's.
    """
    text = body["date_created"]
    weekday = _weekday(text[5:16])
    if not weekday:
        yield _bad_date("no-such-date", text, "which is in no calendar; correct the source's date")
    elif weekday != text[:3]:
        yield _bad_date("no-such-date", text, f"but that day was a {weekday}; use the filter date")


@lru_cache(maxsize=1024)
def _weekday(day: str) -> str:
    """The weekday of `20 Nov 2012`; "" when the month has no such day."""
    try:
        return _DAYS[date(int(day[7:]), _MONTHS[day[3:6]], int(day[:2])).weekday()]
    except ValueError:
        return ""


def _future_date(body: Body, now: datetime) -> Iterator[Problem]:
    """The order was placed after now.

    Source: Orders V2 order_Shared.date_created: supports the migration of historical orders.
    """
    text = body["date_created"]
    if int(text[12:16]) >= now.year and _instant(text) > now:
        yield _bad_date("future-date", text, "which is still to come; check the mapping's date format and zone")


def _ancient_date(body: Body, _: datetime) -> Iterator[Problem]:
    """The order was placed before there were web shops: a date of 0 or in another format.

    Source: importer; history begins in 1990.
    """
    text = body["date_created"]
    if text[12:16] < _FIRST_YEAR:
        yield _bad_date("ancient-date", text, f"which is before {_FIRST_YEAR}; check the mapping's date format")


def _bad_date(code: str, text: str, rule: str) -> Problem:
    return Problem(code, "date_created", f"date_created is '{text}', {rule}")


def _instant(text: str) -> datetime:
    day, month, year = int(text[5:7]), _MONTHS[text[8:11]], int(text[12:16])
    try:
        return datetime(year, month, day, int(text[17:19]), int(text[20:22]), int(text[23:25]), tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)  # no-such-date speaks of it


def _refund(body: Body, _: datetime) -> Iterator[Problem]:
    """The status says refunded, or partially refunded, and the refunded amount says otherwise.

    Silent where the source states no refund, or the order cost nothing.
    Source: Orders V2 order_Shared.status_id 4 and 14, refunded_amount; the status moves no money.
    """
    status = body["status_id"]
    if status not in (_REFUNDED, _PARTIALLY_REFUNDED) or "refunded_amount" not in body:
        return
    refunded, total = amount(body["refunded_amount"]), amount(body.get("total_inc_tax", "0"))
    if "total_inc_tax" in body and not total:
        return
    if not refunded:
        rule = f"but status_id {status} says that money went back; correct the status or the refund"
        yield Problem("refund-mismatch", "refunded_amount", f"refunded_amount is 0, {rule}")
    elif status == _PARTIALLY_REFUNDED and total and refunded >= total:
        rule = f"the whole total of {shown(total)}, but status_id 14 says a part; map it to 4 or correct the refund"
        yield Problem("refund-mismatch", "refunded_amount", f"refunded_amount is {shown(refunded)}, {rule}")


def _returns(body: Body, _: datetime) -> Iterator[Problem]:
    """Goods came back (a negative quantity), and the order states totals, which cannot be negative.

    Source: Orders V2 order_Shared, totals can't be negative; bigcommerce/docs issue 512: the store computes them.
    """
    for number, line in enumerate(lines(body)):
        stated = line["quantity"] < 0 and next((name for name in _OVERRIDES if name in body), None)
        if stated:
            path = f"{line_path(body, number)}.quantity"
            rule = f"and an order with goods that came back must not state {stated}; leave subtotals and totals out"
            yield Problem("return-with-totals", path, f"{path} is {line['quantity']}, {rule}")


def _precision(body: Body, _: datetime) -> Iterator[Problem]:
    """A line's price has more decimals than the store keeps or a JSON number holds exactly.

    4 decimals; up to 8 where a price of 4 would not give the line's amount again.
    Source: Orders V2 answers show 4 decimals; a double keeps 15 digits.
    """
    for number, line in enumerate(lines(body)):
        for name in _LINE_MONEY:
            if name in line and not has_four_places(line[name]) and not _needs_more_places(line, name, body):
                path = f"{line_path(body, number)}.{name}"
                rule = "and a price has at most 4 decimals; round it with the filter money"
                yield Problem("price-precision", path, f"{path} is {line[name]!r}, {rule}")


def _needs_more_places(line: Body, name: str, body: Body) -> bool:
    """Whether 4 decimals would make another amount of the line, as 0.0333 does where 1000 pieces cost 33.33."""
    exact = Decimal(str(line[name]))
    if exact != exact.quantize(_EIGHT_PLACES) or len(exact.as_tuple().digits) > _EXACT_DIGITS:
        return False
    digits = minor_digits_of(body.get("default_currency_code"))[0]
    amounts = [line_amount(price, line["quantity"], digits) for price in (line[name], round(line[name], 4))]
    return amounts[0] != amounts[1]


def _aliases(body: Body, _: datetime) -> Iterator[Problem]:
    """Two names of one value are both there and differ.

    Source: Orders V2 orderCatalogProduct_Post: if both xxx and xxx_customer are present, they must have same value.
    """
    for number, line in enumerate(lines(body)):
        if "name_customer" in line:
            yield from _differing(line, _ALIASES, line_path(body, number))
        for place, option in enumerate(line.get("product_options", ())):
            yield from _differing(option, _OPTION_ALIASES, f"{line_path(body, number)}.product_options[{place}]")


def _differing(values: Body, aliases: tuple[tuple[str, str], ...], path: str) -> Iterator[Problem]:
    for name, other in aliases:
        if name in values and other in values and values[name] != values[other]:
            message = (
                f"{path}.{other} is '{values[other][:60]}', and {name} is another text; they are one value: send one"
            )
            yield Problem("differing-names", f"{path}.{other}", message)


def _fee_costs(body: Body, _: datetime) -> Iterator[Problem]:
    """A fee's costs without tax, with tax and its tax do not add up, or leave a cost below 0.

    Source: Orders V2 createOrder: incorrect fee costs may lead to issues in downstream operations like refunds.
    """
    for number, fee in enumerate(body.get("fees", ())):
        if "cost_tax" not in fee:
            continue
        without, with_ = fee_cost(fee, "cost_ex_tax"), fee_cost(fee, "cost_inc_tax")
        if without < 0 or with_ - without != amount(fee["cost_tax"]):
            path = f"fees[{number}].cost_tax"
            rule = f"but the cost is {shown(without)} without tax and {shown(with_)} with it; correct one of the three"
            yield Problem("fee-gap", path, f"{path} is {fee['cost_tax']}, {rule}")


def _wrapping(body: Body, _: datetime) -> Iterator[Problem]:
    """The lines' gift wrapping costs more than the order's wrapping cost, of which it is a part.

    Source: Orders V2 order_Shared.wrapping_cost_ex_tax, orderCatalogProduct_Post.wrapping_cost_ex_tax.
    """
    for side in SIDES:
        if side.wrapping in body and wrapped_lines(body, side) > amount(body[side.wrapping]):
            rule = f"but wrapping on the lines costs {shown(wrapped_lines(body, side))}; state the sum of both"
            message = f"{side.wrapping} is {body[side.wrapping]}, {rule}"
            yield Problem("wrapping-gap", side.wrapping, message)


CHECKS: dict[str, Check] = {
    "subtotal-gap": subtotals,
    "total-gap": totals,
    "negative-tax": _reversed_pairs,
    "fee-gap": _fee_costs,
    "wrapping-gap": _wrapping,
    "return-with-totals": _returns,
    "price-precision": _precision,
    "refund-mismatch": _refund,
    "no-such-date": _no_such_date,
    "future-date": _future_date,
    "ancient-date": _ancient_date,
    "differing-names": _aliases,
}
"""Each rule by the code of the Problems it yields; the first line of its docstring says what is wrong."""
