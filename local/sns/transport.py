"""One HTTP(S) POST to an endpoint, with SNS's time limit and without following redirects."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

# https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
ATTEMPT_TIMEOUT_SECONDS = 15.0
MAX_RESPONSE_BYTES = 8192


class TransportError(Exception):
    """The endpoint could not be reached, or sent no reply in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRequest:
    """One POST: everything that goes over the wire."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointResponse:
    """An endpoint's reply; of a long body, the first bytes only."""

    status: int
    body: str


Transport = Callable[[EndpointRequest], EndpointResponse]


def post(request: EndpointRequest, timeout_seconds: float = ATTEMPT_TIMEOUT_SECONDS) -> EndpointResponse:
    """Send one POST and return the reply; raise TransportError when there is none in time."""
    deadline = _Deadline(timeout_seconds)
    try:
        with deadline, closing(_connect(urlsplit(request.url), timeout_seconds)) as connection:
            deadline.watch(connection.sock)
            _send(connection, request)
            with connection.getresponse() as response:
                body = response.read(MAX_RESPONSE_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or deadline.passed:
            raise TransportError(f"no reply within {timeout_seconds:g} seconds") from error
        raise TransportError(f"{type(error).__name__}: {error}") from error
    if deadline.passed:
        raise TransportError(f"no reply within {timeout_seconds:g} seconds")
    return EndpointResponse(status=response.status, body=body.decode("utf-8", errors="replace"))


class _Deadline:
    """Break a socket off at one moment, whatever it is doing.

    A socket's own timeout restarts with every byte received, so a slow sender would outlast it.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, watched: socket.socket) -> None:
        self._socket = watched

    def _expire(self) -> None:
        self.passed = True
        if self._socket is not None:
            with suppress(OSError):
                # The plain socket's method: the TLS one would change state under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _connect(parts: SplitResult, timeout_seconds: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=timeout_seconds, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_seconds)
    connection.connect()
    return connection


def _send(connection: http.client.HTTPConnection, request: EndpointRequest) -> None:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.putrequest("POST", target, skip_accept_encoding=True)
    for name, value in request.headers.items():
        connection.putheader(name, value)
    if parts.username is not None:
        # SNS takes credentials for basic authentication from the subscription's URL.
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        connection.putheader("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
    connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body)
