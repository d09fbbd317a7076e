"""A store of the simplest kind, over real HTTP: it makes orders, finds them, and fails as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from importer.model import MappedOrder, SourceOrder

LOST = "store the order, then close without an answer"
BROKEN = "close before anything is stored"
LYING = "store the order, then say 400"
Fault = Callable[[int], Any]
"""Number of the request from 0 -> None, LOST, BROKEN, LYING, or (status, JSON) to answer and do nothing."""


class StubStore:
    """Orders in a list; `posts` and `gets` count requests; `fault` says what goes wrong; lists show `longest_page`."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.posts = 0
        self.gets = 0
        self.fault: Fault = lambda _: None
        self.find_fault: Fault = lambda _: None
        self.longest_page = 250
        self.url = ""
        self._lock = threading.Lock()

    def post(self, body: dict[str, Any]) -> Any:
        """What happens to a POST: (status, body), or LOST, or BROKEN."""
        with self._lock:
            number, self.posts = self.posts, self.posts + 1
            fault = self.fault(number)
            if fault not in (None, LOST, LYING):
                return fault
            made = {**body, "id": 100 + len(self.orders), "is_deleted": False}
            self.orders.append(made)
            return {None: (201, made), LOST: LOST, LYING: (400, [{"message": "no"}])}[fault]

    def get(self, order_id: int) -> Any:
        """One order."""
        found = [order for order in self.orders if order["id"] == order_id]
        return (200, found[0]) if found else (404, [{"status": 404, "message": "not found"}])

    def find(self, query: dict[str, str]) -> Any:
        """The orders that fit external_order_id, min_id and max_id."""
        with self._lock:
            number, self.gets = self.gets, self.gets + 1
            fault = self.find_fault(number)
            if fault is not None:
                return fault
            wanted = query.get("external_order_id")
            lowest, highest = int(query.get("min_id", 0)), int(query.get("max_id", 10**9))
            hits = [order for order in self.orders if lowest <= order["id"] <= highest]
            hits = [order for order in hits if wanted is None or order["external_order_id"] == wanted]
            page = sorted(hits, key=lambda order: order["id"])[: min(int(query.get("limit", 50)), self.longest_page)]
            return (200, page) if page else (204, None)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: StubStore

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            body = json.loads(content)
        except ValueError:  # the sender gave up in the middle
            self.close_connection = True
            return
        self._answer(self.store.post(body))

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        number = asked.path.rpartition("/")[2]
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        self._answer(self.store.get(int(number)) if number.isdigit() else self.store.find(query))

    def _answer(self, outcome: Any) -> None:
        if outcome in (LOST, BROKEN):
            self.close_connection = True
            return
        status, body = outcome
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def stub_store() -> Iterator[StubStore]:
    """A running stub; `url` is what --api-url takes."""
    store = StubStore()
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def mapped(number: int, namespace: str = "shop", **fields: Any) -> MappedOrder:
    """A valid order with the marks that `run` asks for."""
    body = {
        "external_order_id": f"#{number}",
        "external_merchant_id": f"{namespace}:{number}",
        "external_source": "M-MIG",
        "date_created": "Tue, 20 Nov 2012 00:00:00 +0000",
        "total_inc_tax": "10.0000",
        "billing_address": {"first_name": "Ada", "zip": "78751", "email": "ada@example.com"},
        **fields,
    }
    return MappedOrder(SourceOrder(str(number), ()), body)
