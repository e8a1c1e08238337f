"""The failure this guards against: the sample server obeying strangers, or choking on a request."""

from __future__ import annotations

import logging
import socket

import pytest

from receiver.server import SampleServer

from .posting import control, event_message, post, request


@pytest.mark.parametrize(
    "wish",
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
def test_a_wish_that_makes_no_sense_is_refused(server: SampleServer, wish: dict[str, object]) -> None:
    assert control(server, **wish)[0] == 400
    assert post(server, event_message()) == (200, "handled")


def test_a_wish_for_an_unknown_webhook_is_refused(server: SampleServer) -> None:
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
