"""Whole URLs in the Location headers of the emulator's APIs.

A function answers with a path such as `/orders/ID`. On AWS an API has its own host, and the path leads to it.
On the laptop the API's path comes first, and without it the path leads to the emulator's own functions.
"""

from __future__ import annotations

import re

from local.loopback_app import App, Message, Send

_API = re.compile(r"/_aws/execute-api/[^/]+")


def with_whole_locations(app: App) -> App:
    """Return an application that answers as `app` does, with the API's URL in front of a Location's path."""

    async def answer(scope: Message, receive: object, send: Send) -> None:
        api = _API.match(scope.get("path", "")) if scope["type"] == "http" else None
        host = next((value for name, value in scope.get("headers", []) if name.lower() == b"host"), b"")
        base = b"" if api is None else b"http://" + host + api[0].encode()
        await app(scope, receive, _completing(send, base) if base else send)

    return answer


def _completing(send: Send, base: bytes) -> Send:
    async def send_complete(message: Message) -> None:
        if "headers" in message:
            message = {**message, "headers": [_complete(each, base) for each in message["headers"]]}
        await send(message)

    return send_complete


def _complete(header: tuple[bytes, bytes], base: bytes) -> tuple[bytes, bytes]:
    name, value = header
    is_path = name.lower() == b"location" and value.startswith(b"/") and not value.startswith(b"//")
    return name, base + value if is_path else value
