"""A relay in front of a client's receiver: it records what SNS posts and what the receiver answers."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request of SNS; `answer` is the receiver's, `status` what SNS got."""

    kind: str
    message_id: str
    event_type: str
    subject: str
    status: int
    answer: str


@dataclass
class Relay:
    """Passes requests on; of the next ones it loses the answer, or does not pass them on at all."""

    url: str
    target_port: int
    exchanges: list[Exchange] = field(default_factory=list)
    lose_answers: int = 0
    fail: int = 0

    def about(self, subject: str) -> list[Exchange]:
        """Return the exchanges about an order."""
        return [each for each in self.exchanges if each.subject == subject]

    def answers(self, subject: str) -> list[str]:
        """Return the receiver's answers about an order."""
        return [each.answer for each in self.about(subject)]


@contextmanager
def running_relay(target_port: int) -> Iterator[Relay]:
    """Relay `/hooks/orders` to a port of this machine."""
    relay = Relay(url="", target_port=target_port)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                fails, relay.fail = relay.fail > 0, max(0, relay.fail - 1)
                loses = not fails and relay.lose_answers > 0
                relay.lose_answers -= loses
            status, answer = (503, "not passed on") if fails else self._pass_on(body)
            status = 503 if loses else status
            with lock:
                relay.exchanges.append(_exchange(json.loads(body), status, answer))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _pass_on(self, body: bytes) -> tuple[int, str]:
            connection = http.client.HTTPConnection("127.0.0.1", target_port, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            try:
                connection.request("POST", self.path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except OSError as error:
                return 502, str(error)
            finally:
                connection.close()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    relay.url = f"http://127.0.0.1:{server.server_port}/hooks/orders"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()


def _exchange(message: dict[str, Any], status: int, answer: str) -> Exchange:
    event = json.loads(message["Message"]) if message["Type"] == "Notification" else {}
    return Exchange(
        kind=message["Type"],
        message_id=message["MessageId"],
        event_type=event.get("type", ""),
        subject=event.get("subject", ""),
        status=status,
        answer=answer,
    )
