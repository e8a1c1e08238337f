"""Requests over HTTP, sent exactly as they are given."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from local.callers import Caller


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Sent:
    """A request to be sent; `replace` makes another of it that was never signed."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def with_header(self, name: str, value: str) -> Sent:
        others = {key: each for key, each in self.headers.items() if key.lower() != name.lower()}
        return replace(self, headers={**others, name: value})

    def without_header(self, name: str) -> Sent:
        return replace(self, headers={k: v for k, v in self.headers.items() if k.lower() != name.lower()})

    def header(self, name: str) -> str:
        return next(value for key, value in self.headers.items() if key.lower() == name.lower())

    def send(self) -> Answer:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(self.method, target, self.body, dict(self.headers))
            reply = connection.getresponse()
            text = reply.read()
            headers = {name.lower(): value for name, value in reply.headers.items()}
            return Answer(reply.status, headers, json.loads(text) if text else None)
        finally:
            connection.close()


def request_of(
    caller: Caller, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> Sent:
    """A request of a caller's, signed or with its token."""
    data = b"" if body is None else json.dumps(body).encode()
    wanted = {"content-type": "application/json", **(headers or {})} if data else dict(headers or {})
    return Sent(method, url, caller.authorize(method, url, wanted, data), data)
