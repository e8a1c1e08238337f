"""What the page to try the service says of an order that the API refuses."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from pytest_httpserver import HTTPServer

from functions.http.problem import FieldError, Problem
from local.console.order_calls import post
from ops.errors import OpsError
from ops.target import Target


def test_a_refusal_names_each_field_with_its_rule(httpserver: HTTPServer) -> None:
    errors = [FieldError("reference", "must not be empty"), FieldError("items", "is missing")]
    problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The order is invalid.", errors=errors)
    httpserver.expect_request("/orders").respond_with_json(problem.document("req-1"), status=problem.status)
    server = httpserver.url_for("").rstrip("/")
    outputs = {"api_auth": "none", "api_endpoint": server, "aws_endpoint_url": server}
    with pytest.raises(OpsError) as refused:
        post(Target(name="the stack test", outputs=outputs), "{}", "shop")
    said = str(refused.value)
    assert said.startswith("422: The order is invalid.")
    assert all(f"{each.field}: {each.message}" in said for each in errors)
