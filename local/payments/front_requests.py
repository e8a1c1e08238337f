"""One HTTP request to the front: read it, meet it with its fault, answer it."""

from __future__ import annotations

import base64
import json
import re
import socket
import struct
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from local.payments.faults import Fault, Operation
from local.payments.upstream import Answer

_INTENT = r"/v1/payment_intents/[^/]+"
_OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("POST", r"/v1/payment_intents", "create"),
    ("POST", rf"{_INTENT}/confirm", "confirm"),
    ("POST", rf"{_INTENT}/cancel", "cancel"),
    ("GET", _INTENT, "retrieve"),
    ("POST", r"/v1/refunds", "refund"),
)
# Linger for zero seconds: the connection ends with a reset instead of an orderly end.
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


def operation_of(method: str, path: str) -> Operation:
    """Return what a request asks of Stripe."""
    found = (name for verb, pattern, name in _OPERATIONS if verb == method and re.fullmatch(pattern, path))
    return next(found, "other")


def intent_in(path: str) -> str:
    """Return the PaymentIntent that a path names, or ""."""
    return path.removeprefix("/v1/payment_intents/").split("/")[0] if re.match(_INTENT, path) else ""


class Front(Protocol):
    """What a request is handed to."""

    def respond(
        self, method: str, path: str, parameters: dict[str, str], *, key: str, idempotency_key: str | None
    ) -> Answer | Fault:
        """Return the answer, or the fault that leaves the caller without one."""
        ...


class FrontRequest(BaseHTTPRequestHandler):
    """A connection of Stripe's library; a subclass says whose."""

    protocol_version = "HTTP/1.1"
    # Head and body are two writes, and the second would wait for the first's acknowledgement.
    disable_nagle_algorithm = True
    front: Front

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def log_message(self, *_: object) -> None:
        """Log nothing: the front keeps the calls."""

    def _answer(self) -> None:
        target = urlsplit(self.path)
        form = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        parameters = dict(parse_qsl(form or target.query, keep_blank_values=True))
        answer = self.front.respond(
            self.command,
            target.path,
            parameters,
            key=_api_key(self.headers.get("authorization", "")),
            idempotency_key=self.headers.get("idempotency-key"),
        )
        if isinstance(answer, Fault):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        content = json.dumps(answer.body).encode()
        try:
            self.send_response(HTTPStatus(answer.status))
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            # The caller has given up waiting.
            self.close_connection = True


class FrontServer(ThreadingHTTPServer):
    """Serves until it is shut down, whoever may still wait for a late answer then."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as socketserver has it
        """Close a connection at once: one that is to be reset must not come to an orderly end first."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as socketserver has it
        """Say nothing of a caller that went away in the middle; show every other error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _api_key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    return base64.b64decode(value).decode().partition(":")[0] if scheme == "Basic" else value
