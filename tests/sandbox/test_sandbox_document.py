"""The sandbox against the official document: every operation is called, every request and answer checked.

deviations.yml has what differs and why; what differs without standing there fails, and so does what stands there and no
longer differs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from sandbox_caller import TOKEN, body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests
    from sandbox_caller import Caller

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
V2, V3 = REFERENCE / "orders.v2.oas2.yml", REFERENCE / "orders.v3.yml"
DEVIATIONS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("deviations.yml").read_text(encoding="utf-8")
)

LINE: dict[str, Any] = {"name": "Mug", "quantity": 2, "price_ex_tax": 10, "price_inc_tax": 11}
FEE = {"type": "custom_fee", "display_name_customer": "F", "cost_ex_tax": 1, "cost_tax": "0.2"}
FIELD = {"permission_set": "app_only", "namespace": "old", "key": "number", "value": "7"}
SHIPMENT = {"order_address_id": 1, "items": [{"order_product_id": 1, "quantity": 1}]}
SHIPPED = {"shipping_cost_ex_tax": "5.00", "shipping_cost_inc_tax": "6.00"}
CATALOG: dict[str, Any] = {
    "customers": [{"id": 1, "email": "a@example.com"}, {"id": 11, "email": "b@example.com"}],
    "products": [
        {"id": 118, "name": "Towel", "options": [{"display_name": "Size"}], "variants": [{"id": 93}]},
        {
            "id": 184,
            "name": "Dustpan",
            "options": [{"id": 200, "display_name": "Colour", "option_values": [{"id": 180, "label": "Red"}]}],
            "modifiers": [{"id": 230, "display_name": "Message", "type": "text"}],
            "variants": [{"id": 94, "options": {"Colour": "Red"}}],
        },
    ],
}

PICKUP = {"pickups": [{"pickup_method_id": 1, "location": {"name": "Here"}, "line_items": [LINE]}]}
TOUR: list[tuple[str, str, Any]] = [
    ("GET", "/v2/orders", None),
    ("POST", "/v2/orders", body_of(products=[LINE, LINE], external_order_id="1", discount_amount="1", fees=[FEE])),
    ("POST", "/v2/orders?include=consignments.line_items,fees&consignment_structure=object", body_of(**SHIPPED)),
    ("POST", "/v2/orders", body_of(products=..., consignments=PICKUP)),
    ("POST", "/v2/orders", body_of(products=[{"product_id": 118, "variant_id": 93, "quantity": 1}])),
    ("POST", "/v2/orders", body_of(nonsense=1)),
    ("POST", "/v2/orders", body_of(products=[{"product_id": 118, "variant_id": 93, "quantity": 999}])),
    ("GET", "/v2/orders?external_order_id=1&sort=id&limit=10&page=1", None),
    ("GET", "/v2/orders?limit=251", None),
    ("GET", "/v2/orders/count", None),
    ("GET", "/v2/orders/100", None),
    ("GET", "/v2/orders/102?include=consignments&consignment_structure=object", None),
    ("GET", "/v2/orders/7", None),
    ("GET", "/v2/orders/7/products", None),
    ("PUT", "/v2/orders/100", {"status_id": 10, "products": [{"id": 2, "product_id": 0, "quantity": 0}]}),
    ("GET", "/v2/orders/100/products", None),
    ("GET", "/v2/orders/103/products", None),
    ("GET", "/v2/orders/100/products/1", None),
    ("GET", "/v2/orders/100/shipping_addresses", None),
    ("GET", "/v2/orders/100/shipping_addresses/1", None),
    ("PUT", "/v2/orders/100/shipping_addresses/1", {"city": "Wien"}),
    ("PUT", "/v2/orders/100/shipping_addresses/1", {"items_total": 1}),
    ("GET", "/v2/orders/100/shipping_addresses/1/shipping_quotes", None),
    ("GET", "/v2/orders/100/consignments", None),
    ("GET", "/v2/orders/102/consignments?include=consignments.line_items", None),
    ("GET", "/v2/orders/100/consignments/shipping/1/shipping_quotes", None),
    ("GET", "/v2/orders/100/coupons", None),
    ("GET", "/v2/orders/100/taxes", None),
    ("GET", "/v2/orders/101/taxes?details=true", None),
    ("GET", "/v2/orders/100/messages", None),
    ("GET", "/v2/orders/100/fees", None),
    ("GET", "/v2/orders/100/shipments", None),
    ("POST", "/v2/orders/100/shipments", SHIPMENT),
    ("GET", "/v2/orders/100/shipments", None),
    ("GET", "/v2/orders/100/shipments/count", None),
    ("GET", "/v2/orders/100/shipments/1", None),
    ("PUT", "/v2/orders/100/shipments/1", {"tracking_number": "2"}),
    ("DELETE", "/v2/orders/100/shipments/1", None),
    ("DELETE", "/v2/orders/100/shipments", None),
    ("GET", "/v2/order_statuses", None),
    ("GET", "/v2/order_statuses/10", None),
    ("GET", "/v3/orders/100/transactions", None),
    ("POST", "/v3/orders/100/metafields", FIELD),
    ("POST", "/v3/orders/100/metafields", FIELD),
    ("POST", "/v3/orders/100/metafields", {**FIELD, "key": "other", "description": "d"}),
    ("GET", "/v3/orders/100/metafields?namespace=old", None),
    ("GET", "/v3/orders/100/metafields/1", None),
    ("PUT", "/v3/orders/100/metafields/1", {**FIELD, "value": "8"}),
    ("GET", "/v3/orders/100/metafields/9", None),
    ("POST", "/v3/orders/metafields", [{**FIELD, "resource_id": 101}]),
    ("GET", "/v3/orders/metafields", None),
    ("PUT", "/v3/orders/metafields", [{**FIELD, "id": 1, "value": "9"}]),
    ("DELETE", "/v3/orders/metafields", [1]),
    ("DELETE", "/v3/orders/100/metafields/2", None),
    ("DELETE", "/v2/orders/100", None),
    ("DELETE", "/v2/orders", None),
]


@pytest.fixture(autouse=True)
def _reference() -> None:
    """The document is not part of this repository: without it there is nothing to hold the sandbox against."""
    if V2.exists():
        return
    message = f"{V2} is not here: the official document lies beside the repository, not in it"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


class Judge:
    """The documents, for one address, and the deviations met so far."""

    def __init__(self, url: str) -> None:
        self.documents = {version: _loaded(path, f"{url}/stores/sandbox/{version}") for version, path in VERSIONS}
        self.met: set[str] = set()
        self.visited: set[str] = set()

    def judge(self, answer: requests.Response) -> Iterator[str]:
        """What about a request and its answer differs from the document without being a known deviation."""
        request = RequestsOpenAPIRequest(answer.request)
        place = f"{answer.request.method} {answer.request.path_url.partition('sandbox')[2]} {answer.status_code}"
        api = self.documents[place.split("/")[1]]
        if answer.status_code < 400:
            yield from (f"{place} request: {error}" for error in api.iter_apicall_request_errors(request))
        for error in api.iter_response_errors(request, RequestsOpenAPIResponse(answer)):
            yield from (f"{place} answer: {one}" for one in self._unknown(error, answer.status_code))

    def _unknown(self, error: Exception, status: int) -> Iterator[str]:
        if "Unknown response" in str(error) or "Missing response data" in str(error):
            if not self._known("statuses", lambda one: one["status"] == status):
                yield f"status {status} is not documented"
            return
        for finding in getattr(error.__cause__, "schema_errors", None) or [error]:
            if not self._known("fields", lambda one, finding=finding: _is(finding, one)):  # type: ignore[misc]
                yield f"{list(getattr(finding, 'absolute_path', []))}: {str(finding)[:200]}"

    def _known(self, kind: str, fits: Callable[[dict[str, Any]], bool]) -> bool:
        found = [one for one in DEVIATIONS[kind] if fits(one)]
        self.met |= {one["reason"] for one in found}
        return bool(found)


VERSIONS = (("v2", V2), ("v3", V3))


def _loaded(path: Path, url: str) -> OpenAPI:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return OpenAPI.from_dict({**document, "servers": [{"url": url}]})


def _is(finding: Any, deviation: dict[str, Any]) -> bool:
    path = [one for one in getattr(finding, "absolute_path", []) if isinstance(one, str)]
    return path[-1:] == [deviation["field"]] and deviation["says"] in finding.message


def operations() -> set[tuple[str, str]]:
    """Every operation that the documents name and the sandbox has: all of V2, of V3 metafields and transactions."""
    found = set()
    for version, path in VERSIONS:
        for name, resource in yaml.safe_load(path.read_text(encoding="utf-8"))["paths"].items():
            if version == "v2" or "metafields" in name or "transactions" in name:
                methods = {method.upper() for method in resource} & {"GET", "POST", "PUT", "DELETE"}
                found |= {(method, f"/{version}{name}") for method in methods}
    return found


def _visits(operation: tuple[str, str], method: str, path: str) -> bool:
    pattern = re.sub(r"\{\w+\}", r"\\d+", operation[1])
    return operation[0] == method and bool(re.fullmatch(pattern, path.partition("?")[0]))


def test_the_tour_visits_every_operation() -> None:
    """No operation of the documents is left out of the tour."""
    missed = [one for one in operations() if not any(_visits(one, method, path) for method, path, _ in TOUR)]
    assert missed == []


def test_every_request_and_answer_is_as_documented(store: Caller) -> None:
    """Openapi-core finds nothing on the tour but the deviations that are written down, and each of those."""
    store.put("/_admin/switches", {"id_gaps": 0})
    store.post("/_admin/seed", {"products": [{"id": 118, "order_quantity_maximum": 5, "variants": [{"id": 93}]}]})
    judge, found = Judge(store.url), []
    for method, path, body in TOUR:
        answer = store.call(method, path, json=body)
        assert answer.status_code < 500
        found += list(judge.judge(answer))
    assert found == []
    listed = {one["reason"] for kind in ("statuses", "fields") for one in DEVIATIONS[kind]}
    assert listed - judge.met == set()


def test_the_documents_own_examples_are_taken(store: Caller) -> None:
    """Every example of POST /orders makes an order, but for those whose mistakes are written down."""
    store.post("/_admin/seed", CATALOG)
    refused = {one["example"]: one["says"] for one in DEVIATIONS["requests"]}
    document = yaml.safe_load(V2.read_text(encoding="utf-8"))
    examples = document["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    for name, example in examples.items():
        answer = store.post("/v2/orders", example["value"])
        if name in refused:
            assert answer.status_code == 400
            assert refused[name] in answer.text
        else:
            assert answer.status_code == 200, (name, answer.text)
    assert set(refused) <= set(examples)


@pytest.mark.parametrize(("version", "examples"), [("v2", 4), ("v3", 2)])
def test_schemathesis_finds_no_server_error(store: Caller, tmp_path: Path, version: str, examples: int) -> None:
    """Requests made up from the document, good and bad, never get a 500. About ten seconds."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program, "schemathesis is a test dependency"
    store.put("/_admin/switches", {"id_gaps": 0})
    for _ in range(3):
        store.order()
    store.post("/v2/orders/100/shipments", SHIPMENT)
    store.post("/v3/orders/100/metafields", FIELD)
    config = tmp_path / "schemathesis.toml"
    config.write_text("[parameters]\norder_id = 100\nshipment_id = 1\nshipping_address_id = 1\nmetafield_id = 1\n")
    ran = subprocess.run(
        [
            program,
            f"--config-file={config}",
            "run",
            str(dict(VERSIONS)[version]),
            f"--url={store.url}/stores/sandbox/{version}",
            f"--header=X-Auth-Token: {TOKEN}",
            "--header=Accept: application/json",
            "--checks=not_a_server_error",
            "--phases=examples,fuzzing",
            f"--max-examples={examples}",
            "--seed=1",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
