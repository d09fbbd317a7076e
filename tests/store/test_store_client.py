"""The wire: each answer, and each lack of one, means what it must for the order that was sent."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from importer.errors import StoreRefused
from importer.store import (
    Answer,
    CallFailed,
    Created,
    InDoubt,
    NotCreated,
    OrdersClient,
    Pacer,
    Refused,
    Rejected,
    StoreAddress,
    store_address,
)

BODY = {"external_order_id": "#1", "products": [{"name": "Tea", "quantity": 1}]}
Script = Callable[[bytes], bytes | None]


@contextmanager
def wire(*answers: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these bytes, one a connection, and the requests it read; None closes without a word."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                requests.append(read_request(connection))
                if answer is not None:
                    connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes a server that still waits for a request
        listener.close()
        thread.join()


def read_request(connection: socket.socket) -> bytes:
    """One request, head and body."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def http(status: int, body: Any = None, *, length: int | None = None, **headers: str) -> bytes:
    """An answer as bytes: JSON of `body`, or `body` itself where it is bytes already."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(content) if length is None else length}",
        "Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def client_for(url: str, **options: Any) -> OrdersClient:
    """A client for a server on this machine."""
    return OrdersClient(store_address({"BIGCOMMERCE_ACCESS_TOKEN": "secret-token"}, "abc", url), timeout=2, **options)


def answer_to(reply: bytes | None) -> Answer:
    """What a POST answered like this means."""
    with wire(reply) as (url, _):
        return client_for(url).create(BODY)


V2_ERROR = [{"status": 404, "message": "The field 'zip' is invalid."}]
STOCK = [
    {
        "status": 409,
        "message": "Out of stock.",
        "details": {"errors": [{"type": "OutOfStock", "product": {"id": 32, "name": "Blue Kettle"}}]},
    }
]
MEANINGS: list[tuple[str, bytes | None, Answer]] = [
    ("200", http(200, {"id": 100}), Created(100)),
    ("201", http(201, {"id": "101"}), Created(101)),
    ("gzip", http(201, gzip.compress(b'{"id": 102}'), Content_Encoding="gzip"), Created(102)),
    ("429", http(429, {"status": 429}), NotCreated("429 too many requests")),
    ("400 array", http(400, V2_ERROR), Rejected(400, "The field 'zip' is invalid")),
    ("409 stock", http(409, STOCK), Rejected(409, "Out of stock; OutOfStock (product 32)")),
    ("422 object", http(422, {"title": "Bad", "errors": {"zip": "missing"}}), Rejected(422, "Bad; zip: missing")),
    ("404 html", http(404, b"<html>"), Rejected(404, "")),
    ("413", http(413), Rejected(413, "")),
    ("415", http(415), Rejected(415, "")),
    ("500 array", http(500, [{"status": 500, "message": "x"}]), InDoubt("answer 500")),
    ("502 html", http(502, b"<html>"), InDoubt("answer 502")),
    ("503 text", http(503, b"maintenance"), InDoubt("answer 503")),
    ("504 empty", http(504), InDoubt("answer 504")),
    ("423", http(423), InDoubt("answer 423")),
    ("499", http(499), InDoubt("answer 499")),
    ("an unknown code", http(418), InDoubt("answer 418")),
    ("202", http(202, {"id": 100}), InDoubt("answer 202")),
    ("no id", http(201, {}), InDoubt("answer 201 without an order id")),
    ("id true", http(201, {"id": True}), InDoubt("answer 201 without an order id")),
    ("html with 200", http(200, b"<html>"), InDoubt("answer 200 without an order id")),
    ("empty 200", http(200), InDoubt("answer 200 without an order id")),
    ("truncated", http(201, b'{"id": 1', length=500), InDoubt("no whole answer (ProtocolError)")),
    ("corrupt gzip", http(201, b"\x1f\x8bnonsense", Content_Encoding="gzip"), InDoubt("no whole answer (DecodeError)")),
    ("closed", None, InDoubt("no whole answer (ConnectionError)")),
    ("no HTTP", b"SSH-2.0\r\n", InDoubt("no whole answer (ConnectionError)")),
]


@pytest.mark.parametrize(("reply", "meaning"), [case[1:] for case in MEANINGS], ids=[case[0] for case in MEANINGS])
def test_an_answer_means(reply: bytes | None, meaning: Answer) -> None:
    """The HTTP code alone decides; what cannot be read whole is in doubt."""
    assert answer_to(reply) == meaning


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_stops_the_run_and_proves_nothing(status: int) -> None:
    """Whoever redirects a POST may have stored it first: the run stops, and the order is in doubt."""
    answer = answer_to(http(status, Location="/elsewhere"))
    assert isinstance(answer, Refused)
    assert answer.lost


@pytest.mark.parametrize("status", [401, 402, 403, 405, 406, 507])
def test_what_stops_the_run(status: int) -> None:
    """Authorisation and plan limits refuse every order alike: none was made."""
    answer = answer_to(http(status, {"title": "No"}, Location="/elsewhere"))
    assert isinstance(answer, Refused)
    assert not answer.lost


def test_a_suspended_store_stops_the_run_with_the_order_in_doubt() -> None:
    """A 503 may come after the commit, whatever it says."""
    answer = answer_to(http(503, b"The store is suspended. This may be due to a billing issue."))
    assert isinstance(answer, Refused)
    assert answer.lost


def test_silence_is_in_doubt() -> None:
    """No answer within the timeout says nothing about the order."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = OrdersClient(StoreAddress("abc", "t", f"http://127.0.0.1:{listener.getsockname()[1]}"), timeout=0.2)
    assert client.create(BODY) == InDoubt("no answer in time")
    listener.close()


