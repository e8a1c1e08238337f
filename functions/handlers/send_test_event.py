"""`POST /webhooks/{webhook_id}/test`: a client has a test event sent to a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.event_topic import EventTopic
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.event import webhook_test_event
from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField
from functions.http.bodies import SentTestEvent
from functions.http.caller import CallerEnvironment
from functions.http.problem import Problem
from functions.http.replies import Reply, reply
from functions.http.request import Request
from functions.http.resources import owned_webhook
from functions.runtime.api_function import api_function


@dataclass(frozen=True, kw_only=True)
class Environment(CallerEnvironment):  # noqa: D101
    webhooks_table_name: str
    topic_arn: str


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Publish a `webhook.test` event to one webhook alone."""
    webhook = owned_webhook(request, WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find)
    request.log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
    if Subscriptions(aws.sns()).is_pending(webhook):
        raise Problem(HTTPStatus.CONFLICT, "The webhook has not confirmed its subscription yet.")
    event = webhook_test_event(
        request.client_id, webhook.webhook_id, request_id=request.request_id, time=timestamp(now())
    )
    sns_message_id = EventTopic(aws.sns(), environment.topic_arn).publish(event, [webhook.webhook_id])
    request.log_fields[LogField.SNS_MESSAGE_ID] = sns_message_id
    return reply(HTTPStatus.ACCEPTED, SentTestEvent(event_id=event.id, webhook_id=webhook.webhook_id))
