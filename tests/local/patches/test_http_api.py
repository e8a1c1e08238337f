from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from local.emulator import Emulator
from tests.support.emulator import create_api, create_function

# The function answers with what the request's header x-answer says, or else with its event.
SOURCE = """
import json


def handle(event, context):
    answer = event["headers"].get("x-answer")
    return json.loads(answer) if answer else {"statusCode": 200, "body": json.dumps(event)}
"""
RAISES = "def handle(event, context):\n    raise ValueError('a secret')\n"


@pytest.fixture(scope="module")
def api(patched: Emulator) -> str:
    return create_api(patched, create_function(patched, SOURCE), "POST /orders", "GET /orders/{request_id}")


def call(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Any, bytes]:
    request = Request(url, data=body, method=method, headers=dict(headers or {}))
    try:
        response = urlopen(request, timeout=30)
    except HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read()


def answer(api: str, result: object) -> tuple[int, Any, bytes]:
    return call("POST", f"{api}/orders", headers={"x-answer": json.dumps(result)})


def test_both_request_ids_are_one(api: str) -> None:
    _, headers, body = call("POST", f"{api}/orders", b"{}")
    request_id = json.loads(body)["requestContext"]["requestId"]

    assert headers["apigw-requestid"] == request_id
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", request_id)


def test_the_event_is_the_one_that_aws_sends(patched: Emulator, api: str) -> None:
    sent = {"content-type": "application/json", "cookie": "a=b; c=d", "X-Client-Id": "shop"}
    event = json.loads(call("POST", f"{api}/orders?a=1&a=2", b'{"x": 1}', sent)[2])

    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /orders"
    assert event["rawPath"] == "/orders"
    assert event["rawQueryString"] == "a=1&a=2"
    assert event["queryStringParameters"] == {"a": "1,2"}
    assert event["cookies"] == ["a=b", "c=d"]
    assert "cookie" not in event["headers"]
    assert event["headers"]["x-client-id"] == "shop"
    assert event["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert event["headers"]["x-forwarded-port"] == str(patched.port)
    assert event["headers"]["x-forwarded-proto"] == "http"
    assert event["headers"]["x-amzn-trace-id"].startswith("Root=1-")
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["requestContext"]["stage"] == "$default"
    assert (event["body"], event["isBase64Encoded"]) == ('{"x": 1}', False)
    assert "pathParameters" not in event


def test_what_a_request_lacks_its_event_lacks(api: str) -> None:
    event = json.loads(call("GET", f"{api}/orders/abc%3D")[2])

    assert event["pathParameters"] == {"request_id": "abc="}
    assert {"body", "cookies", "queryStringParameters"}.isdisjoint(event)


def test_a_body_that_is_not_text_comes_in_base64(api: str) -> None:
    sent = {"content-type": "application/octet-stream"}
    event = json.loads(call("POST", f"{api}/orders", b"\xff\x00", sent)[2])

    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff\x00"


def test_a_response_is_what_the_function_says(api: str) -> None:
    headers = {"Content-Type": "application/problem+json", "Retry-After": 2}
    result = {"statusCode": 503, "headers": headers, "cookies": ["a=1", "b=2"], "body": "no"}
    status, received, body = answer(api, result)

    assert (status, body) == (503, b"no")
    assert received["content-type"] == "application/problem+json"
    assert received["retry-after"] == "2"
    assert received.get_all("set-cookie") == ["a=1", "b=2"]
    encoded = base64.b64encode(b"\x89PNG").decode()
    assert answer(api, {"statusCode": 200, "isBase64Encoded": True, "body": encoded})[2] == b"\x89PNG"


def test_a_result_without_a_status_is_the_body(api: str) -> None:
    status, headers, body = answer(api, {"fine": True})

    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body) == {"fine": True}


def test_a_result_that_is_no_response_is_an_internal_error(api: str) -> None:
    status, headers, body = answer(api, {"statusCode": "many"})

    assert (status, json.loads(body)) == (500, {"message": "Internal Server Error"})
    assert headers["apigw-requestid"]


