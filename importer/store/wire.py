"""One HTTP call: what goes out, what may come back, and how much of it is read.

Nothing is retried, redirected or resent here: whether a request may go out again is for the protocol in `run` to say.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from importer.store.answers import Answer, InDoubt, NotCreated, Refused, Reply

CONNECT_TIMEOUT = 10.0
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes. 250 orders, the longest page, are about 2 MB."""


class TooLate(Exception):
    """The send deadline had passed before the body reached the socket: the order was not sent."""


class TimelyBody(io.BytesIO):
    """A request's body that cannot be read once it is too late.

    The transport sends the headers, reads the body and writes it to the socket: asking here is the last act before it.
    A store cannot act on headers without their body.
    """

    def __init__(self, content: bytes, in_time: Callable[[], bool]) -> None:
        super().__init__(content)
        self._in_time = in_time

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; TooLate if there are some and the time has passed."""
        content = super().read(size)
        if content and not self._in_time():
            raise TooLate
        return content


class _Transport(HTTPAdapter):
    """No retries; and a body that the network does not take within 30 s is dropped, not delivered minutes later."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        socket_options = list(HTTPConnection.default_socket_options)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            socket_options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000))
        super().init_poolmanager(*args, **options, socket_options=socket_options)


def new_session() -> requests.Session:
    """A session for one thread. Proxies and certificates come from the environment, credentials never do."""
    session = requests.Session()
    session.auth = _no_netrc
    session.mount("https://", _Transport(max_retries=0))
    session.mount("http://", _Transport(max_retries=0))
    return session


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def user_agent() -> str:
    """`order-importer/0.1.0`."""
    try:
        return f"order-importer/{version('order-importer')}"
    except PackageNotFoundError:
        return "order-importer"


def exchange(
    session: requests.Session, method: str, url: str, *, headers: Mapping[str, str], timeout: float, **parts: Any
) -> Reply:
    """Send one request and read its whole answer. `timeout`: seconds, for each wait and for the answer as a whole."""
    started = time.monotonic()
    with session.request(
        method,
        url,
        headers=dict(headers),
        timeout=(CONNECT_TIMEOUT, timeout),
        allow_redirects=False,
        stream=True,
        **parts,
    ) as response:
        content = _read(response, started + CONNECT_TIMEOUT + timeout)
        return Reply(response.status_code, dict(response.headers), content)


def _read(response: requests.Response, until: float) -> bytes:
    """The body, decoded. A body that drips past `until` or is longer than any real one counts as not read."""
    content = bytearray()
    while chunk := response.raw.read1(65536, decode_content=True):
        content += chunk
        if len(content) > LARGEST_ANSWER or time.monotonic() > until:
            raise requests.exceptions.ContentDecodingError("the answer is too long or too slow")
    return bytes(content)


FAILURES = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)
"""What `exchange` raises when no whole answer came; ValueError: the libraries' own, for headers that mean nothing."""


def answer_of_failure(error: Exception) -> Answer:
    """What a missing answer means for the order that was sent."""
    if isinstance(error, TooLate):
        return NotCreated("the send deadline had passed")
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Refused(
            "the server's certificate cannot be verified; somebody may be listening, or a proxy needs its CA"
        )
    if isinstance(error, requests.ConnectTimeout) or any(isinstance(cause, NewConnectionError) for cause in causes):
        return NotCreated(f"no connection to the store{_because(causes)}", unreached=True)
    return InDoubt(
        "no answer in time" if isinstance(error, requests.Timeout) else f"no whole answer ({type(error).__name__})"
    )


def _because(causes: list[BaseException]) -> str:
    """`, connection refused`: the operating system's words, where it has some."""
    said = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), "")
    return f", {said.lower()}" if said else ""


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was raised from or wraps, outermost first."""
    causes: list[BaseException] = []
    step: Any = error
    while isinstance(step, BaseException) and step not in causes:
        causes.append(step)
        inner = step.reason if isinstance(step, MaxRetryError) else (step.args[0] if step.args else None)
        step = inner if isinstance(inner, BaseException) else step.__cause__ or step.__context__
    return causes
