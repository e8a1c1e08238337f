"""Events of an HTTP API in payload format 2.0."""

from __future__ import annotations

import base64
import json
from typing import Any

MOST_RESPONSE_BYTES = 6_000_000
"""What Lambda lets a function answer: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""


def http_event(
    method: str = "POST",
    path: str = "/orders",
    *,
    body: Any = None,
    request_id: str = "req-1",
    headers: dict[str, str] | None = None,
    path_parameters: dict[str, str] | None = None,
    authorizer: dict[str, Any] | None = None,
    encode: bool = False,
) -> dict[str, Any]:
    """An event as API Gateway makes it: header names in lower case, the body as text or as base64."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    if encode:
        text = base64.b64encode((text or "").encode()).decode()
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
        "requestId": request_id,
        "stage": "$default",
    }
    if authorizer is not None:
        context["authorizer"] = authorizer
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "headers": {"content-type": "application/json", **(headers or {})},
        "requestContext": context,
        "isBase64Encoded": encode,
    }
    if text is not None:
        event["body"] = text
    if path_parameters:
        event["pathParameters"] = path_parameters
    return event
