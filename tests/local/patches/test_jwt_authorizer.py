from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.emulator import Emulator
from local.issuer import SigningKey, documents
from tests.local.cloud import create_api, create_function, new_name
from tests.support.http_requests import Answer, Sent
from tests.support.tokens import claims_of, token

SOURCE = """
import json


def handle(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"]["authorizer"])}
"""
KEY = SigningKey("key-1")


@contextmanager
def plain_issuer() -> Iterator[str]:
    """An issuer without TLS, which the emulator believes as well as any."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(documents(url, [KEY.jwk()])[self.path]).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield url
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with plain_issuer() as url:
        yield url


def guarded_api(emulator: Emulator, issuer: str, **route: Any) -> str:
    api = create_api(emulator, create_function(emulator, SOURCE), "GET /orders")
    client = emulator.client("apigatewayv2")
    api_id = api.rpartition("/")[2]
    authorizer = client.create_authorizer(
        ApiId=api_id,
        Name=new_name("authorizer"),
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": issuer, "Audience": ["orders"]},
    )
    (found,) = client.get_routes(ApiId=api_id)["Items"]
    client.update_route(
        ApiId=api_id,
        RouteId=found["RouteId"],
        AuthorizationType="JWT",
        AuthorizerId=authorizer["AuthorizerId"],
        **route,
    )
    return api


@pytest.fixture(scope="module")
def api(mended: Emulator, issuer: str) -> str:
    return guarded_api(mended, issuer)


def get(api: str, text: str | None) -> Answer:
    headers = {} if text is None else {"authorization": f"Bearer {text}"}
    return Sent("GET", f"{api}/orders", headers).send()


def test_claims_come_as_strings(api: str, issuer: str) -> None:
    claims = claims_of(issuer, groups=["admin", "dev"], email_verified=True, level=3)
    answer = get(api, token(KEY, claims))

    assert answer.status == 200, answer
    assert answer.body["jwt"]["claims"] == {
        **claims,
        "groups": "[admin dev]",
        "email_verified": "true",
        "level": "3",
        **{name: str(claims[name]) for name in ("iat", "nbf", "exp")},
    }
    assert answer.body["jwt"]["scopes"] is None


def test_scopes_are_asked_for_where_the_route_names_some(mended: Emulator, issuer: str) -> None:
    api = guarded_api(mended, issuer, AuthorizationScopes=["orders/write", "orders/admin"])
    allowed = get(api, token(KEY, claims_of(issuer, scope="orders/read orders/write")))
    assert (allowed.status, allowed.body["jwt"]["scopes"]) == (200, ["orders/read", "orders/write"])
    assert get(api, token(KEY, claims_of(issuer, scp=["orders/admin"]))).status == 200

    for claims in ({}, {"scope": "orders/read"}, {"scope": 7, "scp": [7]}):
        answer = get(api, token(KEY, claims_of(issuer, **claims)))
        assert (answer.status, answer.body) == (403, {"message": "Forbidden"})
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_an_issuer_that_is_away_lets_nobody_in(mended: Emulator) -> None:
    with plain_issuer() as gone:
        pass
    answer = get(guarded_api(mended, gone), token(KEY, claims_of(gone)))

    assert (answer.status, answer.body) == (401, {"message": "Unauthorized"})
    assert "keys cannot be read" in answer.headers["www-authenticate"]


def test_stock_takes_a_good_token_and_three_that_are_not(stock: Emulator, issuer: str) -> None:
    api = guarded_api(stock, issuer)
    assert get(api, token(KEY, claims_of(issuer))).status == 200

    assert get(api, token(KEY, claims_of(issuer, exp=None))).status == 200
    assert get(api, token(KEY, claims_of(issuer), alg="HS256")).status == 200
    assert get(api, token(KEY, claims_of(issuer), alg="none")).status == 200
    assert get(api, token(KEY, claims_of(issuer), "RS512")).status == 401


def test_stock_does_not_say_what_is_wrong_or_says_too_much(stock: Emulator, issuer: str) -> None:
    api = guarded_api(stock, issuer)

    assert "www-authenticate" not in get(api, None).headers
    nonsense = get(api, token(KEY, claims_of(issuer, exp="soon")))
    assert nonsense.status == 500
    assert "soon" in nonsense.body["message"]
