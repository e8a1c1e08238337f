"""`DELETE /webhooks/{webhook_id}`: a client wants to be called no more."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.problem import Problem
from functions.environment import DeleteWebhookEnvironment
from functions.handlers.http import Reply, answer, caller_of, no_content
from functions.handlers.webhook_requests import owned_webhook


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Delete a webhook, confirmed or not; from now on nothing is published or redelivered to it."""
    return answer("delete_webhook", event, context, _delete)


def _delete(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(DeleteWebhookEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    table = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name)
    webhook = owned_webhook(table, client_id, request.path_parameters["webhook_id"])
    line["webhook_id"] = webhook.webhook_id
    if webhook.managed:
        raise Problem(HTTPStatus.CONFLICT, "The service's operator has set up this webhook: ask them.")
    subscriptions = Subscriptions(aws.sns())
    # A crash while it was made may have left a subscription that nobody wrote down: asking again finds it.
    arn = webhook.subscription_arn or subscriptions.subscribe(
        webhook, settings.topic_arn, settings.undelivered_queue_arn
    )
    # The record goes last: after a crash in between, the client's next try ends what was begun.
    subscriptions.end(arn)
    table.delete(webhook)
    return no_content()
