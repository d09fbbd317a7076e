"""What a fault makes of an answer: `BREAKAGES[name]` has when it may happen, and what the client gets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from importer.sandbox import refusals
from importer.sandbox.wire import HTML_TYPE, TEXT_TYPE, Answer, Trouble, json_answer, refused

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE, AFTER, LATE = "before", "after", "late"

EVER = frozenset([BEFORE, AFTER, LATE])

HANG = 3_600.0
"""Seconds of a hang for which a rule names none: past every time-out."""

SUSPENDED = "The store is suspended. This may be due to an administrative action, or due to a billing issue."
"""Source: status codes guide, 503."""


def _told(status: int, message: str) -> Callable[[Any, float], Answer]:
    """The store itself says so, as V3 does."""
    return lambda _made, _seconds: refusals.v3(refused(status, message))


def _plain(status: int, text: str) -> Callable[[Any, float], Answer]:
    """Something in front of the store says so."""
    answer = Answer(status, text.encode(), (TEXT_TYPE,) if text else (), bare=True)
    return lambda _made, _seconds: answer


def _page(status: int, title: str) -> Callable[[Any, float], Answer]:
    """A gateway's page."""
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
    answer = Answer(status, page.encode(), (HTML_TYPE,), bare=True)
    return lambda _made, _seconds: answer


def _wire(kind: str, at_least: float = 0.0) -> Callable[[Any, float], Answer]:
    """The answer is lost, or torn, on its way."""
    return lambda made, seconds: replace(made or Answer(200), trouble=Trouble(kind, seconds or at_least))


def _same(made: Answer | None, _seconds: float) -> Answer:
    return made or Answer(204)


def _too_many(_made: Any, seconds: float) -> Answer:
    """Source: rate-limit guide: its sample 429 has requests left, so only the status tells."""
    answer = refusals.v3(refused(429, "Too many requests. Please wait before trying again."))
    return replace(answer, headers=(*answer.headers, ("X-Retry-After", str(max(1, round(seconds))))))


def _without_id(made: Answer, _seconds: float) -> Answer:
    value = json.loads(made.body)
    kept = {name: one for name, one in value.items() if name != "id"} if isinstance(value, dict) else {}
    return replace(made, body=json_answer(kept).body)


def _torn_gzip(made: Answer, _seconds: float) -> Answer:
    """Source: node-bigcommerce #66: bodies arrive gzipped. This one breaks off in its header."""
    torn = b"\x1f\x8b\x08\x00" + made.body[: len(made.body) // 2]
    return replace(made, body=torn, headers=(*made.headers, ("Content-Encoding", "gzip")), bare=True)


BREAKAGES: dict[str, tuple[frozenset[str], Callable[[Any, float], Answer]]] = {
    "401": (frozenset([BEFORE]), _told(401, "Unauthorized")),
    "403": (frozenset([BEFORE]), _told(403, "Forbidden")),
    "429": (frozenset([BEFORE]), _too_many),
    "429-bare": (frozenset([BEFORE]), _plain(429, "Too Many Requests")),
    "500": (EVER, lambda _made, _seconds: refusals.v2(refused(500, "The server has experienced an error."))),
    "502": (EVER, _page(502, "502 Bad Gateway")),
    "503": (EVER, _plain(503, "Service Unavailable")),
    "503-json": (EVER, _told(503, "Service Unavailable")),
    "504": (EVER, _plain(504, "")),
    "suspended": (EVER, _told(503, SUSPENDED)),
    "html": (EVER, _page(200, "Welcome")),
    "close": (EVER, _wire("close")),
    "reset": (EVER, _wire("reset")),
    "hang": (EVER, _wire("hang", HANG)),
    "truncate": (frozenset([AFTER]), _wire("truncate")),
    "drip": (frozenset([AFTER]), _wire("drip", 1.0)),
    "no-id": (frozenset([AFTER]), _without_id),
    "gzip": (frozenset([AFTER]), _torn_gzip),
    "replay": (frozenset([AFTER]), _same),
    "unseen": (frozenset([AFTER]), _same),
    "empty": (frozenset([BEFORE]), _same),
    "shut": (frozenset([BEFORE]), _told(503, "The store is closed for maintenance.")),
}
"""`replay`: the request is done twice. `unseen`: the order is missing in lists for so many seconds. `empty`: a look-up
finds nothing. `shut`: this and every request for so many seconds is answered 503."""
