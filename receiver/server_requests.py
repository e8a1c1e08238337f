"""The HTTP side of the sample server: routes, limits, and control from this machine."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from .bodies import read_body
from .hooks import HUNG_UP, FailurePlan, Hook
from .refusals import Refused
from .sources import is_loopback
from .strict_json import parse_object

_logger = logging.getLogger(__name__)
# A request must be here whole within this, and its answer be taken within as long: SNS waits 15 s in all.
REQUEST_SECONDS = 20.0
MAXIMUM_CONNECTIONS = 100
_TURNED_AWAY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class HookServer(ThreadingHTTPServer):
    """Listen, a thread per connection and a hundred at most, for the webhooks given."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], hooks: Mapping[str, Hook]) -> None:
        self.hooks = hooks
        self._free_connections = threading.BoundedSemaphore(MAXIMUM_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as its base
        """Serve a connection in a thread of its own; with too many open, answer 503 and close it."""
        if not self._free_connections.acquire(blocking=False):
            request.settimeout(1.0)
            with contextlib.suppress(OSError):
                request.sendall(_TURNED_AWAY)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free_connections.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as its base
        """Serve a connection, and count it no longer when it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free_connections.release()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - as its base
        """Report a lost connection in one line: SNS hangs up on an answer that takes longer than 15 s."""
        error = sys.exception()
        if isinstance(error, ConnectionError):
            _logger.info("the sender hung up before the answer (%s)", error)
        else:
            _logger.error("a request could not be served", exc_info=error)

    def snapshot(self) -> dict[str, Any]:
        """Give every webhook's journal."""
        return {"hooks": {name: hook.snapshot() for name, hook in self.hooks.items()}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "OrderWebhooksSample"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._incoming = _DeadlineReader(self.connection)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        # A sender that keeps a connection alive has as long again for the next request.
        self._incoming.start()
        super().handle_one_request()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in {"/", "/health"}:
            self._reply_json(200, {"status": "ok"})
        elif path == "/_received" and self._is_local():
            self._reply_json(200, self._hook_server.snapshot())
        else:
            self._reply(404, "There is nothing here.")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        try:
            body = read_body(self.headers.items(), self.rfile)
        except Refused as refused:
            self.close_connection = True
            self._reply(refused.status, f"{refused.code}: {refused.sentence}")
            return
        path = urlsplit(self.path).path
        hook = self._hook_server.hooks.get(path.removeprefix("/hooks/")) if path[:7] == "/hooks/" else None
        if hook is not None:
            answer = hook.serve(
                self.path, self.headers.items(), body, self.headers.get("x-amz-sns-message-id")
            )
            if answer.status == HUNG_UP:
                self.close_connection = True
            else:
                self._reply(answer.status, answer.text)
        elif path == "/_control" and self._is_local():
            self._control(body)
        else:
            self._reply(404, "There is no such webhook.")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: attempts are reported one by one, in words."""

    @property
    def _hook_server(self) -> HookServer:
        return cast("HookServer", self.server)

    def _control(self, body: bytes) -> None:
        try:
            wanted = parse_object(body.decode("utf-8"), "The body")
            hooks = self._hook_server.hooks
            names = [wanted.pop("hook")] if "hook" in wanted else list(hooks)
            plan = FailurePlan(**wanted)
            for hook in [hooks[name] for name in names]:
                hook.plan(plan)
        except KeyError as error:
            self._reply(404, f"There is no webhook {error}.")
        except (ValueError, TypeError, Refused) as error:
            self._reply(400, f"{error}")
        else:
            self._reply_json(200, {"hooks": names, **wanted})

    def _is_local(self) -> bool:
        # A tunnel connects from loopback too, and a web page may post to it: both give themselves away.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        foreign = any(name in self.headers for name in ("Origin", "Forwarded", "X-Forwarded-For"))
        return is_loopback(str(self.client_address[0])) and is_loopback(host) and not foreign

    def _reply_json(self, status: int, value: object) -> None:
        self._reply(status, json.dumps(value), "application/json")

    def _reply(self, status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> None:
        self.connection.settimeout(REQUEST_SECONDS)
        payload = b"" if status in {204, 304} else f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(payload)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)


class _DeadlineReader(io.RawIOBase):
    """Read from a connection until a moment, however slowly the bytes come."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = 0.0

    def start(self) -> None:
        self._deadline = time.monotonic() + REQUEST_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as its base
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the request did not come in time")
        self._connection.settimeout(remaining)
        return self._connection.recv_into(buffer)
