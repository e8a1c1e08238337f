"""`GET /webhooks/{webhook_id}`: one webhook of the client."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.environment import GetWebhookEnvironment
from functions.handlers.http import Reply, answer, caller_of, reply
from functions.handlers.webhook_requests import owned_webhook, status_of


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Show a webhook with its status."""
    return answer("get_webhook", event, context, _show)


def _show(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(GetWebhookEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    table = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name)
    webhook = owned_webhook(table, client_id, request.path_parameters["webhook_id"])
    return reply(HTTPStatus.OK, webhook.owner_view(status_of(webhook, Subscriptions(aws.sns()))))
