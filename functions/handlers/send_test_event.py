"""`POST /webhooks/{webhook_id}/test`: a client has a test event sent to a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from functions.adapters import aws
from functions.adapters.deliveries_table import DeliveriesTable
from functions.adapters.event_topics import EventTopics
from functions.adapters.subscriptions import Subscriptions
from functions.adapters.webhooks_table import WebhooksTable
from functions.domain.deliveries.first_publication import Publisher
from functions.domain.deliveries.row import Trigger
from functions.domain.deliveries.timing import Timing
from functions.domain.event import webhook_test_event
from functions.domain.instant import now, timestamp
from functions.domain.log_record import LogField
from functions.domain.webhook import recipient_of
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
    deliveries_table_name: str
    topic_arn: str
    redelivery_delays_seconds: tuple[int, ...]
    longest_delivery_seconds: int


@api_function(Environment, prepare=lambda _: (aws.dynamodb(), aws.sns()))
def handle(request: Request, environment: Environment) -> Reply:
    """Publish a `webhook.test` event to one webhook alone."""
    webhook = owned_webhook(request, WebhooksTable(aws.dynamodb(), environment.webhooks_table_name).find)
    request.log_fields[LogField.WEBHOOK_ID] = webhook.webhook_id
    status = Subscriptions(aws.sns()).status_of(webhook)
    if status in ("pending_confirmation", "unsubscribed"):
        raise Problem(HTTPStatus.CONFLICT, "The webhook has not confirmed its subscription yet.")
    event = webhook_test_event(
        request.client_id, webhook.webhook_id, request_id=request.request_id, time=timestamp(now())
    )
    publisher = Publisher(
        deliveries=DeliveriesTable(aws.dynamodb(), environment.deliveries_table_name),
        topics=EventTopics(aws.sns()),
        clock=now,
        timing=Timing(
            delays_seconds=environment.redelivery_delays_seconds,
            longest_delivery_seconds=environment.longest_delivery_seconds,
        ),
        first_topic_arn=environment.topic_arn,
    )
    # At once, also to a webhook that is paused or disabled: that is how its owner sees whether it works.
    recipient = recipient_of(webhook, environment.topic_arn)
    request.log_fields[LogField.EVENT_ID] = event.id
    (request.log_fields[LogField.SNS_MESSAGE_ID],) = publisher.publish_to(event, [recipient], Trigger.TEST)
    return reply(HTTPStatus.ACCEPTED, SentTestEvent(event_id=event.id, webhook_id=webhook.webhook_id))
