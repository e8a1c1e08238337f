"""The HTTP side of the sample server: routes, limits, and who may steer it."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from .envelope import MAXIMUM_BODY_BYTES
from .hooks import FailurePlan, Hook
from .refusals import Refused
from .sources import is_loopback
from .strict_json import parse_object

_logger = logging.getLogger(__name__)
_LENGTH = re.compile(r"[0-9]{1,12}")


class HookServer(ThreadingHTTPServer):
    """Listen, a thread per connection, for the webhooks given."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], hooks: Mapping[str, Hook]) -> None:
        self.hooks = hooks
        super().__init__(address, _Handler)

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
    timeout = 30  # seconds a silent connection is kept

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
        body = self._read_body()
        if body is None:
            return
        path = urlsplit(self.path).path
        hook = self._hook_server.hooks.get(path.removeprefix("/hooks/")) if path[:7] == "/hooks/" else None
        if hook is not None:
            answer = hook.serve(
                self.path, self.headers.items(), body, self.headers.get("x-amz-sns-message-id")
            )
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
            wish = parse_object(body.decode("utf-8"), "The body")
            hooks = self._hook_server.hooks
            names = [wish.pop("hook")] if "hook" in wish else list(hooks)
            plan = FailurePlan(**wish)
            for hook in [hooks[name] for name in names]:
                hook.plan(plan)
        except KeyError as error:
            self._reply(404, f"There is no webhook {error}.")
        except (ValueError, TypeError, Refused) as error:
            self._reply(400, f"{error}")
        else:
            self._reply_json(200, {"hooks": names, **wish})

    def _is_local(self) -> bool:
        # A tunnel connects from loopback too, and a web page may post to it: both give themselves away.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        foreign = any(name in self.headers for name in ("Origin", "Forwarded", "X-Forwarded-For"))
        return is_loopback(str(self.client_address[0])) and is_loopback(host) and not foreign

    def _read_body(self) -> bytes | None:
        digits = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(digits) or "Transfer-Encoding" in self.headers:
            self._hang_up(411, "A Content-Length is needed.")
            return None
        length = int(digits)
        if length > MAXIMUM_BODY_BYTES:
            self._hang_up(413, f"The body is longer than {MAXIMUM_BODY_BYTES} bytes.")
            return None
        body = self.rfile.read(length)
        if len(body) < length:
            self._hang_up(400, "The body ended early.")
            return None
        return body

    def _hang_up(self, status: int, text: str) -> None:
        self.close_connection = True
        self._reply(status, text)

    def _reply_json(self, status: int, value: object) -> None:
        self._reply(status, json.dumps(value), "application/json")

    def _reply(self, status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> None:
        payload = b"" if status in {204, 304} else f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(payload)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)
