"""Pseudonyms: a body without its person, in the same shape. One key gives one word the same pseudonym everywhere.

A word becomes a word of as many letters, a vowel for a vowel, in the same case and script; a run of digits becomes as
many digits. So a zip stays a zip of its country's form, a phone a phone, and a name that stands in an address and in a
note is the same new name in both. An e-mail becomes another one below example.com, as different as it was.

Kept as they are: order numbers, dates, amounts, status, products, country and state. In free texts the words of the
mapping itself are kept, such as its labels, dates, and numbers of fewer than four digits; all else is another word.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from importer.errors import UsageError
from importer.model import Body, MappedOrder, Problem, Substitution

SHORTEST_KEY = 16

_WHEN = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:?\d\d)?)?")
_EMAIL = re.compile(r"[^\s@<>,;:'\"()]+@[^\s@<>,;:'\"()]+")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"(?<![^\W_])'[^']*'")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"
_SCRIPTS = {
    "CYRILLIC": "абвгдежзиклмнопрстуфхцчшэюя",
    "GREEK": "αβγδεζηθικλμνξοπρστυφχψω",
    "HEBREW": "אבגדהוזחטיכלמנסעפצקרשת",
    "ARABIC": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "HIRAGANA": "あいうえおかきくけこさしすせそたちつてとなにのはひふほまみむもやゆよらりるれろわ",
    "KATAKANA": "アイウエオカキクケコサシスセソタチツテトナニノハヒフホマミムモヤユヨラリルレロワ",
    "CJK": "山川田村木林森石水火土金月日星雲雨雪風花草松竹梅桜島海池沢原野谷岡坂橋里町市国京東西南北中",
    "HANGUL": "가나다라마바사아자차카타파하고노도로모보소오조초코토포호",
}
"""Letters of other scripts, by the first word of their Unicode name."""

_SMALL_NUMBER = 3
_SPOKEN_OF_OTHERS = ("status_id", "date_created", "products", "payment_method", "fees", "total", "subtotal", "discount")
"""Where a value that a message quotes is no person's."""


