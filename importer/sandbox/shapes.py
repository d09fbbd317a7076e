"""Records as answers show them: links to what belongs to an order, or the things themselves where asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from importer.sandbox.amounts import shown
from importer.sandbox.wire import refused

if TYPE_CHECKING:
    from importer.sandbox.shop import Shop
    from importer.sandbox.state import Record

INCLUDES = frozenset(["consignments", "consignments.line_items", "fees"])


def asked_for(query: dict[str, str]) -> frozenset[str]:
    """What `include` asks for. Raises Refused for anything it cannot.

    Source: V2 `include`, `consignment_structure`: consignments come in the answer only as an object.
    """
    wanted = frozenset(filter(None, query.get("include", "").split(",")))
    structure = query.get("consignment_structure", "object")
    if wanted - INCLUDES or structure != "object":
        raise refused(400, "The field 'include' is invalid.")
    return wanted if "consignment_structure" in query else wanted & {"fees"}


def order(record: Record, shop: Shop, wanted: frozenset[str] = frozenset()) -> Record:
    """An order as GET /v2/orders/{id} shows it."""
    own = record["order"]
    links = {name: link(shop, f"/orders/{own['id']}/{name}") for name in ("products", "shipping_addresses", "coupons")}
    answer = {**own, **links, "consignments": link(shop, f"/orders/{own['id']}/consignments")}
    answer["fees"] = record["fees"] if "fees" in wanted else link(shop, f"/orders/{own['id']}/fees")
    if wanted & {"consignments", "consignments.line_items"}:
        answer["consignments"] = consignments(record, shop, "consignments.line_items" in wanted)
    if shop.switches.novelties:
        answer |= {"__warning__": "This answer has members that no document names.", "loyalty": {"points": 0}}
    return answer


def link(shop: Shop, resource: str) -> Record:
    """Where something is found. Source: V2 `products_Resource`."""
    return {"url": shop.links + resource, "resource": resource}


def shipping_address(address: Record, shop: Shop) -> Record:
    """A shipping address of an order. Source: V2 `orderShippingAddress`."""
    resource = f"/orders/{address['order_id']}/shipping_addresses/{address['id']}/shipping_quotes"
    return {**address, "shipping_quotes": link(shop, resource)}


def consignments(record: Record, shop: Shop, with_lines: bool) -> Record:
    """Everything that is handed over, by how it is. Source: V2 `orderConsignment_Get`."""
    return {
        "pickups": [
            {**one, "line_items": _lines(record, shop, "order_pickup_method_id", one["id"], with_lines)}
            for one in record["pickups"]
        ],
        "shipping": [_shipping(record, one, shop, with_lines) for one in record["addresses"]],
        "downloads": [],
        "email": {"gift_certificates": []},
    }


def _shipping(record: Record, address: Record, shop: Shop, with_lines: bool) -> Record:
    own = {name: _number(name, value) for name, value in address.items() if name != "order_id"}
    resource = f"/orders/{address['order_id']}/consignments/shipping/{address['id']}/shipping_quotes"
    lines = _lines(record, shop, "order_address_id", address["id"], with_lines)
    return {**own, "line_items": lines, "shipping_quotes": link(shop, resource)}


def _number(name: str, value: Any) -> Any:
    """Costs are numbers here, not text. Source: V2 `shippingConsignment_Get`."""
    return float(value) if "cost" in name and isinstance(value, str) else value


def _lines(record: Record, shop: Shop, place: str, place_id: int, whole: bool) -> list[Record]:
    lines = [line for line in record["lines"] if line[place] == place_id]
    return lines if whole else [link(shop, f"/orders/{line['order_id']}/products/{line['id']}") for line in lines]


def taxes(record: Record, details: bool) -> list[Record]:
    """The taxes of an order: one for its lines and one for its shipping, each line its own with details.

    Source: V2 `orderTaxes_Base`: class "API Tax Override" for an order made by V2.
    """
    found: list[tuple[str, str | None, Decimal]] = []
    if details:
        found += [("item", str(line["id"]), Decimal(line["total_tax"])) for line in record["lines"]]
    else:
        found.append(("item", None, sum((Decimal(line["total_tax"]) for line in record["lines"]), Decimal(0))))
    found.append(("shipping", None, Decimal(record["order"]["shipping_cost_tax"])))
    rows = [(kind, line, tax) for kind, line, tax in found if tax]
    return [_tax(record, number, *row, details=details) for number, row in enumerate(rows, 1)]


def _tax(record: Record, number: int, kind: str, line: str | None, tax: Decimal, *, details: bool) -> Record:
    own = {
        "id": record["order"]["id"] * 1000 + number,
        "order_id": record["order"]["id"],
        "order_address_id": record["addresses"][0]["id"] if record["addresses"] else 0,
        "tax_rate_id": 0,
        "sales_tax_id": "",
        "tax_class_id": 0,
        "name": "API Tax Override",
        "class": "API Tax Override",
        "rate": "0.0000",
        "priority": 0,
        "priority_amount": shown(tax),
        "line_amount": shown(tax),
        "order_pickup_method_id": 0,
    }
    return own | ({"order_product_id": line, "line_item_type": kind} if details else {})
