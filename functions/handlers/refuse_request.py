"""`$default`: what no route of the API takes, refused as every other refusal is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.domain.problem import Problem
from functions.domain.route import allowed_methods
from functions.environment import RefuseRequestEnvironment
from functions.handlers.http import Reply, answer


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Refuse a request: 405 where another method would do, else 404."""
    return answer("refuse_request", event, context, _refuse)


def _refuse(request: APIGatewayProxyEventV2, _line: dict[str, Any]) -> Reply:
    routes = environment.read(RefuseRequestEnvironment).api_routes.split(",")
    methods = allowed_methods(routes, request.raw_path)
    if not methods:
        raise Problem(HTTPStatus.NOT_FOUND, "There is nothing at this path.")
    allowed = ", ".join(methods)
    raise Problem(
        HTTPStatus.METHOD_NOT_ALLOWED, f"This path takes only {allowed}.", headers={"allow": allowed}
    )
