"""What an answer of the store means for the order that was sent.

V2 errors are arrays, V3 errors objects, a gateway's are HTML or nothing, and a body's own `status` may differ from the
HTTP code: the HTTP code alone decides; the body only gives the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from importer.errors import ImporterError, StoreRefused
from importer.model import Body


@dataclass(frozen=True, slots=True)
class Created:
    """The store made the order; `order` is how it showed it then, as far as it did."""

    order_id: int
    order: Body | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotCreated:
    """The store cannot have made it: the same request may go out again. `unreached`: nobody listens there."""

    reason: str
    unreached: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The store will not make this order as it is; `message` is the store's own, `status` the HTTP code."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The store turns everything away: the run ends. `lost`: whether this order may have been made nevertheless."""

    message: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The order may or may not have been made: only a look-up can tell."""

    reason: str


Answer = Created | NotCreated | Rejected | Refused | InDoubt


class CallFailed(ImporterError):
    """A call other than create had no usable answer; `answer` says whether it may be repeated."""

    exit_code = 4

    def __init__(self, call: str, answer: NotCreated | Rejected | InDoubt) -> None:
        if isinstance(answer, Rejected):
            super().__init__(f"{call}: the store says {answer.status} {answer.message}".rstrip())
        else:
            super().__init__(f"{call}: {answer.reason}; the store gives no good answer, run again later")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer that was read whole."""

    status: int
    headers: dict[str, str]
    content: bytes


_REJECTED = frozenset({400, 404, 409, 413, 415, 422})
_REFUSED = {
    401: "the access token is not valid; check BIGCOMMERCE_ACCESS_TOKEN",
    402: "the store asks for payment of its plan",
    403: "the token lacks the scope for this (Orders: modify), or the store hash is another store's",
    405: "the API does not know this method here",
    406: "the API cannot answer in JSON here",
    507: "the store's plan allows no more orders",
}
_LONGEST_MESSAGE = 500


def classify(reply: Reply) -> Answer:
    """What an answer to `POST /v2/orders` means.

    Source: GUIDE status-codes (429, 5xx), orders.v2 createOrder (200; the guide says 201), reference 2 "Errors".
    """
    status = reply.status
    if status in (200, 201):
        return _created(reply)
    if status == 429:
        return NotCreated("429 too many requests")
    if status in _REJECTED:
        return Rejected(status, message_of(reply))
    if 300 <= status < 400:
        told = f"the store answered {status}, a redirect: a proxy or a login page stands between here and the API"
        return Refused(told, lost=True)
    if status in _REFUSED:
        return Refused(_refusal(reply))
    if status == 503 and b"suspended" in reply.content.lower():
        return Refused(_refusal(reply), lost=True)
    return InDoubt(f"answer {status}")


def failure(call: str, answer: Answer) -> CallFailed | StoreRefused:
    """What to raise for a call other than create whose answer is not 2xx."""
    if isinstance(answer, Refused):
        return StoreRefused(answer.message)
    if isinstance(answer, Created):  # no answer outside 2xx is read as one
        return CallFailed(call, InDoubt("an answer that means nothing"))
    return CallFailed(call, answer)


def _created(reply: Reply) -> Answer:
    order = json_of(reply)
    if isinstance(order, dict) and isinstance(order.get("data"), dict):
        order = order["data"]  # V3 wraps what it made
    order_id = order_id_of(order)
    return Created(order_id, order) if order_id else InDoubt(f"answer {reply.status} without an order id")


def order_id_of(body: Any) -> int:
    """The `id` of an order as the store shows it, 0 where there is none."""
    value = body.get("id") if isinstance(body, dict) else None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def json_of(reply: Reply) -> Any:
    """The parsed body, None where it is not JSON."""
    try:
        return orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        return None


def _refusal(reply: Reply) -> str:
    known = _REFUSED.get(reply.status, "")
    said = message_of(reply)
    return f"the store answered {reply.status}: " + "; ".join(text for text in (known, said) if text)


def message_of(reply: Reply) -> str:
    """The store's own words, from a V2 array or a V3 object; "" where a gateway spoke."""
    body = json_of(reply)
    texts = [text for part in (body if isinstance(body, list) else [body]) for text in _texts(part)]
    return "; ".join(dict.fromkeys(text.rstrip(".") for text in texts))[:_LONGEST_MESSAGE]


def _texts(part: Any) -> Iterator[str]:
    if not isinstance(part, dict):
        return
    for key in ("message", "title", "detail"):
        if isinstance(part.get(key), str) and part[key]:
            yield part[key]
    if isinstance(part.get("errors"), dict):
        yield from (f"{field}: {text}" for field, text in part["errors"].items() if isinstance(text, str))
    details = part.get("details")
    errors = details.get("errors") if isinstance(details, dict) else None
    yield from (_detail(error) for error in errors or () if isinstance(error, dict) and "type" in error)


def _detail(error: dict[str, Any]) -> str:
    """`OutOfStock (product 32)`: the type and the product's id, never its name or options."""
    product = error.get("product")
    number = product.get("id") if isinstance(product, dict) else None
    return f"{error['type']} (product {number})" if number else str(error["type"])
