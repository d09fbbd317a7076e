"""The wire: HTTP/1.1 on loopback, one thread a connection, connections kept open."""

from __future__ import annotations

import os
import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from importer.errors import UsageError
from importer.sandbox.wire import Request, query_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from werkzeug.serving import BaseWSGIServer

    from importer.sandbox.sandbox import Sandbox
    from importer.sandbox.wire import Answer

LARGEST_BODY = 20_000_000


class KeepAlive(WSGIRequestHandler):
    """Werkzeug's own, but the connection stays open.

    Werkzeug closes each connection, and waits 10 ms for what may be left of the body; here the body is always read.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Answer one request."""
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            begun[:] = [status, headers]

        try:
            chunks = self.server.app(self.make_environ(), start_response)
            self._write(begun[0], begun[1], chunks)
        except OSError:
            self.close_connection = True

    def _write(self, status: str, headers: list[tuple[str, str]], chunks: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
            if name == "Connection":
                self.close_connection = value == "close"
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(chunk)
            self.wfile.flush()
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the journal has every request."""


class Application:
    """The sandbox as a WSGI application: reads the request, sends the answer, and makes trouble on the socket."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request. Raises ConnectionAbortedError where no answer is to leave."""
        answer = self._sandbox.answer(read(environ))
        headers, body = list(answer.headers), answer.body
        if answer.status != 204:
            headers.append(("Content-Length", str(len(body))))
        if answer.trouble:
            self._sandbox.shop.clock.sleep(answer.trouble.seconds if answer.trouble.kind == "hang" else 0)
            body = self._disturbed(answer, environ)
            headers.append(("Connection", "close"))
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [body] if isinstance(body, bytes) else body

    def _disturbed(self, answer: Answer, environ: WSGIEnvironment) -> Any:
        trouble = answer.trouble
        if trouble is None or trouble.kind in ("close", "hang", "reset"):
            cut(environ["werkzeug.socket"], reset=trouble is not None and trouble.kind == "reset")
            raise ConnectionAbortedError
        if trouble.kind == "truncate":
            return answer.body[: len(answer.body) // 2]
        return self._drops(answer.body, trouble.seconds)

    def _drops(self, body: bytes, seconds: float) -> Iterable[bytes]:
        size = max(1, len(body) // 10)
        for start in range(0, len(body), size):
            self._sandbox.shop.clock.sleep(seconds / 10)
            yield body[start : start + size]


def cut(connection: socket.socket, reset: bool) -> None:
    """End a connection without a word; `reset` sends RST, as a crashed host does.

    A socket with linger 0 sends RST when it is closed, and only its file number closes it at once: the request's own
    files still hold the socket object.
    """
    if not reset:
        connection.shutdown(socket.SHUT_RDWR)
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def read(environ: WSGIEnvironment) -> Request:
    """The request as it came, with its whole body."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return Request(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace"),
        query_of(environ.get("QUERY_STRING", "")),
        headers,
        _body(environ),
    )


def _body(environ: WSGIEnvironment) -> bytes:
    if environ.get("wsgi.input_terminated"):
        return bytes(environ["wsgi.input"].read(LARGEST_BODY))
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise ConnectionAbortedError("a body without a length that the sandbox reads")
    return bytes(environ["wsgi.input"].read(int(length)))


def bind(sandbox: Sandbox, port: int) -> BaseWSGIServer:
    """A server on 127.0.0.1, not yet serving; port 0 takes a free one. Links in answers lead to it.

    Raises UsageError where the port cannot be used.
    """
    try:
        server = make_server("127.0.0.1", port, Application(sandbox), threaded=True, request_handler=KeepAlive)
    except (SystemExit, OSError, OverflowError) as error:  # Werkzeug exits the process where a port is taken
        raise UsageError(f"port {port} of this machine cannot be used; choose another, or 0 for a free one") from error
    sandbox.shop.links = f"http://127.0.0.1:{server.port}/stores/{sandbox.shop.config.store}/v2"
    return server
