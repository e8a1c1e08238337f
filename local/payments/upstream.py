"""Requests to localstripe itself."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

_LONGEST_ANSWER_SECONDS = 60
# Localstripe takes any secret key.
_AUTHORIZATION = "Bearer sk_test_front"


class UpstreamError(Exception):
    """Localstripe gave no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON object, as Stripe gives both for everything."""

    status: int
    body: dict[str, Any]

    @property
    def succeeded(self) -> bool:
        """Whether what was asked for was done."""
        return self.status == http.HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Upstream:
    """A running localstripe."""

    host: str
    port: int

    def ask(self, method: str, target: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Send one request and return the answer; raise UpstreamError where there is none."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_LONGEST_ANSWER_SECONDS)
        headers = {"authorization": _AUTHORIZATION, "content-type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, target, urlencode(parameters or {}), headers)
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException) as error:
            raise UpstreamError(f"{method} {target}: {error}") from error
        finally:
            connection.close()
        return Answer(reply.status, _object(content))


def _object(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        # Where localstripe itself fails, its web server says so in plain text.
        return {"error": {"type": "api_error", "message": content.decode(errors="replace")}}
    return body if isinstance(body, dict) else {"error": {"type": "api_error", "message": "no object"}}
