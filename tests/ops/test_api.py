from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from ops.api import Api
from ops.errors import OpsError, UsageError


def test_each_kind_of_stack_is_asked_as_it_wants(made_up, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/orders", method="POST", json={"a": 1}).respond_with_json(
        {"detail": "no"}, status=422
    )
    server = httpserver.url_for("").rstrip("/")

    def headers_for(auth: str, token: str | None = None) -> dict[str, str]:
        target = made_up(api_auth=auth, api_endpoint=server, aws_endpoint_url=server)
        answer = Api(target, token).call("POST", "/orders", {"a": 1})
        assert (answer.status, answer.body) == (422, {"detail": "no"})
        request, _ = httpserver.log[-1]
        return {name.lower(): value for name, value in request.headers.items()}

    assert "authorization" not in headers_for("none")
    assert headers_for("jwt", "abc")["authorization"] == "Bearer abc"
    signed = headers_for("iam")
    assert "/eu-west-1/execute-api/aws4_request" in signed["authorization"]
    assert signed["x-amz-date"]
    with pytest.raises(UsageError, match="--token"):
        headers_for("jwt")


@pytest.mark.parametrize("auth", ["iam", "jwt"])
def test_a_client_is_named_only_where_nobody_is_authenticated(
    auth: str, made_up, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/orders", headers={"x-client-id": "shop"}).respond_with_json({})
    server = httpserver.url_for("").rstrip("/")
    places = {"api_endpoint": server, "aws_endpoint_url": server}
    assert Api(made_up(api_auth="none", **places), client_id="shop").call("GET", "/orders").status == 200
    with pytest.raises(UsageError, match="leave out --client"):
        Api(made_up(api_auth=auth, **places), "abc", "shop").call("GET", "/orders")


def test_an_api_that_does_not_answer_is_one_sentence(made_up) -> None:
    target = made_up(api_endpoint="http://127.0.0.1:9", aws_endpoint_url="http://127.0.0.1:9")
    with pytest.raises(OpsError, match=r"does not answer at http://127.0.0.1:9/health: "):
        Api(target).call_openly("/health")
