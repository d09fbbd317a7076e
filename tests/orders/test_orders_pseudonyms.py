"""Pseudonyms: keyed, consistent, in the same shape, and nothing of the person left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import UsageError
from importer.model import MappedOrder, Problem, SourceOrder, SourceRow, Substitution
from importer.orders.pseudonyms import Pseudonyms

KEY = b"0123456789abcdef0123456789abcdef"
NAMES = Pseudonyms(KEY, ["Discount code: {{ order.code }}", "May"])
PERSON = {
    "first_name": "Ada",
    "last_name": "Okafor-Bergström",
    "company": "Okafor Tea Ltd",
    "street_1": "18 Greenhouse Row",
    "city": "Leeds",
    "state": "England",
    "zip": "LS1 4AP",
    "country_iso2": "GB",
    "phone": "+44 113 555 0101",
    "email": "Ada.Okafor@tea.example",
}


def order(**fields: Any) -> MappedOrder:
    """An order of Ada's."""
    body = {"external_order_id": "#1001", "billing_address": PERSON, "shipping_addresses": [PERSON], **fields}
    return MappedOrder(SourceOrder("#1001", (SourceRow("orders.csv", 2, []),)), body)


def shape(text: str) -> str:
    """What kind of character stands where."""
    return "".join(
        "9" if one.isdecimal() else ("A" if one.isupper() else "a") if one.isalpha() else one for one in text
    )


def test_every_field_keeps_its_shape() -> None:
    """Names, street, zip and phone have the same letters' case, digits and marks in the same places."""
    made = (NAMES(order()).body or {})["billing_address"]
    for name in ("first_name", "last_name", "company", "street_1", "city", "zip", "phone"):
        assert shape(made[name]) == shape(PERSON[name]), name
        assert made[name] != PERSON[name]
    assert made["phone"].startswith("+44 ")
    assert (made["state"], made["country_iso2"]) == ("England", "GB")


def test_nothing_of_the_person_is_left() -> None:
    """Neither in addresses nor in free texts, nor in what problems and substitutions quote."""
    notes = "Discount code: SUMMER\nAda Okafor rang, 0113 555 0101, ada.okafor@tea.example"
    whole = order(
        staff_notes=notes, customer_message="Leave it with Georgia at 18 Greenhouse Row", ip_address="203.0.113.9"
    )
    problem = Problem("too-long", "billing_address.street_1", "'18 Greenhouse Row' has 17 characters")
    noted = Substitution("billing-from-shipping", "billing_address", "", "Ada, Okafor, 18 Greenhouse Row")
    made = NAMES(MappedOrder(whole.source, whole.body, (problem,), (noted,)))
    told = str((made.body, made.problems, made.substitutions)).lower()
    for secret in (
        "ada",
        "okafor",
        "bergström",
        "greenhouse",
        "leeds",
        "ls1",
        "0101",
        "tea.example",
        "georgia",
        "203.0",
    ):
        assert secret not in re.findall(r"[\w.]+", told), secret
        assert f"{secret} " not in told


def test_the_same_person_is_the_same_everywhere() -> None:
    """In both addresses, in notes, in another order, and whatever the case of the e-mail."""
    one = NAMES(order(staff_notes="spoke with Ada Okafor")).body or {}
    again = NAMES(order(external_order_id="#1002")).body or {}
    assert one["billing_address"] == one["shipping_addresses"][0] == again["billing_address"]
    first, last = one["billing_address"]["first_name"], one["billing_address"]["last_name"].split("-")[0]
    assert one["staff_notes"].endswith(f"{first} {last}")
    assert NAMES.email("ADA.okafor@tea.example ") == one["billing_address"]["email"]


def test_labels_of_the_mapping_stay() -> None:
    """A label is kept in free texts, unless it is a word of the person's; small numbers are kept."""
    notes = "Discount code: 15, 2019-03-05 10:22:00 +0200"
    assert (NAMES(order(staff_notes=notes)).body or {})["staff_notes"] == notes
    may = {**PERSON, "first_name": "May"}
    made = NAMES(order(billing_address=may, staff_notes="May rang")).body or {}
    assert made["staff_notes"].split()[0] == made["billing_address"]["first_name"] != "May"


def test_another_key_gives_another_person() -> None:
    """Without the key nobody can tell who it was, nor match two shops."""
    other = Pseudonyms(KEY[::-1])
    assert other.email("ada@tea.example") != NAMES.email("ada@tea.example")
    assert other.words("Okafor") != NAMES.words("Okafor")


def test_what_is_no_persons_stays() -> None:
    """Numbers, dates, amounts and products are the order's."""
    fields = {"date_created": "Tue, 05 Mar 2019 10:22:00 +0000", "total_inc_tax": "1204.0000"}
    products = [{"name": "Okafor Mug", "sku": "M-1", "quantity": 1}]
    made = NAMES(order(products=products, **fields)).body or {}
    assert made["products"] == products
    assert {name: made[name] for name in fields} == fields
    assert made["external_order_id"] == "#1001"


def test_what_hangs_on_the_order_is_nobodys_too() -> None:
    """Tracking leads to a door; a metafield may hold anything; the shipment's mark stays."""
    shipment = {
        "comments": "Imported shipment 1, shipped on X.\nfor Ada",
        "tracking_number": "9400",
        "tracking_link": "https://x/9400",
    }
    after = {"shipments": [shipment], "metafields": [{"namespace": "a", "key": "b", "value": "gift for Ada"}]}
    whole = order()
    made = NAMES(MappedOrder(whole.source, whole.body, after=after)).after or {}
    told = str(made)
    assert "Imported shipment 1, shipped on X.\n" in made["shipments"][0]["comments"]
    assert "Ada" not in told
    assert "9400" not in told


def test_a_short_key_is_refused() -> None:
    """A key that can be guessed hides nobody."""
    with pytest.raises(UsageError, match="fewer than 16 characters"):
        Pseudonyms(b"secret")


@given(st.emails(), st.emails())
def test_emails_stay_as_different_as_they_were(one: str, other: str) -> None:
    """Equal addresses stay equal, different ones stay different, and each is one."""
    same = one.strip().lower() == other.strip().lower()
    assert (NAMES.email(one) == NAMES.email(other)) == same
    assert re.fullmatch(r"[a-z0-9.]+@example\.com", NAMES.email(one))


@given(st.text(max_size=80))
def test_any_text_keeps_its_length_and_its_marks(text: str) -> None:
    """Without an e-mail in it, a text is as long as it was, and its digits and blanks stand where they stood."""
    made = NAMES.words(text.replace("@", " "))
    assert len(made) == len(text)
    for was, now in zip(text.replace("@", " "), made, strict=True):
        assert was.isdecimal() == now.isdecimal()
        assert was.isspace() == now.isspace()


@given(st.ip_addresses())
def test_an_internet_address_stays_one_of_its_kind(address: Any) -> None:
    """Version 4 stays in 10.0.0.0/8, version 6 in 2001:db8::/32."""
    made = NAMES.address(str(address))
    assert made.startswith("10." if address.version == 4 else "2001:db8:")
