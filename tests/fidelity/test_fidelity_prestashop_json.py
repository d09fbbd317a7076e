"""PrestaShop's orders arrive to the cent: read here on their own, then compared with the importer's bodies."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fidelity_claims import Truth, exports, hold, lines_of, sample
from fidelity_json import decimal, load

MAPPING = "prestashop-json"
PARIS = ZoneInfo("Europe/Paris")
STATES = {str(state) for state in range(1, 14)}
PARTS = ("total_products_wt", "total_shipping_tax_incl", "total_wrapping_tax_incl")


def truths(file: Path) -> dict[str, Truth]:
    page = load(file)
    return {str(order["id"]): truth(order) for order in page.get("orders") or [page["order"]]}


def truth(order: dict[str, Any]) -> Truth:
    rows = order["associations"].get("order_rows", [])
    total = decimal(order["total_paid_tax_incl"])
    sold = sum((decimal(order[key]) for key in PARTS), Decimal(0)) - decimal(order["total_discounts_tax_incl"])
    known = str(order["id_currency"]) == "1" and str(order["current_state"]) in STATES
    return Truth(
        total=total,
        currency="EUR",
        instant=datetime.fromisoformat(order["date_add"]).replace(tzinfo=PARIS).astimezone(UTC),
        quantities=[decimal(row["product_quantity"]) for row in rows],
        well_formed=bool(rows) and total == sold and known,
    )


@pytest.mark.parametrize("file", [sample(MAPPING), *exports("prestashop/*.json")])
def test_every_order_arrives_as_it_was(file: Path) -> None:
    """Totals, instants and quantities of a PrestaShop page are those of the bodies; all well-formed orders arrive."""
    hold(file, MAPPING, truths(file))


def test_only_the_wrong_orders_are_refused() -> None:
    """Of the sample, unknown currency and state, a wrong total and an order without rows are refused."""
    lines = lines_of(sample(MAPPING), MAPPING)
    refused = {line["source_id"]: line["problems"][0]["code"] for line in lines if line["problems"]}
    assert refused == {"322": "undecided", "323": "undecided", "324": "refused", "325": "no-lines"}


def test_tables_of_an_overlay_fill_what_the_order_names_by_id(tmp_path: Path) -> None:
    """With the addresses beside an overlay, the orders have them, and nothing of them is a placeholder."""
    (tmp_path / "addresses.csv").write_text("id,firstname,city,postcode,country\n43,Léa,Brest,29200,FR\n")
    table = "{{file: addresses.csv, key: id, value: {0}}}".format
    tables = "".join(f"  {name}: {table(name)}\n" for name in ("firstname", "city", "postcode", "country"))
    overlay = tmp_path / "atelier.yml"
    overlay.write_text(f"extends: prestashop-json\nmapping: atelier\ntables:\n  currencies: {{1: EUR}}\n{tables}")
    line = next(line for line in lines_of(sample(MAPPING), str(overlay)) if line["source_id"] == "309")
    address = line["order"]["shipping_addresses"][0]
    assert address["first_name"] == "Léa"
    assert (address["city"], address["zip"], address["country_iso2"]) == ("Brest", "29200", "FR")
    assert {one["code"] for one in line["substitutions"]} == {"address-unknown", "zone-assumed"}
