"""What the columns of an unknown export may be, told by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from importer.mapping.lexicon import folded, in_english

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9#]+")
_MONEY_SUFFIX = re.compile(r" set shop money amount$| amount$")


def words(name: str) -> str:
    """A column's name, or a path, as small words: `totalPriceSet.shopMoney.amount` -> `total price`.

    >>> words("Billing Zip/Postal-code"), words("grandTotal"), words("billing_address.postcode")
    ('billing zip postal code', 'grand total', 'billing address postcode')
    >>> words("Bestell-Nr."), words("PLZ (Rechnung)"), words("Währung")
    ('bestell number', 'postcode billing', 'currency')
    """
    plain = " ".join(word for word in _WORDS.split(folded(name).replace("%", " percent ")) if word).lower()
    return _MONEY_SUFFIX.sub("", in_english(plain))


ORDER: Mapping[str, tuple[str, ...]] = {
    "order": (
        *("(order|bestell?) (number|no|nr)|ordernumber", "increment id|number", "(amazon |merchant )?order id|order"),
        *("name", "vendor order number|sales record number|reference", "id"),
    ),
    "date": (
        *("processed at|date created gmt|order date time", "created at|create date|order date|orderdate|date created"),
        *("(order )?(created|placed|purchase|sale|payments) ?(at|on|date)?", "date add(ed)?|date|.* created"),
    ),
    "currency": (
        *("(order )?currency( code)?", "order currency code", "(total price|current subtotal price).* currency code"),
        ".*currency( code)?",
    ),
    "total": (
        *("(order |grand |gran)+ ?total( paid)?|total price|total", "total paid( tax incl)?|order total .*"),
        *("order value|total inc(l)?( tax)?|amount total|total amount", "current subtotal price"),
    ),
    "tax": ("(total |order )?tax(es)?( total)?|total tax", "order sales tax|sales tax"),
    "shipping": ("(order |total )?shipping( cost| rate| total| price)?", "shipping and handling|delivery (cost|price)"),
    "discount": ("(total |order )?discounts?( total)?", "coupon discount|cart discount"),
    "refunded": ("(total )?refunded|amount refunded|total refunded", "refund"),
    "status": ("(order )?status|order state", "(display )?financial status|payment status", "state|current state"),
    "email": ("(contact |customer |buyer |billing )?e ?mail( address)?", ".* email"),
    "payment_method": ("payment method title|payment method|payment type", "payment|gateway"),
    "customer_message": ("customer (note|message|comment)s?|note from customer", "notes?|comments?"),
    "shipping_method": (
        "shipping method( name| title)?|delivery method|ship service level",
        "carrier|shipping description",
    ),
}
LINE: Mapping[str, tuple[str, ...]] = {
    "quantity": ("(lineitem |item |product |line )?(quantity|qty)( ordered| purchased)?", "item ?ordered"),
    "name": ("(lineitem |item |product |line )(name|title)|itemname", "title|item", "name|product|description"),
    "sku": ("(lineitem |item |product |line )?sku|itemsku", "(product )?reference|custom label|article code|code"),
    "unit": (
        *("(lineitem |item |product |unit )+price", "price|sale price|sold for|original unit price|itemprice"),
        "unit price .*|price .*",
    ),
    "amount": ("(line |item |row )?total|subtotal|.*row total", "amount"),
}
ADDRESS: Mapping[str, str] = {
    "first_name": "first ?name",
    "last_name": "last ?name|surname",
    "name": "(full ?|recipient |buyer )?name",
    "company": "company( name)?",
    "street_1": "(street|address|addr)( line)?( ?1)?|street address",
    "street_2": "(street|address|addr)( line)? ?2",
    "city": "city|town",
    "state": "(state|province|region|zone|state or province)( name| code)?",
    "zip": "zip( ?code)?|post(al)? ?code|postcode|zip postal code",
    "country_iso2": "country( code| id| iso2?| name)?( v2)?|iso code 2",
    "phone": "phone( number)?|telephone|tel",
}
SIDES: Mapping[str, str] = {
    "billing": "(bill(ing)?|invoice|payment|buyer|customer)( to)?( address| person)?",
    "shipping": "(ship(ping)?|delivery|recipient)( to)?( address| person)?",
}
ITEM_LIST = re.compile(r"(quantity|qty)( ordered)?|product quantity")
"""Names that tell a list of lines from other lists of an order."""

STATUSES: Mapping[str, int] = {
    "pending": 1,
    "shipped": 2,
    "partially shipped": 3,
    "partial": 3,
    "refunded": 4,
    "cancelled": 5,
    "canceled": 5,
    "voided": 5,
    "closed": 4,
    "failed": 6,
    "declined": 6,
    "on hold": 7,
    "awaiting payment": 7,
    "pending payment": 7,
    "unpaid": 7,
    "new": 7,
    "complete": 10,
    "completed": 10,
    "delivered": 10,
    "fulfilled": 10,
    "paid": 11,
    "processing": 11,
    "unshipped": 11,
    "disputed": 13,
    "partially refunded": 14,
}
"""Words that mean the same on every platform, and the status of the store that they are nearest to."""


def find(patterns: tuple[str, ...], names: Iterable[str]) -> list[str]:
    """The names that the patterns fit, those of an earlier pattern first."""
    listed = list(names)
    return [name for pattern in patterns for name in listed if re.fullmatch(pattern, words(name))]


def component(name: str, side: str) -> str:
    """Which field of an address a name is on that side, or in an export of one address (`side` ""); "" for none.

    >>> component("Billing Zip", "billing"), component("billing_address.city", "billing"), component("Total", "billing")
    ('zip', 'city', '')
    >>> component("Zip", ""), component("Zip", "billing")
    ('zip', '')
    """
    plain = words(name)
    side_word = SIDES.get(side, "(address )?")
    for key, pattern in ADDRESS.items():
        if re.fullmatch(
            f"{side_word} ({pattern})|({pattern}) {side_word}" if side else f"{side_word}({pattern})", plain
        ):
            return key
    return ""
