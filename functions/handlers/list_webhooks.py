"""`GET /webhooks`: the client's webhooks."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.bodies import WebhookList
from functions.environment import ListWebhooksEnvironment
from functions.handlers.http import Reply, answer, caller_of, reply
from functions.handlers.webhook_requests import status_of


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Show all webhooks of the client, each with its status."""
    return answer("list_webhooks", event, context, _list)


def _list(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(ListWebhooksEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    webhooks = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name).of_client(client_id)
    subscriptions = Subscriptions(aws.sns())
    shown = [webhook.owner_view(status_of(webhook, subscriptions)) for webhook in webhooks]
    return reply(HTTPStatus.OK, WebhookList(webhooks=shown))
