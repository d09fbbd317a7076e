"""The orders of one store, over its V2 API.

    client = OrdersClient(store_address(os.environ))
    answer = client.create(body)            # Created | NotCreated | Rejected | Refused | InDoubt, never an exception
    for page in client.pages(min_id=100):   # 250 orders at most, by rising id
        ...

Reads and changes wait for their turn in the store's quota by themselves; `create` does not, because its caller writes
a durable intent between the turn and the request (`run/submit.py`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sized
from typing import Any

import orjson
import requests

from importer.model import Body
from importer.store.address import StoreAddress
from importer.store.answers import (
    Answer,
    CallFailed,
    InDoubt,
    NotCreated,
    Rejected,
    Reply,
    classify,
    failure,
    json_of,
    order_id_of,
)
from importer.store.clock import CLOCK, Clock
from importer.store.pacing import Pacer
from importer.store.wire import FAILURES, TimelyBody, TooLate, answer_of_failure, exchange, new_session, user_agent

PAGE = 250
"""The longest page of any list. Source: `limit` of GET /v2/orders, /v2/orders/{id}/products, /v3/customers."""
SHORT_PAGE = 50
"""The page of a store that does not heed `limit`. Source: GET /v2/orders `limit`, default 50."""

log = logging.getLogger("importer.store")


def _always() -> bool:
    return True


def rising(page_from: Callable[[int], list[Body]], lowest: int) -> Iterator[list[Body]]:
    """The pages from id `lowest` on, each asked for after the last id of the one before."""
    while True:
        page = page_from(lowest)
        if page:
            yield page
        if is_last(page):
            return
        lowest = max(order_id_of(order) for order in page) + 1


def is_last(page: Sized) -> bool:
    """Whether no page follows. A store may make less of `limit` than it says, never less than its default."""
    return len(page) < SHORT_PAGE


class OrdersClient:
    """One store's orders. Threads share a client; each has a session of its own."""

    def __init__(
        self,
        address: StoreAddress,
        *,
        pacer: Pacer | None = None,
        timeout: float = 60.0,
        sessions: Callable[[], requests.Session] = new_session,
        clock: Clock = CLOCK,
    ) -> None:
        self.address = address
        self.pacer = pacer or Pacer(clock=clock)
        self._timeout = timeout
        self._sessions = sessions
        self._clock = clock
        self._own = threading.local()
        self.reached = False
        """Whether a connection to the store was ever made."""
        self._headers = {"X-Auth-Token": address.token, "Accept": "application/json", "User-Agent": user_agent()}

    def create(self, body: Body, *, in_time: Callable[[], bool] = _always, attempt: int = 1) -> Answer:
        """Send one order and say what became of it. `in_time` is asked as the last act before the socket.

        Source: POST /v2/orders. Waits for no turn: take one from `pacer` first.
        """
        return self.create_at("/v2/orders", body, in_time=in_time, attempt=attempt)

    def create_at(self, path: str, body: Body, *, in_time: Callable[[], bool] = _always, attempt: int = 1) -> Answer:
        """The same for what hangs on an order, such as its shipments.

        Source: POST /v2/orders/{id}/shipments, POST /v3/orders/{id}/metafields.
        """
        content = TimelyBody(orjson.dumps(body), in_time)
        headers = {"Content-Type": "application/json"}
        outcome = self._send("POST", path, attempt=attempt, data=content, headers=headers)
        return classify(outcome) if isinstance(outcome, Reply) else outcome

    def find(self, external_order_id: str) -> list[Body]:
        """Every order whose external_order_id equals this one, archived ones too.

        Source: GET /v2/orders `external_order_id`. Whether the store matches exactly is undocumented: equality is ours.
        """
        pages = self.pages(external_order_id=external_order_id)
        return [order for page in pages for order in page if str(order.get("external_order_id")) == external_order_id]

    def get(self, order_id: int) -> Body | None:
        """The order, None where the store has none of this id. Source: GET /v2/orders/{id}."""
        try:
            return self._object(f"/v2/orders/{order_id}")
        except CallFailed as failed:
            if isinstance(failed.answer, Rejected) and failed.answer.status == 404:
                return None
            raise

    def pages(self, **filters: Any) -> Iterator[list[Body]]:
        """The orders that fit the filters, by rising id, a page at a time.

        Each page begins after the last id seen: numbered pages would shift while orders are archived.
        Source: GET /v2/orders; an empty list is 204 without a body.
        """
        return rising(lambda lowest: self.page(lowest, **filters), int(filters.pop("min_id", 1)))

    def page(self, lowest: int, **filters: Any) -> list[Body]:
        """The first orders from id `lowest` on that fit the filters, 250 at most. Source: GET /v2/orders `min_id`."""
        listed = self._list("/v2/orders", {**filters, "min_id": lowest, "limit": PAGE, "sort": "id"})
        return [order for order in listed if order_id_of(order) >= lowest]

    def count(self, **filters: Any) -> int:
        """How many orders fit the filters. Source: GET /v2/orders/count."""
        return int(self._object("/v2/orders/count", filters)["count"])

    def update(self, order_id: int, fields: Body) -> Body:
        """Change fields of an order, and give it as the store shows it then. May be repeated.

        Source: PUT /v2/orders/{id}. Raises CallFailed, StoreRefused.
        """
        headers = {"Content-Type": "application/json"}
        order = json_of(self._done("PUT", f"/v2/orders/{order_id}", data=orjson.dumps(fields), headers=headers))
        if order_id_of(order) != order_id:
            raise CallFailed(f"PUT /v2/orders/{order_id}", InDoubt("an answer that does not show the order"))
        return dict(order)

    def archive(self, order_id: int) -> None:
        """Archive one order: the API deletes none. Source: DELETE /v2/orders/{id}, 204."""
        self._done("DELETE", f"/v2/orders/{order_id}")

    def read(self, path: str, **parameters: Any) -> Any:
        """The JSON at a path of the store (`/v3/channels`), None for 204. Raises CallFailed, StoreRefused."""
        reply = self._done("GET", path, params=parameters)
        if reply.status == 204:
            return None
        content = json_of(reply)
        if content is None:
            raise CallFailed(f"GET {path}", InDoubt(f"answer {reply.status} that is not JSON"))
        return content

    def _list(self, path: str, parameters: Body) -> list[Body]:
        content = self.read(path, **parameters)
        if content is None:
            return []
        if not isinstance(content, list) or not all(order_id_of(entry) for entry in content):
            raise CallFailed(f"GET {path}", InDoubt("an answer that is no list of orders"))
        return content

    def _object(self, path: str, parameters: Body | None = None) -> Body:
        content = self.read(path, **(parameters or {}))
        if not isinstance(content, dict):
            raise CallFailed(f"GET {path}", InDoubt("an answer that is no object"))
        return content

    def _done(self, method: str, path: str, **parts: Any) -> Reply:
        """The reply of a call that worked. Raises CallFailed or StoreRefused for one that did not."""
        self.pacer.turn()
        outcome = self._send(method, path, **parts)
        if isinstance(outcome, Reply) and 200 <= outcome.status < 300:
            return outcome
        raise failure(f"{method} {path}", classify(outcome) if isinstance(outcome, Reply) else outcome)

    def _send(
        self, method: str, path: str, *, headers: Body | None = None, attempt: int = 1, **parts: Any
    ) -> Reply | Answer:
        """The whole reply, or what its absence means. Tells the pacer and the log of either."""
        started = time.monotonic()
        sent = {**self._headers, **(headers or {})}
        outcome: Reply | Answer
        try:
            outcome = exchange(
                self._session(), method, self.address.url + path, headers=sent, timeout=self._timeout, **parts
            )
            status, said = outcome.status, outcome.headers
            self.pacer.heard(status, said)
        except TooLate as late:
            outcome, status, said = answer_of_failure(late), 0, {}
            self.pacer.untaken()
        except FAILURES as error:
            outcome, status, said = answer_of_failure(error), 0, {}
            self.pacer.heard(0, said)
        self.reached |= isinstance(outcome, Reply) or not (isinstance(outcome, NotCreated) and outcome.unreached)
        _record(method, path, status, time.monotonic() - started, said, attempt)
        return outcome

    def _session(self) -> requests.Session:
        """This thread's session. On loopback nothing of the environment counts: no proxy, no netrc."""
        if not hasattr(self._own, "session"):
            session = self._sessions()
            session.trust_env = session.trust_env and not self.address.loopback
            self._own.session = session
        session = self._own.session
        assert isinstance(session, requests.Session)  # noqa: S101 - threading.local has no types
        return session


def _record(method: str, path: str, status: int, seconds: float, headers: dict[str, str], attempt: int) -> None:
    """One line of the call log: enough to find the call in the store's own log; no token, no query, no body."""
    request_id = next((value for name, value in headers.items() if name.lower() == "x-request-id"), "")
    call = {"method": method, "path": path, "status": status, "ms": round(seconds * 1000), "request_id": request_id}
    log.info(
        "%s %s %s %d ms attempt %d %s",
        method,
        path,
        status or "-",
        call["ms"],
        attempt,
        request_id,
        extra={"call": {**call, "attempt": attempt}},
    )
