"""A store of the worst kind that still speaks the API: hand-written HTTP, every freedom of the documents taken.

It shares nothing with the client nor with the sandbox. Each request is answered by the dice: before or after the order
is stored, in time or late, whole or torn, with or without quota headers, in any case, chunked or not.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

Order = dict[str, Any]


class Lost(Exception):
    """The connection ends here, with or without a reset."""


class HostileStore:
    """`orders` has everything that was ever stored, with the second from which lists and look-ups show it."""

    def __init__(self, seed: int, trouble: float, lag: float, late: float) -> None:
        self.dice = random.Random(seed)
        self.trouble, self.lag, self.late = trouble, lag, late
        self.orders: list[tuple[float, Order]] = []
        self.posts = 0
        self.url = ""
        self._next = 7_000
        self.seed_foreign()

    def seed_foreign(self) -> None:
        """Other apps' orders: another migration under our numbers, and numbers that begin like ours."""
        for number in ("1000", "10001", "100010", "10002x"):
            mark = {"external_source": "M-MIG", "external_merchant_id": f"another shop:{number}"}
            self._store({"external_order_id": number, **mark})

    def mine(self, namespace: str) -> list[Order]:
        """The orders with a namespace's mark."""
        marks = f"{namespace}:"
        return [order for _, order in self.orders if str(order.get("external_merchant_id")).startswith(marks)]

    def _store(self, body: Order) -> Order:
        self._next += self.dice.choice((1, 1, 1, 5))
        order = {**body, "id": self._next, "is_deleted": False, "status": "Completed"}
        self.orders.append((time.monotonic() + self.dice.random() * self.lag, order))
        return order

    # -- one request ---------------------------------------------------------------------------------------------------

    async def answer(self, method: str, target: str, content: bytes) -> bytes:
        """The bytes of an answer. Raises Lost."""
        asked = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if method == "POST":
            return await self._post(json.loads(content))
        number = asked.path.rpartition("/")[2]
        return self._one(int(number)) if number.isdigit() else self._list(query)

    async def _post(self, body: Order) -> bytes:
        self.posts += 1
        kind = self.dice.choice(POSTS) if self.dice.random() < self.trouble else "good"
        if kind == "lost before":
            raise Lost
        if kind == "429":
            return self._too_many()
        if kind == "502 before":
            return self._reply(502, b"<html>Bad Gateway</html>", "text/html")
        if kind == "late":
            asyncio.get_running_loop().call_later(self.dice.random() * self.late, self._store, body)
            raise Lost
        order = self._store(body)
        if kind == "lost after":
            raise Lost
        if kind == "hang":
            await asyncio.sleep(2)
            raise Lost
        return self._spoilt(kind, order)

    def _spoilt(self, kind: str, order: Order) -> bytes:
        """What the sender hears of an order that is stored."""
        shown = self._shown(order)
        whole = json.dumps(shown).encode()
        match kind:
            case "500 after":
                return self._reply(500, json.dumps([{"status": 500, "message": "oops"}]).encode())
            case "503 after":
                return self._reply(503, b"try later", "text/plain")
            case "html":
                return self._reply(200, b"<!doctype html><title>Shop</title>", "text/html")
            case "array":
                return self._reply(201, json.dumps([shown]).encode())
            case "empty":
                return self._reply(200, b"{}")
            case "nothing":
                return self._reply(204, b"")
            case "truncated":
                return self._reply(201, whole[: len(whole) // 2], length=len(whole))
            case "gzip":
                return self._reply(201, gzip.compress(whole)[:-9] + b"corrupt!!", extra="Content-Encoding: gzip\r\n")
        kind_of = self.dice.choice(("application/json", "text/html; charset=utf-8", "application/octet-stream"))
        return self._reply(self.dice.choice((200, 201)), whole, kind_of)

    def _too_many(self) -> bytes:
        soon = formatdate(time.time() + 1, usegmt=True)
        waits = (
            "",
            "Retry-After: 1\r\n",
            f"Retry-After: {soon}\r\n",
            "X-Retry-After: 1\r\n",
            "x-retry-after: soon\r\n",
        )
        return self._reply(429, b"slow down", "text/plain", extra=self.dice.choice(waits))

    def _one(self, order_id: int) -> bytes:
        found = [order for _, order in self.orders if order["id"] == order_id]
        return self._reply(200, json.dumps(self._shown(found[0])).encode()) if found else self._reply(404, b"")

    def _list(self, query: dict[str, str]) -> bytes:
        """The filters that it knows; what it does not know it ignores. The number is matched by its beginning."""
        if self.dice.random() < self.trouble / 2:
            return self._list_spoilt()
        shown = [order for seen, order in self.orders if seen <= time.monotonic()]
        number, lowest = query.get("external_order_id"), int(query.get("min_id", 0))
        hits = [order for order in shown if order["id"] >= lowest]
        hits = [one for one in hits if number is None or str(one["external_order_id"]).startswith(number)]
        page = sorted(hits, key=lambda one: int(one["id"]))[: min(int(query.get("limit", 50)), 60)]
        if not page:
            return self.dice.choice((self._reply(204, b""), self._reply(200, b"[]")))
        return self._reply(200, json.dumps([self._shown(order) for order in page]).encode())

    def _list_spoilt(self) -> bytes:
        if self.dice.random() < 0.3:
            raise Lost
        spoilt = (self._too_many(), self._reply(500, b""), self._reply(200, b"<html>"), self._reply(200, b"{}"))
        return self.dice.choice(spoilt)

    def _shown(self, order: Order) -> Order:
        """Keys in any order, the id as number or text, members that nobody documents."""
        pairs = [*order.items(), ("__warning__", "beta"), ("customer_message", None)]
        self.dice.shuffle(pairs)
        shown = dict(pairs)
        return {**shown, "id": str(order["id"])} if self.dice.random() < 0.3 else shown

    def _reply(
        self, status: int, content: bytes, kind: str = "application/json", *, extra: str = "", length: int | None = None
    ) -> bytes:
        head = f"HTTP/1.1 {status} Whatever\r\ncontent-TYPE: {kind}\r\n{extra}"
        if self.dice.random() < 0.3:
            head += self.dice.choice(QUOTAS)
        if self.dice.random() < 0.2:
            head += "Connection: close\r\n"
        if status == 204:
            return f"{head}\r\n".encode()
        if length is None and self.dice.random() < 0.4:
            middle = len(content) // 2
            parts = [part for part in (content[:middle], content[middle:]) if part]
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
            return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n"
        return f"{head}Content-Length: {len(content) if length is None else length}\r\n\r\n".encode() + content


POSTS = (
    *("lost before", "429", "502 before", "late", "lost after", "hang", "500 after", "503 after", "html", "array"),
    *("empty", "nothing", "truncated", "gzip"),
)
QUOTAS = (
    "x-rate-limit-requests-left: 900\r\nx-rate-limit-requests-quota: 1000\r\nx-rate-limit-time-reset-ms: 500\r\n",
    "X-RATE-LIMIT-REQUESTS-LEFT: many\r\n",
    "X-Rate-Limit-Time-Window-Ms: 30000\r\n",
)


async def _serve(store: HostileStore, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The requests of one connection, one after the other."""
    try:
        while line := await reader.readline():
            method, target, _ = line.decode().split()
            length = 0
            while (header := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = header.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            content = await reader.readexactly(length)
            answer = await store.answer(method, target, content)
            writer.write(answer)
            await writer.drain()
            if b"Connection: close" in answer or _is_torn(answer):
                break
    except (Lost, OSError, asyncio.IncompleteReadError, ValueError):
        if store.dice.random() < 0.5:
            writer.transport.abort()
    finally:
        writer.close()


def _is_torn(answer: bytes) -> bool:
    """Whether less follows the head than it says: then nobody can go on with this connection."""
    head, _, content = answer.partition(b"\r\n\r\n")
    said = [line.split(b":")[1] for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
    return bool(said) and int(said[0]) != len(content)


@contextmanager
def hostile_store(seed: int, *, trouble: float = 0.3, lag: float = 1.0, late: float = 1.0) -> Iterator[HostileStore]:
    """A running store; `url` is what --api-url takes. `trouble`: the share of requests that go wrong."""
    store = HostileStore(seed, trouble, lag, late)
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda reader, writer: _serve(store, reader, writer), "127.0.0.1", 0)
        store.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await stop.wait()
        server.close()
        answering = asyncio.all_tasks() - {asyncio.current_task()}
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)

    # In a thread of its own from its first step to its last: a browser's test may leave a loop in this one.
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield store
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
