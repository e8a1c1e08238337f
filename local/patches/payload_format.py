"""HTTP API payload format 2.0: a request as an event, and a function's result as a response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.loopback import HOST

Response = tuple[int, dict[str, Any], bytes]

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that found its route; header names are in lower case."""

    request_id: str
    account_id: str
    api_id: str
    domain_name: str
    stage: str
    route_key: str
    method: str
    path: str
    query_string: str
    query: Mapping[str, list[str]]
    path_parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def new_request_id() -> str:
    """Return a request ID as API Gateway makes them: 16 characters, not all of them letters or digits."""
    return base64.urlsafe_b64encode(os.urandom(11)).decode()


def event_of(request: Request) -> dict[str, Any]:
    """Return the event of a request. What is not there is left out, never null."""
    body, is_base64 = _body(request)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": request.route_key,
        "rawPath": request.path,
        "rawQueryString": request.query_string,
        "headers": _headers(request),
        "requestContext": _context(request),
        "isBase64Encoded": is_base64,
    }
    cookies = request.headers.get("cookie")
    optional = {
        "cookies": cookies.split("; ") if cookies else None,
        "queryStringParameters": {name: ",".join(values) for name, values in request.query.items()},
        "pathParameters": dict(request.path_parameters),
        "body": body,
    }
    return event | {name: value for name, value in optional.items() if value}


def _headers(request: Request) -> dict[str, str]:
    headers = {name: value for name, value in request.headers.items() if name != "cookie"}
    forwarded = headers.get("x-forwarded-for")
    trace = f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}"
    return {
        **headers,
        "x-amzn-trace-id": headers.get("x-amzn-trace-id", trace),
        "x-forwarded-for": f"{forwarded}, {HOST}" if forwarded else HOST,
        "x-forwarded-port": headers.get("host", "").partition(":")[2] or "80",
        "x-forwarded-proto": "http",
    }


def _context(request: Request) -> dict[str, Any]:
    return {
        "accountId": request.account_id,
        "apiId": request.api_id,
        "domainName": request.domain_name,
        "domainPrefix": request.domain_name.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": HOST,
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": request.request_id,
        "routeKey": request.route_key,
        "stage": request.stage,
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
        "timeEpoch": int(time.time() * 1000),
    }


def _body(request: Request) -> tuple[str | None, bool]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not request.body:
        return None, False
    if content_type.startswith("text/") or content_type in _TEXT_TYPES:
        # AWS documents nothing for bytes that are not UTF-8; API Gateway replaces them in WebSocket messages.
        return request.body.decode("utf-8", errors="replace"), False
    return base64.b64encode(request.body).decode(), True


def response_of(result: object) -> Response:
    """Return the response for what a function returned."""
    if not isinstance(result, dict) or "statusCode" not in result:
        # Without a status code, the result is the body.
        text = result if isinstance(result, str) else json.dumps(result)
        return 200, {"content-type": "application/json"}, text.encode()
    headers = {str(name).lower(): _header(value) for name, value in (result.get("headers") or {}).items()}
    headers.setdefault("content-type", "text/plain;charset=UTF-8")
    cookies = result.get("cookies")
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else str(body).encode()
    return int(result["statusCode"]), {**headers, **({"set-cookie": cookies} if cookies else {})}, content


def _header(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def internal_server_error() -> Response:
    """Return the response to a failed function, without its error."""
    return 500, {"content-type": "application/json"}, b'{"message":"Internal Server Error"}'
