"""`GET /health`: the API and its functions answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.domain.bodies import Health
from functions.handlers.http import Reply, answer, reply


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Say that the service is up."""
    return answer("health", event, context, _healthy)


def _healthy(_request: APIGatewayProxyEventV2, _line: dict[str, Any]) -> Reply:
    return reply(HTTPStatus.OK, Health(status="ok"))