def test_an_answer_that_drips_is_given_up() -> None:
    """A body that never ends does not hold a sender longer than the timeouts allow."""
    with wire(http(201, b'{"id": 1, ', length=10_000)) as (url, _):
        assert isinstance(client_for(url).create(BODY), InDoubt)


def test_a_connection_that_never_opened_made_no_order() -> None:
    """Nobody listens: the order may be sent again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert client_for(f"http://127.0.0.1:{port}").create(BODY) == NotCreated(
        "no connection to the store, connection refused", unreached=True
    )


def test_past_the_deadline_no_body_leaves() -> None:
    """The deadline is asked between the headers and the body, and a late order is known not to be made."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = client_for(f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert client.create(BODY, in_time=lambda: False) == NotCreated("the send deadline had passed")
    connection, _ = listener.accept()
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.endswith(b"\r\n\r\n")
    assert b"Content-Length: " in received
    connection.close()
    listener.close()


def test_one_post_is_one_request() -> None:
    """Nothing is resent or followed: the server that hung up hears no second request."""
    with wire(None, http(201, {"id": 1})) as (url, requests):
        client_for(url).create(BODY)
        assert len(requests) == 1


def test_what_a_post_carries() -> None:
    """The path, the token, JSON both ways, and a name to be known by."""
    with wire(http(201, {"id": 1})) as (url, requests):
        client_for(url).create(BODY)
    head, _, body = requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /stores/abc/v2/orders HTTP/1.1"
    assert json.loads(body) == BODY
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert (headers["X-Auth-Token"], headers["Accept"], headers["Content-Type"]) == (
        "secret-token",
        "application/json",
        "application/json",
    )
    assert headers["User-Agent"].startswith("order-importer")


