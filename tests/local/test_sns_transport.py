from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time

import pytest

from local.sns.transport import MAX_RESPONSE_BYTES, EndpointRequest, TransportError, post


@contextlib.contextmanager
def raw_server(serve):
    """Hand the first connection to `serve`, in a thread; yield the port and what was received."""
    received = []
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                received.append(read_request(connection))
                serve(connection, ended)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1], received
        finally:
            ended.set()
            thread.join()


def read_request(connection):
    request = b""
    while not request.endswith(b"\r\n\r\nbody") and (chunk := connection.recv(65536)):
        request += chunk
    return request


def request_to(port, **changes):
    given = {"url": f"http://127.0.0.1:{port}/hook?a=1", "headers": {"X-Test": "yes"}, "body": b"body"}
    return EndpointRequest(**{**given, **changes})


def reply(text):
    return lambda connection, _: connection.sendall(text)


def test_the_request_goes_out_as_given():
    with raw_server(reply(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")) as (port, received):
        response = post(request_to(port))

    assert (response.status, response.body) == (202, "ok")
    head, _, body = received[0].partition(b"\r\n\r\n")
    assert body == b"body"
    assert head.decode().split("\r\n") == [
        "POST /hook?a=1 HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "X-Test: yes",
        "Content-Length: 4",
    ]


def test_credentials_in_the_url_become_basic_authentication():
    with raw_server(reply(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as (port, received):
        post(request_to(port, url=f"http://user:p%40ss@127.0.0.1:{port}/"))

    assert b"Authorization: Basic dXNlcjpwQHNz" in received[0]
    assert f"Host: 127.0.0.1:{port}".encode() in received[0]


def test_a_redirect_is_an_answer_like_any_other():
    answer = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    with raw_server(reply(answer)) as (port, _):
        assert post(request_to(port)).status == 307


def test_of_a_long_answer_only_the_beginning_is_read():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * MAX_RESPONSE_BYTES

    def serve(connection, ended):
        connection.sendall(answer)
        ended.wait(60)

    with raw_server(serve) as (port, _):
        assert post(request_to(port)).body == "x" * MAX_RESPONSE_BYTES


def test_an_endpoint_that_says_nothing_is_given_up():
    with (
        raw_server(lambda _, ended: ended.wait(60)) as (port, _),
        pytest.raises(TransportError, match=r"no reply within 0\.2 seconds"),
    ):
        post(request_to(port), timeout_seconds=0.2)


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_endpoint_that_trickles_is_given_up(start):
    ends = []

    def trickle(connection, _):
        ends.append("given up by the client")
        connection.sendall(start)
        for pause in itertools.repeat(0.05, 200):
            connection.sendall(b"x")
            time.sleep(pause)
        ends.append("at the end of the answer")

    with (
        raw_server(trickle) as (port, _),
        pytest.raises(TransportError, match=r"no reply within 1 seconds"),
    ):
        post(request_to(port), timeout_seconds=1)
    assert ends == ["given up by the client"]


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n"])
def test_an_answer_that_is_none_is_an_error(answer):
    with raw_server(reply(answer)) as (port, _), pytest.raises(TransportError):
        post(request_to(port))


def test_nobody_listening_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(TransportError, match="ConnectionRefusedError"):
        post(request_to(port))


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http:///hook"])
def test_an_impossible_url_is_an_error(url):
    with pytest.raises(TransportError):
        post(request_to(0, url=url))


def test_an_https_endpoint_must_prove_itself():
    from local.sns.certificate_server import CertificateServer
    from local.sns.signing import make_credentials

    server = CertificateServer(make_credentials())
    try:
        with pytest.raises(TransportError, match="certificate"):
            post(request_to(0, url=server.origin))
    finally:
        server.close()
