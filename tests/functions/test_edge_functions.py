"""The functions that need nothing but the request: health and $default."""

from __future__ import annotations

import json

import pytest

from functions.handlers import health, refuse_request
from tests.support.http_events import http_event


def test_health_is_ok(cloud, context) -> None:
    reply = health.handle(http_event("GET", "/health"), context)
    assert (reply["statusCode"], json.loads(reply["body"])) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/orders", 405, "POST"),
        ("DELETE", "/orders/req-1", 405, "GET"),
        ("GET", "/nothing", 404, None),
    ],
)
def test_what_no_route_takes_is_refused_as_a_problem(cloud, context, method, path, status, allow) -> None:
    reply = refuse_request.handle(http_event(method, path), context)
    assert reply["statusCode"] == status
    assert reply["headers"].get("allow") == allow
    assert reply["headers"]["content-type"] == "application/problem+json"
