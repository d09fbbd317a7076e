"""A client of a sandbox in this process, behind real HTTP, with a clock that moves only when told to."""

from __future__ import annotations

from typing import Any

import requests

from importer.sandbox.clock import Clock

TOKEN = "a-token-for-tests"  # noqa: S105 - opens nothing but sandboxes of tests


class ManualClock(Clock):
    """Store time that stands still; `sleep` moves it on at once."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 1_700_000_000.0

    def now(self) -> float:
        """The time it was set to."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.time += seconds


class Caller:
    """A client of one sandbox: `get`, `post`, `put`, `delete` with paths behind the store's hash."""

    def __init__(self, url: str, token: str = TOKEN, clock: ManualClock | None = None) -> None:
        self.url = url
        self.clock = clock or ManualClock()
        self.session = requests.Session()
        self.session.headers.update({"X-Auth-Token": token, "Accept": "application/json"})

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request; `/_admin` paths go to the root."""
        prefix = "" if path.startswith("/_admin") else "/stores/sandbox"
        return self.session.request(method, f"{self.url}{prefix}{path}", timeout=10, **options)

    def get(self, path: str, **query: Any) -> requests.Response:
        """GET with query parameters."""
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any) -> requests.Response:
        """POST of a JSON body."""
        return self.call("POST", path, json=body)

    def put(self, path: str, body: Any) -> requests.Response:
        """PUT of a JSON body."""
        return self.call("PUT", path, json=body)

    def delete(self, path: str) -> requests.Response:
        """DELETE."""
        return self.call("DELETE", path)

    def order(self, **more: Any) -> dict[str, Any]:
        """Make an order and give the answer, which must be good."""
        answer = self.post("/v2/orders", body_of(**more))
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made


def body_of(**more: Any) -> dict[str, Any]:
    """A body that the store takes; `more` replaces or adds, None takes a field away."""
    body = {
        "billing_address": {"first_name": "Jane", "zip": "78751", "country_iso2": "US", "email": "jane@example.com"},
        "products": [{"name": "Mug", "quantity": 2, "price_ex_tax": 10, "price_inc_tax": 11}],
        "external_source": "M-MIG",
        **more,
    }
    return {name: value for name, value in body.items() if value is not ...}
