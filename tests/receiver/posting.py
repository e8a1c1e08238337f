"""What the tests of the sample server say to it."""

from __future__ import annotations

import http.client
import json
from typing import Any

from receiver import Reply
from receiver.server import SampleServer

from .https_site import now_shifted
from .signing import (
    CERTIFICATE_URL,
    WEBHOOK_ID,
    Web,
    body_of,
    certificate,
    event_text,
    headers_of,
    notification,
    rsa_key,
    signed,
    sns_time,
    subscribe_url,
)


def sns_web() -> Web:
    valid_now = certificate(rsa_key(), starts=now_shifted(-1), ends=now_shifted(1))
    return Web({CERTIFICATE_URL: Reply(200, valid_now), subscribe_url(): Reply(200, b"")})


def event_message(event_id: str = "evt-1", **changes: object) -> dict[str, object]:
    return signed(notification(Message=event_text(event_id), Timestamp=sns_time(now_shifted(0)), **changes))


def request(
    server: SampleServer, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode().rstrip()
    finally:
        connection.close()


def post(server: SampleServer, message: dict[str, object], hook: str = "orders") -> tuple[int, str]:
    return request(
        server, "POST", f"/hooks/{hook}?webhook_id={WEBHOOK_ID}", body_of(message), headers_of(message)
    )


def control(server: SampleServer, **wanted: object) -> tuple[int, str]:
    return request(server, "POST", "/_control", json.dumps(wanted).encode())


def received(server: SampleServer, hook: str = "orders") -> dict[str, Any]:
    status, text = request(server, "GET", "/_received")
    assert status == 200
    journal: dict[str, Any] = json.loads(text)["hooks"][hook]
    return journal
