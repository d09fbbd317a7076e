"""The values at the edge: a request as it came, an answer as it leaves, and a refusal on the way between."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from importer.errors import ImporterError

JSON_TYPE = ("Content-Type", "application/json")
HTML_TYPE = ("Content-Type", "text/html; charset=UTF-8")
TEXT_TYPE = ("Content-Type", "text/plain; charset=UTF-8")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole: `path` decoded, `query` the last value of each name, `headers` by lower-case name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens on the wire to a clean answer: `close`, `reset`, `hang`, `truncate` or `drip`."""

    kind: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets. `trouble`: what becomes of it on its way.

    `bare`: it came from a gateway in front of the store, so it says nothing of the quota.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    trouble: Trouble | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to refuse a request, in the store's words; `details` where the store says more."""

    message: str
    status: int = 400
    details: dict[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """The store answers with `findings` (at least one) instead of doing what was asked."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].message)
        self.findings = findings
        self.status = findings[0].status


def refused(status: int, message: str, **details: Any) -> Refused:
    """A refusal for one reason."""
    return Refused(Finding(message, status, details))


def not_found() -> Refused:
    """Source: V2 reference, `404_Resp`."""
    return refused(404, "The requested resource was not found.")


class InvalidJson(ImporterError):
    """A request's body is no JSON that the store reads."""


def query_of(text: str) -> dict[str, str]:
    """The query string as names and values; of a name given twice the last value counts."""
    return dict(parse_qsl(text, keep_blank_values=True))


def json_answer(value: Any, status: int = 200) -> Answer:
    """An answer with a JSON body. A Decimal (the value of a form field, nothing else) becomes a number."""
    return Answer(status, json.dumps(value, separators=(",", ":"), default=float).encode(), (JSON_TYPE,))


def nothing() -> Answer:
    """204 without a body: what V2 gives for an empty list, and for anything archived or deleted.

    Source: V2 `GET /orders/{id}/shipments` 204; `DELETE /orders/{id}` 204.
    """
    return Answer(204)


def read_json(body: bytes) -> Any:
    """The body's value; every fraction is a Decimal, so that no amount passes through a float.

    Raises InvalidJson for anything else, NaN, Infinity and lone surrogates included.
    """
    try:
        text = body.decode()
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False, default=str).encode()  # fails on half of a surrogate pair
    except (ValueError, RecursionError) as error:
        raise InvalidJson("the body is not JSON") from error
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
