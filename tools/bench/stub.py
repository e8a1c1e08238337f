"""A stand-in for AWS that answers every call at once, so that a function's own time is seen."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.loopback import HOST

# By the operation's name, which the JSON protocols send in a header.
_ANSWERS: dict[str, dict[str, Any]] = {
    "SendMessage": {"MessageId": "message"},
    "StartExecution": {"executionArn": "arn", "startDate": 1},
    "UpdateItem": {},
    "PutItem": {},
}


@contextmanager
def running_stub(answers: dict[str, dict[str, Any]] | None = None) -> Iterator[str]:
    """Run the stand-in and yield its URL; `answers` are added to the usual ones."""
    known = {**_ANSWERS, **(answers or {})}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet.
        wbufsize = -1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            operation = self.headers.get("x-amz-target", "").rpartition(".")[2]
            body = json.dumps(known.get(operation, {})).encode()
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - http.server's
            """Write nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
