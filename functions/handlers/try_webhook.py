"""`POST /webhooks/{webhook_id}/test`: a client wants to see its webhook called."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import environment
from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.bodies import PublishedTrial
from functions.domain.event import webhook_test_event
from functions.domain.instant import now, timestamp
from functions.domain.problem import Problem
from functions.environment import TryWebhookEnvironment
from functions.handlers.http import Reply, answer, caller_of, reply
from functions.handlers.webhook_requests import owned_webhook


def handle(event: dict[str, Any], context: LambdaContext) -> Reply:
    """Publish a `webhook.test` event to one webhook alone."""
    return answer("try_webhook", event, context, _try)


def _try(request: APIGatewayProxyEventV2, line: dict[str, Any]) -> Reply:
    settings = environment.read(TryWebhookEnvironment)
    client_id = caller_of(request, settings.api_auth, line)
    table = WebhooksTable(aws.dynamodb(), settings.webhooks_table_name)
    webhook = owned_webhook(table, client_id, request.path_parameters["webhook_id"])
    line["webhook_id"] = webhook.webhook_id
    if Subscriptions(aws.sns()).is_pending(webhook):
        raise Problem(HTTPStatus.CONFLICT, "The webhook has not confirmed its subscription yet.")
    test_event = webhook_test_event(
        client_id,
        webhook.webhook_id,
        request_id=request.request_context.request_id,
        time=timestamp(now()),
    )
    line["sns_message_id"] = EventTopic(aws.sns(), settings.topic_arn).publish(test_event)
    return reply(HTTPStatus.ACCEPTED, PublishedTrial(event_id=test_event.id, webhook_id=webhook.webhook_id))
