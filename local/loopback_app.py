"""The rule of `loopback_requests` for the emulator, which serves every AWS service on one port."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from ministack import app as emulator
from ministack.core.responses import request_scope
from ministack.services import apigateway

from local.loopback_requests import refusal_body, refusal_of

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
# ASGI's scope, receive and send. Each library has types of its own for them.
App = Callable[[Any, Any, Any], Awaitable[None]]

_API_PREFIX = "/_aws/execute-api/"
_CORS = b"access-control-"


def loopback_only(app: App) -> App:
    """Return an application that refuses what `refusal_of` refuses, and else does the same as `app`.

    A foreign origin that an API's CORS configuration allows may call that API. Other responses than an API's
    lose their CORS headers: the emulator lets every origin read everything.
    """

    async def answer(scope: Message, receive: object, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        api_id = _api_of(headers, scope["path"])
        # In the form of an API's URL that has the API's ID in the host name, paths such as /oauth2/token and
        # /_ministack/config still lead to the emulator's own functions.
        open_api_id = api_id if scope["path"].startswith(_API_PREFIX) else None
        refusal = refusal_of(
            scope["raw_path"].decode("latin-1"), headers, lambda origin: _is_allowed(open_api_id, origin)
        )
        if refusal is None:
            await app(scope, receive, _without_cors(send) if api_id is None else send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted, so the server answers the handshake with 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refuse(send, refusal)

    return answer


def _api_of(headers: list[tuple[str, str]], path: str) -> str | None:
    """Return the ID of the API whose URL this is."""
    host = next((value for name, value in headers if name.lower() == "host"), "")
    parsed = emulator._parse_execute_api_url(host, path)
    return None if parsed is None else str(parsed[0])


def _is_allowed(api_id: str | None, origin: str) -> bool:
    """Return whether an API's CORS configuration allows an origin."""
    owner = apigateway.find_api_scope(api_id)
    if owner is None:
        return False
    with request_scope(*owner):
        configuration = (apigateway._apis.get(api_id) or {}).get("corsConfiguration") or {}
    return bool(apigateway._cors_response_headers(configuration, origin))


def _without_cors(send: Send) -> Send:
    async def send_without_cors(message: Message) -> None:
        if "headers" in message:
            others = [each for each in message["headers"] if not each[0].lower().startswith(_CORS)]
            message = {**message, "headers": others}
        await send(message)

    return send_without_cors


async def _refuse(send: Send, sentence: str) -> None:
    content = refusal_body(sentence)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": headers})
    await send({"type": "http.response.body", "body": content})
