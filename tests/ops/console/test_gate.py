"""Who may talk to the console. The browser tests show that the server has this gate."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ops.console.gate import Gate, gated

GATE = Gate(port=8799, token="right")
OWN = {"host": "127.0.0.1:8799", "cookie": "other=1; console-8799=right"}
WEB = {**OWN, "origin": "http://127.0.0.1:8799"}


def ask(headers: dict[str, str], *, kind: str = "http", query: str = "", path: str = "/") -> Any:
    """Return what is sent in answer; the application itself answers "the page"."""
    sent: list[dict[str, Any]] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(gated(page, GATE)(scope, None, send))
    return sent


def status_of(sent: list[dict[str, Any]]) -> int:
    return sent[0]["status"]


def test_a_page_is_served_with_the_cookie_and_allows_nothing_from_elsewhere() -> None:
    sent = ask(OWN)
    assert (status_of(sent), sent[1]["body"]) == (200, b"the page")
    headers = dict(sent[0]["headers"])
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert status_of(ask(WEB, kind="websocket")) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8799"},
        {**OWN, "cookie": "console-8799=wrong"},
        {**OWN, "cookie": "console-8800=right"},
        {**OWN, "host": "attacker.example"},
        {**OWN, "host": "127.0.0.1:80"},
        {"cookie": OWN["cookie"]},
        {**OWN, "origin": "https://attacker.example"},
        {**OWN, "origin": "null"},
        {**OWN, "origin": "http://127.0.0.1:8000"},
    ],
    ids=lambda headers: str(sorted(headers.items())),
)
def test_everything_else_is_refused(headers: dict[str, str]) -> None:
    assert status_of(ask(headers)) == 403
    (closed,) = ask({"origin": "http://127.0.0.1:8799", **headers}, kind="websocket")
    assert closed["type"] == "websocket.close"


def test_a_websocket_without_an_origin_is_refused() -> None:
    assert ask(OWN, kind="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_two_hosts_are_refused() -> None:
    headers = [("host", "127.0.0.1:8799"), ("host", "attacker.example"), ("cookie", OWN["cookie"])]
    assert GATE.refusal_of(headers, "", is_websocket=False)


def test_the_token_in_the_url_becomes_a_cookie_and_leaves_the_url() -> None:
    sent = ask({"host": "localhost:8799"}, query="since=1d&token=right", path="//attacker.example/orders")
    headers = dict(sent[0]["headers"])
    assert status_of(sent) == 303
    # Never to another host.
    assert headers[b"location"] == b"/attacker.example/orders?since=1d"
    assert headers[b"set-cookie"] == b"console-8799=right; Path=/; HttpOnly; SameSite=Strict"


@pytest.mark.parametrize("query", ["token=wrong", "token=", "token=right%20", "Token=right"])
def test_another_token_is_refused(query: str) -> None:
    sent = ask({"host": "127.0.0.1:8799"}, query=query)
    assert status_of(sent) == 403
    assert b"right" not in sent[1]["body"]


def test_a_token_in_the_url_does_not_help_a_foreign_origin() -> None:
    sent = ask({"host": "127.0.0.1:8799", "origin": "https://attacker.example"}, query="token=right")
    assert status_of(sent) == 403