def test_the_environment_does_not_reach_loopback(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Neither a proxy nor a netrc of the environment touches a request to this machine."""
    (tmp_path / "netrc").write_text("default login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with wire(http(201, {"id": 1})) as (url, requests):
        assert client_for(url).create(BODY) == Created(1)
    assert b"Authorization" not in requests[0]


def test_find_trusts_its_own_eyes() -> None:
    """Whatever the store's filter matches, only equal numbers are found; 204 is none; a short page is the last."""
    page = [{"id": 1, "external_order_id": "1001"}, {"id": 2, "external_order_id": "10010"}]
    with wire(http(200, page), http(204)) as (url, requests):
        client = client_for(url)
        assert [order["id"] for order in client.find("1001")] == [1]
        assert client.find("7 & 8") == []
    assert b"external_order_id=1001&min_id=1&limit=250&sort=id " in requests[0]
    assert b"external_order_id=7+%26+8" in requests[1]


def test_pages_go_on_after_the_last_id() -> None:
    """A full page is followed by one that begins after its highest id."""
    full = [{"id": number} for number in range(100, 350)]
    with wire(http(200, full), http(200, [{"id": 400}])) as (url, requests):
        assert [len(page) for page in client_for(url).pages(min_id=100)] == [250, 1]
    assert b"min_id=350" in requests[1]


def test_a_server_with_pages_of_its_own_is_read_to_the_end() -> None:
    """Fewer orders than asked for are not the end unless they are few; orders seen before are no news."""
    half = [{"id": number} for number in range(100, 200)]
    with wire(http(200, half), http(200, half)) as (url, _):
        assert [len(page) for page in client_for(url).pages(min_id=100)] == [100]


@pytest.mark.parametrize("reply", [http(200, b"<html>"), http(200, {"id": 1}), http(500), http(429), None])
def test_a_failed_look_up_decides_nothing(reply: bytes | None) -> None:
    """A list that is no list is a failure, never an empty list."""
    with wire(reply) as (url, _), pytest.raises(CallFailed):
        client_for(url).find("1")


def test_reads_refused_stop_the_run() -> None:
    """401 on a read is StoreRefused."""
    with wire(http(401)) as (url, _), pytest.raises(StoreRefused, match="BIGCOMMERCE_ACCESS_TOKEN"):
        client_for(url).get(1)


def test_the_other_calls() -> None:
    """get gives the order or None, count the number, update and archive nothing but an error when they fail."""
    answers = (
        http(200, {"id": 7}),
        http(404, V2_ERROR),
        http(200, {"count": 3}),
        http(200, {"id": 7}),
        http(204),
        http(404),
    )
    with wire(*answers) as (url, requests):
        client = client_for(url)
        assert client.get(7) == {"id": 7}
        assert client.get(8) is None
        assert client.count(status_id=2) == 3
        client.update(7, {"staff_notes": "x"})
        client.archive(7)
        with pytest.raises(CallFailed, match="DELETE /v2/orders/9: the store says 404"):
            client.archive(9)
    assert [request.split(b" HTTP")[0].decode() for request in requests] == [
        "GET /stores/abc/v2/orders/7",
        "GET /stores/abc/v2/orders/8",
        "GET /stores/abc/v2/orders/count?status_id=2",
        "PUT /stores/abc/v2/orders/7",
        "DELETE /stores/abc/v2/orders/7",
        "DELETE /stores/abc/v2/orders/9",
    ]


def test_every_call_is_on_record_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    """A line a call: method, path, code, time, the store's request id, the attempt; no token, query or body."""
    with (
        wire(http(201, {"id": 1}, X_Request_Id="r-1"), http(204)) as (url, _),
        caplog.at_level(logging.INFO, "importer.store"),
    ):
        client = client_for(url)
        client.create(BODY, attempt=3)
        client.find("ada@example.com")
    calls = [record.__dict__["call"] for record in caplog.records if record.name == "importer.store"]
    assert [(call["method"], call["path"], call["status"], call["request_id"], call["attempt"]) for call in calls] == [
        ("POST", "/v2/orders", 201, "r-1", 3),
        ("GET", "/v2/orders", 204, "", 1),
    ]
    assert not any(secret in caplog.text for secret in ("secret-token", "Tea", "ada@"))


def test_a_session_a_thread() -> None:
    """Threads share the client, not the session."""
    import requests

    made: list[requests.Session] = []

    def sessions() -> requests.Session:
        made.append(requests.Session())
        return made[-1]

    with wire(http(201, {"id": 1}), http(201, {"id": 2})) as (url, _):
        client = client_for(url, sessions=sessions, pacer=Pacer())
        client.create(BODY)
        thread = threading.Thread(target=client.create, args=(BODY,))
        thread.start()
        thread.join()
    assert len(made) == 2
