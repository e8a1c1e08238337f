"""Who may talk to the console: this machine's browser with the token, and no other web page.

Binding to loopback does not keep web pages out: a page of any site can make the browser send requests to
127.0.0.1, and one whose name resolves to 127.0.0.1 could read the answers. Every request, and every
handshake of a WebSocket, needs

- the console's own `Host`, once;
- no `Origin`, or the console's own. A WebSocket needs one, since browsers always send it there;
- the token: in the printed URL the first time, then in a cookie that no other site's requests carry.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

TOKEN_PARAMETER = "token"  # noqa: S105 - the name of a parameter
_ADVICE = "Open the URL that the console printed when it started: it has the token."
# Nothing is loaded from elsewhere, nobody may frame a page, and a page sends its URL to nobody. NiceGUI
# compiles its templates in the browser and has scripts in its pages.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' {websocket}; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The port and the token of a console."""

    port: int
    token: str

    @property
    def url(self) -> str:
        """The URL to print."""
        return f"http://127.0.0.1:{self.port}/?{urlencode({TOKEN_PARAMETER: self.token})}"

    @property
    def cookie(self) -> str:
        """The name of the cookie: browsers give a cookie to every port of a host."""
        return f"console-{self.port}"

    def refusal_of(self, headers: Iterable[tuple[str, str]], query: str, *, is_websocket: bool) -> str | None:
        """Return the sentence with which to refuse a request, or None where it is to be answered."""
        found: dict[str, list[str]] = {"host": [], "origin": [], "cookie": []}
        for name, value in headers:
            if name in found:
                found[name].append(value)
        if len(found["host"]) != 1 or found["host"][0] not in self._hosts:
            return f"The console is at 127.0.0.1:{self.port} only."
        origins = [f"http://{host}" for host in self._hosts]
        if any(origin not in origins for origin in found["origin"]):
            return "Requests from other web pages are refused."
        if is_websocket and not found["origin"]:
            return "A WebSocket needs an Origin."
        if not (self._has_token(query) or self._has_cookie(found["cookie"])):
            return _ADVICE
        return None

    def has_token(self, query: str) -> bool:
        """Return whether a URL's query has a parameter for the token."""
        return any(name == TOKEN_PARAMETER for name, _ in parse_qsl(query))

    @property
    def _hosts(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    def _has_token(self, query: str) -> bool:
        return any(name == TOKEN_PARAMETER and self._is_token(value) for name, value in parse_qsl(query))

    def _has_cookie(self, headers: Iterable[str]) -> bool:
        for header in headers:
            cookies: SimpleCookie = SimpleCookie()
            try:
                cookies.load(header)
            except CookieError:
                continue
            if self.cookie in cookies and self._is_token(cookies[self.cookie].value):
                return True
        return False

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self.token.encode())


def gated(app: App, gate: Gate) -> App:
    """Return an application that refuses what the gate refuses, and else does the same as `app`."""

    async def answer(scope: Message, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        headers = [
            (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        query = scope.get("query_string", b"").decode("latin-1")
        is_websocket = scope["type"] == "websocket"
        refusal = gate.refusal_of(headers, query, is_websocket=is_websocket)
        if refusal is not None and is_websocket:
            # Closed before it is accepted, so the server answers the handshake with 403.
            await send({"type": "websocket.close", "code": 1008})
        elif refusal is not None:
            await _answer(send, HTTPStatus.FORBIDDEN, refusal.encode())
        elif not is_websocket and gate.has_token(query):
            await _answer(send, HTTPStatus.SEE_OTHER, b"", _entry(scope["path"], query, gate))
        else:
            await app(scope, receive, _with_policy(send, gate))

    return answer


def _entry(path: str, query: str, gate: Gate) -> list[tuple[bytes, bytes]]:
    """Keep the token in a cookie, and leave it out of the browser's history."""
    rest = urlencode([(name, value) for name, value in parse_qsl(query) if name != TOKEN_PARAMETER])
    # One slash: two would lead to another host.
    place = "/" + path.lstrip("/") + (f"?{rest}" if rest else "")
    cookie = f"{gate.cookie}={gate.token}; Path=/; HttpOnly; SameSite=Strict"
    return [(b"location", place.encode("latin-1")), (b"set-cookie", cookie.encode())]


def _with_policy(send: Any, gate: Gate) -> Any:  # noqa: ANN401 - ASGI's
    policy = _POLICY.format(websocket=f"ws://127.0.0.1:{gate.port} ws://localhost:{gate.port}")
    added = [
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
    ]

    async def send_with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return send_with_policy


async def _answer(
    send: Any,  # noqa: ANN401 - ASGI's
    status: HTTPStatus,
    content: bytes,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    given = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": given})
    await send({"type": "http.response.body", "body": content})