class Pseudonyms:
    """Turns mapped orders into orders of nobody. `kept`: words of the mapping that free texts may keep."""

    def __init__(self, key: bytes, kept: Iterable[str] = ()) -> None:
        if len(key.strip()) < SHORTEST_KEY:
            raise UsageError(
                f"the key for pseudonyms has fewer than {SHORTEST_KEY} characters; make one, such as with"
                " `openssl rand -hex 32`, and keep it apart from what it protects"
            )
        self._key = hashlib.blake2b(key.strip(), digest_size=32).digest()
        self._kept = frozenset(word.casefold() for text in kept for word in _WORD.findall(text))

    def __call__(self, mapped: MappedOrder) -> MappedOrder:
        """The same order of nobody: its body, what hangs on it, and what its problems and substitutions quote."""
        own = _words_of(mapped.body or {})
        body = None if mapped.body is None else self._body(mapped.body, own)
        after = None if mapped.after is None else self._after(mapped.after, own)
        problems = tuple(self._problem(one) for one in mapped.problems)
        substitutions = tuple(self._substitution(one) for one in mapped.substitutions)
        return mapped._replace(body=body, after=after, problems=problems, substitutions=substitutions)

    # -- one value -----------------------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        """Every word and number of a text; what stands between them stays."""
        return self._replaced(text, self._token)

    def email(self, text: str) -> str:
        """An address that can never be somebody's; the same for the same address, whatever its case."""
        digest = self._digest("email", text.strip().lower(), 8)
        unique = base64.b32encode(digest).decode().rstrip("=").lower()
        return f"{self._word(unique[:6])}.{unique}@example.com"

    def phone(self, text: str) -> str:
        """Other digits in the same places; the code of the country stays."""
        country = re.match(r"\s*(\+|00)\d{1,3}(?=\D)", text)
        begin = country.end() if country else 0
        return text[:begin] + self.words(text[begin:])

    def address(self, text: str) -> str:
        """Another internet address, of the kinds that nobody has."""
        try:
            version = ipaddress.ip_address(text.strip()).version
        except ValueError:
            return self.words(text)
        if version == 4:
            return str(ipaddress.IPv4Address(b"\x0a" + self._digest("ip", text, 3)))
        return str(ipaddress.IPv6Address(b"\x20\x01\x0d\xb8" + self._digest("ip", text, 12)))

    def free(self, text: str, own: frozenset[str] = frozenset()) -> str:
        """A text that anything may stand in. `own`: words of this order's person, which the mapping's do not save."""
        pieces, end = [], 0
        for when in _WHEN.finditer(text):
            pieces += [self._spoken(text[end : when.start()], own), when[0]]
            end = when.end()
        return "".join([*pieces, self._spoken(text[end:], own)])

    def _spoken(self, text: str, own: frozenset[str]) -> str:
        def token(found: str) -> str:
            spared = found.casefold() in self._kept and found.casefold() not in own
            small = found.isdecimal() and len(found) <= _SMALL_NUMBER
            return found if spared or small else self._token(found)

        return self._replaced(text, token)

    def _replaced(self, text: str, token: Callable[[str], str]) -> str:
        pieces, end = [], 0
        for email in _EMAIL.finditer(text):
            pieces += [_TOKEN.sub(lambda one: token(one[0]), text[end : email.start()]), self.email(email[0])]
            end = email.end()
        return "".join([*pieces, _TOKEN.sub(lambda one: token(one[0]), text[end:])])

    def _token(self, token: str) -> str:
        return self._number(token) if token.isdecimal() else self._word(token)

    def _number(self, digits: str) -> str:
        """As many digits; a leading zero stays one, and no other becomes one."""
        made = [str(byte % 10) for byte in self._digest("number", digits, len(digits))]
        first = "0" if digits[0] == "0" else str(self._digest("first", digits, 1)[0] % 9 + 1)
        return "".join([first, *made[1:]])

    def _word(self, word: str) -> str:
        for turn in range(8):  # a word that comes out as it was is nobody's pseudonym
            digest = self._digest(f"word {turn}", word.casefold(), len(word))
            made = "".join(_letter(letter, byte) for letter, byte in zip(word, digest, strict=True))
            if made.casefold() != word.casefold():
                return made
        return made

    def _digest(self, kind: str, value: str, size: int) -> bytes:
        normal = unicodedata.normalize("NFC", value)
        blocks = range(-(-size // 64))
        keyed = (
            hashlib.blake2b(f"{number}\0{kind}\0{normal}".encode("utf-8", "replace"), key=self._key).digest()
            for number in blocks
        )
        return b"".join(keyed)[:size]

    # -- one order -----------------------------------------------------------------------------------------------------

    def _body(self, body: Body, own: frozenset[str]) -> Body:
        made = dict(body)
        if "billing_address" in body:
            made["billing_address"] = self._person(body["billing_address"])
        if "shipping_addresses" in body:
            made["shipping_addresses"] = [self._person(one) for one in body["shipping_addresses"]]
        if "products" in body:
            made["products"] = [self._product(one, own) for one in body["products"]]
        for name in ("customer_message", "staff_notes"):
            if name in body:
                made[name] = self.free(body[name], own)
        for name in ("ip_address", "ip_address_v6"):
            if name in body:
                made[name] = self.address(body[name])
        return made

    def _person(self, address: Body) -> Body:
        return {
            name: _KINDS.get(name, Pseudonyms.words)(self, value) if isinstance(value, str) else value
            for name, value in address.items()
        }

    def _product(self, product: Body, own: frozenset[str]) -> Body:
        """What a customer had engraved stands in an option."""
        if "product_options" not in product:
            return product
        options = [self._inside(option, own) for option in product["product_options"]]
        return {**product, "product_options": options}

    def _inside(self, value: Any, own: frozenset[str]) -> Any:
        if isinstance(value, dict):
            return {key: self._inside(one, own) for key, one in value.items()}
        return self.free(value, own) if isinstance(value, str) else value

    def _after(self, after: Body, own: frozenset[str]) -> Body:
        shipments = [self._shipment(one, own) for one in after.get("shipments", ())]
        metafields = [{**one, "value": self.free(one["value"], own)} for one in after.get("metafields", ())]
        return {name: made for name, made in (("shipments", shipments), ("metafields", metafields)) if made}

    def _shipment(self, shipment: Body, own: frozenset[str]) -> Body:
        """The first line of its comments is its mark."""
        mark, line, rest = shipment["comments"].partition("\n")
        made = {**shipment, "comments": mark + line + self.free(rest, own)}
        if "tracking_number" in made:
            made["tracking_number"] = self.words(made["tracking_number"])
        if "tracking_link" in made:
            made["tracking_link"] = f"https://example.com/{self._digest('link', made['tracking_link'], 8).hex()}"
        return made

    def _problem(self, problem: Problem) -> Problem:
        if problem.path.startswith(_SPOKEN_OF_OTHERS):
            return problem
        message = _QUOTED.sub(lambda quoted: self.words(quoted[0]), problem.message)
        return problem._replace(message=message)

    def _substitution(self, one: Substitution) -> Substitution:
        if one.path.startswith(_SPOKEN_OF_OTHERS):
            return one
        return one._replace(from_=self.words(one.from_), to=self.words(one.to))


def _same(_: Pseudonyms, value: str) -> str:
    return value


_KINDS: dict[str, Callable[[Pseudonyms, str], str]] = {
    "email": Pseudonyms.email,
    "phone": Pseudonyms.phone,
    **dict.fromkeys(("country", "country_iso2", "state", "shipping_method"), _same),
}
"""A field of an address -> what it becomes; any other is words."""


def _letter(letter: str, byte: int) -> str:
    """Another letter of the same case, kind and script."""
    base = unicodedata.normalize("NFD", letter)[0]
    script = unicodedata.name(base, "LATIN").partition(" ")[0]
    letters = _SCRIPTS.get(script) or (_VOWELS if base.lower() in _VOWELS else _CONSONANTS)
    made = letters[byte % len(letters)]
    return made.upper() if letter.isupper() else made


def _words_of(body: Body) -> frozenset[str]:
    """The words of the order's own person."""
    people = [body.get("billing_address", {}), *body.get("shipping_addresses", ())]
    texts = [str(value) for one in people if isinstance(one, dict) for value in one.values()]
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))
