"""The failure this guards against: the sample server obeying strangers, or choking on a request."""

from __future__ import annotations

import logging
import socket

import pytest

from receiver import server_requests
from receiver.server import SampleServer
from tests.support.waiting import wait_for

from .posting import control, event_message, post, request, sns_web
from .signing import body_of, headers_of, make_trust


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": 199},
        {"status": "503"},
        {"status": True},
        {"times": -1},
        {"times": 1.5},
        {"delay_seconds": -1},
        {"delay_seconds": 1000},
        {"delay_seconds": "1"},
        {"statsu": 503},
        {"hook": ["orders"]},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(server: SampleServer, wanted: dict[str, object]) -> None:
    assert control(server, **wanted)[0] == 400
    assert post(server, event_message()) == (200, "handled")


def test_a_plan_for_an_unknown_webhook_is_refused(server: SampleServer) -> None:
    assert control(server, hook="unknown", status=503)[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "abc.tunnel.example"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
    ],
)
def test_nobody_from_outside_steers_or_reads(server: SampleServer, headers: dict[str, str]) -> None:
    assert request(server, "POST", "/_control", b'{"status": 500}', headers)[0] == 404
    assert request(server, "GET", "/_received", headers=headers)[0] == 404
    assert post(server, event_message()) == (200, "handled")


@pytest.mark.parametrize("path", ["/", "/health"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_says_that_it_is_alive(server: SampleServer, method: str, path: str) -> None:
    body = '{"status": "ok"}' if method == "GET" else ""
    assert request(server, method, path) == (200, body)
    assert request(server, method, "/hooks/orders")[0] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Content-Length: 1048577", 413),
        ("Content-Length: x", 411),
        ("Content-Length: -1", 411),
        ("Host: 127.0.0.1", 411),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", 411),
    ],
)
def test_a_body_without_a_sensible_length_stays_unread(
    server: SampleServer, headers: str, status: int
) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"POST /hooks/orders HTTP/1.1\r\n{headers}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def _connect(server: SampleServer) -> socket.socket:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def _answer(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(4096), b""))


def test_a_chunked_body_is_decoded(server: SampleServer) -> None:
    message = event_message()
    body, headers = body_of(message), headers_of(message)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(["POST /hooks/orders HTTP/1.1", "Transfer-Encoding: chunked", *lines, "", ""])
    parts = (body[:100], body[100:])
    with _connect(server) as connection:
        connection.sendall(head.encode())
        for part in parts:
            connection.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        connection.sendall(b"0\r\n\r\nGET /health HTTP/1.1\r\nConnection: close\r\n\r\n")
        answers = _answer(connection)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert b"handled" in answers
    assert answers.endswith(b'{"status": "ok"}\n'), "the connection serves the next request"


@pytest.mark.parametrize(
    "start",
    [
        b"POST /hooks/orders HTTP/1.1\r\nX-Long: ",
        b"POST /hooks/orders HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n",
        b"POST /hooks/orders HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
        b"",
    ],
)
def test_a_request_that_comes_byte_by_byte_has_a_deadline(
    server: SampleServer, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(server_requests, "REQUEST_SECONDS", 0.2)
    with _connect(server) as connection:
        connection.sendall(start)
        connection.settimeout(0.01)
        wait_for(lambda: _ends_after_one_more_byte(connection), "the end of the connection")


def _ends_after_one_more_byte(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"x")
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_requests, "MAXIMUM_CONNECTIONS", 2)
    with SampleServer({"orders": make_trust()}, fetch=sns_web()) as server:
        with _connect(server) as first, _connect(server):
            # The server has taken both once it answers the first.
            first.sendall(b"GET /health HTTP/1.1\r\n\r\n")
            assert first.recv(12) == b"HTTP/1.1 200"
            with _connect(server) as third:
                assert third.recv(12) == b"HTTP/1.1 503"
        wait_for(lambda: _is_served(server), "a free connection")


def _is_served(server: SampleServer) -> bool:
    try:
        return request(server, "GET", "/health")[0] == 200
    except OSError:
        return False


def test_a_sender_that_hangs_up_is_one_line_in_the_log(
    server: SampleServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def hang_up() -> None:
        raise BrokenPipeError("gone")

    try:
        hang_up()
    except BrokenPipeError:
        server._server.handle_error(None, None)
    assert [record.exc_info for record in caplog.records] == [None]
    assert "hung up" in caplog.text