def test_no_route_is_not_found(api: str) -> None:
    for method, path in (("GET", "/nowhere"), ("DELETE", "/orders")):
        status, headers, body = call(method, api + path)
        assert (status, json.loads(body)) == (404, {"message": "Not Found"})
        assert headers["apigw-requestid"]


def test_a_trailing_slash_is_part_of_the_path(patched: Emulator, api: str) -> None:
    assert call("POST", f"{api}/orders")[0] == 200
    for path in ("/orders/", "/orders//", "/orders/x/"):
        status, _, body = call("GET" if "x" in path else "POST", api + path)
        assert (status, json.loads(body)) == (404, {"message": "Not Found"})
    rest = create_api(patched, create_function(patched, SOURCE), "POST /orders", "$default")
    for path in ("/orders/", "/"):
        event = json.loads(call("POST", rest + path)[2])
        assert (event["routeKey"], event["rawPath"]) == ("$default", path)


def test_stock_ignores_a_trailing_slash(stock: Emulator) -> None:
    api = create_api(stock, create_function(stock, SOURCE), "POST /orders")

    assert call("POST", f"{api}/orders/")[0] == 200


def test_the_default_route_takes_the_rest(patched: Emulator) -> None:
    api = create_api(patched, create_function(patched, SOURCE), "POST /orders", "$default")

    assert json.loads(call("POST", f"{api}/orders")[2])["routeKey"] == "POST /orders"
    assert json.loads(call("DELETE", f"{api}/orders")[2])["routeKey"] == "$default"


def test_options_without_cors_are_the_default_routes_too(patched: Emulator) -> None:
    api = create_api(patched, create_function(patched, SOURCE), "POST /orders", "$default")
    event = json.loads(call("OPTIONS", f"{api}/orders?a=1", headers={"origin": "http://localhost:3000"})[2])

    assert (event["routeKey"], event["requestContext"]["http"]["method"]) == ("$default", "OPTIONS")
    assert (event["rawPath"], event["rawQueryString"]) == ("/orders", "a=1")
    assert event["headers"]["origin"] == "http://localhost:3000"


def test_options_with_cors_are_a_preflight(patched: Emulator) -> None:
    api = create_api(patched, create_function(patched, SOURCE), "$default")
    patched.client("apigatewayv2").update_api(
        ApiId=api.rpartition("/")[2], CorsConfiguration={"AllowOrigins": ["*"], "AllowMethods": ["POST"]}
    )
    status, headers, _ = call("OPTIONS", f"{api}/orders", headers={"origin": "https://shop.example"})

    assert (status, headers["access-control-allow-methods"]) == (204, "POST")


def test_stock_takes_every_options_request_for_a_preflight(stock: Emulator) -> None:
    api = create_api(stock, create_function(stock, SOURCE), "$default")

    assert call("OPTIONS", f"{api}/orders")[0] == 403


def test_a_client_sees_nothing_of_an_error(patched: Emulator) -> None:
    api = create_api(patched, create_function(patched, RAISES), "POST /orders")
    status, _, body = call("POST", f"{api}/orders")

    assert (status, json.loads(body)) == (500, {"message": "Internal Server Error"})


def test_stock_has_two_request_ids_and_leaks_errors(stock: Emulator) -> None:
    api = create_api(stock, create_function(stock, SOURCE), "POST /orders")
    _, headers, body = call("POST", f"{api}/orders", b"{}", {"cookie": "a=b"})
    event = json.loads(body)

    assert headers["apigw-requestid"] != event["requestContext"]["requestId"]
    assert "cookies" not in event
    assert "x-forwarded-for" not in event["headers"]
    failing = create_api(stock, create_function(stock, RAISES), "POST /orders")
    status, _, body = call("POST", f"{failing}/orders")
    assert status == 502
    assert b"a secret" in body
