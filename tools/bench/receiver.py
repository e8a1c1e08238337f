"""A receiver that confirms its subscriptions and notes when each event came."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.loopback import HOST

_LONGEST_WAIT_SECONDS = 300


class Receiver:
    """When the event about each order came, by the order's request ID."""

    def __init__(self) -> None:
        self._arrived: dict[str, float] = {}
        self._changed = threading.Condition()

    def take(self, envelope: dict[str, Any]) -> None:
        """Confirm a subscription, or note an event."""
        if envelope["Type"] == "SubscriptionConfirmation":
            urllib.request.urlopen(envelope["SubscribeURL"], timeout=30).close()  # noqa: S310 - the emulator's
            return
        with self._changed:
            self._arrived.setdefault(json.loads(envelope["Message"])["subject"], time.perf_counter())
            self._changed.notify_all()

    def wait_for(self, request_ids: Collection[str]) -> dict[str, float]:
        """Return when the event of each order came; raise TimeoutError if one is missing."""
        wanted = set(request_ids)
        with self._changed:
            if not self._changed.wait_for(lambda: wanted <= self._arrived.keys(), _LONGEST_WAIT_SECONDS):
                raise TimeoutError(
                    f"{len(wanted - self._arrived.keys())} of {len(wanted)} events are missing"
                )
            return {request_id: self._arrived[request_id] for request_id in wanted}


@contextmanager
def running_receiver() -> Iterator[tuple[Receiver, str]]:
    """Run a receiver, and yield it with its URL."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            receiver.take(json.loads(body))

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - http.server's
            """Write nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver, f"http://{HOST}:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        server.server_close()
