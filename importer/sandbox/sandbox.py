"""The store's front door: who may come in, how often, what goes wrong, and what is written down about it."""

from __future__ import annotations

import gzip
import json
import random
import sys
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from importer.sandbox import admin, refusals, routes, seed
from importer.sandbox.calls import Call
from importer.sandbox.config import Switches, switched
from importer.sandbox.faults import Faults
from importer.sandbox.playing import play
from importer.sandbox.quota import Quota, headers, retry_after
from importer.sandbox.shop import Shop
from importer.sandbox.wire import InvalidJson, Refused, read_json, refused

if TYPE_CHECKING:
    from importer.sandbox.clock import Clock
    from importer.sandbox.config import Config
    from importer.sandbox.state import State
    from importer.sandbox.wire import Answer, Request

Trace = dict[str, Any]


class Sandbox:
    """One store, answering requests; safe to be asked from many threads."""

    def __init__(self, config: Config, clock: Clock, state: State) -> None:
        self.shop = Shop(config, switched(Switches(), config.switches), clock, state)
        self.shop.settings = seed.load(config, state)
        self.tokens: dict[str, frozenset[str]] = {config.token: frozenset("*")}
        self.quota = Quota(config, clock)
        self.faults = Faults(config.faults)
        self._dice = random.Random(config.dice)  # noqa: S311 - a rehearsal, no secret

    def answer(self, request: Request) -> Answer:
        """What the client gets; by then everything that was done is committed."""
        if request.path.startswith("/_admin"):
            return admin.answer(self, request)
        shop = self.shop
        if shop.switches.latency:
            shop.clock.sleep(shop.switches.latency)
        trace: Trace = {"method": request.method, "path": request.path, "query": request.query}
        answer = self._counted(request, trace)
        shop.note("request", **trace, status=answer.status)
        return _packed(answer, request)

    def _counted(self, request: Request, trace: Trace) -> Answer:
        """The answer with the quota's headers."""
        allowance = self.quota.take()
        if allowance.granted:
            answer = self._let_in(request, trace)
        else:
            answer = refusals.v3(refused(429, "Too many requests. Please wait before trying again."))
            answer = replace(answer, headers=(*answer.headers, retry_after(allowance, self.shop.clock)))
        if answer.bare:
            return answer
        told = headers(allowance, self.shop.switches.quota_headers, self.shop.clock, self._dice)
        return replace(answer, headers=(*answer.headers, *told))

    def _let_in(self, request: Request, trace: Trace) -> Answer:
        try:
            path = self._path(request)
        except Refused as refusal:
            return refusals.v3(refusal)
        pattern, ids = routes.pattern_of(path)
        trace["external_order_id"] = external_order_id(request, path)
        rule = self.faults.strike(request.method, pattern, trace["external_order_id"])

        def act() -> tuple[Answer, int | None]:
            answer, order_id = self._execute(request, pattern, ids)
            if order_id:
                trace.setdefault("order_ids", []).append(order_id)
            return answer, order_id

        if rule is None:
            return act()[0]
        trace["fault"] = f"{rule.do} {rule.when}"
        return play(rule, act, self.shop)

    def _path(self, request: Request) -> str:
        """The path behind the store's hash. Raises Refused: 401 without a good token, 403 for another store or scope.

        Source: status codes guide: 401 bad token, 403 scope missing or wrong store, 406 what is no JSON, 503.
        """
        scopes = self.tokens.get(request.headers.get("x-auth-token", ""))
        if scopes is None:
            raise refused(401, "X-Auth-Token header is required, and must be a valid access token.")
        prefix = f"/stores/{self.shop.config.store}"
        path = request.path.removeprefix(prefix).rstrip("/")
        if not request.path.startswith(f"{prefix}/") or not path.startswith(("/v2/", "/v3/")):
            raise refused(403, "You don't have access to this store or resource.")
        if not routes.allows(scopes, routes.scope_of(path), request.method):
            raise refused(403, "You don't have a required scope to access the endpoint.")
        if self.shop.clock.now() < self.shop.closed_until:
            raise refused(503, "The store is closed for maintenance.")
        accepted = request.headers.get("accept", "*/*")
        if not any(kind in accepted for kind in ("application/json", "application/*", "*/*")):
            raise refused(406, "The requested response type is not supported; it must be application/json.")
        return path

    def _execute(self, request: Request, pattern: str, ids: tuple[int, ...]) -> tuple[Answer, int | None]:
        """Do what is asked, in one transaction, and give the id of the order that was made, if one was."""
        render = refusals.v3 if pattern.startswith("/v3/") else refusals.v2
        try:
            function = routes.find(request.method, pattern)
            with self.shop.state.transaction():
                answer = function(Call(self.shop, request, ids))
        except Refused as refusal:
            return render(refusal), None
        except ConnectionAbortedError:
            raise
        except Exception:  # noqa: BLE001 - a server answers 500 and lives on; the cause goes to stderr
            traceback.print_exc(file=sys.stderr)
            return render(refused(500, "The server has experienced an error.")), None
        is_new = request.method == "POST" and pattern == "/v2/orders"
        return answer, json.loads(answer.body)["id"] if is_new else None


def external_order_id(request: Request, path: str) -> str | None:
    """The external_order_id that a request is about: in its query, or in the body of a new order."""
    if request.method == "POST" and path == "/v2/orders":
        try:
            body = read_json(request.body)
        except InvalidJson:
            return None
        found = body.get("external_order_id") if isinstance(body, dict) else None
        return found if isinstance(found, str) else None
    return request.query.get("external_order_id")


def _packed(answer: Answer, request: Request) -> Answer:
    """Compressed where the client takes it, errors too. Source: node-bigcommerce #66: error bodies arrive gzipped."""
    if not answer.body or answer.bare or "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    encoded = gzip.compress(answer.body, compresslevel=1, mtime=0)
    return replace(answer, body=encoded, headers=(*answer.headers, ("Content-Encoding", "gzip")))
