"""Stripe's API over HTTP: read a request, respond to it, or reset its connection."""

from __future__ import annotations

import json
import socket
import struct
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl

from local.stripe.idempotency import StripeResponse

# Linger for zero seconds: the connection ends with a reset instead of an orderly end.
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Responder(Protocol):
    """Decides what is answered to a request."""

    def respond(
        self, method: str, path: str, parameters: dict[str, str], *, api_key: str, idempotency_key: str | None
    ) -> StripeResponse | None:
        """Return the response, or None to reset the connection."""
        ...


class StripeRequest(BaseHTTPRequestHandler):
    """A connection of Stripe's library; a subclass sets `responder`."""

    protocol_version = "HTTP/1.1"
    # Head and body are two writes, and the second would wait for the first's acknowledgement.
    disable_nagle_algorithm = True
    responder: Responder

    def do_POST(self) -> None:
        """Respond to a request."""
        length_bytes = int(self.headers.get("content-length") or 0)
        form = self.rfile.read(length_bytes)
        if len(form) < length_bytes:
            # The caller was killed while it sent.
            self.close_connection = True
            return
        response = self.responder.respond(
            self.command,
            self.path,
            dict(parse_qsl(form.decode(), keep_blank_values=True)),
            api_key=self.headers.get("authorization", "").removeprefix("Bearer "),
            idempotency_key=self.headers.get("idempotency-key"),
        )
        if response is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            self.close_connection = True
            return
        try:
            self._send(response)
        except OSError:
            # The caller has timed out.
            self.close_connection = True

    def do_GET(self) -> None:
        """Respond to a request without a form."""
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Log nothing: the fake records the calls."""

    def _send(self, response: StripeResponse) -> None:
        content = json.dumps(response.body).encode()
        self.send_response(HTTPStatus(response.status))
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        if response.replayed:
            self.send_header("idempotent-replayed", "true")
        self.end_headers()
        self.wfile.write(content)


class StripeServer(ThreadingHTTPServer):
    """Serves until it is shut down, without waiting for responses that are still delayed then."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as socketserver has it
        """Close a connection at once: a reset must not be preceded by an orderly end."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as socketserver has it
        """Ignore a caller that disconnected; show every other error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
