"""Who is answered: the token's holder on this machine, and no other web page."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from local.laptop import Laptop
from tests.local.console.viewer import origin


def ask(laptop: Laptop, path: str, **headers: str) -> int:
    parts = urlsplit(origin(laptop))
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def cookie_of(laptop: Laptop) -> str:
    parts = urlsplit(str(laptop.console_url))
    return f"console-{parts.port}={parts.query.partition('=')[2]}"


def test_without_the_token_there_is_nothing(laptop: Laptop) -> None:
    for path in ("/", "/orders", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/?token=wrong"):
        assert ask(laptop, path) == 403
        assert ask(laptop, path, Cookie="console-1=x") == 403
    assert ask(laptop, "/", Cookie=cookie_of(laptop)) == 200
    assert ask(laptop, "/", Cookie=cookie_of(laptop), Host="rebound.example") == 403


def test_a_foreign_origin_cannot_open_the_websocket(laptop: Laptop) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Cookie": cookie_of(laptop),
    }
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    assert ask(laptop, path, **handshake, Origin=origin(laptop)) == 101
    assert ask(laptop, path, **handshake, Origin="https://attacker.example") == 403
    assert ask(laptop, path, **handshake) == 403
