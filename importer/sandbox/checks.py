"""What V2 says no to, in the order in which it says it, as far as the body alone shows it.

unknown field -> read-only field -> null -> required -> pairs -> range; what needs the catalogue comes after
(`references`). The store's own order is not published; this is the documented list in the order of the guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from importer.sandbox import contract
from importer.sandbox.kinds import KINDS
from importer.sandbox.wire import Finding, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from importer.sandbox.config import Switches
    from importer.sandbox.contract import Shape

Body = dict[str, Any]

PAIRS = (
    ("subtotal_ex_tax", "subtotal_inc_tax"),
    ("total_ex_tax", "total_inc_tax"),
    ("shipping_cost_ex_tax", "shipping_cost_inc_tax"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a body and the shape it must have."""

    shape: Shape
    value: Body


def parts_of(shape: Shape, body: Body, put: bool = False) -> list[Part]:
    """The body and every object in it. A list or object of the wrong kind has no parts; `ranges` names it."""
    found = [Part(shape, body)]
    for name, inner in shape.inner.items():
        for value in _objects(body.get(name)):
            found += parts_of(inner, value, put)
    for name in ("products", "line_items"):
        for line in _objects(body.get(name)):
            found += parts_of(_line_shape(line, put), line, put)
    return found


def _objects(value: Any) -> Iterable[Body]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]


def _line_shape(line: Body, put: bool) -> Shape:
    catalog = "product_id" in line or (put and not {"variant_id", "product_options", "wrapping_id"}.isdisjoint(line))
    if put:
        return contract.CATALOG_LINE_PUT if catalog else contract.CUSTOM_LINE_PUT
    return contract.CATALOG_LINE if catalog else contract.CUSTOM_LINE


def refuse_first(stages: Iterable[Iterator[Finding]], switches: Switches) -> None:
    """Raises Refused for the first finding, or for all findings of the first stage that has any."""
    for stage in stages:
        found = list(stage) if switches.errors == "all" else [one for one in [next(stage, None)] if one]
        if found:
            raise Refused(*found)


def unknown(parts: list[Part]) -> Iterator[Finding]:
    """Source: bigcommerce-api-python #82."""
    for part in parts:
        for name in part.value:
            if name not in part.shape.fields and name not in part.shape.read_only:
                yield Finding(f"The field '{name}' is not supported by this resource.")


def read_only(parts: list[Part]) -> Iterator[Finding]:
    """Source: V2 reference, the 400 of `PUT /orders/{id}/shipping_addresses/{id}`."""
    for part in parts:
        for name in part.value:
            if name in part.shape.read_only:
                yield Finding(
                    f"The field '{name}' cannot be written to. Please remove it from your request before trying again."
                )


def nulls(parts: list[Part]) -> Iterator[Finding]:
    """Source: message seen in production, "The field 'state' does not allow null values."."""
    for part in parts:
        for name, value in part.value.items():
            if value is None and not part.shape.fields[name].nullable:
                yield Finding(f"The field '{name}' does not allow null values.")


def pairs(body: Body) -> Iterator[Finding]:
    """Source: V2 `subtotal_ex_tax`, `total_ex_tax`, `shipping_cost_ex_tax`: "the field ... is also required"."""
    for first, second in PAIRS:
        if (first in body) != (second in body):
            given, missing = (first, second) if first in body else (second, first)
            yield Finding(f"The field '{missing}' is required when '{given}' is supplied.")


def ranges(parts: list[Part], switches: Switches) -> Iterator[Finding]:
    """Every value against its kind. In an address the message names the address, not the field."""
    for part in parts:
        for name, value in part.value.items():
            field = part.shape.fields[name]
            if value is not None and not KINDS[field.kind](value, field.limit, switches):
                yield invalid(part.shape.name if part.shape.name.endswith("_address") else name)
        yield from _agreement(part)


def _agreement(part: Part) -> Iterator[Finding]:
    value = part.value
    if part.shape.name == "billing_address" and len(str(value.get("zip", "00"))) < 2:
        yield invalid("billing_address")
    if part.shape.name == "products" and value.get("name", "") != value.get("name_customer", value.get("name", "")):
        yield invalid("name_customer")
    if value.get("ip_address") and value.get("ip_address_v6"):
        yield invalid("ip_address_v6")


def invalid(name: str) -> Finding:
    """Source: message seen in production, "The field 'customer_id' is invalid."."""
    return Finding(f"The field '{name}' is invalid.")


def missing(name: str) -> Finding:
    """A required field that is not there. The store's own words are not known."""
    return Finding(f"The required field '{name}' was not supplied.")
